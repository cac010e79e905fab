from __future__ import annotations

import pytest

from rfm_cli.language.canonical import Style
from rfm_cli.language.clauses import clauses
from rfm_cli.language.parse import parse_expression

WHOLE = (
    "has phone and last_order older than 1 month or any events(event = 'view') within 4 weeks without orders later "
    "minus city = 'Moscow'"
)


def rows(text: str) -> list[tuple[int, int, str, str, int]]:
    return [(one.line, one.depth, one.text, one.chain, one.before) for one in clauses(parse_expression(text).expr)]


def test_clauses_are_parts_in_reading_order() -> None:
    views = "any events(event = 'view') within 4 weeks without orders later"
    phone = "has phone and last_order older than 1 month"
    assert rows(WHOLE) == [
        (1, 0, f"(({phone}) or {views}) minus city = 'Moscow'", "", 0),
        (2, 1, f"({phone}) or {views}", "minus", 0),
        (3, 2, phone, "or", 0),
        (4, 3, "has phone", "and", 0),
        (5, 3, "last_order older than 1 month", "and", 4),
        (6, 2, views, "or", 3),
        (7, 1, "city = 'Moscow'", "minus", 2),
    ]


@pytest.mark.parametrize(
    "text", ["autumn", "all", "any orders(A and not B or C)", "in snapshot 2024(A and B)", "x in (1, 2)"]
)
def test_one_condition_is_one_clause(text: str) -> None:
    assert [(line, depth, before) for line, depth, _, _, before in rows(text)] == [(1, 0, 0)]


def test_the_member_of_a_not_is_in_no_chain() -> None:
    assert rows("A and not (B or C)") == [
        (1, 0, "A and (not (B or C))", "", 0),
        (2, 1, "A", "and", 0),
        (3, 1, "not (B or C)", "and", 2),
        (4, 2, "B or C", "", 0),
        (5, 3, "B", "or", 0),
        (6, 3, "C", "or", 5),
    ]


def test_texts_are_in_the_style_that_is_asked() -> None:
    found = clauses(parse_expression("in file 'a/b.csv' or x").expr, Style(file_names=True))
    assert [one.text for one in found] == ["in file 'b.csv' or x", "in file 'b.csv'", "x"]
