"""From the text of an expression to its tree, or to an error that points at what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import cast

from lark import Lark, Token, UnexpectedToken
from lark.lexer import Lexer, Pattern, PatternStr

from rfm_cli.errors import UsageError
from rfm_cli.language import checks, limits, syntax_errors
from rfm_cli.language.building import Builder, ColumnValue
from rfm_cli.language.lexing import Piece, pieces
from rfm_cli.language.nodes import Definition, Expr, Formula, Node, Rows, SomeRows, Value


def parse_expression(text: str, name: str = "", folder: str = "") -> Definition:
    """Return the tree of an expression; `name` is that of its segment, `folder` where its relative paths start at.

    `UsageError` shows the line, with carets under what is wrong.
    """
    definition = Definition(text, cast(Expr, _parsed(text, "segment", name)), name, folder)
    checks.check(definition, definition.expr)
    return definition


def parse_value(text: str, name: str = "", folder: str = "") -> Formula:
    """Return the tree of a value."""
    formula = Formula(text, cast(Value, _parsed(text, "formula", name)), name, folder)
    checks.check(formula, formula.value)
    return formula


def parse_rows(text: str, name: str = "", folder: str = "") -> SomeRows:
    """Return the tree of rows of a table."""
    some = SomeRows(text, cast(Rows, _parsed(text, "some_rows", name)), name, folder)
    checks.check(some, some.rows)
    return some


def parse_column(text: str, folder: str = "") -> tuple[str, Formula]:
    """Return the name of a column and its value, of a text such as `tea = last lines.product_id`."""
    column = cast(ColumnValue, _parsed(text, "column", ""))
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


def keywords() -> list[str]:
    """Return the words that are reserved, by the alphabet."""
    return sorted(word for word in _fixed() if word.isidentifier())


def _parsed(text: str, start: str, name: str) -> Node:
    """Return what a rule of the grammar makes of a text."""
    limits.check_text(text, name)
    found = pieces(text, _fixed())
    limits.check_levels(text, name, found)
    try:
        return cast(Node, _parser().parse(cast(str, found), start))
    except UnexpectedToken as error:
        raise _refused(text, start, name, found, error) from None


def _refused(text: str, start: str, name: str, found: list[Piece], error: UnexpectedToken) -> UsageError:
    """Return the error of a text that the grammar does not have."""
    at = (
        len(found)
        if error.token.type == "$END"
        else next(place for place, piece in enumerate(found) if piece.start == error.token.start_pos)
    )
    return syntax_errors.refused(syntax_errors.Place(text, name, start, found, at, frozenset(error.accepts or ())))
