"""Questions to the rows of linked tables: counts, sums, first and last values, windows, nesting."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rfm_cli.language.columns import Column, LinkedTable, MissingTable
from rfm_cli.language.evaluate import value_columns
from rfm_cli.language.linked import LinkedTables
from rfm_cli.language.parse import parse_value
from rfm_cli.language.world import World
from tests.language.asking import notes, refusal, who, world_of
from tests.language.shops import texts

ORDERS = texts(
    "customer_id,order_id,ordered_at,amount,channel",
    "a,o1,2024-03-30 09:00,10.00,Web",
    "a,o2,2024-03-30 09:00,30.00, web ",
    "a,o3,2024-01-05,5.50,store",
    "b,o4,2024-03-31,0.00,",
    "b,o5,2024-04-01,99.00,web",
    "c,o6,2023-03-31,20.00,web",
    "c,o6,2023-05-01,-20.00,web",
)
LINES = texts(
    "order_id,product_id,quantity,unit_price",
    "o1,p1,1,10.00",
    "o2,p2,2,15.00",
    "o3,p1,1,5.50",
    "o6,p9,1,20.00",
)
PRODUCTS = texts("product_id,category,first_seen", "p1,Tea,2024-01-05", "p2,Coffee,2023-01-01")
EVENTS = texts(
    "customer_id,event,at,value,note",
    "a,view,2024-03-30 10:00,5,b",
    "a,view,2024-03-30 10:00,12.5,a",
    "a,view,2024-03-29,x,",
    "b,view,2024-03-31 10:00,, ",
    "c,add_to_cart,2024-03-01,-3,z",
)


@pytest.fixture(scope="module")
def world() -> World:
    customers = texts("customer_id,city", "a,Rome", "b,Bonn", "c,Rome", "d,")
    return world_of(orders=ORDERS, lines=LINES, products=PRODUCTS, events=EVENTS, customers=customers)


@pytest.mark.parametrize(
    ("text", "selected", "undecided"),
    [
        ("any orders", "a b c", ""),
        ("none orders", "d", ""),
        ("count orders = 3", "a", ""),
        ("count orders between 1 and 2", "b c", ""),
        ("count orders.channel = 0", "b d", ""),
        ("count distinct orders.channel = 2", "a", ""),
        ("count orders(channel = 'WEB') within 1 week = 2", "a", ""),
        ("sum orders.amount = 45.5", "a", ""),
        ("sum orders.amount(channel = 'store') = 0", "b c d", ""),
        ("any refunds(amount = 20 and order_id = 'o6')", "c", ""),
        ("sum orders.amount = 0 and frequency > 0", "b c", ""),
        ("max orders.amount >= 20", "a", "d"),
        ("min orders.amount < 1", "b c", "d"),
        ("last orders.amount = 30", "a", "d"),
        ("first orders.amount = 5.50", "a", "d"),
        ("last orders.channel = 'web'", "a c", "b d"),
        ("first orders.channel = 'store'", "a", "b d"),
        ("last orders.at = 2024-03", "a b", "d"),
        ("last orders.at within 15 hours", "", "d"),
        ("last orders.at within 24 hours", "", "d"),
        ("last orders.at within 25 hours", "b", "d"),
        ("max orders.number = 3", "a", "d"),
        ("any orders(number = 1 and amount < 6)", "a b c", ""),
        ("any orders(within 1 day and not channel = 'web')", "", ""),
        ("any orders between 2024-03-30 and as_of", "a b", ""),
        ("any orders within 1 month older than 1 day", "a", ""),
        ("any orders(at between 2023 and 2023-06)", "c", ""),
        ("any lines(category = 'tea')", "a", ""),
        ("any lines(no category)", "c", ""),
        ("none lines(category != 'Tea')", "b c d", ""),
        ("any lines(first_seen < at)", "a", ""),
        ("any orders(any lines(category = 'Coffee') and amount > 20)", "a", ""),
        ("any orders(none lines)", "b", ""),
        ("count orders(count lines(category = 'Tea') = 1) = 2", "a", ""),
        ("any lines(orders.channel = 'store' and orders.amount < 6)", "a", ""),
        ("last lines.product_id = 'p2'", "a", "b d"),
        ("sum lines.quantity >= 4", "a", ""),
        ("sum events.value = 17.5", "a", ""),
        ("max events.value > 12", "a", "b d"),
        ("max events.value = 'x'", "a", "b d"),
        ("last events.value = 12.5", "a", "b d"),
        ("last events.note = 'B'", "a", "b d"),
        ("first events.note = 'a'", "a", "b d"),
        ("count events.note = 2", "a", ""),
        ("count events.value > 0", "a c", ""),
        ("any events(event = 'Add to cart' or kind = 'cart')", "c", ""),
        ("any events(city = 'rome' and event = 'view')", "a", ""),
        ("any events(value > 12)", "a", ""),
        ("any events(not value > 12)", "a c", ""),
        ("count events(event = 'view') - count orders = 0", "a b d", ""),
        ("2 * count orders > count events + 2", "a", ""),
        ("last_order < max events.at", "c", "d"),
        ("as_of - last events.at <= 1", "a b", "d"),
    ],
)
def test_rows_are_asked(world: World, text: str, selected: str, undecided: str) -> None:
    assert who(world, text) == (selected, undecided)


@pytest.mark.parametrize(
    ("text", "code", "problem"),
    [
        ("sum events.note > 1", 3, "a frame: column 'note': no value is a number, for example ' '"),
        ("sum orders.at > 1", 2, "at is a date: it has no sum"),
        ("any orders(any events)", 2, "events are not linked to a row of orders"),
        ("any orders(amount = '10')", 2, "amount is a number"),
        ("any orders(at = '2024-03-30')", 2, "at is a date"),
        ("any orders(category = 'Tea')", 2, "no column of orders is called category"),
    ],
)
def test_questions_that_rows_cannot_answer(world: World, text: str, code: int, problem: str) -> None:
    assert refusal(world, text)[:2] == (code, problem)


def test_texts_that_are_no_numbers_are_counted_aloud(world: World) -> None:
    assert notes(world, "any events(value > 1)") == ["events.value: 1 value that is no number counts as missing"]


def test_a_text_that_no_row_has_is_noted_with_the_nearest(world: World) -> None:
    assert notes(world, "any events(event = 'veiw')") == [
        "no row has event 'veiw'; did you mean 'view'? There are add_to_cart, view"
    ]
    assert notes(world, "city in ('rome', 'Paris')") == ["no row has city 'Paris'; there are Bonn, Rome"]
    assert notes(world, "any orders(channel != 'app')") == ["no row has channel 'app'; there are Web, store, web"]


def test_events_after_the_as_of_day_are_said() -> None:
    events = texts("customer_id,event,at", "a,view,2024-03-30", "a,view,2024-04-02")
    world = world_of(events=events)
    late = world_of(events=texts("customer_id,event,at", "a,view,2024-04-02"))

    assert who(world, "count events = 1") == ("a", "")
    assert notes(world, "any events") == [
        "events after the as-of date 2024-03-31 are not seen: a frame go on to 2024-04-02 (--as-of 2024-04-02 sees all)"
    ]
    assert notes(world, "has customer_id") == []
    assert "all a frame begin after it, on 2024-04-02" in notes(late, "any events")[0]


def own_table(links: tuple[str, ...], at: bool = False) -> LinkedTable:
    frame = pl.DataFrame(
        {"customer_id": ["a", "a", "c"], "product_id": ["p1", "p2", None], "interest": ["Tea", "Home", "Tea"]}
    )
    if at:
        frame = frame.with_columns(at=pl.lit(date(2024, 3, 30)))
    columns = {
        "interest": Column("interest", "text", pl.String()),
        "productid": Column("product_id", "exact", pl.String()),
    }
    return LinkedTable("interests", frame.lazy(), columns, "day" if at else None, links)


def with_table(world: World, table: LinkedTable) -> World:
    openers = {name: (lambda name=name: world.linked[name]) for name in world.linked}
    tables = LinkedTables(
        {**openers, "interests": lambda: table},
        world.linked.customers,
        {"letters": MissingTable("no letters", "write")},
    )
    return World(world.scored, tables)


def test_rows_of_no_link_are_paired_or_asked_outside(world: World) -> None:
    ask = "ask it outside of the brackets, or pair it behind them: "
    assert refusal(world, "any lines(any events(kind = 'view'))")[2] == (
        f"{ask}lines(...) with events(kind = 'view') by customer_id"
    )
    assert refusal(world, "any orders(any events)")[2] == f"{ask}orders(...) with events by customer_id"


def test_texts_of_rows_have_no_order(world: World) -> None:
    assert refusal(world, "max lines.category > min lines.category")[1:] == (
        "both are texts, which have no order",
        "compare them with = or !=; columns of numbers by their difference: a - b > 0",
    )


def test_tables_of_rfm_toml_are_asked_by_their_key(world: World) -> None:
    by_customer = with_table(world, own_table(("customer_id",)))
    by_product = with_table(world, own_table(("product_id",)))

    assert who(by_customer, "any interests(interest = 'tea')") == ("a c", "")
    assert who(by_customer, "any orders(amount > 25 and any interests(interest = 'home'))") == ("a", "")
    assert who(by_product, "any lines(any interests(interest = 'home'))") == ("a", "")
    assert refusal(by_product, "any interests")[1] == "interests are not linked to customers"
    assert refusal(by_customer, "last interests.interest = 'Tea'")[1] == "interests have no times"
    assert refusal(by_customer, "any interests within 3 days")[1] == "interests have no times"
    assert refusal(by_customer, "any interests with orders later")[1] == "interests have no times"
    assert refusal(by_product, "any lines with interests")[1] == "interests have no customer to be paired by"
    assert refusal(by_customer, "any letters")[1:] == ("no letters", "write")


def test_a_table_of_days_is_compared_by_day(world: World) -> None:
    dated = with_table(world, own_table(("customer_id",), at=True))

    assert who(dated, "any interests with orders later") == ("a", "")
    assert who(dated, "any orders(amount > 25) with interests later") == ("a", "")
    assert who(dated, "any interests within 1 day") == ("", "")
    assert who(dated, "any interests within 2 days") == ("a c", "")


def test_a_time_behind_a_value_of_rows_is_told_where_it_belongs() -> None:
    world = world_of(orders=ORDERS, lines=LINES)
    hint = "rows are picked inside the brackets of their table: last orders.amount(within 4 weeks)"
    assert refusal(world, "last orders.amount within 4 weeks") == (2, "this is a number, and no date", hint)


def test_the_greatest_of_a_field_of_numbers_is_that_of_the_numbers() -> None:
    sold = texts("order_id,product_id,quantity,unit_price", "o1,p1,9,1.00", "o1,p2,10,1.00", "o4,p1,x,1.00")
    world = world_of(orders=ORDERS, lines=sold)
    found = value_columns(
        {"most": parse_value("max lines.quantity"), "name": parse_value("max lines.product_id")}, world
    )
    rows = found.frame.sort("customer_id").rows()
    assert rows[:2] == [("a", 10.0, "p2"), ("b", None, "p1")]
