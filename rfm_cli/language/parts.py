"""What a rule of the grammar consists of, its parts: pieces of the text, and nodes of other rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from lark import Token

from rfm_cli.language import calendar
from rfm_cli.language.nodes import Between, Duration, Expr, Node, OlderThan, Pairing, Rows, Text, WhenDate, Within
from rfm_cli.language.spans import Span

Part = Token | Node
"""What a rule consists of: pieces of the text, and nodes of other rules."""


def node_of(part: Part) -> Node:
    """Return a part as the node that it is."""
    return cast(Node, part)


def span_of(parts: Sequence[Part]) -> Span:
    """Return the letters from the first part to the last."""
    return Span(_letters(parts[0]).start, _letters(parts[-1]).end)


def _letters(part: Part) -> Span:
    """Return the letters of a part."""
    if isinstance(part, Token):
        return Span(cast(int, part.start_pos), cast(int, part.end_pos))
    return part.span


def is_piece(part: Part, kind: str) -> bool:
    """Return whether a part is a piece of a kind."""
    return isinstance(part, Token) and part.type == kind


def has_word(parts: Sequence[Part], word: str) -> bool:
    """Return whether one of the parts is a keyword."""
    return any(isinstance(part, Token) and part.lower() == word for part in parts)


def members_of(parts: Sequence[Part]) -> tuple[Expr, ...]:
    """Return the members of a chain."""
    return tuple(cast(Expr, part) for part in parts[::2])


def sign_of(part: Part) -> Literal[-1, 1]:
    """Return 1 for plus, -1 for minus."""
    return 1 if part == "+" else -1


def text_of(part: Part) -> Text:
    """Return a text without its quotes."""
    written = str(part)
    quote = written[0]
    return Text(written[1:-1].replace(quote * 2, quote), span=_letters(part))


def duration_of(part: Part) -> Duration:
    """Return the length of time that a piece is."""
    written = str(part)
    word = written.lstrip("0123456789")
    return Duration(int(written.removesuffix(word)), calendar.unit(word.strip()), span=_letters(part))


def unbracketed(written: str) -> str:
    """Return a name without its square brackets."""
    return written[1:-1].strip() if written.startswith("[") else written


def rows_of(parts: Sequence[Part]) -> Rows:
    """Return rows with the times and pairings behind them."""
    rows = cast(Rows, parts[0])
    times = tuple(part for part in parts if isinstance(part, Within | OlderThan | WhenDate | Between))
    pairings = tuple(part for part in parts if isinstance(part, Pairing))
    return replace(rows, times=times, pairings=pairings, span=span_of(parts))
