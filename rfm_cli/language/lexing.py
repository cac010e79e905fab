"""Words, texts, numbers, dates and signs of an expression, each with its letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from rfm_cli.language import calendar

END = "$END"
"""The kind of what is behind the last letter."""
BAD = "BAD"
"""The kind of letters that no expression has; `syntax_errors` says what to write instead."""
JOINERS = "\u200c\u200d"
"""Letters without a width that some scripts need inside words."""
MOST_DIGITS = 38
RESERVED = frozenset(
    (
        "after all and anniversary any as_of before between by count distinct false file first has in last later like "
        "max min minus next no none not of older on or reachable since snapshot sum than true until with within without"
    ).split()
)
"""The keywords of the grammar; a column that is called so is written in square brackets."""

_UNIT = "(?:hours?|h|days?|d|weeks?|w|months?|mo|quarters?|q|years?|y)"
_PIECE = re.compile(
    rf"""
    (?P<BLANK>\s+|\#[^\n]*)
    |(?P<TEXT>'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")
    |(?P<DATE>\d{{4}}-(?:\d\d-\d\d|\d\d|Q[1-4]|W\d\d)(?![\w-]|\.\d))
    |(?P<ODD>(?:\d{{4}}[./-]\d\d?[./-]\d\d?|\d\d?[./-]\d\d?[./-](?:\d{{4}}|\d\d))(?!\w))
    |(?P<ODD_PERIOD>\d{{4}}-(?:\d+|[QW]\d+)(?!\w)|\d+:\d[\d:]*)
    |(?P<DURATION>\d+\s*{_UNIT}(?!\w|-[^\W\d]))
    |(?P<NUMBER>\d+(?:\.\d+)?(?!\w|\.\d)(?:\s*%)?)
    |(?P<ODD_NUMBER>\d[\w.]*)
    |(?P<WORD>[^\W\d](?:\w|-(?=[^\W\d]))*)
    |(?P<BRACKETED>\[[^\]]{{0,200}}\])
    |(?P<ODD_SIGN>[=<>!]{{3,}}|==|=>|=<|=!|&&?|\|\|?|::?)
    |(?P<SIGN><=|>=|!=|<>|.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MORE = re.compile(r"(?:\w|-(?=[^\W\d]))*")


class Piece(NamedTuple):
    """A piece of an expression: its kind, as the grammar calls it, and its letters."""

    kind: str
    text: str
    start: int
    end: int


def pieces(text: str, fixed: dict[str, str]) -> list[Piece]:
    """Return the pieces of a text without blanks and comments.

    `fixed` has the kinds of keywords and signs. What is no piece of the language is of the kind `BAD`, so that the
    parser finds it in its place, behind what is wrong before it.
    """
    return list(_found(text, fixed))


def is_word(text: str) -> bool:
    """Return whether a text is one word, as names are written without square brackets."""
    found = pieces(text, {})
    return len(found) == 1 and found[0].text == text and found[0].kind == "WORD" and not text.startswith("[")


def _found(text: str, fixed: dict[str, str]) -> Iterator[Piece]:
    """Yield the pieces of a text in their order."""
    start = 0
    while found := _PIECE.match(text, start):
        kind, end = found.lastgroup or BAD, found.end()
        if kind == "WORD":
            end = _end_of_word(text, end)
        if kind != "BLANK":
            written = text[start:end]
            yield Piece(_kind(kind, written, fixed), written, start, end)
        start = end


def _end_of_word(text: str, end: int) -> int:
    """Return the end of a word that may go on with marks over or under its letters."""
    while end < len(text) and (unicodedata.category(text[end])[0] == "M" or text[end] in JOINERS):
        more = _MORE.match(text, end + 1)
        end = more.end() if more else end + 1
    return end


def _kind(kind: str, written: str, fixed: dict[str, str]) -> str:
    """Return the kind of a piece as the grammar has it."""
    match kind:
        case "WORD":
            return fixed.get(written.lower(), kind) if written.isascii() else kind
        case "SIGN":
            return fixed.get(written, BAD)
        case "BRACKETED":
            return "WORD" if written[1:-1].strip() else BAD
        case "NUMBER" | "DURATION" | "DATE":
            return kind if _is_possible(kind, written) else BAD
        case "TEXT":
            return kind
    return BAD


def _is_possible(kind: str, written: str) -> bool:
    """Return whether there is such a number, day, period or length of time."""
    if kind == "DATE":
        return calendar.period(written) is not None
    digits = re.match(r"\d+", written)
    whole = digits[0] if digits else ""
    if kind == "DURATION":
        return len(whole) <= MOST_DIGITS and int(whole) > 0
    decimals = re.search(r"\.(\d+)", written)
    fits = len(whole) + (len(decimals[1]) if decimals else 0) <= MOST_DIGITS
    return fits and (len(whole) == 1 or whole[0] != "0")
