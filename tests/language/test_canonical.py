from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.language.canonical import Style, canonical, word
from rfm_cli.language.nodes import Compare, Name, Number, Text
from rfm_cli.language.parse import parse_expression, parse_rows, parse_value
from rfm_cli.language.remarks import reading
from tests.examples import examples
from tests.language.expressions import EXPRESSIONS
from tests.language.random_shops import expression


def text_of(text: str) -> str:
    return canonical(parse_expression(text).expr)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_canonical_text_is_the_same_tree(text: str) -> None:
    expr = parse_expression(text).expr
    written = canonical(expr)
    assert parse_expression(written).expr == expr
    assert canonical(parse_expression(written).expr) == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A OR B AND C MINUS D", "(A or (B and C)) minus D"),
        ("A minus B minus C", "A minus B minus C"),
        ("(A and B) and C", "(A and B) and C"),
        ("NOT A AND B", "(not A) and B"),
        ("not (A or B)", "not (A or B)"),
        ("not not A", "not (not A)"),
        ("(((A)))", "A"),
        ("ALL MINUS No [city]", "all minus no city"),
        ('city<>"O\'Hare"', "city != 'O''Hare'"),
        ("x in(1,-2.50, 50  %,TRUE)", "x in (1, -2.50, 50%, true)"),
        ("x NOT LIKE 'a*'", "x not like 'a*'"),
        ("x between 2024-q1 and 2024-w05", "x between 2024-Q1 and 2024-W05"),
        ("x within 4w within next 1D older than 12mo", "x within 4 weeks within next 1 day older than 12 months"),
        ("x since 2024 before as_of+2q", "x since 2024 before as_of + 2 quarters"),
        ("any Orders(Within 36h) between 2023 and 2024", "any Orders(within 36 hours) between 2023 and 2024"),
        (
            "COUNT DISTINCT lines.product_id(a) within 1Y without orders by b later within 90d>3",
            "count distinct lines.product_id(a) within 1 year without orders by b later within 90 days > 3",
        ),
        ("none events with orders later", "none events with orders later"),
        ("a-1+2*b = anniversary OF c", "a - 1 + 2 * b = anniversary of c"),
        ("reachable BY email or Reachable", "reachable by email or reachable"),
        ("In autumn and in [At risk] and in 'x'", "in autumn and in [At risk] and in 'x'"),
        ('in file "data/a.csv" by [E mail]', "in file 'data/a.csv' by [E mail]"),
        ("in snapshot 2024-09(vip)", "in snapshot 2024-09(vip)"),
        ("customers.[last] = 1", "customers.[last] = 1"),
    ],
)
def test_a_tree_has_one_text(text: str, expected: str) -> None:
    assert text_of(text) == expected
    assert parse_expression(expected).expr == parse_expression(text).expr


def test_names_are_written_as_tables_have_them() -> None:
    shown = {"totalspent": ("Total Spent",), "город": ("Город",)}
    style = Style(lambda name: shown.get(name.parts[0].lower(), name.parts))
    assert (
        canonical(parse_expression("TotalSpent > 5 or город = 'x'").expr, style) == "[Total Spent] > 5 or Город = 'x'"
    )


def test_files_are_named_without_their_folder_where_that_is_wanted() -> None:
    expr = parse_expression("in file '/home/eva/a.csv'").expr
    assert canonical(expr, Style(file_names=True)) == "in file 'a.csv'"


def test_values_and_rows_have_a_text_too() -> None:
    assert canonical(parse_value("birthday-7d").value) == "birthday - 7 days"
    assert canonical(parse_rows("events( A ) within 4w").rows) == "events(A) within 4 weeks"
    assert canonical(Number(parse_number("1.50"))) == "1.50"
    assert canonical(Name(("a]b",))) == "a]b"


def parse_number(text: str):  # type: ignore[no-untyped-def]
    value = parse_value(text).value
    assert isinstance(value, Number)
    return value.value


@pytest.mark.parametrize("part", ["Total Spent", "last", "AND", "2nd", "a-1", "x.y", "-", "a'b", " "])
def test_a_name_that_is_no_word_is_written_in_brackets(part: str) -> None:
    assert word(part) == f"[{part}]"


@pytest.mark.parametrize("part", ["city", "first-name", "Город", "_x", "cafe\u0301"])
def test_a_word_is_written_as_it_is(part: str) -> None:
    assert word(part) == part


@settings(max_examples=examples(60, 1_000))
@given(st.randoms(use_true_random=False))
def test_random_expressions_have_a_canonical_text(rng: random.Random) -> None:
    expr = parse_expression(expression(rng, "customers", 3, ("autumn", "at-risk"))).expr
    written = canonical(expr)
    assert parse_expression(written).expr == expr
    assert canonical(parse_expression(written).expr) == written
    assert not reading(parse_expression(written).expr)


@settings(max_examples=examples(50, 3_000))
@given(st.text(max_size=30))
def test_any_text_and_name_can_be_written(text: str) -> None:
    whole = Compare("=", Name((text.replace("]", ")"),)), Text(text))
    if text.strip() and text == text.strip():
        assert parse_expression(canonical(whole)).expr == whole


@settings(max_examples=examples(50, 3_000))
@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse_expression(text)


PIECES = (
    "vip city orders [a b] = != < > and or minus not in like between within next older than ( ) , . 'x' 30 days "
    "2024-01 has no any none count sum last first with without by later as_of + - * before since all reachable "
    "file snapshot"
).split()


@settings(max_examples=examples(300, 10_000))
@given(
    st.lists(st.sampled_from([*PIECES, "“", "'", "==", "is", "null", "1,000", "или", "\x00"]), max_size=14).map(
        " ".join
    )
)
def test_pieces_in_any_order_are_an_expression_or_an_error(text: str) -> None:
    try:
        expr = parse_expression(text).expr
    except UsageError as error:
        assert error.message
        assert "\x00" not in error.message + error.hint
    else:
        assert parse_expression(canonical(expr)).expr == expr
