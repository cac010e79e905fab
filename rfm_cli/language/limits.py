"""The limits of expressions, so that no text takes hours or breaks the program."""

from __future__ import annotations

from collections.abc import Sequence

from rfm_cli.errors import UsageError
from rfm_cli.language.faults import fault
from rfm_cli.language.lexing import Piece
from rfm_cli.language.nodes import All, Definition, Span

MOST_LETTERS = 100_000
MOST_LEVELS = 100
MOST_CONDITIONS = 2_000
MOST_LITERALS = 20_000
LATER = "ask for a file of ids with in file 'ids.csv', or part the text into named segments"
CONNECTIVES = ("AND", "OR", "MINUS")


def check_text(text: str, name: str) -> None:
    """Raise `UsageError` for a text that is too long."""
    if len(text) > MOST_LETTERS:
        named = f"segment {name}: " if name else ""
        raise UsageError(f"{named}the expression has {len(text):,} letters, {MOST_LETTERS:,} at most", LATER)


def check_levels(text: str, name: str, found: Sequence[Piece]) -> None:
    """Raise `UsageError` where brackets and `not` are nested too deeply.

    A `not` is a level up to the next `and`, `or` or `minus` beside it.
    """
    nots = [0]
    for piece in found:
        match piece.kind:
            case "LPAR":
                nots.append(0)
            case "RPAR" if len(nots) > 1:
                nots.pop()
            case "NOT":
                nots[-1] += 1
            case kind if kind in CONNECTIVES:
                nots[-1] = 0
        if piece.kind in ("LPAR", "NOT") and len(nots) - 1 + sum(nots) > MOST_LEVELS:
            problem = f"more than {MOST_LEVELS} levels of brackets and not"
            raise fault(Definition(text, All(), name), Span(piece.start, piece.end), problem, LATER)
