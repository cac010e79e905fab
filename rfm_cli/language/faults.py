"""Errors about expressions: the line, carets under the letters that they are about, and what to write."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from rfm_cli.errors import InputError, UsageError
from rfm_cli.language.lexing import JOINERS
from rfm_cli.language.nodes import Node
from rfm_cli.language.spans import Span
from rfm_cli.language.written import Definition, Written
from rfm_cli.safe_text import masked

WIDEST = 72
"""The most letters of a line that an error shows."""
LONGEST = 40
"""The most letters that a message repeats of a text."""
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""The categories of characters that are not shown: a terminal could take them for an order."""


class Source(NamedTuple):
    """A text, and what an error calls it."""

    text: str
    label: str = ""


def source(written: Written) -> Source:
    """Return the text of what was written, and what an error calls it."""
    if not written.name:
        return Source(written.text)
    return Source(written.text, f"segment {written.name}: " if isinstance(written, Definition) else f"{written.name}: ")


def fault(written: Written, where: Node | Span, problem: str, hint: str = "") -> UsageError:
    """Return the error that a part of an expression is wrong."""
    return fault_at(source(written), where if isinstance(where, Span) else where.span, problem, hint)


def input_fault(written: Written, where: Node | Span, problem: str, hint: str = "") -> InputError:
    """Return the error that the rows do not have what a part of an expression asks."""
    text, label = source(written)
    span = where if isinstance(where, Span) else where.span
    return InputError(f"{shown(label)}{problem}\n{pointed(text, span)}", hint, has_lines=True)


def fault_at(at: Source, span: Span, problem: str, hint: str = "") -> UsageError:
    """Return the error that some letters of a text are wrong."""
    return UsageError(f"{shown(at.label)}{problem}\n{pointed(at.text, span)}", hint, has_lines=True)


def pointed(text: str, span: Span) -> str:
    """Return the line of a text that a span begins in, cut to a width, with carets under the letters of the span."""
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    line = text[begin : end if end >= 0 else len(text)].rstrip("\r")
    first, last = span.start - begin, max(span.start + 1, span.end) - begin
    line, moved = _masked(line, first)
    first, last = first + moved, min(last + moved, max(len(line), first + moved + 1))
    cut = max(0, min(first - WIDEST // 2, len(line) - WIDEST))
    end_of_cut = cut + WIDEST
    before, below = shown(line[cut:first]), shown(line[first : min(last, end_of_cut)])
    after = shown(line[min(last, end_of_cut) : end_of_cut])
    left, right = "…" * (cut > 0), "…" * (len(line) > end_of_cut)
    carets = "^" * max(1, _width(below))
    return f"  {left}{before}{below}{after}{right}\n  {' ' * (len(left) + _width(before))}{carets}"


def _masked(line: str, first: int) -> tuple[str, int]:
    """Return a line without its secrets, and by how much the letter at a place has moved."""
    hidden = masked(line)
    if hidden == line:
        return line, 0
    same = next((place for place, pair in enumerate(zip(line, hidden, strict=False)) if pair[0] != pair[1]), first)
    return hidden, 0 if first <= same else max(len(hidden) - len(line), -first)


def shown(text: str) -> str:
    """Return a text with a question mark for each character that is not to be echoed.

    >>> shown("a\\x1b[31m\\u202eb\\tc")
    'a?[31m?b c'
    """
    return "".join(
        " " if letter == "\t" else letter if letter in JOINERS or not _is_unseen(letter) else "?" for letter in text
    )


def _is_unseen(letter: str) -> bool:
    """Return whether a character is not shown."""
    return unicodedata.category(letter) in UNSEEN


def repeated(text: str) -> str:
    """Return a text as a message repeats it: on one line, and cut.

    >>> repeated("a\\nb"), repeated("x" * 100) == "x" * 39 + "…"
    ('a b', True)
    """
    line = shown(" ".join(masked(text).split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    marks = sum(1 for letter in text if unicodedata.combining(letter) or unicodedata.category(letter) == "Me")
    return len(text) - marks + sum(1 for letter in text if unicodedata.east_asian_width(letter) in "WF")
