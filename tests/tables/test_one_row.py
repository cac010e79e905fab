from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_tables
from rfm_cli.source.orders import OneRowSource
from rfm_cli.tables import sources
from rfm_cli.tables.one_row import OneRow, looks_like, one_row_in
from rfm_cli.tables.options import ReadOptions


def one_row(*paths: str, **options: Any) -> OneRow:
    asked = ReadOptions(**options)
    assert isinstance(open_tables(TablePaths(orders=paths), asked).source, OneRowSource)
    return one_row_in(sources.open_all(paths, asked), asked)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("customer_id", "recency", "frequency", "monetary"), True),
        (("id", "last_order_date", "orders_count"), True),
        (("customer_id", "recency_days", "frequency", "order_date"), False),
        (("customer_id", "frequency", "monetary"), False),
        (("customer_id", "date", "amount"), False),
    ],
)
def test_what_looks_like_one_row_a_customer(header: tuple[str, ...], expected: bool) -> None:
    assert looks_like(header) is expected


def test_recency_in_days(write: Any) -> None:
    found = one_row(write("c.csv", "customer_id,recency,frequency,monetary\n007,5,2,10.50\n8,0,1,3\n9,,0,0\n"))
    assert found.table.select("customer", "recency_days", "frequency", "monetary").rows() == [
        ("007", 5, 2, 105),
        ("8", 0, 1, 30),
        ("9", None, 0, 0),
    ]
    assert (found.scale, found.rows["accepted"], found.last_day()) == (1, 3, None)


def test_the_last_order(write: Any) -> None:
    found = one_row(
        write("c.csv", "id;last_order;orders;total_spent\n7;31.12.2024;2;1 234,50\n8;01.01.2024;1;5\n"),
        maps={"orders": {"customer_id": "id"}},
    )
    assert found.table.select("customer", "last_order", "frequency", "monetary").rows() == [
        ("7", date(2024, 12, 31), 2, 12345),
        ("8", date(2024, 1, 1), 1, 50),
    ]
    assert found.last_day() == date(2024, 12, 31)


def test_rows_that_break_a_rule(write: Any) -> None:
    rows = ["a,5,2,1", ",5,2,1", "b,,2,1", "c,5,x,1", "d,5,1.5,1", "e,-1,1,1", "f,5,1,", "g,5,1,NaN"]
    found = one_row(write("c.csv", "customer_id,recency,frequency,monetary\n" + "".join(f"{row}\n" for row in rows)))
    assert {rule: count for rule, count in found.rows.items() if count} == {
        "accepted": 1,
        "customer": 1,
        "date": 1,
        "amount": 5,
    }


def test_typed_measures(write: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [7.0, 8.0, 9.0],
            "recency": [1, 2, 3],
            "frequency": [1.0, 2.0, 3.0],
            "monetary": [0.125, float("nan"), float("inf")],
        }
    )
    found = one_row(write("c.parquet", frame))
    assert found.table.select("customer", "frequency", "monetary").rows() == [(7, 1, 125)]
    assert found.rows["amount"] == 2


def test_a_customer_twice(write: Any) -> None:
    with pytest.raises(InputError, match="1 customer has more than one row"):
        one_row(write("c.csv", "customer_id,recency,frequency\na,1,1\na,1,1\n"))


def test_ids_with_a_fraction_and_amounts_too_large(write: Any) -> None:
    with pytest.raises(InputError, match="1 values have a fraction"):
        one_row(write("c.parquet", pl.DataFrame({"customer_id": [1.5], "recency": [1], "frequency": [1]})))
    with pytest.raises(InputError, match="too large to be added exactly"):
        one_row(write("c.csv", "customer_id,recency,frequency,monetary\na,1,1,90071992547409.93\nb,1,1,0.01\n"))


def test_said_by_the_user(write: Any) -> None:
    path = write("c.csv", "who,days,n\na,1,2\n")
    maps = {"orders": {"customer_id": "who", "recency_days": "days", "frequency": "n"}}
    found = one_row(path, maps=maps, one_row_per_customer=True)
    assert found.table.select("customer", "recency_days", "frequency").rows() == [("a", 1, 2)]
    with pytest.raises(InputError, match="no column for last_order"):
        one_row(write("d.csv", "customer_id,frequency\na,1\n"), one_row_per_customer=True)


def test_several_files(write: Any) -> None:
    header = "customer_id,recency,frequency,monetary\n"
    found = one_row(write("a.csv", header + "a,1,2,3\n"), write("b.csv", header + "007,1,2,0.25\n"))
    assert found.table.select("customer", "monetary").rows() == [("a", 300), ("007", 25)]
