"""Rows with and without rows of another table."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.language.world import World
from tests.language.asking import refusal, who, world_of
from tests.language.shops import texts

ORDERS = texts(
    "customer_id,order_id,ordered_at,amount,channel",
    "a,o1,2024-03-10 12:00,1.00,In Store",
    "b,o2,2024-03-01,1.00,web",
    "c,o3,2024-02-29 12:00,1.00,web",
    "d,o4,2024-03-31,1.00,",
)
LINES = texts("order_id,product_id,quantity,unit_price", "o1,p1,1,1.00", "o2,p2,1,1.00", "o3,p3,1,1.00")
EVENTS = texts(
    "customer_id,event,at,product_id,channel",
    "a,cart,2024-03-10 12:00,p1,in_store",
    "b,cart,2024-03-05,p2,app",
    "b,view,2024-02-27,p3,web",
    "c,cart,2024-03-31 09:00,,web",
    "d,cart,2024-03-28,p1,",
    "e,cart,2024-03-01,p1,web",
)


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(orders=ORDERS, lines=LINES, events=EVENTS)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("any events(event = 'cart') without orders later", "b c e"),
        ("any events(event = 'cart') with orders later", "a d"),
        ("any events with orders later within 3 days", "a"),
        ("any events with orders later within 4 days", "a b d"),
        ("any events with orders later within 72 hours", "a"),
        ("any events with orders later within 73 hours", "a b d"),
        ("any events without orders", "e"),
        ("any events(event = 'cart') without orders(channel = 'web') later", "a b c d e"),
        ("any events(event = 'cart') without lines by product_id", "c d e"),
        ("any events with lines by product_id later", "a"),
        ("any events with orders by channel", "a b c"),
        ("any lines with orders by amount", "a b c"),
        ("any orders with lines by amount later within 1 day", "a b c"),
        ("any events(event = 'cart') with orders by channel", "a c"),
        ("any events with events(event = 'cart') later", "a b c d e"),
        ("any events(event = 'view') with events(event = 'cart') later within 1 week", ""),
        ("any events(event = 'view') with events(event = 'cart') later within 8 days", "b"),
        ("any orders with events later within 1 month", "a b"),
        ("any orders with events later within 32 days", "a b c"),
        ("any orders without events later without lines", "d"),
        ("none events with orders", "e"),
        ("count events without orders later = 1", "b c e"),
        ("first events.product_id with orders later = 'p1'", "a d"),
        ("any events within 1 week without orders later", "c"),
    ],
)
def test_pairs(world: World, text: str, selected: str) -> None:
    assert who(world, text)[0] == selected


def test_a_month_after_a_last_day_is_a_last_day(world: World) -> None:
    # The order of c is on 29 February: one month later is 31 March, and that day is outside.
    assert who(world, "any orders(at = 2024-02-29) with events later within 1 month") == ("", "")


def test_what_must_be_equal_has_to_be_a_column_of_both(world: World) -> None:
    assert refusal(world, "any events with orders by product_id")[1] == "no column of orders is called product_id"


def test_a_text_is_the_same_as_the_number_that_it_is_paired_with() -> None:
    events = texts("customer_id,event,at,amount", "a,pay,2024-03-09,1.0", "b,pay,2024-02-01,01", "c,pay,2024-02-01,x")
    paid = world_of(orders=ORDERS, events=events)

    assert who(paid, "any events with orders by amount") == ("a b", "")
    assert who(paid, "any orders with events by amount") == ("a b", "")
    assert who(paid, "any events with orders by amount later within 2 days") == ("a", "")
    typed = events.with_columns(pl.col("amount").cast(float, strict=False))
    assert who(world_of(orders=ORDERS, events=typed), "any events with orders by amount") == ("a b", "")
