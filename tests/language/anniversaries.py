"""Anniversaries, as a calendar on the wall has them."""

from __future__ import annotations

from datetime import date, timedelta


def anniversary(born: date, as_of: date) -> date:
    """The first day from `as_of` on that is called like `born`; the 28th for 29 February where there is none."""
    return next(
        day
        for day in (as_of + timedelta(days=ahead) for ahead in range(367))
        if _called(born, day.year) == (day.month, day.day)
    )


def _called(born: date, year: int) -> tuple[int, int]:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (2, 28) if (born.month, born.day) == (2, 29) and not is_leap else (born.month, born.day)
