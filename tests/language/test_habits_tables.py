from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.parse import parse_column
from tests.language.refusals import check, pointed_at


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("any orders > 1", "any orders >", "write count orders > 1"),
        ("any orders(amount > 5) >= 2 and vip", "any orders(amount > 5) >=", "write count orders(amount > 5) >= 2"),
        ("none orders = 0", "none orders =", "write count orders = 0"),
        ("any orders.amount > 100 and vip", "amount", "write any orders(amount > 100)"),
        ("vip or none orders.amount > 100", "amount", "write none orders(amount > 100)"),
        ("any orders amount > 100", "amount > 100", "write any orders(amount > 100)"),
        ("any orders where amount > 100 and vip", "where amount > 100", "write any orders(amount > 100)"),
        ("any events event in ('a', 'b')", "event in ('a', 'b')", "write any events(event in ('a', 'b'))"),
        ("count(orders) > 1", "(orders)", "write count orders"),
        ("count(*) > 1", "(*)", "write count orders"),
        ("count() > 1", "()", "write count orders"),
        ("sum(orders.amount) > 100", "(orders.amount)", "write sum orders.amount"),
        ("count distinct(lines.product_id) > 1", "(lines.product_id)", "write count distinct lines.product_id"),
        (
            "avg orders.amount > 5",
            "avg",
            "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders",
        ),
        (
            "avg(orders.amount) > 5",
            "avg",
            "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders",
        ),
        (
            "average order > 5",
            "average",
            "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders",
        ),
        ("count of orders > 2", "of", "write count orders"),
        ("number of orders > 2", "of", "write count orders"),
        ("events('view')", "events", "write any events(event = 'view')"),
        ("orders(amount > 100)", "orders", "write any orders(amount > 100)"),
        ("lower(city) = 'a'", "lower", "functions are count, sum, min, max, first and last, before rows: count orders"),
        ("any events('view')", "'view'", "write any events(event = 'view')"),
        ("any lines('A')", "'A'", "write any lines(product_id = 'A')"),
        ("any returns('A')", "'A'", "write any returns(column = 'A')"),
    ],
)
def test_questions_to_tables_of_elsewhere(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("x = has phone", "has phone", "write x = phone"),
        ("x = no phone", "no phone", "write x = phone"),
        (
            "carts = any events(kind = 'cart')",
            "any events(kind = 'cart')",
            "write carts = count events(kind = 'cart')",
        ),
        ("x = reachable", "reachable", "write a value such as count orders"),
    ],
)
def test_a_column_has_a_value_and_no_condition(text: str, letters: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_column(text)
    assert (pointed_at(raised.value), raised.value.hint) == (letters, hint)
