"""Events, products and customers as an expression asks them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import frame_rows, linked, rows_of, texts

ORDERS = texts("customer_id,order_id,ordered_at,amount", "a,1,2024-01-01,10", "17850,2,2024-01-31,10")


def test_events_have_their_kind_and_every_column_of_the_file() -> None:
    events = texts(
        "customer_id,event,at,channel,campaign_id,value,page",
        "a,Opened Email,2024-01-05 10:00:00,E-Mail,X1,3,home",
        "17850.0,own thing,2024-01-31 23:59:59,,,,",
        "a,view,2024-02-01,,,,",
        ",view,2024-01-02,,,,",
        "a,,2024-01-02,,,,",
        "a,view,never,,,,",
    )
    tables, _ = linked({"orders": ORDERS, "events": events})
    columns = ("customer_id", "event", "kind", "at", "channel", "campaign_id", "value", "page")
    assert rows_of(tables, "events", *columns) == [
        ("17850", "own thing", "ownthing", datetime(2024, 1, 31, 23, 59, 59), None, None, None, None),
        ("a", "Opened Email", "open", datetime(2024, 1, 5, 10), "E-Mail", "X1", "3", "home"),
    ]
    kinds = {key: column.kind for key, column in tables["events"].columns.items()}
    assert kinds == {
        "event": "name",
        "kind": "name",
        "at": "moment",
        "channel": "name",
        "campaignid": "exact",
        "value": "text",
        "page": "text",
    }
    assert tables["events"].links == ("customer_id",)


def test_times_of_events_are_those_of_the_zone() -> None:
    events = texts("customer_id,event,at", "a,view,2024-01-31T23:30:00Z", "a,view,2024-01-30T23:30:00Z")
    tables, _ = linked({"orders": ORDERS, "events": events}, options=ReadOptions(timezone="Europe/Berlin"))
    assert rows_of(tables, "events", "at") == [(datetime(2024, 1, 31, 0, 30),)]


def test_events_of_two_files_are_one_table() -> None:
    first = texts("customer_id,event,at,value", "a,view,2024-01-02,1.5")
    second = texts("client,event_name,timestamp,score", "a,cart,03.01.2024,7").cast({"score": int})
    tables, _ = linked({"orders": ORDERS, "events": (first, second)})
    assert rows_of(tables, "events", "event", "at", "value", "score") == [
        ("cart", date(2024, 1, 3), None, 7),
        ("view", date(2024, 1, 2), "1.5", None),
    ]
    columns = tables["events"].columns
    assert (columns["eventname"].name, columns["timestamp"].name, columns["score"].kind) == ("event", "at", "number")


def test_products_are_the_parent_of_events_that_name_one() -> None:
    events = texts("customer_id,event,at,sku", "a,view,2024-01-02, P1 ")
    products = texts("product_id,name,category,price", "P1,Lamp,Light,9", "P1,Lamp,Light,9", "P2,Feed,Pets,3", ",x,,")
    tables, _ = linked({"orders": ORDERS, "events": events, "products": products})
    assert rows_of(tables, "events", "product_id") == [("P1",)]
    (parent,) = tables["events"].parents
    assert (parent.name, parent.key) == ("products", "product_id")
    assert frame_rows(parent.frame, ["product_id", "name", "category", "price"]) == [
        ("P1", "Lamp", "Light", "9"),
        ("P2", "Feed", "Pets", "3"),
    ]
    without, _ = linked({"orders": ORDERS, "events": events})
    assert without["events"].parents == ()


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
