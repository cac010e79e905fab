from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from rfm_cli.tables.order_file import currency_of
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.rejected import rejected_rows

HEADER = "customer_id,date,quantity,price\n"


def test_currency_codes() -> None:
    frame = pl.DataFrame({"c": [" eur ", "EUR", "", "  ", None]}).select(currency_of(pl.col("c")))
    assert frame.to_series().to_list() == ["EUR", "EUR", None, None, None]


def test_quantity_times_price(write: Any, read: Any) -> None:
    seen = read(
        write("o.csv", HEADER + "a,2024-01-01,3,0.10\na,2024-01-01,-1,19.99\na,2024-01-01,,5\na,2024-01-01,2,\n")
    )
    assert (seen.minor(), seen.orders.scale) == ([-1999, 30], 2)
    assert seen.facts.rejected == {"amount": 2}


def test_typed_quantity_next_to_a_price_in_text(write: Any, read: Any) -> None:
    frame = pl.DataFrame(
        {"customer_id": ["a"] * 2, "date": ["2024-01-01"] * 2, "quantity": [3, None], "price": ["1,10", "2,00"]}
    )
    seen = read(write("o.parquet", frame))
    assert (seen.minor(), seen.facts.rejected) == ([33], {"amount": 1})


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_days_are_those_of_the_time_zone(write: Any, read: Any, unit: Any) -> None:
    moments = pl.Series([datetime(2024, 1, 31, 23, 30, tzinfo=UTC), None], dtype=pl.Datetime(unit, "UTC"))
    path = write("o.parquet", pl.DataFrame({"customer_id": ["a", "a"], "date": moments, "amount": [1, 1]}))
    assert read(path).days() == [date(2024, 1, 31)]
    assert read(path, timezone="Asia/Almaty").days() == [date(2024, 2, 1)]
    assert read(path, timezone="America/New_York").days() == [date(2024, 1, 31)]
    assert read(path).facts.rejected == {"date": 1}


def test_a_heading_of_any_kind_does_no_harm(write: Any, read: Any) -> None:
    header = "rule,day,minor,value,customer,order,why,customer_id,date,amount"
    text = header + "\n1,2,3,4,5,6,7,a,2024-01-01,9\n,,,,,,,,2024-01-01,9\n"
    seen = read(write("o.csv", text), maps={"orders": {"customer_id": "customer_id", "ordered_at": "date"}})
    assert seen.rows() == [("a", date(2024, 1, 1), 9)]
    assert seen.rejects() == [(2, "customer")]
    assert rejected_rows(seen.orders).columns[4:] == header.split(",")


def test_the_zone_and_the_numbers_are_said(write: Any, rfm: Any) -> None:
    path = write("o.csv", "customer_id,date,amount\na,2024-01-31T23:30:00Z,1\n")
    assert b"times with an offset are counted in days of UTC (--timezone)" in rfm("score", path).stderr
    path = write("p.csv", "customer_id,date,amount\na,1706743800,1\n")
    assert b"dates are numbers, read as epoch s" in rfm("score", path).stderr


TYPED = "customer_id,order_id,date,amount,kind\n"


def test_refunds_by_the_type_of_a_row_lower_money_whatever_their_sign(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-01,100.00,Customer Invoice\na,2,2024-01-02,20.00,Customer Refund\nb,3,2024-01-03,-5.00,refund\n"
    seen = read(write("o.csv", TYPED + rows + "b,4,2024-01-04,0.00,Возврат\nb,5,2024-01-05,7.00,Chargeback reversal\n"))
    assert seen.minor() == [-20, -5, 0, 7, 100]
    file = seen.orders.files[0]
    assert file.refund_types == {"Customer Refund", "refund", "Возврат"}
    typed = typed_rows(file, seen.orders.options).collect()
    assert typed["refund"].to_list() == [False, True, True, True, False]


def test_a_type_without_a_word_of_refunds_is_an_attribute(write: Any, read: Any) -> None:
    seen = read(write("o.csv", TYPED + "a,1,2024-01-01,100.00,retail\na,2,2024-01-02,20.00,\n"))
    file = seen.orders.files[0]
    assert (file.is_refund(), file.type_heading, "type" in file.columns) == (None, "kind", False)
    assert "refund" not in typed_rows(file, seen.orders.options).collect_schema()
    assert seen.minor() == [20, 100]


def test_a_word_of_refunds_in_the_last_row_counts(write: Any, read: Any) -> None:
    rows = "".join(f"c{number},{number},2024-01-01,2,sale\n" for number in range(10_100))
    seen = read(write("o.csv", f"{TYPED}{rows}c1,x,2024-01-02,2,return\n"))
    assert (seen.minor()[0], sum(seen.minor())) == (-2, 2 * 10_100 - 2)


def test_refunds_of_quantity_times_price_and_of_typed_columns(write: Any, read: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [1, 1],
            "date": [date(2024, 1, 1)] * 2,
            "quantity": [2, 1],
            "price": [1.5, 0.5],
            "type": pl.Series(["sale", "Return"], dtype=pl.Enum(["sale", "Return"])),
        }
    )
    assert read(write("o.parquet", frame)).minor() == [-5, 30]
    numbers = frame.with_columns(type=pl.Series([1, 2]))
    assert read(write("p.parquet", numbers)).orders.files[0].is_refund() is None


@pytest.mark.parametrize(
    ("quantity", "minor"),
    [("-1", -5), (" -2.0", -5), ("(1)", -5), ("−3", -5), ("1-", -5), ("-1,5", -5), ("1", 5), ("0", 5), ("-0", 5),  # noqa: RUF001
     ("", 5), ("-", 5), ("x-1", 5)],
)  # fmt: skip
def test_a_quantity_below_zero_lowers_a_positive_amount(write: Any, read: Any, quantity: str, minor: int) -> None:
    header = "customer_id,date,quantity,amount\n"
    assert read(write("o.csv", f'{header}a,2024-01-01,"{quantity}",5\n')).minor() == [minor]
    assert read(write("o.csv", f'{header}a,2024-01-01,"{quantity}",-5\n')).minor() == [-5]


@pytest.mark.parametrize("dtype", [pl.Int32, pl.Float64])
def test_typed_quantities_below_zero(write: Any, read: Any, dtype: Any) -> None:
    frame = pl.DataFrame({"customer_id": [1] * 3, "date": [date(2024, 1, 1)] * 3, "amount": [5, 5, 5]})
    path = write("o.parquet", frame.with_columns(quantity=pl.Series([-1, 1, None], dtype=dtype)))
    assert read(path).minor() == [-5, 5, 5]


def test_refunds_by_type_of_the_command_line(write: Any, rfm: Any) -> None:
    rows = "a,1,2024-01-05,100.25,Invoice\na,R1,2024-01-10,19.75,Refund\nb,2,2024-02-05,30.00,Invoice\n"
    path = write("o.csv", TYPED + rows)
    done = rfm("score", path, "--format", "csv", "--cuts", "m=1,2,3,4")
    assert [line.split(b",")[:6] for line in done.stdout.splitlines()[1:]] == [
        [b"a", b"2024-01-05", b"2024-01-05", b"31", b"1", b"80.50"],
        [b"b", b"2024-02-05", b"2024-02-05", b"0", b"1", b"30.00"],
    ]
    assert "rfm: rows of these types lower money: 'Refund' (1 row, -19.75)" in done.stderr.decode().splitlines()
    with_types = rfm("score", path, "--format", "csv", "--with", "kind", "--cuts", "m=1,2,3,4")
    assert [line.rsplit(b",", 1)[1] for line in with_types.stdout.splitlines()] == [b"kind", b"Refund", b"Invoice"]
