"""Expressions over the worked shop: who is selected, and who is undecided, by hand."""

from __future__ import annotations

import pytest

from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import Missing, World
from tests.language.worked_shop import worked_shop

EVERYBODY = "ann bob cat dan eva fay gus hal ira joe"
LEFT = (
    "has phone and last_order older than 1 month"
    " or any events(event = 'view') within 4 weeks without orders later minus city = 'Moscow'"
)
CASES = (
    (LEFT, "dan eva", "bob"),
    ("city != 'Moscow'", "ann dan fay ira", "bob eva gus hal joe"),
    ("not city = 'Moscow'", "ann dan fay ira", "bob eva gus hal joe"),
    ("all minus city = 'Moscow'", "ann bob dan eva fay gus hal ira joe", ""),
    ("not last_order within 90 days", "cat dan eva", "ann bob gus hal"),
    ("none orders within 90 days", "ann bob cat dan eva gus hal", ""),
    ("last_order older than 3 months or frequency = 0", "ann bob cat dan eva gus hal", ""),
    ("count orders within 90 days >= 2", "fay", ""),
    ("any events(event = 'cart') without orders later", "bob eva", ""),
    ("any events(event = 'cart' and within 36 hours)", "eva", ""),
    ("no phone and no city", "gus hal joe", ""),
    ("birthday within next 4 days", "ann fay", "bob dan eva gus hal ira joe"),
    ("registered_at = 2024-03", "ann bob joe", ""),
    ("last events.value(event = 'feedback') <= 3", "joe", "ann bob cat dan eva fay gus hal ira"),
)
OF_LINES = (
    ("any lines(category != 'Light')", "fay joe", ""),
    ("none lines(category = 'Light')", "ann bob fay gus hal", ""),
    ("any lines(category = 'Pets') and none lines(category = 'Light')", "fay", ""),
    ("any events(event = 'view') without lines by product_id", "dan", ""),
)


@pytest.fixture(scope="module")
def world() -> World:
    tables, scored = worked_shop()
    return World(scored, tables)


@pytest.mark.parametrize(("text", "selected", "undecided"), [*CASES, *OF_LINES])
def test_the_worked_shop_selects_and_leaves_undecided(world: World, text: str, selected: str, undecided: str) -> None:
    answer = evaluate({"it": parse_expression(text)}, world).frame

    assert sorted(answer["customer_id"]) == EVERYBODY.split()
    assert " ".join(sorted(answer.filter("it")["customer_id"])) == selected
    assert " ".join(sorted(answer.filter(answer["it"].is_null())["customer_id"])) == undecided


def test_undecided_customers_lack_values_in_the_order_of_the_text(world: World) -> None:
    found = evaluate({"it": parse_expression("last_order within 9 days or city = 'Lyon' or has phone")}, world)

    assert found.missing["it"] == [Missing("last_order", 2), Missing("city", 2)]
