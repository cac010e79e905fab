"""The as-of date and the window of a run; the machine's clock is an argument, never read in here."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from rfm_cli.errors import UsageError

WORDS = ("last", "today", "yesterday")
EXAMPLES = "2024-12-31, 2024, 2024-Q1, 2024-04, 2024-W05, last, today or yesterday"
TOO_LONG = "the window reaches back before year 1"


@dataclass(frozen=True)
class Window:
    """A length of time that ends with the as-of day: so many days, or so many calendar months."""

    days: int = 0
    months: int = 0

    def start(self, as_of: date) -> date:
        """The day before the window's first: F and M count the days in (start, as_of].

        Months are clamped to the month's end.

        >>> Window(months=1).start(date(2024, 3, 31))
        datetime.date(2024, 2, 29)
        """
        try:
            return months_before(as_of, self.months) - timedelta(days=self.days)
        except OverflowError as error:
            raise UsageError(TOO_LONG) from error


def shifted(day: date, days: int) -> date:
    """Return the day that many days later, or earlier; the calendar's own first or last day where it has no such day.

    >>> shifted(date(1, 1, 5), -365), shifted(date(2024, 2, 28), 1)
    (datetime.date(1, 1, 1), datetime.date(2024, 2, 29))
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    if year < 1:
        raise UsageError(TOO_LONG)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse_window(text: str) -> Window:
    """A window such as `90d`, `8w`, `12mo` or `2y`; `UsageError` for anything else.

    >>> parse_window("12mo")
    Window(days=0, months=12)
    """
    found = re.fullmatch(r"\s*(\d{1,4})\s*(d|w|mo|y)\s*", text)
    if not found or int(found[1]) == 0:
        raise UsageError(f"{text!r} is no length of time", "write it as 90d, 8w, 12mo or 2y")
    count, unit = int(found[1]), found[2]
    if unit in ("d", "w"):
        return Window(days=count * (7 if unit == "w" else 1))
    return Window(months=count * (12 if unit == "y" else 1))


EVERY = {"week": Window(days=7), "month": Window(months=1), "quarter": Window(months=3), "year": Window(months=12)}


def parse_every(text: str) -> Window:
    """The step of a chain of dates: `week`, `month`, `quarter`, `year`, or a length such as `30d`; else `UsageError`.

    >>> parse_every("quarter")
    Window(days=0, months=3)
    """
    word = text.strip().casefold()
    if word in EVERY:
        return EVERY[word]
    try:
        return parse_window(word)
    except UsageError as error:
        raise UsageError(
            f"--every {text}: no such step", "write week, month, quarter, year, or 30d, 8w, 2mo"
        ) from error


def chain(start: date, last: date, step: Window) -> list[date]:
    """The dates from `start` to `last` in equal steps, `last` itself at the end, however short its step.

    Months go from a month's last day to last days, and from any other day to that day or the month's last.

    >>> [str(day) for day in chain(date(2024, 1, 31), date(2024, 4, 15), Window(months=1))]
    ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-15']
    """
    days, count = [start], 1
    while (day := stepped(start, step, count)) < last:
        days.append(day)
        count += 1
    return [*days, last]


def stepped(start: date, step: Window, count: int) -> date:
    """The date so many steps after `start` (before it, where `count` is negative), last days of months kept.

    >>> stepped(date(2024, 2, 29), Window(months=3), -1)
    datetime.date(2023, 11, 30)
    """
    at_end = (start + timedelta(days=1)).day == 1 if start < date.max else True
    try:
        day = months_before(start, -count * step.months) + timedelta(days=count * step.days)
    except (OverflowError, ValueError):
        return date.max if count > 0 else date.min
    return _month_end(day.year, day.month) if step.months and at_end else day


def parse_as_of(text: str, today: date | None = None, option: str = "--as-of") -> date | None:
    """The day that `--as-of` means, None for `last`; a period means its last day.

    `today` is the machine's date in the time zone of the run, needed only for `today` and `yesterday`.
    Raises `UsageError` where the text is no date, period or word.

    >>> parse_as_of("2024-Q1"), parse_as_of("2024-02"), parse_as_of("2024-W01")
    (datetime.date(2024, 3, 31), datetime.date(2024, 2, 29), datetime.date(2024, 1, 7))
    """
    word = text.strip().casefold()
    if word == "last":
        return None
    if word in ("today", "yesterday"):
        if today is None:
            raise UsageError(f"{word} needs a clock")
        return today if word == "today" else today - timedelta(days=1)
    try:
        return _period_end(word)
    except ValueError as error:
        raise UsageError(f"{option} {text}: no such day", f"write it as {EXAMPLES}") from error


def _period_end(word: str) -> date:
    if found := re.fullmatch(r"(\d{4})-w(\d{1,2})", word):
        return date.fromisocalendar(int(found[1]), int(found[2]), 7)
    if found := re.fullmatch(r"(\d{4})-q([1-4])", word):
        return _month_end(int(found[1]), int(found[2]) * 3)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", word):
        return _month_end(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"\d{4}", word):
        return date(int(word), 12, 31)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
        return date(int(found[1]), int(found[2]), int(found[3]))
    raise ValueError(word)


def _month_end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, calendar.monthrange(year, month)[1])
