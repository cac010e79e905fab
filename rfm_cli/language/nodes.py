"""The tree of an expression: plain data, whose leaves know their letters, which do not count where trees are compared.

A condition is true, false or unknown for a customer or a row; a value is a text, a number, a date, a length of time, or
what a column holds. Chains of one operator are flat, so that no text makes a deep tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from rfm_cli.language.spans import NOWHERE, Span

Unit = Literal["h", "d", "w", "mo", "q", "y"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Function = Literal["count", "count distinct", "sum", "min", "max", "first", "last"]
When = Literal["before", "after", "since", "until", "on"]


@dataclass(frozen=True)
class Node:
    """A part of an expression."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Text(Node):
    """A text in quotes, as it is meant: quotes are away, doubled ones single."""

    value: str


@dataclass(frozen=True)
class Number(Node):
    """A number; a percentage is its part of 1. `written` is the number as it was written."""

    value: Decimal
    written: str = field(default="", compare=False)


@dataclass(frozen=True)
class Truth(Node):
    """True or false."""

    value: bool


@dataclass(frozen=True)
class Days(Node):
    """A day or a period: 2024-03-31, 2024, 2024-Q1, 2024-03, 2024-W05."""

    written: str
    first: date = field(compare=False)
    last: date = field(compare=False)


@dataclass(frozen=True)
class Duration(Node):
    """A length of time above 0: 90 days, 4 weeks, 12mo."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class AsOf(Node):
    """The as-of day, or one that lies so much before (`sign` -1) or after (1) it."""

    sign: Literal[-1, 1] = 1
    shift: Duration | None = None


@dataclass(frozen=True)
class Name(Node):
    """A name of one or more parts, as written but for square brackets."""

    parts: tuple[str, ...]


@dataclass(frozen=True)
class Anniversary(Node):
    """The next anniversary of a date."""

    of: Name


@dataclass(frozen=True)
class Times(Node):
    """A number times a value."""

    number: Number
    value: Value


@dataclass(frozen=True)
class Sum(Node):
    """A value and what is added to it or taken away, in their order: signs are 1 and -1."""

    first: Value
    rest: tuple[tuple[Literal[-1, 1], Value], ...]


@dataclass(frozen=True)
class Aggregate(Node):
    """What a function makes of the rows of a table."""

    function: Function
    rows: Rows


LiteralValue = Text | Number | Truth | Days | AsOf
Value = Text | Number | Truth | Days | AsOf | Duration | Name | Anniversary | Times | Sum | Aggregate
DateLiteral = Days | AsOf


@dataclass(frozen=True)
class Within(Node):
    """Inside the days or hours before the end of the as-of day; with `ahead` from its begin on."""

    duration: Duration
    ahead: bool = False


@dataclass(frozen=True)
class OlderThan(Node):
    """Up to the begin of the days or hours before the end of the as-of day."""

    duration: Duration


@dataclass(frozen=True)
class WhenDate(Node):
    """Before, after, since, until or on a date."""

    word: When
    date: DateLiteral


@dataclass(frozen=True)
class Between(Node):
    """A value between two others, both included. Without a value it is the time of a row."""

    value: Value | None
    low: Value
    high: Value


Window = Within | OlderThan | WhenDate


@dataclass(frozen=True)
class Pairing(Node):
    """With or without rows of another table: equal in `by`, `later`, and `within` a time from the row."""

    wanted: bool
    rows: Rows
    by: Name | None = None
    later: bool = False
    within: Duration | None = None


@dataclass(frozen=True)
class Rows(Node):
    """Rows of a table: the column that is asked for, a condition on a row, times and pairings."""

    table: Name
    column: Name | None = None
    where: Expr | None = None
    times: tuple[Within | OlderThan | WhenDate | Between, ...] = ()
    pairings: tuple[Pairing, ...] = ()


@dataclass(frozen=True)
class Compare(Node):
    """A comparison of two values."""

    op: Comparison
    left: Value
    right: Value


@dataclass(frozen=True)
class In(Node):
    """A value that is one of some literals, or none of them."""

    value: Value
    literals: tuple[LiteralValue, ...]
    negated: bool = False


@dataclass(frozen=True)
class Like(Node):
    """A text that fits a pattern of `*` and `?`, or does not."""

    value: Value
    pattern: Text
    negated: bool = False


@dataclass(frozen=True)
class Timed(Node):
    """A date in windows of time; without a value it is the time of the row."""

    value: Value | None
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Has(Node):
    """A name that has a value, or with `negated` (no) has none."""

    name: Name
    negated: bool = False


@dataclass(frozen=True)
class AnyRows(Node):
    """Whether there are rows; with `negated` (none), whether there are none."""

    rows: Rows
    negated: bool = False


@dataclass(frozen=True)
class Reachable(Node):
    """Whether a message can reach the customer, in one channel or in any."""

    channel: Name | None = None


@dataclass(frozen=True)
class InSet(Node):
    """Whether the customer is in a named segment, or in one of the scheme."""

    name: Name | Text


@dataclass(frozen=True)
class InFile(Node):
    """Whether the customer is in a file, by its id or by an attribute."""

    path: Text
    by: Name | None = None


@dataclass(frozen=True)
class InSnapshot(Node):
    """Whether the customer is in a stored snapshot of a day, and meets a condition over its columns."""

    day: DateLiteral
    where: Expr | None = None


@dataclass(frozen=True)
class All(Node):
    """Everybody."""


@dataclass(frozen=True)
class Bare(Node):
    """A name alone: a segment, or an attribute that is true or false."""

    name: Name


Condition = Compare | In | Like | Between | Timed | Has | AnyRows | Reachable | InSet | InFile | InSnapshot | All | Bare


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a condition; unknown stays unknown."""

    member: Expr


@dataclass(frozen=True)
class And(Node):
    """All of two or more conditions."""

    members: tuple[Expr, ...]


@dataclass(frozen=True)
class Or(Node):
    """One of two or more conditions at least."""

    members: tuple[Expr, ...]


@dataclass(frozen=True)
class Minus(Node):
    """The first condition, and none of the others known to be true."""

    members: tuple[Expr, ...]


Expr = Condition | Not | And | Or | Minus
