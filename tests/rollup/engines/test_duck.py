"""DuckDB and the plain way through Polars agree row for row, on every type and on random rows."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.engines.sources import open_orders
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples
from tests.rollup.engines.awkward import (
    FIXED,
    NAN,
    ROWS,
    ZONE,
    Row,
    Types,
    assert_same,
    blank_texts,
    by_engine,
    plainly,
    table,
    written,
)

DUCKDB = Engine("duckdb")
PLACES = itertools.count()
MICRO = timedelta(microseconds=1)
MOMENTS = st.builds(
    lambda days, part: datetime(2024, 3, 28) + timedelta(days=days) + part,
    st.integers(-60, 60),
    st.sampled_from([timedelta(), -MICRO, timedelta(hours=1) - MICRO, timedelta(hours=22), timedelta(hours=12)]),
)
RANDOM = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from([None, 7, 8, 9, 17850]),
        order=st.sampled_from([None, 1, 2, 3, 4]),
        at=st.none() | MOMENTS,
        cents=st.sampled_from([None, NAN, -5000.0, 0.0, 1.0, 50.0, 250.0, 100.0]) | st.integers(-(10**6), 10**9),
        status=st.sampled_from([None, "", "paid", " Cancelled", "TEST\u00a0", "Отменён"]),
    ),
    max_size=12,
).map(lambda rows: [Row(1, 1, datetime(2024, 1, 1), 1234, "paid"), *rows])
IDS = ["text", "integer", "unsigned", "float64", "float32", "decimal"]
TYPES = st.builds(
    Types,
    customer=st.sampled_from(IDS),
    order=st.sampled_from([*IDS, "none"]),
    at=st.sampled_from(["naive", "naive_ms", "instant", "berlin", "date"]),
    money=st.sampled_from(["float64", "integer", "decimal", "product", "none"]),
    status=st.booleans(),
)
ZONES = st.sampled_from(["UTC", ZONE, "Asia/Kathmandu", "America/St_Johns"])
checked = settings(max_examples=examples(10, 25), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("types", FIXED, ids=str)
@pytest.mark.parametrize("zone", ["UTC", ZONE])
def test_awkward_rows_of_every_type(tmp_path: Path, types: Types, zone: str) -> None:
    path, options = written(tmp_path, ROWS, types), ReadOptions(timezone=zone)
    assert_same(by_engine(DUCKDB, [path], options), plainly([path], options))


@checked
@given(RANDOM, TYPES, ZONES)
def test_random_rows(tmp_path: Path, rows: list[Row], types: Types, zone: str) -> None:
    path = written(tmp_path, rows, types, str(next(PLACES)))
    options = ReadOptions(timezone=zone, amount_per="row")
    try:
        found = by_engine(DUCKDB, [path], options)
    except InputError as error:  # rows that take fields from the others of their order
        assume("on some rows, which Polars takes from the others" not in error.message)
        raise
    assert_same(found, plainly([path], options))


@checked
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=1, max_size=20), st.integers(0, 7))
def test_the_scale_of_any_amounts(tmp_path: Path, amounts: list[float], decimals: int) -> None:
    rounded = [round(amount, decimals) if abs(amount) < 1e8 else amount for amount in amounts]
    frame = pl.DataFrame({"customer_id": 1, "ordered_at": datetime(2024, 1, 1), "amount": [1.5, *rounded]})
    path = tmp_path / f"{next(PLACES)}.parquet"
    frame.write_parquet(path)
    try:
        wanted = plainly([path], ReadOptions())
    except InputError as error:
        assume("too large" in error.message)
        with pytest.raises(InputError, match="too large"):
            by_engine(DUCKDB, [path], ReadOptions())
        return
    assert_same(by_engine(DUCKDB, [path], ReadOptions()), wanted)


def test_files_that_differ_in_columns_and_types(tmp_path: Path) -> None:
    written(tmp_path, ROWS[:8], Types(customer="integer", order="none", at="date", status=False), "2023")
    written(tmp_path, ROWS[8:16], Types(customer="float64", order="text", at="berlin", money="decimal"), "2024")
    written(tmp_path, ROWS[16:], Types(order="integer", money="product"), "2025")
    assert_same(by_engine(DUCKDB, [tmp_path], ReadOptions()), plainly([tmp_path], ReadOptions()))


def test_names_of_files_and_headings_are_no_patterns(tmp_path: Path) -> None:
    odd = table(ROWS, Types()).rename({"customer_id": 'client "id".*', "amount": "a`b; --"})
    for name in ("a[1].parquet", "a1.parquet"):
        odd.write_parquet(tmp_path / name)
    options = ReadOptions(maps={"orders": {"customer_id": 'client "id".*', "amount": "a`b; --"}})
    path = tmp_path / "a[1].parquet"
    assert by_engine(DUCKDB, [path], options).rows.height == plainly([path], options).rows.height


def test_any_blank_around_ids_and_statuses(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    blank_texts().write_parquet(path)
    assert_same(by_engine(DUCKDB, [path], ReadOptions()), plainly([path], ReadOptions()))


def test_ids_with_a_fraction_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pl.DataFrame({"customer_id": [1.0, 2.5, None, NAN], "ordered_at": datetime(2024, 1, 1)}).write_parquet(path)
    with pytest.raises(InputError, match="customer_id: 1 values have a fraction"):
        by_engine(DUCKDB, [path], ReadOptions())


def test_currencies_that_do_not_add(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    frame = table(ROWS, Types()).with_columns(currency=pl.Series(["eur", " EUR ", "USD"] * 8))
    frame.write_parquet(path)
    with pytest.raises(InputError, match=r"more than one currency \(EUR, USD"):
        by_engine(DUCKDB, [path], ReadOptions())
    frame.filter(pl.col("currency") != "USD").write_parquet(path)
    assert by_engine(DUCKDB, [path], ReadOptions()).scale == 2
    with pytest.raises(UsageError, match="the orders are in EUR"):
        by_engine(DUCKDB, [path], ReadOptions(currency="USD"))


def test_no_accepted_row_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, [Row(None, 1, None, 5, "paid")], Types())
    with pytest.raises(InputError, match="no order accepted"):
        by_engine(DUCKDB, [path], ReadOptions())


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("ordered_at", ["2024-01-01"], "column 'ordered_at' is VARCHAR, and an engine takes days from dates"),
        ("ordered_at", [20240101], "column 'ordered_at' is BIGINT, and an engine takes days from dates"),
        ("amount", ["1,50"], "column 'amount' is VARCHAR, and an engine takes money from numbers"),
        ("customer_id", [True], "column 'customer_id' is BOOLEAN, which cannot be an id"),
    ],
)
def test_columns_that_have_to_be_read_as_text(tmp_path: Path, column: str, values: list[object], told: str) -> None:
    path = tmp_path / "orders.parquet"
    row = {"customer_id": ["a"], "ordered_at": [datetime(2024, 1, 1)], "amount": [1.5]} | {column: values}
    pl.DataFrame(row).write_parquet(path)
    with pytest.raises(InputError, match=told), open_orders(DUCKDB, [str(path)], ReadOptions()):
        pass


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"State": ["Ohio"]}, "column 'State' may not be status, and an engine does not look at its values"),
        ({"item_price": [1.5], "quantity": [2]}, "column 'item_price' may not be unit_price"),
    ],
)
def test_headings_that_only_values_settle(tmp_path: Path, more: dict[str, list[object]], told: str) -> None:
    path = tmp_path / "orders.parquet"
    pl.DataFrame({"customer_id": ["a"], "ordered_at": [datetime(2024, 1, 1)], **more}).write_parquet(path)
    with pytest.raises(InputError, match=told), open_orders(DUCKDB, [str(path)], ReadOptions()):
        pass
    given = {"status": "State"} if "State" in more else {"unit_price": "item_price"}
    with open_orders(DUCKDB, [str(path)], ReadOptions(maps={"orders": given})):
        pass


@pytest.mark.parametrize(
    ("heading", "times_in", "by"), [("ordered_at", "UTC", "by --times-in"), ("Date (UTC)", None, "as its")]
)
def test_times_of_a_zone_without_one_in_their_type(tmp_path: Path, heading: str, times_in: str | None, by: str) -> None:
    path = tmp_path / "orders.parquet"
    table(ROWS, Types(at="naive")).rename({"ordered_at": heading}).write_parquet(path)
    options = ReadOptions(times_in=times_in, maps={"orders": {"ordered_at": heading}})
    with pytest.raises(InputError, match=f"has times of a zone, {by}"):
        by_engine(DUCKDB, [path], options)
    table(ROWS, Types(at="instant")).rename({"ordered_at": heading}).write_parquet(path)
    assert by_engine(DUCKDB, [path], options).scale == 2


@pytest.mark.parametrize(
    ("field", "text"),
    [("customer_id", "customers.person"), ("customer_id", "customer_id,amount"), ("status", "data.status")],
)
def test_a_map_that_is_no_heading(tmp_path: Path, field: str, text: str) -> None:
    path = tmp_path / "orders.parquet"
    table(ROWS, Types()).with_columns(data=pl.lit("{}")).write_parquet(path)
    with pytest.raises(InputError, match=f"--map {field}={text} is no heading"):
        by_engine(DUCKDB, [path], ReadOptions(maps={"orders": {field: text}}))


def test_currencies_under_a_heading_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    codes = pl.Series("Transaction currency", ["EUR", "USD", "USD"] * 8)
    table(ROWS, Types()).with_columns(codes).write_parquet(path)
    with pytest.raises(InputError, match=r"more than one currency \(EUR, USD"):
        by_engine(DUCKDB, [path], ReadOptions())


def test_a_table_has_no_lines(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS, Types())
    with pytest.raises(UsageError, match="an engine reads tables, which have no lines"):
        by_engine(DUCKDB, [path], ReadOptions(header_row=2))


def test_money_in_some_files_only(tmp_path: Path) -> None:
    written(tmp_path, ROWS, Types(money="none"), "a")
    written(tmp_path, ROWS, Types(), "b")
    with pytest.raises(InputError, match="no amount, while other order files have one"):
        by_engine(DUCKDB, [tmp_path], ReadOptions())


@pytest.mark.parametrize("path", ["nothing/", "nothing.parquet"])
def test_a_missing_path(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        by_engine(DUCKDB, [tmp_path / path], ReadOptions())


def test_what_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,ordered_at\na,2024-01-01\n")
    with pytest.raises(InputError, match="not a Parquet file"):
        by_engine(DUCKDB, [path], ReadOptions())
    with pytest.raises(UsageError, match="is a URL"), open_orders(DUCKDB, ["s3://bucket/orders/"], ReadOptions()):
        pass


def test_a_damaged_file(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS, Types())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="DuckDB: "):
        by_engine(DUCKDB, [path], ReadOptions())


def test_currencies_of_orders_without_amounts_play_no_part(tmp_path: Path) -> None:
    path = str(tmp_path / "orders.parquet")
    frame = table(ROWS, Types()).drop("amount").with_columns(currency=pl.Series(["EUR", "USD", "GBP"] * 8))
    frame.write_parquet(path)
    assert by_engine(DUCKDB, [path], ReadOptions()).scale is None
