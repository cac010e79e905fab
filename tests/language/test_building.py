from __future__ import annotations

from decimal import Decimal

import pytest

from rfm_cli.language.nodes import Name, Node, Number
from rfm_cli.language.parse import parse_expression, parse_value
from rfm_cli.language.walk import nodes_of
from tests.language.expressions import EXPRESSIONS


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_node_knows_its_letters(text: str) -> None:
    def is_inside(node: Node, whole: Node) -> bool:
        return whole.span.start <= node.span.start < node.span.end <= whole.span.end

    expr = parse_expression(text).expr
    assert all(is_inside(node, expr) for node in nodes_of(expr))


def test_tables_and_columns_have_letters_of_their_own() -> None:
    text = "last lines.[product id](x = 1)"
    found = [
        text[node.span.start : node.span.end] for node in nodes_of(parse_value(text).value) if isinstance(node, Name)
    ]
    assert found == ["lines", "[product id]", "x"]


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("12", Decimal(12), "12"),
        ("- 0.50", Decimal("-0.50"), "-0.50"),
        ("+5", Decimal(5), "5"),
        ("50  %", Decimal("0.5"), "50%"),
        ("0.1%", Decimal("0.001"), "0.1%"),
        ("1" * 38 + "%", Decimal("1" * 36 + ".11"), "1" * 38 + "%"),
    ],
)
def test_numbers_are_exact(text: str, value: Decimal, written: str) -> None:
    number = parse_value(text).value
    assert isinstance(number, Number)
    assert (number.value, number.written) == (value, written)
