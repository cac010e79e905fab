"""Products and customers, which rows of other tables belong to."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import frame_rows, linked, texts

ORDERS = texts("customer_id,order_id,ordered_at,amount", "a,1,2024-01-01,10", "17850,2,2024-01-31,10")


def test_whole_numbers_are_the_same_product_in_every_table() -> None:
    events = texts("customer_id,event,at,product_id", "a,view,2024-01-02,7")
    products = texts("product_id,name", "7,Lamp").cast({"product_id": int})
    tables, _ = linked({"orders": ORDERS, "events": events, "products": products})
    assert frame_rows(tables["events"].parents[0].frame, ["product_id"]) == [("7",)]


def test_two_rows_of_one_product_that_differ_are_an_error() -> None:
    events = texts("customer_id,event,at,product_id", "a,view,2024-01-02,P1")
    products = texts("product_id,name", "P1,Lamp", "P1,Feed")
    tables, _ = linked({"orders": ORDERS, "events": events, "products": products})
    with pytest.raises(InputError, match="1 product with rows that differ, for example 'P1'"):
        tables["events"]


def test_customers_have_the_names_that_an_attribute_has() -> None:
    customers = texts("id,Город,registered_at,Total Spent", "a,Lyon,2024-01-01,1 200,5"[:-2], "b,,2023-01-01,")
    tables, _ = linked({"orders": ORDERS, "customers": customers})
    parent = tables.customers()
    assert parent is not None and parent.key == "customer_id"
    assert {key: column.name for key, column in parent.columns.items()} == {
        "город": "city",
        "city": "city",
        "registeredat": "registered_at",
        "totalspent": "Total Spent",
    }
    days, numbers = parent.columns["registeredat"].days, parent.columns["totalspent"].numbers
    assert days is not None and numbers is not None
    read = parent.frame.select("customer_id", "city", day=days().dt.date(), spent=numbers())
    assert frame_rows(read, ["customer_id", "city", "day", "spent"]) == [
        ("a", "Lyon", date(2024, 1, 1), 1200.0),
        ("b", None, date(2023, 1, 1), None),
    ]


def test_no_customers_are_no_columns() -> None:
    tables, _ = linked({"orders": ORDERS})
    assert tables.customers() is None


def test_the_zone_of_a_heading_counts_also_where_the_column_is_a_field() -> None:
    customers = texts("customer_id,registered_at (UTC),note", "a,2024-01-01 23:30,x")
    options = ReadOptions(timezone="Europe/Berlin")
    tables, _ = linked({"orders": ORDERS, "customers": customers}, options=options)
    parent = tables.customers()
    assert parent is not None
    column = parent.columns["registeredat"]
    assert column.days is not None
    assert parent.frame.select(column.days()).collect().item() == datetime(2024, 1, 2, 0, 30)
    numbers = column.numbers
    assert numbers is not None
    with pytest.raises(InputError, match=r"column 'registered_at \(UTC\)': no value is a number"):
        numbers()
