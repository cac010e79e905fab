"""Definitions of whole customers, values of theirs, and rows behind items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.evaluate import evaluate, items, value_columns
from rfm_cli.language.parse import parse_expression, parse_rows, parse_value
from rfm_cli.language.world import Missing, World
from tests.language.asking import who, world_of
from tests.language.shops import texts

ORDERS = texts(
    "customer_id,order_id,ordered_at,amount",
    "a,o1,2024-03-30 09:00,10.00",
    "a,o2,2024-03-01,30.55",
    "b,o3,2024-01-05,5.50",
)
LINES = texts(
    "order_id,product_id,quantity,unit_price,note",
    "o1,p1,1,10.00,x",
    "o2, p2 ,1,30.55, ",
    "o3,p1,1,5.50,y",
    "o2,p1,1,0.00,",
)
CUSTOMERS = texts("customer_id,city,points", "a, Rome ,1.5", "b,,2", "c, ,x")


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(orders=ORDERS, lines=LINES, customers=CUSTOMERS)


def test_everybody_has_one_row_in_the_order_of_the_scores(world: World) -> None:
    asked = {"one": parse_expression("any orders"), "two": parse_expression("city = 'Rome'")}
    found = evaluate(asked, world)

    assert found.frame["customer_id"].to_list() == world.scored.frame["customer"].to_list()
    assert found.frame.schema == {"customer_id": pl.String, "one": pl.Boolean, "two": pl.Boolean}
    assert dict(zip(found.frame["customer_id"], found.frame["two"], strict=True)) == {"a": True, "b": None, "c": None}
    assert found.missing == {"one": [], "two": [Missing("city", 2)]}
    assert found.tables == ["orders"]


def test_missing_values_are_named_in_the_order_of_the_text(world: World) -> None:
    text = "last orders.at within 3 days and points > 1 or max lines.note = 'x' and city like 'r*'"

    assert evaluate({"it": parse_expression(text)}, world).missing["it"] == [
        Missing("last orders.at", 1),
        Missing("points", 1),
        Missing("max lines.note", 1),
        Missing("city", 1),
    ]


def test_values_have_the_types_of_files(world: World) -> None:
    asked = {
        "count": "count orders",
        "sum": "sum orders.amount",
        "last": "last orders.at",
        "day": "last_order + 1 month",
        "text": "city",
        "number": "2 * points",
        "share": "points",
        "product": "last lines.product_id",
        "days": "as_of - last_order",
        "vip": "vip",
        "none": "min lines.note",
        "money": "monetary - 0.005",
    }
    found = value_columns({name: parse_value(text) for name, text in asked.items()}, world)
    rows = {row["customer_id"]: row for row in found.frame.iter_rows(named=True)}

    assert found.frame.schema == {
        "customer_id": pl.String,
        "count": pl.Int32,
        "sum": pl.Decimal(18, 2),
        "last": pl.Datetime("us"),
        "day": pl.Date,
        "text": pl.String,
        "number": pl.Float64,
        "share": pl.String,
        "product": pl.String,
        "days": pl.Int64,
        "vip": pl.Boolean,
        "none": pl.String,
        "money": pl.Decimal(18, 3),
    }
    assert rows["a"] == {
        "customer_id": "a",
        "count": 2,
        "sum": Decimal("40.55"),
        "last": datetime(2024, 3, 30, 9),
        "day": date(2024, 4, 30),
        "text": "Rome",
        "number": 3.0,
        "share": "1.5",
        "product": "p1",
        "days": 1,
        "vip": rows["a"]["vip"],
        "none": "x",
        "money": Decimal("40.545"),
    }
    assert [rows["c"][name] for name in ("count", "sum", "last", "text", "product")] == [
        0,
        Decimal("0.00"),
        None,
        None,
        None,
    ]


def test_items_are_the_products_of_rows_with_their_times(world: World) -> None:
    found = items(parse_rows("lines(amount > 1) within 3 months"), world).frame.sort("customer_id", "item")

    assert found.rows() == [
        ("a", "p1", datetime(2024, 3, 30, 9)),
        ("a", "p2", datetime(2024, 3, 1)),
        ("b", "p1", datetime(2024, 1, 5)),
    ]
    orders = items(parse_rows("orders without lines(product_id = 'p2')"), world).frame.sort("item")
    assert orders["item"].to_list() == ["o1", "o3"] or orders["item"].to_list() == ["o3"]


def test_items_need_a_product_or_an_order(world: World) -> None:
    none = world_of(orders=texts("customer_id,ordered_at,amount", "a,2024-03-01,1.00", "b,2024-03-02,-1.00"))

    assert items(parse_rows("orders"), none).frame.is_empty()
    with pytest.raises(UsageError):
        items(parse_rows("events"), none)


def test_a_named_segment_is_one_column_however_often_it_is_named(world: World) -> None:
    chain = {"s0": parse_expression("city = 'Rome' or points > 1", "s0")}
    for number in range(1, 90):
        chain[f"s{number}"] = parse_expression(f"s{number - 1} or s{number - 1} and no points", f"s{number}")
    deep = replace(world, segments=chain, axes={"plan": ("plan", ["s89", "s1"])})

    assert who(deep, "s89 and s88") == ("a b", "c")
    assert who(deep, "plan = 's89'") == ("a b", "")
    assert who(deep, "any orders(s89 and number = 2) or none orders") == ("a c", "")
    found = evaluate({"it": parse_expression("s89")}, deep)
    assert found.missing["it"] == [Missing("city", 1), Missing("points", 1)]


def test_items_are_the_rows_own_and_never_those_of_their_customers(world: World) -> None:
    customers = texts("customer_id,product_id,order_id", "a,mine,m1", "b,mine,m2")
    events = texts("customer_id,at,event", "a,2024-03-01,view")
    orders = texts("customer_id,order_id,ordered_at,amount,product_id", "a,o1,2024-03-01,1.00,p1")
    there = world_of(orders=orders, customers=customers, events=events)

    with pytest.raises(UsageError, match="events have neither product_id nor order_id"):
        items(parse_rows("events"), there)
    assert items(parse_rows("orders"), there).frame["item"].to_list() == ["o1"]
    assert items(parse_rows("lines"), there).frame["item"].to_list() == ["p1"]


def test_long_lists_and_long_chains_take_no_time(world: World) -> None:
    numbers = ", ".join(map(str, range(14_000)))
    names = ", ".join(f"'{number}'" for number in range(9_999))
    days = ", ".join(["2024-03-30", *[f"{year}-01-05" for year in range(2000, 5000)]])

    assert who(world, f"frequency in ({numbers})") == ("a b c", "")
    assert who(world, f"city in ({names}, 'rome')") == ("a", "b c")
    assert who(world, f"last_order in ({days})") == ("a b", "c")
    assert who(world, " or ".join(f"points = {number}" for number in range(400))) == ("b", "c")


def test_the_order_of_rows_never_matters(world: World) -> None:
    shuffled = world_of(
        orders=ORDERS.sample(fraction=1, shuffle=True, seed=3),
        lines=LINES.sample(fraction=1, shuffle=True, seed=4),
        customers=CUSTOMERS.sample(fraction=1, shuffle=True, seed=5),
    )
    asked = {str(place): parse_value(text) for place, text in enumerate(("last lines.note", "first lines.product_id"))}
    frames = [value_columns(asked, one).frame.sort("customer_id") for one in (world, shuffled)]

    assert frames[0].equals(frames[1])
