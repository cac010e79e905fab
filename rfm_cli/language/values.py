"""Values of expressions: names, arithmetic, anniversaries, and what is made of rows."""

from __future__ import annotations

from typing import Literal

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language import calendar, questions, windows
from rfm_cli.language.compare import Operand, as_date, as_number, has_dates_alone, number, typed_literal
from rfm_cli.language.lookups import named, site
from rfm_cli.language.nodes import (
    Aggregate,
    Anniversary,
    AsOf,
    Days,
    Duration,
    Name,
    Number,
    Sum,
    Text,
    Times,
    Truth,
    Value,
)
from rfm_cli.language.numbers import LARGEST
from rfm_cli.language.scope import Place
from rfm_cli.language.typed import Typed, alike, as_day, as_float, in_units
from rfm_cli.language.written import SomeRows

Sign = Literal[-1, 1]
MOST_DECIMALS = 30
"""The decimals of a result up to which it is computed in integers."""


def operand(place: Place, node: Value) -> Operand:
    """Return a side of a comparison: a literal as it is, and anything else as a value."""
    match node:
        case Text() | Number() | Truth() | Days():
            return node
        case AsOf():
            first, last = calendar.days_of(node, place.scope.run.world.as_of)
            return Days(first.isoformat(), first, last, span=node.span)
        case Duration():
            hint = "within 30 days, older than 30 days; a number of days has no unit: recency_days > 30"
            raise site(place, node).fail("a length of time is no value", hint)
        case _:
            return value(place, node)


def value(place: Place, node: Name | Anniversary | Times | Sum | Aggregate) -> Typed:
    """Return a value that is no literal."""
    match node:
        case Name():
            return named(place, node)
        case Anniversary():
            date = as_date(named(place, node.of), site(place, node))
            return Typed(windows.next_anniversary(date, place.scope.run.world.as_of), "day")
        case Times():
            return _times(place, node)
        case Sum():
            return _sum(place, node)
        case Aggregate():
            return questions.aggregate(place, node)


def typed(place: Place, node: Value) -> Typed:
    """Return any value."""
    found = operand(place, node)
    return found if isinstance(found, Typed) else typed_literal(found)


def _times(place: Place, node: Times) -> Typed:
    """Return a number times a value."""
    value = as_number(typed(place, node.value), site(place, node))
    made, scale = in_units(value)
    factor = number(node.number.value)
    most, scale = value.largest * factor.largest, scale + factor.scale
    if most > LARGEST or scale > MOST_DECIMALS:
        return Typed(as_float(value) * float(node.number.value), "float", most=most)
    return Typed(made.cast(pl.Int128) * factor.expr, "number", scale, most=most)


def _sum(place: Place, node: Sum) -> Typed:
    """Return values added to a first one and taken away; texts are read as dates where a length of time is added."""
    has_length = any(isinstance(one, Duration) for _, one in node.rest) or isinstance(node.first, Duration)
    if isinstance(node.first, Duration):
        return _length_first(place, node, node.first)
    found = typed(place, node.first)
    if found.is_text:
        read = as_date if has_length or found.prefers_dates or has_dates_alone(found) else as_number
        found = read(found, site(place, node.first))
    for sign, one in node.rest:
        found = _moved(place, found, one, sign) if found.is_date else _added(place, found, one, sign)
    return found


def _length_first(place: Place, node: Sum, length: Duration) -> Typed:
    """Return a sum that begins with a length of time: it is added to the date behind it."""
    (sign, second), *rest = node.rest
    if sign < 0 or isinstance(second, Duration):
        raise site(place, node).fail("a length of time is added to a date", "last_order + 30 days")
    found = windows.moved(as_date(typed(place, second), site(place, second)), length, 1)
    for one_sign, one in rest:
        found = _moved(place, found, one, one_sign)
    return found


def _moved(place: Place, date: Typed, by: Value, sign: Sign) -> Typed:
    """Return a date moved by a length of time or a number of days; less a date it is a number of days."""
    if isinstance(by, Duration):
        return windows.moved(date, by, sign)
    other = typed(place, by)
    if other.is_text:
        read = as_date if other.prefers_dates or has_dates_alone(other) else as_number
        other = read(other, site(place, by))
    if other.is_date:
        if sign > 0:
            raise site(place, by).fail("two dates cannot be added", "take one from the other for the days between")
        return Typed((as_day(date) - as_day(other)).dt.total_days(), "number")
    return windows.days_later(date, _whole(as_number(other, site(place, by))), sign)


def _added(place: Place, found: Typed, by: Value, sign: Sign) -> Typed:
    """Return a number with another added or taken away; to a date it is a number of days."""
    if isinstance(by, Duration):
        raise site(place, by).fail("a length of time is added to a date", "for days, write the number alone")
    other = typed(place, by)
    if other.is_date:
        if sign < 0:
            raise site(place, by).fail("a date cannot be taken from a number", "")
        return _moved_by(other, found)
    one, second = alike(as_number(found, site(place, by)), as_number(other, site(place, by)))
    most = one.largest + second.largest
    if one.kind == "float" or most > LARGEST:
        return Typed(_joined(as_float(one), as_float(second), sign), "float", most=most)
    made = _joined(one.expr.cast(pl.Int128), second.expr.cast(pl.Int128), sign)
    return Typed(made, "number", one.scale, most=most)


def _joined(one: pl.Expr, other: pl.Expr, sign: Sign) -> pl.Expr:
    return one + other if sign > 0 else one - other


def _moved_by(date: Typed, days: Typed) -> Typed:
    """Return a date a number of days later."""
    return windows.days_later(date, _whole(days), 1)


def _whole(days: Typed) -> pl.Expr:
    """Return a number of days, a fraction rounded up to a whole day."""
    if days.largest > LARGEST:
        return as_float(days).ceil()
    units, scale = in_units(days)
    made: pl.Expr = (units.cast(pl.Int128) + (10**scale - 1)) // 10**scale
    return made


def no_items(rows: Place, some: SomeRows) -> UsageError:
    """Return the error for rows that name neither a product nor an order."""
    return site(rows, some.rows).fail(f"{rows.scope.name} have neither product_id nor order_id", "")
