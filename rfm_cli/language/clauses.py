"""An expression in parts, as `--clauses` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from rfm_cli.language.canonical import PLAIN, Style, canonical, operator
from rfm_cli.language.nodes import And, Expr, Minus, Not, Or

Chain = Literal["", "and", "or", "minus"]


@dataclass(frozen=True)
class Clause:
    """A part of an expression: its line, how deep it lies, its text, and its place in a chain.

    `chain` is the operator of the chain that it is a member of, empty for the whole and below a `not`. `before` is the
    line of the member before it, 0 for the first. The chain up to and with a member is the chain up to `before`, joined
    with the member by the operator.
    """

    line: int
    depth: int
    text: str
    node: Expr
    chain: Chain = ""
    before: int = 0


def clauses(expr: Expr, style: Style = PLAIN) -> list[Clause]:
    """Return the parts of an expression in reading order, the whole first.

    A named segment is one clause, and so is a table with all in its brackets.
    """
    return list(_parts(expr, 0, "", 0, count(1), style))


def _parts(expr: Expr, depth: int, chain: Chain, before: int, lines: Iterator[int], style: Style) -> Iterator[Clause]:
    """Yield an expression and its parts."""
    whole = Clause(next(lines), depth, canonical(expr, style), expr, chain, before)
    yield whole
    if isinstance(expr, Not):
        yield from _parts(expr.member, depth + 1, "", 0, lines, style)
    if isinstance(expr, And | Or | Minus):
        previous = 0
        for member in expr.members:
            part, *below = _parts(member, depth + 1, operator(expr), previous, lines, style)
            previous = part.line
            yield part
            yield from below
