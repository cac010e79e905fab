"""The periods of a roll-up, which orders are purchases in it, and which dates it can answer."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rfm_cli.errors import UsageError, did_you_mean

Grain = Literal["day", "month", "edges"]
GRAINS: tuple[Grain, ...] = ("day", "month", "edges")
COLUMNS = ("customer_id", "period", "first_order", "last_order", "orders", "revenue", "lines")
SHOWN_EDGES = 6


@dataclass(frozen=True)
class Periods:
    """The periods of a roll-up: days, calendar months, or the stretches that end on given `edges`.

    A period is named after its last day. Edges ascend. A day after the last edge has no period until the last day of
    all orders is known, on which its period ends.
    """

    grain: Grain = "day"
    edges: tuple[date, ...] = ()

    def end(self, day: date) -> date | None:
        """Return the last day of the period of a day; None after the last edge.

        >>> Periods("month").end(date(2024, 2, 3))
        datetime.date(2024, 2, 29)
        >>> Periods("edges", (date(2024, 6, 30),)).end(date(2024, 7, 1)) is None
        True
        """
        if self.grain == "day":
            return day
        if self.grain == "month":
            return month_end(day)
        return next((edge for edge in self.edges if edge >= day), None)

    def answers(self, day: date, first: date, last: date) -> bool:
        """Return whether the sums up to the end of `day` are known; rows lie on days from `first` to `last`.

        They are known at the end of a period, before the first row and after the last one.
        """
        return day < first or day >= last or self.end(day) == day

    def dates(self) -> str:
        """Describe the dates that can be answered."""
        if self.grain == "day":
            return "any date"
        if self.grain == "month":
            return "the last day of a month"
        shown = ", ".join(map(str, self.edges[:SHOWN_EDGES]))
        more = len(self.edges) - SHOWN_EDGES
        return shown + (f" and {more} more" if more > 0 else "")


def parse_periods(grain: str | None, texts: Sequence[str], day: Callable[[str], date | None]) -> Periods | None:
    """Return the periods that `--grain` and `--as-of` ask for, None without either.

    `day` returns the day that a date means, None for the last day of the orders, where a period ends in any case.
    Raises `UsageError` for both options together, and for an unknown grain.
    """
    ends = [part for text in texts for part in text.split(",")]
    if grain and ends:
        raise UsageError("--grain and --as-of both say what the periods are", "give one of them")
    if grain not in (None, "day", "month"):
        raise UsageError(f"--grain {grain}: not known", did_you_mean(str(grain), ("day", "month")))
    if ends:
        days = {day(text) for text in ends if text.strip()}
        return Periods("edges", tuple(sorted(one for one in days if one)))
    return Periods("month") if grain == "month" else Periods() if grain else None


@dataclass(frozen=True)
class Purchases:
    """Which orders are purchases, as in `measures.purchases.Counting`.

    `free` says whether orders of zero value count, `one_a_day` whether a customer's purchases of one day are one.
    """

    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
