"""Errors and hints that need names and types, asked of the worked shop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import World
from tests.language.asking import notes, refusal, world_of
from tests.language.refusals import pointed_at
from tests.language.shops import texts
from tests.language.worked_shop import worked_shop


@pytest.fixture(scope="module")
def world() -> World:
    tables, scored = worked_shop()
    return World(scored, tables)


NO = "no column or segment is called "
ADVERB = "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders"


@pytest.mark.parametrize(
    ("text", "problem", "letters", "hint"),
    [
        ("has phone and сity = 'Moscow'", f"{NO}сity", "сity", "did you mean city?"),
        ("city = Moscow", f"{NO}Moscow", "Moscow", "write a text in straight quotes: 'Moscow'"),
        ("segment = Champions", "Champions is a segment of the scheme", "Champions", "write segment = 'Champions'"),
        ("vip or Champions", "Champions is a segment of the scheme", "Champions", "write in 'Champions'"),
        ("orders > 1", f"{NO}orders", "orders", "write count orders > 1"),
        ("has orders", f"{NO}orders", "orders", "write any orders"),
        (
            "any orders(category = 'Tea')",
            "no column of orders is called category",
            "category",
            "write any lines(category = 'Tea')",
        ),
        ("event = 'view'", f"{NO}event", "event", "write any events(event = 'view')"),
        ("last_order > today", f"{NO}today", "today", "write as_of"),
        ("last_order < yesterday", f"{NO}yesterday", "yesterday", "write as_of - 1 day"),
        ("avg > 5", f"{NO}avg", "avg", ADVERB),
        ("monetary-aov > 3", f"{NO}monetary-aov", "monetary-aov", "write blanks around the sign: monetary - aov"),
        ("a-b > 3", f"{NO}a-b", "a-b", "write blanks around the sign: a - b"),
        ("zzzz", f"{NO}zzzz", "zzzz", "rfm check lists the columns"),
        (
            "any orders(zzzz = 1)",
            "no column of orders is called zzzz",
            "zzzz",
            "there are order_id, at, day, number, amount",
        ),
        ("has email or phone", "phone is neither true nor false", "phone", "write has email or has phone"),
    ],
)
def test_a_name_that_nothing_has_is_pointed_at(world: World, text: str, problem: str, letters: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        evaluate({"it": parse_expression(text)}, world)
    assert raised.value.message.split("\n")[0] == problem
    assert (pointed_at(raised.value), raised.value.hint) == (letters, hint)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("last_order > 30", "last_order within 30 days"),
        ("last_order > 30", "last_order older than 30 days"),
        ("last_order > 30", "recency_days > 30"),
        ("last_event within 30 days", "last_event < 30"),
        ("last_order > '2024-01-01'", "without quotes: last_order > 2024-01-01"),
        ("frequency = '3'", "without quotes: frequency = 3"),
        ("rfm = 545", "in quotes: rfm = '545'"),
        ("any lines(product_id = 7)", "in quotes: product_id = '7'"),
        ("any event", "did you mean events?"),
        ("in 'Chmpions'", "did you mean Champions?"),
        ("segment = 'Chmpions'", "did you mean Champions?"),
    ],
)
def test_a_type_that_does_not_fit_has_a_hint(world: World, text: str, part: str) -> None:
    with pytest.raises(UsageError) as raised:
        evaluate({"it": parse_expression(text)}, world)
    assert part in raised.value.hint
    assert raised.value.exit_code == 2


SEGMENTS = {
    one: parse_expression("has phone", name) for one, name in (("autumn", "autumn"), ("boughtbefore", "bought-before"))
}


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("autumn = true", "autumn is a segment", "write autumn"),
        ("Bought_Before != true", "bought-before is a segment", "write not bought-before"),
        ("autumn = false", "autumn is a segment", "write not autumn"),
        ("has autumn", "autumn is a segment", "write autumn"),
        ("no autumn", "autumn is a segment", "write not autumn"),
        ("segment = autumn", "autumn is a segment", "write in autumn"),
        ("segment != autumn", "autumn is a segment", "write not in autumn"),
        ("segment = 'autumn'", "no segment is called 'autumn'", "write in 'autumn'"),
        ("autumn > 3", "autumn is a segment", "write autumn alone, or in autumn"),
        ("has spring", "spring is a segment", "write spring"),
        ("in boughtbefor", "no segment is called 'boughtbefor'", "did you mean bought-before?"),
        ("in plan", "no segment is called 'plan'", "plan is an axis: write plan = 'autumn'"),
        (
            "in zzzz",
            "no segment is called 'zzzz'",
            "there are autumn, bought-before, spring, Champions, Loyal, Potential loyalist, New, Promising, "
            "Needs attention, Can't lose, At risk, About to sleep, ...",
        ),
    ],
)
def test_a_segment_of_the_file_is_asked_alone(world: World, text: str, problem: str, hint: str) -> None:
    own = replace(world, segments=SEGMENTS, axes={"plan": ("plan", ("autumn", "bought-before"))}, nearby=("spring",))
    assert refusal(own, text) == (2, problem, hint)


@pytest.fixture(scope="module")
def bare() -> World:
    return world_of(customers=texts("customer_id,email,Дата,contract_end", "a,a@x.org,1990-04-02,2024-04-02"))


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("age >= 30", "age needs a column of customers called birth_date", "--map customers.birth_date=HEADING"),
        (
            "birthday = 2024",
            "birthday needs a column of customers called birth_date",
            "--map customers.birth_date=HEADING",
        ),
        ("engagement > 1", "engagement needs events", "give --events FILE"),
        ("has phone", f"{NO}phone", "another heading is taken for it by --map customers.phone=HEADING"),
        ("mail = 'x'", f"{NO}mail", "did you mean email?"),
        (
            "event_name = 'x'",
            f"{NO}event_name",
            "write any events(event = 'x'); give it: --events FILE, or a file called events.csv here",
        ),
        ("purchase_date within 3 d", f"{NO}purchase_date", "write any orders(ordered_at within 3 days)"),
        ("any orders(revenue > 3)", "no column of orders is called revenue", "did you mean amount?"),
        ("revenue > 3", f"{NO}revenue", "did you mean monetary?"),
    ],
)
def test_a_field_of_a_table_is_asked_or_given(bare: World, text: str, problem: str, hint: str) -> None:
    assert refusal(bare, text) == (2, problem, hint)


def test_a_field_that_is_missing_for_a_measure_is_pointed_at(bare: World) -> None:
    with pytest.raises(UsageError) as raised:
        evaluate({"it": parse_expression("has email and age >= 30")}, bare)
    assert pointed_at(raised.value) == "age"


def test_days_ahead_of_a_column_of_birth_dates_are_noted(bare: World) -> None:
    text = (
        "Дата has no day from 2024-03-31 on; the next of each year is anniversary of Дата, that of a date of birth is "
        "birthday (--map customers.birth_date=Дата)"
    )
    assert notes(bare, "[Дата] within next 7 days") == [text]
    assert notes(bare, "contract_end within next 7 days") == []
    assert notes(bare, "[Дата] within 7 days") == []
    assert notes(bare, "last_order within next 7 days") == []


def test_a_column_of_orders_with_blanks_is_written_in_brackets() -> None:
    rows = texts("customer_id,order_id,ordered_at,amount,Город доставки", "a,o1,2024-03-30,10.00,Riga")
    latest = "Город доставки is that of each customer's latest order row that has one"
    expected = [f"{latest}; any orders([Город доставки] = ...) asks all orders"]
    assert notes(world_of(orders=rows), "[Город доставки] = 'Riga'") == expected
