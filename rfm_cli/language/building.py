"""Nodes of what the parser finds: a method for each rule of the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from lark import Token

from rfm_cli.language import calendar
from rfm_cli.language.nodes import (
    Aggregate,
    All,
    And,
    Anniversary,
    AnyRows,
    AsOf,
    Bare,
    Between,
    Compare,
    Comparison,
    Days,
    Duration,
    Expr,
    Function,
    Has,
    In,
    InFile,
    InSet,
    InSnapshot,
    Like,
    LiteralValue,
    Minus,
    Name,
    Node,
    Not,
    Number,
    OlderThan,
    Or,
    Pairing,
    Reachable,
    Rows,
    Span,
    Sum,
    Text,
    Timed,
    Times,
    Truth,
    Value,
    When,
    WhenDate,
    Window,
    Within,
)

Part = Token | Node
"""What a rule consists of: pieces of the text, and nodes of other rules."""


@dataclass(frozen=True)
class ColumnValue(Node):
    """A value with the name of its column."""

    name: str
    value: Value


class Builder:
    """What makes nodes: the parser calls the method of a rule with its parts, brackets and keywords among them."""

    def segment(self, parts: Sequence[Part]) -> Node:
        """Return the expression."""
        return _node(parts[0])

    def formula(self, parts: Sequence[Part]) -> Node:
        """Return the value."""
        return _node(parts[0])

    def column(self, parts: Sequence[Part]) -> ColumnValue:
        """Return the name and the value of a column."""
        return ColumnValue(_unbracketed(str(parts[0])), cast(Value, parts[2]), span=_span(parts))

    def some_rows(self, parts: Sequence[Part]) -> Rows:
        """Return rows with their times and pairings."""
        return _rows(parts)

    def minus(self, parts: Sequence[Part]) -> Minus:
        """Return the first member without the others."""
        return Minus(_members(parts), span=_span(parts))

    def either(self, parts: Sequence[Part]) -> Or:
        """Return a chain of `or`."""
        return Or(_members(parts), span=_span(parts))

    def both(self, parts: Sequence[Part]) -> And:
        """Return a chain of `and`."""
        return And(_members(parts), span=_span(parts))

    def opposite(self, parts: Sequence[Part]) -> Not:
        """Return the opposite."""
        return Not(cast(Expr, parts[1]), span=_span(parts))

    def group(self, parts: Sequence[Part]) -> Node:
        """Return the expression in brackets; its span has the brackets, which tells it from a level without."""
        return replace(_node(parts[1]), span=_span(parts))

    def compare(self, parts: Sequence[Part]) -> Compare:
        """Return a comparison."""
        op = "!=" if str(parts[1]) == "<>" else str(parts[1])
        return Compare(cast(Comparison, op), cast(Value, parts[0]), cast(Value, parts[2]), span=_span(parts))

    def one_of(self, parts: Sequence[Part]) -> In:
        """Return a value that is one of some literals."""
        literals = tuple(cast(LiteralValue, part) for part in parts[1:] if not isinstance(part, Token))
        return In(cast(Value, parts[0]), literals, _has(parts, "not"), span=_span(parts))

    def like(self, parts: Sequence[Part]) -> Like:
        """Return a text that fits a pattern."""
        return Like(cast(Value, parts[0]), _text(parts[-1]), _has(parts, "not"), span=_span(parts))

    def between(self, parts: Sequence[Part]) -> Between:
        """Return a value between two others."""
        value, low, high = (cast(Value, part) for part in parts[::2])
        return Between(value, low, high, span=_span(parts))

    def time_between(self, parts: Sequence[Part]) -> Between:
        """Return the time of a row between two others."""
        return Between(None, cast(Value, parts[1]), cast(Value, parts[3]), span=_span(parts))

    def timed(self, parts: Sequence[Part]) -> Timed:
        """Return a value in windows."""
        return Timed(cast(Value, parts[0]), tuple(cast(Window, part) for part in parts[1:]), span=_span(parts))

    def row_timed(self, parts: Sequence[Part]) -> Timed:
        """Return the time of a row in windows."""
        return Timed(None, tuple(cast(Window, part) for part in parts), span=_span(parts))

    def has(self, parts: Sequence[Part]) -> Has:
        """Return whether a name has a value."""
        return Has(cast(Name, parts[1]), _has(parts, "no"), span=_span(parts))

    def any_rows(self, parts: Sequence[Part]) -> AnyRows:
        """Return whether there are rows."""
        return AnyRows(_rows(parts[1:]), _has(parts[:1], "none"), span=_span(parts))

    def reachable(self, parts: Sequence[Part]) -> Reachable:
        """Return whether a message can reach the customer."""
        return Reachable(cast(Name, parts[2]) if len(parts) > 1 else None, span=_span(parts))

    def in_set(self, parts: Sequence[Part]) -> InSet:
        """Return whether the customer is in a segment."""
        name = parts[1]
        return InSet(_text(name) if isinstance(name, Token) else cast(Name, name), span=_span(parts))

    def in_file(self, parts: Sequence[Part]) -> InFile:
        """Return whether the customer is in a file."""
        return InFile(_text(parts[2]), cast(Name, parts[4]) if len(parts) > 3 else None, span=_span(parts))

    def in_snapshot(self, parts: Sequence[Part]) -> InSnapshot:
        """Return whether the customer is in a snapshot."""
        where = cast(Expr, parts[4]) if len(parts) > 3 else None
        return InSnapshot(cast("Days | AsOf", parts[2]), where, span=_span(parts))

    def everybody(self, parts: Sequence[Part]) -> All:
        """Return everybody."""
        return All(span=_span(parts))

    def bare(self, parts: Sequence[Part]) -> Bare:
        """Return a name that is alone."""
        return Bare(cast(Name, parts[0]), span=_span(parts))

    def sum(self, parts: Sequence[Part]) -> Node:
        """Return a sum; what follows `as_of` in days or months is a part of that date."""
        first, signs, values = _node(parts[0]), parts[1::2], [cast(Value, part) for part in parts[2::2]]
        rest = tuple((_sign(sign), value) for sign, value in zip(signs, values, strict=True))
        if isinstance(first, AsOf) and isinstance(values[0], Duration):
            first = AsOf(rest[0][0], values[0], span=_span(parts[:3]))
            rest = rest[1:]
        return Sum(cast(Value, first), rest, span=_span(parts)) if rest else first

    def times(self, parts: Sequence[Part]) -> Times:
        """Return a product."""
        return Times(self.number(parts[:1]), cast(Value, parts[2]), span=_span(parts))

    def text(self, parts: Sequence[Part]) -> Text:
        """Return a text."""
        return _text(parts[0])

    def number(self, parts: Sequence[Part]) -> Number:
        """Return a number, exact also where it is a percentage."""
        written = "".join("".join(str(part).split()) for part in parts).removeprefix("+")
        sign, digits, exponent = Decimal(written.rstrip("%")).as_tuple()
        places = cast(int, exponent) - (2 if written.endswith("%") else 0)
        return Number(Decimal((sign, digits, places)), written, span=_span(parts))

    def days(self, parts: Sequence[Part]) -> Days:
        """Return a day or period."""
        written = str(parts[0]).upper()
        first, last = calendar.period(written) or (calendar.FIRST, calendar.LAST)
        return Days(written, first, last, span=_span(parts))

    def year(self, parts: Sequence[Part]) -> Node:
        """Return the year that a number is, or the number, which `checks` refuses."""
        number = self.number(parts)
        return calendar.year(number) or number

    def as_of(self, parts: Sequence[Part]) -> AsOf:
        """Return the as-of day, or one before or after it."""
        if len(parts) == 1:
            return AsOf(span=_span(parts))
        return AsOf(_sign(parts[1]), _duration(parts[2]), span=_span(parts))

    def truth(self, parts: Sequence[Part]) -> Truth:
        """Return true or false."""
        return Truth(_has(parts, "true"), span=_span(parts))

    def duration(self, parts: Sequence[Part]) -> Duration:
        """Return a length of time."""
        return _duration(parts[0])

    def anniversary(self, parts: Sequence[Part]) -> Anniversary:
        """Return the next anniversary of a date."""
        return Anniversary(cast(Name, parts[2]), span=_span(parts))

    def aggregate(self, parts: Sequence[Part]) -> Aggregate:
        """Return what a function makes of rows."""
        words = [str(part).lower() for part in parts if isinstance(part, Token)]
        return Aggregate(cast(Function, " ".join(words)), _rows(parts[len(words) :]), span=_span(parts))

    def rows(self, parts: Sequence[Part]) -> Rows:
        """Return the rows of a table; what follows its name and a dot is the column."""
        end = next((at for at, part in enumerate(parts) if _is(part, "LPAR")), len(parts))
        column = self.name(parts[2:end]) if end > 1 else None
        where = cast(Expr, parts[end + 1]) if end < len(parts) else None
        return Rows(self.name(parts[:1]), column, where, span=_span(parts))

    def within(self, parts: Sequence[Part]) -> Within:
        """Return a window up to the as-of day, or from it on."""
        return Within(_duration(parts[-1]), _has(parts, "next"), span=_span(parts))

    def older_than(self, parts: Sequence[Part]) -> OlderThan:
        """Return the time before a window."""
        return OlderThan(_duration(parts[2]), span=_span(parts))

    def when(self, parts: Sequence[Part]) -> WhenDate:
        """Return a window that a date begins or ends."""
        return WhenDate(cast(When, str(parts[0]).lower()), cast("Days | AsOf", parts[1]), span=_span(parts))

    def pairing(self, parts: Sequence[Part]) -> Pairing:
        """Return the rows that another row must have beside it, or must not have."""
        within = _duration(parts[-1]) if _is(parts[-1], "DURATION") else None
        by = next((part for part in parts if isinstance(part, Name)), None)
        rows = cast(Rows, parts[1])
        return Pairing(_has(parts[:1], "with"), rows, by, _has(parts, "later"), within, span=_span(parts))

    def name(self, parts: Sequence[Part]) -> Name:
        """Return a name of one or more parts."""
        return Name(tuple(_unbracketed(str(part)) for part in parts[::2]), span=_span(parts))


def _node(part: Part) -> Node:
    """Return a part as the node that it is."""
    return cast(Node, part)


def _span(parts: Sequence[Part]) -> Span:
    """Return the letters from the first part to the last."""
    return Span(_letters(parts[0]).start, _letters(parts[-1]).end)


def _letters(part: Part) -> Span:
    """Return the letters of a part."""
    if isinstance(part, Token):
        return Span(cast(int, part.start_pos), cast(int, part.end_pos))
    return part.span


def _is(part: Part, kind: str) -> bool:
    """Return whether a part is a piece of a kind."""
    return isinstance(part, Token) and part.type == kind


def _has(parts: Sequence[Part], word: str) -> bool:
    """Return whether one of the parts is a keyword."""
    return any(isinstance(part, Token) and part.lower() == word for part in parts)


def _members(parts: Sequence[Part]) -> tuple[Expr, ...]:
    """Return the members of a chain."""
    return tuple(cast(Expr, part) for part in parts[::2])


def _sign(part: Part) -> Literal[-1, 1]:
    """Return 1 for plus, -1 for minus."""
    return 1 if part == "+" else -1


def _text(part: Part) -> Text:
    """Return a text without its quotes."""
    written = str(part)
    quote = written[0]
    return Text(written[1:-1].replace(quote * 2, quote), span=_letters(part))


def _duration(part: Part) -> Duration:
    """Return the length of time that a piece is."""
    written = str(part)
    word = written.lstrip("0123456789")
    return Duration(int(written.removesuffix(word)), calendar.unit(word.strip()), span=_letters(part))


def _unbracketed(written: str) -> str:
    """Return a name without its square brackets."""
    return written[1:-1].strip() if written.startswith("[") else written


def _rows(parts: Sequence[Part]) -> Rows:
    """Return rows with the times and pairings behind them."""
    rows = cast(Rows, parts[0])
    times = tuple(part for part in parts if isinstance(part, Within | OlderThan | WhenDate | Between))
    pairings = tuple(part for part in parts if isinstance(part, Pairing))
    return replace(rows, times=times, pairings=pairings, span=_span(parts))
