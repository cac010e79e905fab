from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from rfm_cli.tables.order_file import currency_of, is_event
from rfm_cli.tables.orders import rejected_rows

HEADER = "customer_id,date,quantity,price\n"


def test_event_names_are_compared_trimmed_and_without_case() -> None:
    names = pl.Series([" Purchase", "PURCHASE", "purchases", "Покупка", None])
    frame = pl.DataFrame({"e": names}).select(is_event(pl.col("e"), ("purchase ", "покупка")))
    assert frame.to_series().to_list() == [True, True, False, True, None]


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
