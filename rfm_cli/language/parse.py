"""From the text of an expression to its tree, or to an error that points at what is wrong."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import cast

from lark import Lark, Token, UnexpectedToken
from lark.lexer import Lexer, Pattern, PatternStr

from rfm_cli.errors import UsageError
from rfm_cli.language import checks, limits
from rfm_cli.language.building import Builder, ColumnValue
from rfm_cli.language.faults import Source, fault, source
from rfm_cli.language.lexing import END, Piece, pieces
from rfm_cli.language.nodes import All, Expr, Name, Node, Rows, Truth, Value
from rfm_cli.language.place import Place
from rfm_cli.language.spans import Span
from rfm_cli.language.syntax_errors import refused
from rfm_cli.language.written import Definition, Formula, SomeRows

FILES = re.compile(r"\s*\S*\.(?:csv|tsv|txt|parquet|xlsx|xlsm|xls|json|jsonl|ndjson|xml|gz|zip|zst)\s*", re.IGNORECASE)
"""A text that is the name of a file."""
FIRST = 'the expression comes first: rfm select "has phone" orders.csv'


def parse_expression(text: str, name: str = "", folder: str = "") -> Definition:
    """Return the tree of an expression; `name` is that of its segment, `folder` where its relative paths start at.

    `UsageError` shows the line, with carets under what is wrong.
    """
    whole = Definition(text, All(), name, folder)
    if not text.strip():
        raise UsageError(f"{source(whole).label}the expression is empty", FIRST)
    if FILES.fullmatch(text):
        raise fault(whole, Span(0, len(text)), "this is the name of a file, and no expression", FIRST)
    definition = replace(whole, expr=cast(Expr, _parsed(source(whole), "segment")))
    checks.check(definition, definition.expr)
    return definition


def parse_value(text: str, name: str = "", folder: str = "") -> Formula:
    """Return the tree of a value; `name` is what errors call it."""
    whole = Formula(text, Truth(value=True), name, folder)
    formula = replace(whole, value=cast(Value, _parsed(source(whole), "formula")))
    checks.check(formula, formula.value)
    return formula


def parse_rows(text: str, name: str = "", folder: str = "") -> SomeRows:
    """Return the tree of rows of a table; `name` is what errors call it."""
    whole = SomeRows(text, Rows(Name(())), name, folder)
    some = replace(whole, rows=cast(Rows, _parsed(source(whole), "some_rows")))
    checks.check(some, some.rows)
    return some


def parse_column(text: str, folder: str = "") -> tuple[str, Formula]:
    """Return the name of a column and its value, of a text such as `tea = last lines.product_id`."""
    column = cast(ColumnValue, _parsed(Source(text), "column"))
    formula = Formula(text, column.value, "", folder)
    checks.check(formula, formula.value)
    return column.name, formula


class _Fed(Lexer):
    """Pieces that are found already, as the parser takes them."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, found: list[Piece]) -> Iterator[Token]:  # type: ignore[override]
        """Yield the pieces as tokens."""
        for kind, text, start, end in found:
            yield Token(kind, text, start_pos=start, end_pos=end)


@cache
def _parser() -> Lark:
    """Return the parser, which is made once."""
    grammar = resources.files("rfm_cli.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=_Fed,
        start=["segment", "formula", "some_rows", "column"],
        transformer=Builder(),
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


@cache
def _fixed() -> dict[str, str]:
    """Return the kind of each keyword and sign of the grammar."""
    return {word: terminal.name for terminal in _parser().terminals for word in _words(terminal.pattern)}


def _words(pattern: Pattern) -> list[str]:
    """Return the word of a terminal, or its alternatives."""
    if isinstance(pattern, PatternStr):
        return [pattern.value]
    return [re.sub(r"\\(.)", r"\1", word) for word in pattern.value.removeprefix("(?:").removesuffix(")").split("|")]


def _parsed(at: Source, start: str) -> Node:
    """Return what a rule of the grammar makes of a text."""
    limits.check_text(at)
    found = pieces(at.text, _fixed())
    limits.check_pieces(at, found)
    try:
        return cast(Node, _parser().parse(cast(str, found), start))
    except UnexpectedToken as error:
        raise refused(_place(at, start, found, error)) from None


def _place(at: Source, start: str, found: list[Piece], error: UnexpectedToken) -> Place:
    """Return the place that the parser could not go on from."""
    starts = [piece.start for piece in found]
    wrong = len(found) if error.token.type == END else bisect_left(starts, error.token.start_pos)
    return Place(at, start, found, wrong, frozenset(error.accepts or ()))
