"""Windows of time around the as-of day: the days and hours of durations, periods, anniversaries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import polars as pl

from rfm_cli.language.calendar import FIRST, LAST, MONTHS, end_of, shifted, shifted_time
from rfm_cli.language.nodes import Comparison, Duration, OlderThan, Within
from rfm_cli.language.typed import Typed, as_day, as_moment

DAYS = {"d": 1, "w": 7}
A_DAY = timedelta(days=1)
MOST_DAYS, MOST_MONTHS = 10**7, 12 * 10**4
"""More days and months than there are from the first date to the last."""


def midnight(day: date) -> datetime:
    """Return the begin of a day."""
    return datetime.combine(day, time())


def edge(value: Typed, day: date) -> pl.Expr:
    """Return the begin of a day, to be compared with a date."""
    return pl.lit(midnight(day), pl.Datetime("us")) if value.kind == "moment" else pl.lit(day, pl.Date)


def span(first: date, last: date, value: Typed) -> pl.Expr:
    """Return whether a date lies in the days from `first` to `last`."""
    return (value.expr >= edge(value, first)) & ~_after(value, last)


def _after(value: Typed, day: date) -> pl.Expr:
    """Return whether a date lies after a day."""
    if value.kind == "day" or day == LAST:
        return as_day(value) > pl.lit(day, pl.Date)
    return value.expr >= pl.lit(end_of(day), pl.Datetime("us"))


def compared(op: Comparison, value: Typed, first: date, last: date) -> pl.Expr:
    """Return how a date compares with the days from `first` to `last`."""
    match op:
        case "<":
            return value.expr < edge(value, first)
        case ">=":
            return value.expr >= edge(value, first)
        case ">":
            return _after(value, last)
        case "<=":
            return ~_after(value, last)
        case "=":
            return span(first, last, value)
        case "!=":
            return ~span(first, last, value)


def inside(value: Typed, window: Within | OlderThan, as_of: date) -> pl.Expr:
    """Return whether a date lies in a window that ends with the as-of day, or begins with it."""
    if window.duration.unit == "h":
        return _in_hours(value, window, as_of)
    if isinstance(window, OlderThan):
        return ~_after(value, shifted(as_of, window.duration, -1))
    if window.ahead:
        return span(as_of, max(shifted(as_of, window.duration, 1) - A_DAY, as_of), value)
    return span(shifted(as_of, window.duration, -1) + A_DAY, as_of, value)


def _in_hours(value: Typed, window: Within | OlderThan, as_of: date) -> pl.Expr:
    """Return whether a date lies in some hours; a day without a time is its begin."""
    end, at = end_of(as_of), as_moment(value)
    edge_of_hours = pl.lit(shifted_time(end, window.duration, 1 if _is_ahead(window) else -1), pl.Datetime("us"))
    if isinstance(window, OlderThan):
        return at <= edge_of_hours
    if window.ahead:
        return (at >= pl.lit(end, pl.Datetime("us"))) & (at < edge_of_hours)
    return (at > edge_of_hours) & (at < pl.lit(end, pl.Datetime("us")))


def _is_ahead(window: Within | OlderThan) -> bool:
    return isinstance(window, Within) and window.ahead


def moved(value: Typed, by: Duration, sign: int) -> Typed:
    """Return dates a duration later (earlier, with a sign of -1); with hours they are moments, else days."""
    if by.unit == "h":
        there = as_moment(value) + pl.duration(hours=sign * min(by.count, 24 * MOST_DAYS))
        return Typed(there.clip(midnight(FIRST), midnight(LAST)), "moment")
    day = as_day(value)
    if by.unit in DAYS:
        return days_later(value, pl.lit(min(by.count * DAYS[by.unit], MOST_DAYS)), sign)
    there = day.dt.offset_by(f"{sign * min(by.count * MONTHS[by.unit], MOST_MONTHS)}mo")
    # A last day of a month goes to a last day, as everywhere in rfm.
    is_last = day == day.dt.month_end()
    return Typed(pl.when(is_last).then(there.dt.month_end()).otherwise(there).clip(FIRST, LAST), "day")


def days_later(value: Typed, days: pl.Expr, sign: int) -> Typed:
    """Return dates some days later (earlier, with a sign of -1); they stop at the years 1 and 9999."""
    # Days are counted from 1970, so that the sum has room for any step.
    day = as_day(value).cast(pl.Int64) + sign * days.clip(-MOST_DAYS, MOST_DAYS).cast(pl.Int64)
    return Typed(day.clip(_number(FIRST), _number(LAST)).cast(pl.Int32).cast(pl.Date), "day")


def _number(day: date) -> int:
    """Return a day as its number since 1970."""
    return (day - date(1970, 1, 1)).days


def next_anniversary(value: Typed, as_of: date) -> pl.Expr:
    """Return the first anniversary of a date on or after the as-of day; that of 29 February is 28 February else."""
    day = as_day(value)
    this, coming = (_in_year(day, as_of.year + later) for later in (0, 1))
    return pl.when(this >= pl.lit(as_of, pl.Date)).then(this).otherwise(coming)


def _in_year(day: pl.Expr, year: int) -> pl.Expr:
    """Return a day in another year."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lost = (day.dt.month() == 2) & (day.dt.day() == 29) & pl.lit(not leap)
    number = pl.when(lost).then(28).otherwise(day.dt.day())
    return pl.date(year, day.dt.month(), number)


def full_years(value: Typed, as_of: date) -> pl.Expr:
    """Return the full years from a date to the as-of day, null for a date after it."""
    day = as_day(value)
    years = as_of.year - day.dt.year()
    reached = _in_year(day, as_of.year) <= pl.lit(as_of, pl.Date)
    return pl.when(day <= pl.lit(as_of, pl.Date)).then(years - (~reached).cast(pl.Int32)).cast(pl.Int64)
