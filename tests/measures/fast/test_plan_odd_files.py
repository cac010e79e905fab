"""Files that differ from each other or from what their first rows promise: a shortcut answers right or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.measures.purchases import Counting
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from tests.measures.fast.test_plan import compared

START = datetime(2024, 1, 1, 12)
LATE = 11_000
"""A row that the first look at a file does not see."""
PLACES = itertools.count()
Columns = dict[str, list[object]]


def rows(count: int = 30) -> Columns:
    """Some rows of six customers."""
    return {
        "customer_id": [1 + number % 6 for number in range(count)],
        "order_id": [100 + number for number in range(count)],
        "ordered_at": [START + timedelta(hours=7 * number) for number in range(count)],
        "amount": [3.5 + number % 4 for number in range(count)],
    }


def written(columns: Columns, folder: Path, kind: str) -> str:
    """The rows as a file."""
    path, frame = folder / f"part-{next(PLACES)}.{kind}", pl.DataFrame(columns, strict=False)
    if kind == "csv":
        frame.write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    else:
        frame.write_parquet(path)
    return str(path)


def answered(paths: Sequence[str], options: ReadOptions | None = None) -> bool:
    """Whether a shortcut answered; it answered as the plain way did, if so."""
    orders = open_shop(TablePaths(orders=tuple(paths)), options or ReadOptions()).orders
    assert orders is not None
    return compared(orders, Counting())


def as_text(columns: Columns, name: str) -> Columns:
    return columns | {name: [None if value is None else str(value) for value in columns[name]]}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_two_files_of_one_kind(kind: str, tmp_path: Path) -> None:
    first, second = rows(), rows() | {"order_id": [500 + number for number in range(30)]}
    assert answered([written(first, tmp_path, kind), written(second, tmp_path, kind)])


def test_one_of_two_files_has_a_currency(tmp_path: Path) -> None:
    with_currency = rows() | {"currency": ["EUR"] * 30, "order_id": [500 + number for number in range(30)]}
    assert answered([written(rows(), tmp_path, "csv"), written(with_currency, tmp_path, "csv")])


def test_one_of_two_files_has_a_status(tmp_path: Path) -> None:
    with_status = rows() | {"status": ["paid", "cancelled"] * 15, "order_id": [500 + number for number in range(30)]}
    assert answered([written(rows(), tmp_path, "csv"), written(with_status, tmp_path, "csv")])


@pytest.mark.parametrize("other", [{"ordered_at": ["2024-02-03"] * 30}, {"customer_id": ["A1z2"] * 30}], ids=str)
@pytest.mark.parametrize("kinds", [("csv", "csv"), ("csv", "parquet"), ("parquet", "parquet")], ids=str)
def test_two_files_of_different_columns(other: Columns, kinds: tuple[str, str], tmp_path: Path) -> None:
    first, second = rows(), rows() | other
    answered([written(first, tmp_path, kinds[0]), written(second, tmp_path, kinds[1])])


@pytest.mark.parametrize(
    "ids",
    [
        pl.Series([number % 5 for number in range(30)], dtype=pl.UInt64),
        pl.Series([2**63 + number % 5 for number in range(30)], dtype=pl.UInt64),
        pl.Series([number % 5 for number in range(30)]).cast(pl.Decimal(20, 0)),
        pl.Series([-(2**50) + number % 5 for number in range(30)]),
        pl.Series([str(1234567890123456000 + number % 7) for number in range(30)]),
        pl.Series([" " if number == 3 else str(number % 5) for number in range(30)]),
        pl.Series([f" {number % 5} " for number in range(30)]),
        pl.Series([f"{number % 5}" if number % 2 else f"0{number % 5}" for number in range(30)]),
        pl.Series(["Ä", "ä", "A\u0308", None, "", "  "] * 5),
    ],
    ids=lambda ids: f"{ids.dtype} {ids[0]}",
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_ids_of_any_type_with_an_unsure_customer(ids: pl.Series, kind: str, tmp_path: Path) -> None:
    amounts = [5.0, -7.0] * 15
    columns = rows() | {"order_id": [100 + number // 2 for number in range(30)], "amount": amounts}
    path = tmp_path / f"orders.{kind}"
    frame = pl.DataFrame(columns).with_columns(ids.alias("customer_id"))
    if kind == "csv":
        frame.write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    else:
        frame.write_parquet(path)
    answered([str(path)])


@pytest.mark.parametrize("late", ["N/A", "5 ", " 5", "1_000", "1,234.50", "inf", "nan", "", "007", "5.00000005", "1e3"])
@pytest.mark.parametrize("column", ["amount", "order_id", "customer_id", "ordered_at"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_late_row_of_another_form(late: str, column: str, kind: str, tmp_path: Path) -> None:
    columns = as_text(rows(12_000), column)
    columns[column][LATE] = late
    answered([written(columns, tmp_path, kind)])


def test_whole_amounts_with_a_late_fraction_too_small_to_see(tmp_path: Path) -> None:
    columns = rows(12_000) | {"amount": [3.0] * LATE + [5.00000005] + [3.0] * (12_000 - LATE - 1)}
    assert not answered([written(columns, tmp_path, "parquet")])


def test_late_rows_of_another_currency(tmp_path: Path) -> None:
    columns = rows(12_000) | {"currency": ["EUR"] * LATE + ["USD"] * (12_000 - LATE)}
    assert not answered([written(columns, tmp_path, "parquet")])


def test_an_event_log_whose_other_events_hold_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    lines = ["customer_id,event,at,value"]
    for number in range(200):
        moment = START + timedelta(hours=number)
        lines += [f"{number % 6},view,{moment:%Y-%m-%d %H:%M:%S},/home", f"anon,view,{moment:%Y-%m-%d %H:%M:%S},"]
        lines += [f"{number % 6},purchase,{moment:%Y-%m-%d %H:%M:%S},{number}.50"]
    path.write_text("\n".join(lines) + "\n")
    assert answered([str(path)], ReadOptions(purchase_events=("purchase",)))


def test_under_a_limit_on_memory_no_way_keeps_rows(tmp_path: Path) -> None:
    limited = ReadOptions(memory=1 << 30)
    assert answered([written(rows(), tmp_path, "parquet")], limited)
    shuffled = rows() | {"order_id": [100 + 7 * number % 31 for number in range(30)]}
    assert not answered([written(shuffled, tmp_path, "parquet")], limited)


def test_money_past_the_bits_of_a_slot(tmp_path: Path) -> None:
    assert not answered([written(rows() | {"amount": [1e11] * 30}, tmp_path, "parquet")])


@pytest.mark.parametrize(
    "body",
    ["1,100,2024-01-01 00:00:00,5\n\n2,101,2024-01-02 00:00:00,6\n", "1,100,2024-01-01 00:00:00,5,9\n"],
    ids=["an empty line", "too many fields"],
)
def test_lines_that_are_no_rows(body: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,order_id,ordered_at,amount\n" + body)
    answered([str(path)])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["customer_id", "order_id", "ordered_at"])
def test_a_row_of_totals_is_for_the_plain_way(kind: str, name: str, tmp_path: Path) -> None:
    columns = as_text(as_text(rows(), "customer_id"), "order_id")
    columns = columns | {"customer_id": [f"buyer {one}" for one in columns["customer_id"]]}
    columns = columns | {"order_id": [f"{'AB'[place % 2]}{one}" for place, one in enumerate(columns["order_id"])]}
    assert answered([written(columns, tmp_path, kind)])
    with_total = {key: [*values[:-1], "Total" if key == name else values[-1]] for key, values in columns.items()}
    if name == "ordered_at":
        with_total = as_text(with_total, name)
    assert not answered([written(with_total, tmp_path, kind)])


def test_refunds_by_type_are_for_the_plain_way(tmp_path: Path) -> None:
    sales = rows() | {"type": ["sale"] * 30}
    assert answered([written(sales, tmp_path, "csv")])
    assert not answered([written(rows() | {"type": ["sale"] * 29 + ["refund"]}, tmp_path, "csv")])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_statuses_flags_and_quantities_of_other_words(kind: str, tmp_path: Path) -> None:
    statuses = ["wc-completed", "Cancelled by us", "cancelled, shipped", None, "refunded", "wc-failed"] * 5
    flags = ["no", None, "2024-01-05", "0", "0000-00-00"] * 6
    columns = rows() | {"status": statuses, "cancelled_at": flags, "quantity": [1, 2, -1] * 10}
    assert answered([written(columns, tmp_path, kind)])
