"""Errors and hints that need names and types, asked of the worked shop."""

from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import World
from tests.language.refusals import pointed_at
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
