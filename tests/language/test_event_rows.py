"""Events as an expression asks them."""

from __future__ import annotations

from datetime import date, datetime

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


def test_names_with_blanks_around_are_trimmed_and_whole_numbers_are_keys() -> None:
    orders = texts("customer_id,ordered_at,amount", "7,2024-01-31,1").cast({"customer_id": int})
    events = texts("customer_id,event,at", "7, view ,2024-01-02", "7,view,2024-01-03").cast({"customer_id": int})
    tables, _ = linked({"orders": orders, "events": events})
    assert rows_of(tables, "events", "customer_id", "(customer)", "event", "kind") == [("7", 7, "view", "view")] * 2
    texts_of = tables["events"].columns["event"].texts
    assert texts_of is not None and texts_of.collect()["event"].to_list() == ["view"]
    assert rows_of(tables, "orders", "customer_id", "(customer)") == [("7", 7)]
