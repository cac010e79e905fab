"""The lines of purchases as an expression asks them."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from rfm_cli.tables.options import ReadOptions
from tests.language.shops import frame_rows, linked, rows_of, texts

ORDERS = texts(
    "customer_id,order_id,ordered_at,amount,channel",
    "a,1,2024-01-01 08:00:00,25.00,app",
    "b,2,2024-01-02 09:00:00,10.00,web",
    "b,3,2024-01-09 10:00:00,10.00,web",
)
LINES = texts(
    "order_id,sku,quantity,unit_price,discount,color",
    "1,P1,2,10.00,,red",
    "1,P2,1,10.00,0.5,blue",
    "2,P1,1,10.00,,red",
    "3,P3,1,10.00,,red",
    "9,P1,1,10.00,,red",
    ",P1,1,10.00,,red",
    "2,P4,x,10.00,,red",
)
PRODUCTS = texts("product_id,category", "P1,Light", "P2,Pets")


def test_lines_have_the_customer_and_the_time_of_their_order() -> None:
    tables, _ = linked({"orders": ORDERS, "lines": LINES, "products": PRODUCTS}, date(2024, 1, 8))
    lines = tables["lines"]
    assert lines.columns["amount"].scale == 6
    assert rows_of(tables, "lines", "customer_id", "order_id", "at", "product_id", "amount", "quantity", "color") == [
        ("a", "1", datetime(2024, 1, 1, 8), "P1", 20_000_000, "2", "red"),
        ("a", "1", datetime(2024, 1, 1, 8), "P2", 5_000_000, "1", "blue"),
        ("b", "2", datetime(2024, 1, 2, 9), "P1", 10_000_000, "1", "red"),
        ("b", "2", datetime(2024, 1, 2, 9), "P4", None, "x", "red"),
    ]
    assert lines.columns["sku"].name == "product_id"
    assert lines.links == ("customer_id", "(order)", "order_id", "product_id")
    order, product = lines.parents
    assert (order.name, order.key, product.name, product.key) == ("orders", "(order)", "products", "product_id")
    with_order = lines.frame.join(order.frame, on=order.key).join(product.frame, on=product.key, how="left")
    assert frame_rows(with_order, ["product_id", "category", "channel"]) == [
        ("P1", "Light", "app"),
        ("P1", "Light", "web"),
        ("P2", "Pets", "app"),
        ("P4", None, "web"),
    ]


def test_lines_that_give_the_money_are_those_that_it_is_added_up_of() -> None:
    tables, scored = linked({"orders": ORDERS.drop("amount"), "lines": LINES})
    assert tables["lines"].columns["amount"].scale == 0 == scored.scale
    assert rows_of(tables, "lines", "order_id", "product_id", "amount") == [
        ("1", "P1", 20),
        ("1", "P2", 5),
        ("2", "P1", 10),
        ("3", "P3", 10),
    ]
    assert rows_of(tables, "orders", "order_id", "amount") == [("1", 25), ("2", 10), ("3", 10)]


def test_lines_of_an_id_that_two_customers_have_are_of_the_earlier_order() -> None:
    orders = texts("customer_id,order_id,ordered_at,amount", "b,1,2024-01-01,1", "a,1,2024-01-02,1", "c,1,2024-01-01,1")
    lines = texts("order_id,product_id,amount", "1,P1,1")
    tables, _ = linked({"orders": orders, "lines": lines})
    assert rows_of(tables, "lines", "customer_id", "at") == [("b", date(2024, 1, 1))]


def test_order_rows_that_name_a_product_are_lines() -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,Товар,category,note",
        "a,1,2024-01-01 09:00:00,10, P1,Light,x",
        "a,1,2024-01-01 08:00:00,0,P2,Pets,y",
        "a,1,2024-01-03,-4,P1,Light,back",
        "a,2,2024-01-04,-5,P1,Light,own",
        "a,2,2024-01-05,6,P9,Light,of no purchase",
        "b,,2024-01-05,7,P3,,z",
        "b,,2024-01-05,7,P3,,z",
    )
    tables, _ = linked({"orders": orders})
    assert rows_of(tables, "lines", "customer_id", "order_id", "at", "product_id", "category", "amount", "note") == [
        ("a", "1", datetime(2024, 1, 1, 8), "P1", "Light", 10, "x"),
        ("a", "1", datetime(2024, 1, 1, 8), "P2", "Pets", 0, "y"),
        ("b", None, datetime(2024, 1, 5), "P3", None, 7, "z"),
        ("b", None, datetime(2024, 1, 5), "P3", None, 7, "z"),
    ]
    order = tables["lines"].parents[0]
    joined = tables["lines"].frame.join(order.frame, on=order.key)
    assert frame_rows(joined, ["product_id", "number", "amount_right"]) == [
        ("P1", 1, 6),
        ("P2", 1, 6),
        ("P3", 1, 7),
        ("P3", 2, 7),
    ]
    assert "productid" not in tables["orders"].columns and "category" not in tables["orders"].columns


def test_order_rows_by_their_orders_need_no_look_at_these() -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,category,note",
        "a,1,2024-01-01,10,Tea,x",
        "a,1,2024-01-01,5,Pets,y",
        "a,2,2024-01-04,-5,Tea,of no purchase",
        "b,,2024-01-05,7,Tea,z",
        "b,1,2024-01-05,3,Toys,of another customer",
    )
    tables, _ = linked({"orders": orders})
    alone = tables["lines"].by_order
    assert alone is not None and "AGGREGATE" not in alone.explain()
    joined = tables["orders"].frame.join(alone, on="(order)")
    assert frame_rows(joined, ["customer_id", "order_id", "category", "amount_right", "note_right"]) == [
        ("a", "1", "Pets", 5, "y"),
        ("a", "1", "Tea", 10, "x"),
        ("b", "1", "Toys", 3, "of another customer"),
        ("b", None, "Tea", 7, "z"),
    ]


@pytest.mark.parametrize("rising", [True, False])
def test_order_rows_without_ids_or_with_rising_ones_are_lines_of_their_own(rising: bool) -> None:
    heads = "customer_id,ordered_at,amount,category" + (",order_id" if rising else "")
    orders = texts(heads, *(f"a,2024-01-0{day},5,Tea" + (f",{day}" if rising else "") for day in (1, 2)))
    tables, _ = linked({"orders": orders})
    joined = tables["lines"].frame.join(tables["orders"].whole, on="(order)")
    assert frame_rows(joined, ["category", "number"]) == [("Tea", 1), ("Tea", 2)]


def test_lines_of_free_orders_are_none_where_these_are_ignored() -> None:
    orders = texts("customer_id,order_id,ordered_at,amount,category", "a,2,2024-01-01,0,Gift", "a,1,2024-01-02,5,Tea")
    tables, _ = linked({"orders": orders}, free_orders="ignore")
    assert rows_of(tables, "lines", "category") == [("Tea",)]


def test_money_of_lines_is_turned_into_the_currency_of_orders() -> None:
    orders = ORDERS.with_columns(currency=pl.Series(["EUR", "USD", "EUR"]))
    rates = texts("currency,rate,date", "USD,0.5,2024-01-01", "USD,0.7,2024-01-05")
    tables, _ = linked({"orders": orders, "lines": LINES, "rates": rates}, options=ReadOptions(currency="EUR"))
    assert rows_of(tables, "lines", "order_id", "product_id", "amount") == [
        ("1", "P1", 20_000_000),
        ("1", "P2", 5_000_000),
        ("2", "P1", 5_000_000),
        ("2", "P4", None),
        ("3", "P3", 10_000_000),
    ]


def test_order_rows_of_things_without_money_are_lines_without_an_amount() -> None:
    orders = texts("customer_id,order_id,ordered_at,category", "a,1,2024-01-01,Tea", "a,1,2024-01-01,Milk")
    tables, _ = linked({"orders": orders})
    assert rows_of(tables, "lines", "category", "order_id") == [("Milk", "1"), ("Tea", "1")]
    assert "amount" not in tables["lines"].columns


def test_lines_by_their_orders_need_no_look_at_these_where_ids_rise() -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount", "a,1,2024-01-01,1", "a,2,2024-01-02,-1", "b,3,2024-01-03,1"
    )
    lines = texts("order_id,product_id,amount", "1,P1,1", "2,P2,1", "3, P3 ,1", "9,P1,1")
    whole = {"orders": orders.cast({"order_id": int}), "lines": lines.cast({"order_id": int})}
    tables, _ = linked(whole)
    found = tables["lines"]
    assert found.by_order is not None
    assert frame_rows(found.by_order, ["(order)", "product_id"]) == [(1, "P1"), (2, "P2"), (3, "P3"), (9, "P1")]
    assert frame_rows(found.frame, ["(order)", "product_id", "customer_id"]) == [(1, "P1", "a"), (3, "P3", "b")]
    by_text, _ = linked({"orders": orders.cast({"order_id": int}), "lines": lines})
    assert by_text["lines"].by_order is None
    assert frame_rows(by_text["lines"].frame, ["(order)", "product_id"]) == [(1, "P1"), (3, "P3")]
    shuffled, _ = linked({"orders": orders[[2, 0, 1]], "lines": lines})
    assert shuffled["lines"].by_order is None
    assert frame_rows(shuffled["lines"].frame, ["customer_id", "product_id"]) == [("a", "P1"), ("b", "P3")]


def test_a_line_that_breaks_a_rule_has_no_amount() -> None:
    lines = texts("order_id,quantity,unit_price,discount", "1,1,2.00,0.5", "1,1,2.00,1.5", "1,x,2.00,", "1,1,2.00,")
    tables, _ = linked({"orders": ORDERS, "lines": lines})
    assert rows_of(tables, "lines", "amount") == [(1_000_000,), (2_000_000,), (None,), (None,)]
