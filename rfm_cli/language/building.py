"""Nodes of what the parser finds: a method for each rule of the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

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
from rfm_cli.language.parts import (
    Part,
    duration_of,
    has_word,
    is_piece,
    members_of,
    node_of,
    rows_of,
    sign_of,
    span_of,
    text_of,
    unbracketed,
)


@dataclass(frozen=True)
class ColumnValue(Node):
    """A value with the name of its column."""

    name: str
    value: Value


class Builder:
    """What makes nodes: the parser calls the method of a rule with its parts, brackets and keywords among them."""

    def segment(self, parts: Sequence[Part]) -> Node:
        """Return the expression."""
        return node_of(parts[0])

    def formula(self, parts: Sequence[Part]) -> Node:
        """Return the value."""
        return node_of(parts[0])

    def column(self, parts: Sequence[Part]) -> ColumnValue:
        """Return the name and the value of a column."""
        return ColumnValue(unbracketed(str(parts[0])), cast(Value, parts[2]), span=span_of(parts))

    def some_rows(self, parts: Sequence[Part]) -> Rows:
        """Return rows with their times and pairings."""
        return rows_of(parts)

    def minus(self, parts: Sequence[Part]) -> Minus:
        """Return the first member without the others."""
        return Minus(members_of(parts), span=span_of(parts))

    def either(self, parts: Sequence[Part]) -> Or:
        """Return a chain of `or`."""
        return Or(members_of(parts), span=span_of(parts))

    def both(self, parts: Sequence[Part]) -> And:
        """Return a chain of `and`."""
        return And(members_of(parts), span=span_of(parts))

    def opposite(self, parts: Sequence[Part]) -> Not:
        """Return the opposite."""
        return Not(cast(Expr, parts[1]), span=span_of(parts))

    def group(self, parts: Sequence[Part]) -> Node:
        """Return the expression in brackets; its span has the brackets, which tells it from a level without."""
        return replace(node_of(parts[1]), span=span_of(parts))

    def compare(self, parts: Sequence[Part]) -> Compare:
        """Return a comparison."""
        op = "!=" if str(parts[1]) == "<>" else str(parts[1])
        return Compare(cast(Comparison, op), cast(Value, parts[0]), cast(Value, parts[2]), span=span_of(parts))

    def one_of(self, parts: Sequence[Part]) -> In:
        """Return a value that is one of some literals."""
        literals = tuple(cast(LiteralValue, part) for part in parts[1:] if not isinstance(part, Token))
        return In(cast(Value, parts[0]), literals, has_word(parts, "not"), span=span_of(parts))

    def like(self, parts: Sequence[Part]) -> Like:
        """Return a text that fits a pattern."""
        return Like(cast(Value, parts[0]), text_of(parts[-1]), has_word(parts, "not"), span=span_of(parts))

    def between(self, parts: Sequence[Part]) -> Between:
        """Return a value between two others."""
        value, low, high = (cast(Value, part) for part in parts[::2])
        return Between(value, low, high, span=span_of(parts))

    def time_between(self, parts: Sequence[Part]) -> Between:
        """Return the time of a row between two others."""
        return Between(None, cast(Value, parts[1]), cast(Value, parts[3]), span=span_of(parts))

    def timed(self, parts: Sequence[Part]) -> Timed:
        """Return a value in windows."""
        return Timed(cast(Value, parts[0]), tuple(cast(Window, part) for part in parts[1:]), span=span_of(parts))

    def row_timed(self, parts: Sequence[Part]) -> Timed:
        """Return the time of a row in windows."""
        return Timed(None, tuple(cast(Window, part) for part in parts), span=span_of(parts))

    def has(self, parts: Sequence[Part]) -> Has:
        """Return whether a name has a value."""
        return Has(cast(Name, parts[1]), has_word(parts, "no"), span=span_of(parts))

    def any_rows(self, parts: Sequence[Part]) -> AnyRows:
        """Return whether there are rows."""
        return AnyRows(rows_of(parts[1:]), has_word(parts[:1], "none"), span=span_of(parts))

    def reachable(self, parts: Sequence[Part]) -> Reachable:
        """Return whether a message can reach the customer."""
        return Reachable(cast(Name, parts[2]) if len(parts) > 1 else None, span=span_of(parts))

    def in_set(self, parts: Sequence[Part]) -> InSet:
        """Return whether the customer is in a segment."""
        name = parts[1]
        return InSet(text_of(name) if isinstance(name, Token) else cast(Name, name), span=span_of(parts))

    def in_file(self, parts: Sequence[Part]) -> InFile:
        """Return whether the customer is in a file."""
        return InFile(text_of(parts[2]), cast(Name, parts[4]) if len(parts) > 3 else None, span=span_of(parts))

    def in_snapshot(self, parts: Sequence[Part]) -> InSnapshot:
        """Return whether the customer is in a snapshot."""
        where = cast(Expr, parts[4]) if len(parts) > 3 else None
        return InSnapshot(cast("Days | AsOf", parts[2]), where, span=span_of(parts))

    def everybody(self, parts: Sequence[Part]) -> All:
        """Return everybody."""
        return All(span=span_of(parts))

    def bare(self, parts: Sequence[Part]) -> Bare:
        """Return a name that is alone."""
        return Bare(cast(Name, parts[0]), span=span_of(parts))

    def sum(self, parts: Sequence[Part]) -> Node:
        """Return a sum; what follows `as_of` in days or months is a part of that date."""
        first, signs, values = node_of(parts[0]), parts[1::2], [cast(Value, part) for part in parts[2::2]]
        rest = tuple((sign_of(sign), value) for sign, value in zip(signs, values, strict=True))
        if isinstance(first, AsOf) and isinstance(values[0], Duration):
            first = AsOf(rest[0][0], values[0], span=span_of(parts[:3]))
            rest = rest[1:]
        return Sum(cast(Value, first), rest, span=span_of(parts)) if rest else first

    def times(self, parts: Sequence[Part]) -> Times:
        """Return a product."""
        return Times(self.number(parts[:1]), cast(Value, parts[2]), span=span_of(parts))

    def text(self, parts: Sequence[Part]) -> Text:
        """Return a text."""
        return text_of(parts[0])

    def number(self, parts: Sequence[Part]) -> Number:
        """Return a number, exact also where it is a percentage."""
        written = "".join("".join(str(part).split()) for part in parts).removeprefix("+")
        sign, digits, exponent = Decimal(written.rstrip("%")).as_tuple()
        places = cast(int, exponent) - (2 if written.endswith("%") else 0)
        return Number(Decimal((sign, digits, places)), written, span=span_of(parts))

    def days(self, parts: Sequence[Part]) -> Days:
        """Return a day or period."""
        written = str(parts[0]).upper()
        first, last = calendar.period(written) or (calendar.FIRST, calendar.LAST)
        return Days(written, first, last, span=span_of(parts))

    def year(self, parts: Sequence[Part]) -> Node:
        """Return the year that a number is, or the number, which `checks` refuses."""
        number = self.number(parts)
        return calendar.year(number) or number

    def as_of(self, parts: Sequence[Part]) -> AsOf:
        """Return the as-of day, or one before or after it."""
        if len(parts) == 1:
            return AsOf(span=span_of(parts))
        return AsOf(sign_of(parts[1]), duration_of(parts[2]), span=span_of(parts))

    def truth(self, parts: Sequence[Part]) -> Truth:
        """Return true or false."""
        return Truth(has_word(parts, "true"), span=span_of(parts))

    def duration(self, parts: Sequence[Part]) -> Duration:
        """Return a length of time."""
        return duration_of(parts[0])

    def anniversary(self, parts: Sequence[Part]) -> Anniversary:
        """Return the next anniversary of a date."""
        return Anniversary(cast(Name, parts[2]), span=span_of(parts))

    def aggregate(self, parts: Sequence[Part]) -> Aggregate:
        """Return what a function makes of rows."""
        words = [str(part).lower() for part in parts if isinstance(part, Token)]
        return Aggregate(cast(Function, " ".join(words)), rows_of(parts[len(words) :]), span=span_of(parts))

    def rows(self, parts: Sequence[Part]) -> Rows:
        """Return the rows of a table; what follows its name and a dot is the column."""
        end = next((at for at, part in enumerate(parts) if is_piece(part, "LPAR")), len(parts))
        column = self.name(parts[2:end]) if end > 1 else None
        where = cast(Expr, parts[end + 1]) if end < len(parts) else None
        return Rows(self.name(parts[:1]), column, where, span=span_of(parts))

    def within(self, parts: Sequence[Part]) -> Within:
        """Return a window up to the as-of day, or from it on."""
        return Within(duration_of(parts[-1]), has_word(parts, "next"), span=span_of(parts))

    def older_than(self, parts: Sequence[Part]) -> OlderThan:
        """Return the time before a window."""
        return OlderThan(duration_of(parts[2]), span=span_of(parts))

    def when(self, parts: Sequence[Part]) -> WhenDate:
        """Return a window that a date begins or ends."""
        return WhenDate(cast(When, str(parts[0]).lower()), cast("Days | AsOf", parts[1]), span=span_of(parts))

    def pairing(self, parts: Sequence[Part]) -> Pairing:
        """Return the rows that another row must have beside it, or must not have."""
        within = duration_of(parts[-1]) if is_piece(parts[-1], "DURATION") else None
        by = next((part for part in parts if isinstance(part, Name)), None)
        rows = cast(Rows, parts[1])
        return Pairing(has_word(parts[:1], "with"), rows, by, has_word(parts, "later"), within, span=span_of(parts))

    def name(self, parts: Sequence[Part]) -> Name:
        """Return a name of one or more parts."""
        return Name(tuple(unbracketed(str(part)) for part in parts[::2]), span=span_of(parts))
