"""The as-of date and the window of a run; the machine's clock is an argument, never read in here."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from rfm_cli.errors import UsageError

EVER = date(1, 1, 1)
"""The day of customers that have always been known: their table does not say since when."""
WORDS = ("last", "today", "yesterday")
EXAMPLES = "2024-12-31, 2024, 2024-Q1, 2024-04, 2024-W05, last, today or yesterday"
TOO_LONG = "the window reaches back before year 1"
MOST_DATES = 4_000
"""The most dates of a chain, ten years of days: each makes the pass over the orders a little longer."""


@dataclass(frozen=True)
class Window:
    """A length of time that ends with the as-of date: a number of days, or of calendar months."""

    days: int = 0
    months: int = 0

    def start(self, as_of: date) -> date:
        """Return the day before the window's first day: F and M count the days in (start, as_of].

        Months are clamped to the month's end, and go from last days to last days, so that the windows of the four
        quarters add up to the year.

        >>> Window(months=1).start(date(2024, 3, 31)), Window(months=3).start(date(2024, 6, 30))
        (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31))
        """
        try:
            return months_before(as_of, self.months) - timedelta(days=self.days)
        except OverflowError as error:
            raise UsageError(TOO_LONG) from error


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month; its last day where there is no such day, or where `day` is a last one.

    `OverflowError` outside the years 1 to 9999.
    """
    # Months since year 0, counted from 0, so that one division gives year and month.
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    last = _month_end(year, month + 1)
    return last if day == _month_end(day.year, day.month) else last.replace(day=min(day.day, last.day))


def days_before(day: date, days: int) -> date | None:
    """Return the date that number of days earlier (later, where `days` is negative); None past an end of the calendar.

    >>> days_before(date(2024, 3, 1), 1), days_before(date(1, 1, 1), 1), days_before(date(9999, 12, 31), -1)
    (datetime.date(2024, 2, 29), None, None)
    """
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return None


def parse_window(text: str) -> Window:
    """Return a window such as `90d`, `8w`, `12mo` or `2y`; `UsageError` for any other text.

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
    """Return the step of a chain of dates: a week, month, quarter, year, or a length such as `30d`; else `UsageError`.

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
    """Return the dates from `start` on in equal steps, and `last` at the end, however short the last step is.

    Months go from a month's last day to last days, and from any other day to that day or the month's last.
    `UsageError` for more dates than a chain may have.

    >>> [str(day) for day in chain(date(2024, 1, 31), date(2024, 4, 15), Window(months=1))]
    ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-15']
    """
    # Each date is counted from the start: from date to date the 30th would become the last day after February.
    days, count = [start], 1
    while (day := stepped(start, step, count)) < last:
        if len(days) == MOST_DATES:
            why = f"--every: more than {MOST_DATES:,} dates from {start} to {last}"
            raise UsageError(why, "take a longer step, or dates that are nearer to each other")
        days.append(day)
        count += 1
    return [*days, last]


def stepped(start: date, step: Window, count: int) -> date:
    """Return the date that number of steps after `start` (before it, where `count` is negative); last days stay so.

    Past an end of the calendar it is the calendar's first or last day.

    >>> stepped(date(2024, 2, 29), Window(months=3), -1)
    datetime.date(2023, 11, 30)
    """
    try:
        return months_before(start, -count * step.months) + timedelta(days=count * step.days)
    except OverflowError:
        return date.max if count > 0 else date.min


def parse_as_of(text: str, today: date | None = None, option: str = "--as-of") -> date | None:
    """Return the day that `--as-of` means, None for `last`; a period means its last day.

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
    """Return the last day of a week, quarter, month, year or day; `ValueError` where there is no such period."""
    if found := re.fullmatch(r"(\d{4})-w(\d{1,2})", word):
        # Weeks of ISO 8601 end on Sunday, their day 7.
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
    """Return the last day of a month; `ValueError` where there is no such month."""
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, calendar.monthrange(year, month)[1])
