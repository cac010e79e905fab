"""Errors about expressions: the line, a caret under the letters that they are about, and what to write."""

from __future__ import annotations

from rfm_cli.errors import UsageError
from rfm_cli.language.nodes import Definition, Node, Span
from rfm_cli.safe_text import printable

WIDEST = 72
"""The most letters of a line that an error shows."""


def fault(definition: Definition, where: Node | Span, problem: str, hint: str = "") -> UsageError:
    """Return the error that a part of an expression is wrong."""
    span = where if isinstance(where, Span) else where.span
    named = f"segment {definition.name}: " if definition.name else ""
    return UsageError(f"{named}{problem}\n{pointed(definition.text, span)}", hint)


def pointed(text: str, span: Span) -> str:
    """Return the line of a text that a span begins in, cut to a width, with carets under the letters of the span."""
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    line = text[begin : end if end >= 0 else len(text)]
    first = span.start - begin
    last = max(first + 1, min(span.end - begin, len(line)))
    cut = max(0, first - WIDEST // 2)
    shown = line[cut : cut + WIDEST]
    carets = "^" * max(1, min(last, cut + len(shown)) - first)
    return f"  {printable(shown)}\n  {' ' * (first - cut)}{carets}"
