from __future__ import annotations

import pytest

from rfm_cli.language.hints import Known, bare_name, unknown_name
from rfm_cli.language.nodes import Bare, Name
from rfm_cli.language.parse import parse_expression, parse_rows, parse_value
from rfm_cli.language.walk import nodes_of

KNOWN = Known(
    ("city", "frequency", "recency_days", "last_order", "aov", "monetary", "total_spent"),
    ("Champions", "At risk", "No purchases"),
    {
        "orders": {"orderid", "amount", "at"},
        "lines": {"productid", "category", "amount"},
        "events": {"event", "kind", "category"},
    },
)


def hint(text: str, wanted: str) -> str:
    definition = parse_expression(text)
    name = next(node for node in nodes_of(definition.expr) if isinstance(node, Name) and ".".join(node.parts) == wanted)
    return unknown_name(definition, name, KNOWN)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("city = Moscow", "Moscow", "write a text in straight quotes: 'Moscow'"),
        ("city != Moscow or vip", "Moscow", "write a text in straight quotes: 'Moscow'"),
        (
            "last_order = lastorder2",
            "lastorder2",
            "did you mean last_order? Else write a text in straight quotes: 'lastorder2'",
        ),
        ("сity = 'x'", "сity", "did you mean city?"),
        ("has phone and cty = 'x'", "cty", "did you mean city?"),
        ("last_order = today", "today", "write as_of"),
        ("last_order < Yesterday", "Yesterday", "write as_of - 1 day"),
        ("Champions", "Champions", "write in 'Champions'"),
        ("vip and not at_risk", "at_risk", "write in 'At risk'"),
        ("segment = champions", "champions", "write segment = 'Champions'"),
        ("orders > 1", "orders", "write count orders > 1"),
        ("2 <= Orders", "Orders", "write 2 <= count orders"),
        ("has orders", "orders", "write any orders"),
        ("no orders", "orders", "write none orders"),
        ("orders", "orders", "write any orders"),
        ("orders within 30 days", "orders", "write any orders within 30 days"),
        ("no order", "order", "write none orders"),
        ("No purchases", "purchases", "write in 'No purchases'"),
        ("event", "event", "write any events"),
        ("event = 'view'", "event", "write any events(event = 'view')"),
        ("last_order = never", "never", "write no last_order"),
        ("city != empty", "empty", "write has city"),
        ("orders + 1 > 3", "orders", "write any orders or count orders"),
        ("any orders(category = 'Tea')", "category", "write any lines(category = 'Tea')"),
        ("any orders(has category)", "category", "write any lines(has category)"),
        ("any events(order_id = '7')", "order_id", "write any orders(order_id = '7')"),
        ("any events without orders by category", "category", "write without lines by category"),
        ("any events with orders by kind", "kind", "write with events by kind"),
        (
            "any orders with events by kind",
            "kind",
            "by takes a column that both tables have, and events alone have kind",
        ),
        ("any orders with events by x", "x", "by takes a column that both tables have: with events by product_id"),
        ("kind = 'view'", "kind", "write any events(kind = 'view')"),
        ("any lines(kind in ('a', 'b'))", "kind", "write any events(kind in ('a', 'b'))"),
        ("orders.amount > 3", "orders.amount", "write any orders(amount > 3), or a value such as last orders.amount"),
        ("orders.color = 3", "orders.color", ""),
        (
            "frequency-recency_days > 3",
            "frequency-recency_days",
            "write blanks around the sign: frequency - recency_days",
        ),
        ("x-y > 3", "x-y", "write blanks around the sign: x - y"),
        ("total-spend > 3", "total-spend", "did you mean total_spent?"),
        (
            "avg > 5",
            "avg",
            "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders",
        ),
        ("revenue > 5", "revenue", "did you mean monetary?"),
        ("last_purchase within 3 d", "last_purchase", "did you mean last_order?"),
        ("customers.cty = 'x'", "customers.cty", "did you mean customers.city?"),
        ("zzz", "zzz", ""),
    ],
)
def test_what_was_probably_meant(text: str, name: str, expected: str) -> None:
    assert hint(text, name) == expected


def test_names_of_values_and_rows_have_hints_too() -> None:
    formula = parse_value("last orders.categry")
    assert unknown_name(formula, Name(("categry",)), KNOWN) == ""
    some = parse_rows("orders(category = 'Tea')")
    name = next(node for node in nodes_of(some.rows) if isinstance(node, Name) and node.parts == ("category",))
    assert unknown_name(some, name, KNOWN) == "write any lines(category = 'Tea')"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("has email or phone", "write has email or has phone"),
        ("has email and phone", "write has email and has phone"),
        ("has email or phone or telegram or vip", "write has email or has phone or has telegram"),
        ("no email and phone", "write no email and no phone"),
        ("vip or has email or phone", "write has email or has phone"),
        ("phone", "write has phone"),
        ("vip and phone", "write has phone"),
        ("any orders(has email or phone)", "write has email or has phone"),
    ],
)
def test_a_name_alone_may_be_meant_as_one_that_has_a_value(text: str, expected: str) -> None:
    definition = parse_expression(text)
    bare = next(node for node in nodes_of(definition.expr) if node == Bare(Name(("phone",))))
    assert isinstance(bare, Bare)
    assert bare_name(definition, bare) == expected
