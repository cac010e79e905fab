"""Rows made into orders, in several ways that each check every row.

Rows of one (customer, order) are one order: a purchase on the day of its first row if the rows of that day sum to 0 or
more (`measures.purchases`). A row with money of 0 or more *adds*; one below 0 (and under `--free-orders ignore` one of
0) *lowers*. A lowering row is no purchase, and it leaves the purchase of its order unchanged if it lies on a later day
than the first row that adds. So a way has to group adding rows alone and to know the first day of an order. Where a
lowering row does not lie later, its customer is unsure, and the plain way counts that customer's rows again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from rfm_cli.measures.fast.block import NO_SLOTS, Block, Booleans, Int32s, Int64s, Remedy, UnprovenError


@dataclass(frozen=True)
class Ends:
    """The last days of the stretches in which money is counted apart, ascending.

    With `daily` each day of the last stretch is counted apart as well.
    """

    days: Int32s
    daily: bool = False

    def of(self, days: Int32s) -> Int64s:
        """Return the stretch of each day, past the last one for days that are not seen."""
        return np.searchsorted(self.days, days)

    def apart(self, first: Int32s, last: Int32s) -> Booleans:
        """Return whether two days are counted apart."""
        place = self.of(last)
        found: Booleans = self.of(first) != place
        return found | ((last > first) & (place == len(self.days) - 1)) if self.daily else found


@dataclass(frozen=True)
class Made:
    """Orders (slot, day of the first row, money of all adding rows), and the slots of unsure customers."""

    orders: Block
    unsure: Int64s = field(default_factory=lambda: NO_SLOTS)


@dataclass
class Repeats:
    """Counts of orders: `several` have two or more rows above 0, at least `varied` of them have several amounts."""

    several: int = 0
    varied: int = 0

    def count(self, minor: Int64s, starts: Int64s) -> None:
        """Count orders of neighboring rows, which begin at `starts`."""
        if not (minor > 0).all():
            above = minor > 0
            # The rows above 0 before each start are where the order begins among them.
            begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(above)])[np.append(starts, len(minor))]
            there = begins[1:] > begins[:-1]
            minor, starts = minor[above], begins[:-1][there]
        if not len(starts):
            return
        last = np.append(starts[1:], len(minor)) - 1
        self.several += int(np.count_nonzero(last > starts))
        # The first row beside the last one: enough to show that most orders differ, and three times as fast as all.
        self.varied += int(np.count_nonzero(minor[starts] != minor[last]))


class Grouping(Protocol):
    """A way to make orders of adding rows that have an order id; `repeats` counts those of several rows."""

    @property
    def repeats(self) -> Repeats:
        """Return the counts; those of ways in which every row is an order are 0."""
        ...

    def take(self, rows: Block) -> Made:
        """Return what the next rows make. Raises `UnprovenError` where they are not as this way needs them."""
        ...

    def rest(self) -> Made | None:
        """Return what is known only after all rows. Raises `UnprovenError` where they disprove the way together."""
        ...

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Return whether each lowering row surely lies later than the first adding row of its order, if there is
        one."""
        ...


class EachRow:
    """Without order ids each row is an order."""

    def __init__(self) -> None:
        self.repeats = Repeats()

    def take(self, rows: Block) -> Made:
        """Return the rows."""
        return Made(rows)

    def rest(self) -> Made | None:
        """Return None: every row was counted at once."""
        return None

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Return True for each row: no row belongs to the order of another."""
        return np.ones(len(days), np.bool_)


class DayStarts:
    """The days of orders whose numbers and days rise together: where each day begins."""

    def __init__(self) -> None:
        self._numbers: list[Int64s] = []
        self._days: list[Int32s] = []
        self._last = np.iinfo(np.int32).min
        self._by_time = True

    def add(self, numbers: Int64s, days: Int32s) -> None:
        """Add the next orders, by rising number."""
        if not len(days):
            return
        # One entry per day, not per order: this is all that is kept of the orders.
        changes = np.flatnonzero(days[1:] != days[:-1]) + 1
        starts = np.concatenate([np.zeros(1, np.int64), changes])
        firsts = days[starts]
        self._by_time = self._by_time and firsts[0] >= self._last and bool((firsts[1:] > firsts[:-1]).all())
        self._last = firsts[-1]
        if self._by_time:
            self._numbers.append(numbers[starts])
            self._days.append(firsts)

    def before(self, numbers: Int64s, days: Int32s) -> Booleans:
        """Return whether the order of each number, if there is one, is of an earlier day than the one beside it.

        Raises `UnprovenError` where orders and days did not rise together.
        """
        if not self._by_time:
            raise UnprovenError("orders are not by day", Remedy.OTHER_GROUPING)
        if not self._numbers:
            return np.ones(len(days), np.bool_)
        place = np.searchsorted(np.concatenate(self._numbers), numbers, side="right") - 1
        return (place < 0) | (np.concatenate(self._days)[place] < days)


class Rising:
    """Every row has a greater order number than the one before it, so that each row is an order."""

    def __init__(self) -> None:
        self._last = np.iinfo(np.int64).min
        self._days = DayStarts()
        self.repeats = Repeats()

    def take(self, rows: Block) -> Made:
        """Return the rows."""
        numbers = rows.orders
        assert numbers is not None
        if len(numbers):
            if numbers[0] <= self._last or not (numbers[1:] > numbers[:-1]).all():
                raise UnprovenError("order numbers do not rise", Remedy.OTHER_GROUPING)
            self._last = numbers[-1]
            self._days.add(numbers, rows.days)
        return Made(rows)

    def rest(self) -> Made | None:
        """Return None: every row was counted at once."""
        return None

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Answer by the day that an order number falls into; numbers above all others have no adding row."""
        return (orders > self._last) | self._days.before(orders, days)


class Runs:
    """Order numbers never fall, so that the rows of an order are neighbors: each run of one number is an order."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._held: Block | None = None
        self.repeats = Repeats()
        self._last = np.iinfo(np.int64).min
        self._days = DayStarts()

    def take(self, rows: Block) -> Made:
        """Return the orders of the next rows, except the last one, which may go on."""
        rows = rows if self._held is None else self._held.then(rows)
        numbers = rows.orders
        assert numbers is not None
        if not len(numbers):
            return Made(rows)
        if numbers[0] < self._last or not (numbers[1:] >= numbers[:-1]).all():
            raise UnprovenError("order numbers fall", Remedy.OTHER_GROUPING)
        self._last = numbers[-1]
        # The last order may go on in the next block, and is held back.
        whole = int(np.searchsorted(numbers, numbers[-1]))
        self._held = rows.kept(slice(whole, None))
        return self._summed(rows.kept(slice(0, whole)))

    def rest(self) -> Made | None:
        """Return the last order."""
        return None if self._held is None else self._summed(self._held)

    def _summed(self, rows: Block) -> Made:
        """Sum each run into one order.

        Orders that span several days are marked unsure if any row is free or the days fall into different stretches.
        """
        numbers = rows.orders
        assert numbers is not None
        if not len(numbers):
            return Made(rows)
        fresh = numbers[1:] != numbers[:-1]
        if not (fresh | (rows.slots[1:] == rows.slots[:-1])).all():
            raise UnprovenError("an order of two customers")
        starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(fresh) + 1])
        slots, days, unsure = rows.slots[starts], np.minimum.reduceat(rows.days, starts), NO_SLOTS
        # A run may span days: the order is on its first one.
        minor = None if rows.minor is None else np.add.reduceat(rows.minor, starts)
        if rows.minor is not None:
            self.repeats.count(rows.minor, starts)
        if rows.minor is not None and not (fresh | (rows.days[1:] == rows.days[:-1])).all():
            last = np.maximum.reduceat(rows.days, starts)
            free = np.minimum.reduceat(rows.minor, starts) == 0
            unsure = slots[(last > days) & (free | self._ends.apart(days, last))]
        self._days.add(numbers[starts], days)
        return Made(Block(slots, days, minor), unsure)

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Answer by the day that an order number falls into; numbers above all others have no adding row."""
        return (orders > self._last) | self._days.before(orders, days)
