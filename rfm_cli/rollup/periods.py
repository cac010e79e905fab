"""The periods of a roll-up, what counts as a purchase in it, and which dates it can answer."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal

Grain = Literal["day", "month", "edges"]
GRAINS: tuple[Grain, ...] = ("day", "month", "edges")
COLUMNS = ("customer_id", "period", "first_order", "last_order", "orders", "revenue", "lines")
SHOWN_EDGES = 6


@dataclass(frozen=True)
class Periods:
    """The periods of a roll-up, each called by its last day: days, calendar months, or stretches up to the `edges`.

    Edges ascend. A day after the last edge has no period until the last day of all is known: its period ends there.
    """

    grain: Grain = "day"
    edges: tuple[date, ...] = ()

    def end(self, day: date) -> date | None:
        """The last day of the period of a day; None after the last edge.

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
        """Whether what happened up to the end of `day` can be told, where rows lie on days from `first` to `last`.

        It can at the end of a period, before the first row and after the last one.
        """
        return day < first or day >= last or self.end(day) == day

    def said(self) -> str:
        """The dates that can be asked for, in words."""
        if self.grain == "day":
            return "any date"
        if self.grain == "month":
            return "the last day of a month"
        shown = ", ".join(map(str, self.edges[:SHOWN_EDGES]))
        more = len(self.edges) - SHOWN_EDGES
        return shown + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Purchases:
    """Which orders are purchases, as in `measures.purchases.Counting`: whether those of zero value are, and whether a
    customer's purchases of one day are one."""

    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
