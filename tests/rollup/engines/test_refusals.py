"""What DuckDB does not do as Polars does is refused, and names what it is."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.engines.build import Task, first_pass, may_fold, roll_up
from rfm_cli.rollup.engines.refusals import refuse_folded
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.tables.options import ReadOptions

pytest.importorskip("duckdb")
DUCKDB = Engine("duckdb")
PLAIN = {
    "order_id": [1, 1, 2, 3],
    "customer_id": ["a", "a", "b", "c"],
    "ordered_at": [date(2024, 1, day) for day in (1, 1, 2, 3)],
    "amount": [5.0, 6.0, 7.0, 8.0],
}


def rows_of(folder: Path, options: ReadOptions | None = None, **columns: Any) -> int:
    """The accepted rows of a table by DuckDB: plain columns, and others in their place or beside them."""
    pl.DataFrame({**PLAIN, **columns}).write_parquet(folder / "o.parquet")
    task = Task(DUCKDB, (str(folder / "o.parquet"),), options or ReadOptions(), Periods(), Purchases())
    with first_pass(task) as found:
        return found.found.facts.accepted


def test_plain_rows(tmp_path: Path) -> None:
    assert rows_of(tmp_path) == 4
    assert rows_of(tmp_path, type=["sale"] * 4, quantity=[1, 2, 3, 4], status=["paid"] * 4) == 4


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"refunded": [0.0, 0, 0, 1]}, "column 'refunded' is refunded, which no other engine reads"),
        ({"cancelled_at": [None, None, None, "x"]}, "column 'cancelled_at' is cancelled, which no other engine reads"),
        (
            {"quantity": ["1", "2", "3", "-4"]},
            "column 'quantity' is VARCHAR, and an engine takes quantities from numbers",
        ),
        ({"type": ["sale", "sale", "sale", "refund"]}, "rows of the type 'refund', which Polars takes for refunds"),
        ({"quantity": [1, 2, 3, -4]}, "1 row with a quantity below 0 and an amount above 0"),
        ({"customer_id": ["a", "a", "b", " Total: "]}, "1 row may be a row of totals"),
        ({"status": ["paid", "paid", '="cancelled"', None]}, '1 row with a cell ="00123", read as 00123'),
        ({"customer_id": ["a", None, "b", "c"]}, "1 order has no customer on some rows"),
        ({"ordered_at": [date(2024, 1, 1), None, date(2024, 1, 1), None]}, "1 order has no date on some rows"),
        ({"status": ["paid", " ", "paid", ""]}, "1 order has no status on some rows"),
        ({"amount": [5.0, None, 7.0, 8.0]}, "1 order has no amount on some rows"),
        ({"amount": [5.0, 5.0, 7.0, 8.0]}, "1 of the 1 orders with several rows have one amount on all of them"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_rows_that_polars_reads_otherwise(tmp_path: Path, columns: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        rows_of(tmp_path, **columns)
    assert said in error.value.message
    assert error.value.hint.startswith("leave out --engine")


def test_a_zone_in_the_heading(tmp_path: Path) -> None:
    moments = {"date (UTC)": [datetime(2024, 1, 1)] * 4}
    options = ReadOptions(maps={"orders": {"ordered_at": "date (UTC)"}})
    with pytest.raises(InputError, match="has times of a zone, as its heading says"):
        rows_of(tmp_path, options, **moments)


def test_what_is_left_alone(tmp_path: Path) -> None:
    # All rows of an order lack it, or the column is left out, or the user has said whose the amount is.
    assert rows_of(tmp_path, customer_id=[None, None, "b", "c"]) == 2
    assert rows_of(tmp_path, ReadOptions(maps={"orders": {"refunded": "-"}}), refunded=[1.0, 1, 1, 1]) == 4
    assert rows_of(tmp_path, ReadOptions(amount_per="row"), amount=[5.0, 5.0, 7.0, 8.0]) == 4
    assert rows_of(tmp_path, ReadOptions(overlap="add")) == 4


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("--overlap", {"overlap": "last"}),
        ("--amount-per order", {"amount_per": "order"}),
        ("--times-in", {"times_in": "UTC"}),
    ],
)
def test_options_that_polars_alone_heeds(tmp_path: Path, option: str, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"{option} does not go with --engine duckdb"):
        rows_of(tmp_path, ReadOptions(**given))


@pytest.mark.parametrize(
    ("ids", "refused"),
    [
        (
            ["Ann@x.org", "ann@x.org", "b", "c"],
            "1 id is an address in upper case or a 17850.0, for example 'Ann@x.org'",
        ),
        (["17850.0", "1.00", "b", "c"], "2 ids are an address in upper case or a 17850.0, for example '1.00'"),
        (["A@B", "ann@x.org", "007.0", "C"], None),
    ],
)
def test_ids_that_have_to_be_folded(tmp_path: Path, ids: list[str], refused: str | None) -> None:
    pl.DataFrame({**PLAIN, "order_id": [1, 2, 3, 4], "customer_id": ids}).write_parquet(tmp_path / "o.parquet")
    for rule in ("folded", "exact"):
        options = ReadOptions(ids="exact" if rule == "exact" else "folded")
        task = Task(DUCKDB, (str(tmp_path / "o.parquet"),), options, Periods(), Purchases())
        with first_pass(task) as found:
            if refused and rule == "folded":
                with pytest.raises(InputError, match=re.escape(refused)) as raised:
                    roll_up(found)
                assert "--ids exact" in str(raised.value.hint)
                with pytest.raises(InputError, match=re.escape(refused)):
                    refuse_folded(may_fold(found.accepted), options, "o.parquet")
            else:
                made = roll_up(found)
                assert made.manifest.ids == rule
                assert sorted(made.rows["customer_id"]) == sorted(ids)


def test_ids_that_are_no_customer(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--no-customer does not go with --engine"):
        rows_of(tmp_path, ReadOptions(no_customer=("0",)))
