from __future__ import annotations

from rfm_cli.language.nodes import Name, Node
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.walk import called_sets, nodes_of, parts_of, text_of


def names(text: str) -> list[str]:
    return [text_of(node) for node in nodes_of(parse_expression(text).expr) if isinstance(node, Name)]


def test_nodes_are_in_reading_order() -> None:
    text = (
        "a and not (b or c = d + 2 * e - f) minus any g(h within 3 d) between i and j with k by l"
        " or last m.n(o) = p or q in (1, 2) or r like 's' or in snapshot 2024(t) or in file 'x' by u"
    )
    assert names(text) == list("abcdefghijklmnopqrtu")


def test_parts_are_those_right_below() -> None:
    expr = parse_expression("a and (b or c)").expr
    assert [type(one).__name__ for one in parts_of(expr)] == ["Bare", "Or"]
    leaves: list[Node] = [node for node in nodes_of(parse_expression("x = 2024-01").expr) if not list(parts_of(node))]
    assert [type(one).__name__ for one in leaves] == ["Name", "Days"]


def test_sets_that_are_called_are_names_alone_and_those_behind_in() -> None:
    expr = parse_expression("vip and in [At risk] or in 'x' minus any t(a.b and c = 1)").expr
    assert [name for _, name in called_sets(expr)] == ["vip", "At risk", "x", "a.b"]
