"""Days, periods and lengths of time of expressions; dates stop at the years 1 and 9999."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

from rfm_cli.clock import Window, parse_as_of, stepped
from rfm_cli.errors import UsageError
from rfm_cli.language.nodes import AsOf, Days, Duration, Number, Unit

MONTHS: dict[Unit, int] = {"mo": 1, "q": 3, "y": 12}
"""The months of a unit that has some."""
WORDS: dict[Unit, str] = {"h": "hour", "d": "day", "w": "week", "mo": "month", "q": "quarter", "y": "year"}
_MOST = 10_000_000
"""More days, or months, than there are between any two dates."""


FIRST, LAST = date.min, date.max


def unit(word: str) -> Unit:
    """Return the unit that a word or its letter means.

    >>> unit("Weeks"), unit("mo"), unit("months"), unit("h")
    ('w', 'mo', 'mo', 'h')
    """
    folded = word.lower()
    return next(one for one, name in WORDS.items() if folded == one or folded.removesuffix("s") == name)


def period(written: str) -> tuple[date, date] | None:
    """Return the first and the last day of a day or period, None where there is none such.

    >>> period("2024-Q1"), period("2024-02-30")
    ((datetime.date(2024, 1, 1), datetime.date(2024, 3, 31)), None)
    """
    try:
        last = parse_as_of(written)
    except UsageError:
        return None
    if last is None:
        return None
    return _first(written.upper(), last), last


def _first(written: str, last: date) -> date:
    """Return the first day of a period from its last."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return last
    if "W" in written:
        return last - timedelta(days=6)
    if "Q" in written:
        return last.replace(month=last.month - 2, day=1)
    return last.replace(month=last.month if "-" in written else 1, day=1)


def year(number: Number) -> Days | None:
    """Return the year that a whole number of four digits is beside a date, None for any other number."""
    written = number.written or str(number.value)
    found = period(written) if re.fullmatch(r"\d{4}", written) else None
    return Days(written, *found, span=number.span) if found else None


def shifted(day: date, by: Duration, sign: Literal[-1, 1]) -> date:
    """Return the day that lies a length of time before (`sign` -1) or after another, within the calendar.

    Months are clamped to the month's end, and go from last days to last days. Hours are those of whole days.

    >>> shifted(date(2024, 2, 29), Duration(1, "mo"), 1), shifted(date(2024, 3, 31), Duration(36, "h"), -1)
    (datetime.date(2024, 3, 31), datetime.date(2024, 3, 30))
    """
    return stepped(day, length(by), sign)


def shifted_time(moment: datetime, by: Duration, sign: Literal[-1, 1]) -> datetime:
    """Return the time that lies a length of time before (`sign` -1) or after another, within the calendar."""
    if by.unit != "h":
        return datetime.combine(shifted(moment.date(), by, sign), moment.time())
    try:
        return moment + timedelta(hours=sign * by.count)
    except OverflowError:
        return datetime.max.replace(microsecond=0) if sign > 0 else datetime.min


def length(duration: Duration) -> Window:
    """Return a length of time in days or months, hours as whole days."""
    count, months = duration.count, MONTHS.get(duration.unit, 0)
    days = {"h": count // 24, "d": count, "w": 7 * count}.get(duration.unit, 0)
    return Window(min(days, _MOST), min(months * count, _MOST))


def end_of(day: date) -> datetime:
    """Return the moment that a day ends at: the next midnight, or the last second of the calendar."""
    try:
        return datetime.combine(day + timedelta(days=1), datetime.min.time())
    except OverflowError:
        return datetime.max.replace(microsecond=0)


def days_of(literal: Days | AsOf, as_of: date) -> tuple[date, date]:
    """Return the first and the last day of a date literal on an as-of day."""
    if isinstance(literal, Days):
        return literal.first, literal.last
    day = shifted(as_of, literal.shift, literal.sign) if literal.shift else as_of
    return day, day
