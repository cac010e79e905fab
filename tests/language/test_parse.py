from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.lexing import RESERVED
from rfm_cli.language.nodes import (
    Aggregate,
    All,
    And,
    AnyRows,
    AsOf,
    Bare,
    Between,
    Compare,
    Days,
    Duration,
    Expr,
    Has,
    In,
    InFile,
    InSet,
    InSnapshot,
    Like,
    Minus,
    Name,
    Not,
    Number,
    OlderThan,
    Or,
    Pairing,
    Reachable,
    Rows,
    Sum,
    Text,
    Timed,
    Times,
    Truth,
    WhenDate,
    Within,
)
from rfm_cli.language.parse import parse_column, parse_expression, parse_rows, parse_value
from rfm_cli.language.spans import Span
from tests.language.expressions import EXPRESSIONS


def tree(text: str) -> Expr:
    return parse_expression(text).expr


def name(*parts: str) -> Name:
    return Name(parts)


def bare(word: str) -> Bare:
    return Bare(Name((word,)))


FEBRUARY = Days("2024-02", date(2024, 2, 1), date(2024, 2, 29))
A, B, C, D = (bare(word) for word in "ABCD")


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_every_form_is_an_expression(text: str) -> None:
    parse_expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A or B minus C", Minus((Or((A, B)), C))),
        ("A minus B or C", Minus((A, Or((B, C))))),
        ("A minus B minus C", Minus((A, B, C))),
        ("A or B and not C or D", Or((A, And((B, Not(C))), D))),
        ("not A and B", And((Not(A), B))),
        ("(A and B) and C", And((And((A, B)), C))),
        ("NOT (A OR B)", Not(Or((A, B)))),
        ("all", All()),
        ("city <> 'O''Hare'", Compare("!=", name("city"), Text("O'Hare"))),
        ("x = -5", Compare("=", name("x"), Number(Decimal(-5)))),
        ("x > 50 %", Compare(">", name("x"), Number(Decimal("0.5")))),
        (
            "x in (1, 2024-02)",
            In(name("x"), (Number(Decimal(1)), FEBRUARY)),
        ),
        ("x not in (true, as_of - 1 d)", In(name("x"), (Truth(value=True), AsOf(-1, Duration(1, "d"))), negated=True)),
        ("x not like 'a*'", Like(name("x"), Text("a*"), negated=True)),
        ("x between 1 and 2 and A", And((Between(name("x"), Number(Decimal(1)), Number(Decimal(2))), A))),
        ("x within 4w older than 2 h", Timed(name("x"), (Within(Duration(4, "w")), OlderThan(Duration(2, "h"))))),
        ("x within next 1 quarter", Timed(name("x"), (Within(Duration(1, "q"), ahead=True),))),
        ("x before 2024", Timed(name("x"), (WhenDate("before", Days("2024", date(2024, 1, 1), date(2024, 12, 31))),))),
        ("x on as_of", Timed(name("x"), (WhenDate("on", AsOf()),))),
        ("no customers.city", Has(name("customers", "city"), negated=True)),
        ("none orders", AnyRows(Rows(name("orders")), negated=True)),
        ("reachable by [E-mail]", Reachable(name("E-mail"))),
        ("in [ Can't lose ]", InSet(name("Can't lose"))),
        ("in 'At risk'", InSet(Text("At risk"))),
        ("in file 'a.csv' by email", InFile(Text("a.csv"), name("email"))),
        ("in snapshot 2024-W01(A)", InSnapshot(Days("2024-W01", date(2024, 1, 1), date(2024, 1, 7)), A)),
        (
            "a - 2 * b + 1 = as_of - 1 week - 2 d",
            Compare(
                "=",
                Sum(name("a"), ((-1, Times(Number(Decimal(2)), name("b"))), (1, Number(Decimal(1))))),
                Sum(AsOf(-1, Duration(1, "w")), ((-1, Duration(2, "d")),)),
            ),
        ),
        (
            "count distinct lines.product_id(A) within 3mo with orders by x later within 2 days = 1",
            Compare(
                "=",
                Aggregate(
                    "count distinct",
                    Rows(
                        name("lines"),
                        name("product_id"),
                        A,
                        (Within(Duration(3, "mo")),),
                        (
                            Pairing(
                                wanted=True,
                                rows=Rows(name("orders")),
                                by=name("x"),
                                later=True,
                                within=Duration(2, "d"),
                            ),
                        ),
                    ),
                ),
                Number(Decimal(1)),
            ),
        ),
        (
            "last events.at(within 3 y) within 4 weeks",
            Timed(
                Aggregate("last", Rows(name("events"), name("at"), Timed(None, (Within(Duration(3, "y")),)))),
                (Within(Duration(4, "w")),),
            ),
        ),
        (
            "count orders between 2 and 5",
            Between(Aggregate("count", Rows(name("orders"))), Number(Decimal(2)), Number(Decimal(5))),
        ),
    ],
)
def test_a_text_has_its_tree(text: str, expected: Expr) -> None:
    assert tree(text) == expected


def test_any_takes_windows_and_between() -> None:
    low, high = Days("2024", date(2024, 1, 1), date(2024, 12, 31)), AsOf()
    rows = Rows(name("orders"), times=(Within(Duration(1, "y")), Between(None, low, high)))
    # Beside a date a number is a year; which numbers are beside dates only types tell.
    assert tree("any orders within 1 year between 2024-01-01 and as_of") != AnyRows(rows)
    assert tree("any orders(A) within 1 year") == AnyRows(Rows(name("orders"), None, A, (Within(Duration(1, "y")),)))


def test_spans_are_the_letters_of_a_node() -> None:
    text = "vip or (city = 'Riga' and no  phone)"
    expr = tree(text)
    assert isinstance(expr, Or)
    assert expr.span == Span(0, len(text))
    group = expr.members[1]
    assert isinstance(group, And)
    letters = [text[one.span.start : one.span.end] for one in (group, *group.members)]
    assert letters == ["(city = 'Riga' and no  phone)", "city = 'Riga'", "no  phone"]


def test_reserved_words_are_those_of_the_contract() -> None:
    grammar = resources.files("rfm_cli.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    rules = re.sub(r"//.*", "", grammar)
    assert set(re.findall(r'"([a-z_]+)"', rules)) == RESERVED
    assert sorted(RESERVED) == (
        "after all and anniversary any as_of before between by count distinct false file first has in last later like "
        "max min minus next no none not of older on or reachable since snapshot sum than true until with within without"
    ).split(" ")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_no_column_but_in_brackets(word: str) -> None:
    with pytest.raises(UsageError):
        parse_expression(f"has {word}")
    with pytest.raises(UsageError):
        parse_expression(f"x = 1 or {word.upper()} in (1)" if word not in ("as_of", "true", "false") else f"in {word}")
    assert tree(f"[{word}] = 'x'") == Compare("=", name(word), Text("x"))


def test_a_column_has_a_name_and_a_value() -> None:
    column, formula = parse_column("tea = last lines.product_id(category = 'Tea')")
    where = Compare("=", name("category"), Text("Tea"))
    assert column == "tea"
    assert formula.value == Aggregate("last", Rows(name("lines"), name("product_id"), where))
    assert parse_column("[last] = 1")[0] == "last"


def test_values_and_rows_are_texts_of_their_own() -> None:
    assert parse_value("birthday - 7 days").value == Sum(name("birthday"), ((-1, Duration(7, "d")),))
    rows = parse_rows("events(event = 'view') within 4 weeks without orders later").rows
    assert rows.pairings == (Pairing(wanted=False, rows=Rows(name("orders")), later=True),)
    for wrong in ("any orders", "orders and vip", "", "orders = 1"):
        with pytest.raises(UsageError):
            parse_rows(wrong)
    for wrong in ("vip and has phone", "x = 1", ""):
        with pytest.raises(UsageError):
            parse_value(wrong)
    for wrong in ("x", "x > 1", "x = ", "a.b = 1", "last = 1"):
        with pytest.raises(UsageError):
            parse_column(wrong)
