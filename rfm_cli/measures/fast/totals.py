"""Sums by slot: the totals of a stretch of days, or of each of its days.

Totals take 16 bytes a slot, in one cache line. One 64-bit integer holds the number of purchases and the money, as
purchases x 2^42 + money; another holds the days of the first and the last purchase, written so that 0 means none: a
slot is not touched before its first row. Money may be below 0. As long as the sizes of all amounts sum to less than
2^41 and no customer has 2^21 purchases, the two come apart again without loss, which is checked in the end.

Single days are found by sorting integers, one per row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rfm_cli.measures.fast.block import NO_SLOTS, Block, Booleans, Int32s, Int64s, UnprovenError
from rfm_cli.measures.fast.sorting import ascending, places_of

BITS = 42
ONE = np.int64(1 << BITS)
HALF = np.int64(1 << (BITS - 1))
LATE, EARLY = np.int32(2**31 - 1), np.int32(-(2**31))
"""The first and the last day of a slot without a purchase."""
SIGN = np.uint32(1 << 31)
AT_ONCE = 1 << 13
"""This many rows stay in the processor's cache from the first of their sums to the last."""


@dataclass(frozen=True)
class Added:
    """The sums of some slots: purchases, money, days of the first and last purchase (LATE and EARLY without one), day
    of the first row of any kind, and the orders of zero value."""

    frequency: Int64s
    monetary: Int64s
    first: Int32s
    last: Int32s
    first_row: Int32s
    free: Int64s


class Totals:
    """Sums by slot, of one stretch."""

    def __init__(self) -> None:
        self._rows = np.zeros((0, 2), np.int64)
        self._first_paid = np.zeros(0, np.int32)
        self._size = self._orders = 0
        self._free: list[Int64s] = []

    def give(self, rows: Block) -> None:
        """Count each of these rows as an order of zero value, whether or not it is a purchase."""
        self._free.append(rows.slots)

    def buy(self, orders: Block, slots: int) -> None:
        """Count these purchases; `slots` is the number of slots so far."""
        self._make_room(slots)
        self._orders += len(orders)
        # Count and money go up in one addition, since both are in one integer.
        counted = np.full(len(orders), ONE)
        if orders.minor is not None:
            counted += orders.minor
            self._weigh(orders.minor)
        money, days = self._rows[:, 0], self._rows.view(np.uint32)
        late = _rising(orders.days)
        # The complement falls as the day rises, so that a maximum finds the first day as well.
        early = ~late
        for start in range(0, len(orders), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            slot = orders.slots[part]
            np.add.at(money, slot, counted[part])
            np.maximum.at(days[:, 2], slot, early[part])
            np.maximum.at(days[:, 3], slot, late[part])

    def pay(self, rows: Block, slots: int) -> None:
        """Add the money of rows that are no purchases."""
        assert rows.minor is not None
        self._make_room(slots)
        self._weigh(rows.minor)
        np.add.at(self._rows[:, 0], rows.slots, rows.minor)
        if len(self._first_paid) < len(self._rows):
            spare = np.full(len(self._rows) - len(self._first_paid), LATE)
            self._first_paid = np.concatenate([self._first_paid, spare])
        np.minimum.at(self._first_paid, rows.slots, rows.days)

    def _weigh(self, minor: Int64s) -> None:
        self._size += int(np.abs(minor).sum())
        if self._size >= HALF:
            raise UnprovenError("money past 41 bits")

    def _make_room(self, slots: int) -> None:
        have = len(self._rows)
        if slots <= have:
            return
        # Doubled, so that all growing together copies each slot about once; what is not used takes no memory.
        grown = np.zeros((max(slots, 2 * have), 2), np.int64)
        grown[:have] = self._rows
        self._rows = grown

    def used(self) -> Booleans:
        """Return whether each slot has a row."""
        touched: Booleans = self._rows.view(np.uint32)[:, 2] != 0
        touched[: len(self._first_paid)] |= self._first_paid != LATE
        return touched

    def of(self, slots: Int64s) -> Added:
        """Return the sums of the slots."""
        self._make_room(int(slots.max(initial=-1)) + 1)
        rows = np.take(self._rows, slots, axis=0)
        # Money is between -HALF and HALF, so that adding HALF keeps it from borrowing from the count.
        frequency = (rows[:, 0] + HALF) >> BITS
        days = rows.view(np.uint32)
        first, last = _days(~days[:, 2]), _days(days[:, 3])
        first_row = first.copy()
        if len(self._first_paid):
            own = slots < len(self._first_paid)
            first_row[own] = np.minimum(first_row[own], self._first_paid[slots[own]])
        money = rows[:, 0] - (frequency << BITS)
        return Added(frequency, money, first, last, first_row, counts_of(self._free, slots))

    def prove(self, used: Added) -> None:
        """Raise `UnprovenError` where the purchases of all used slots are not as many as were counted."""
        if int(used.frequency.sum()) != self._orders:
            raise UnprovenError("purchases past 21 bits")


def _rising(days: Int32s) -> npt.NDArray[np.uint32]:
    """Return days as numbers without a sign, in the same order; EARLY is 0, and LATE is 0 of the complements."""
    return days.view(np.uint32) ^ SIGN


def _days(rising: npt.NDArray[np.uint32]) -> Int32s:
    """Return the days of such numbers."""
    return (rising ^ SIGN).view(np.int32)


def counts_of(found: list[Int64s], slots: Int64s) -> Int64s:
    """Count how often each of the slots was found."""
    together = np.concatenate([NO_SLOTS, *found])
    counts: Int64s = np.bincount(together, minlength=int(slots.max(initial=-1)) + 1)[slots]
    return counts


DAY_BITS = 23
"""The bits of a day and of whether a row is a purchase; slots have the bits above."""
DAY_ONE = 1 << 20
"""Added to a day, so that days before 1970 are not below 0."""
MOST_SLOTS = 1 << (63 - DAY_BITS)
PAID = 1


@dataclass(frozen=True)
class Days:
    """One row per slot and day with a row, by slot and day.

    Purchases, money (None where it was not kept), and the number of orders of zero value on that day.
    """

    slots: Int64s
    days: Int32s
    frequency: Int64s
    monetary: Int64s | None
    free: Int64s


class Daily:
    """Rows kept one by one; without `money` a row takes 8 bytes, and is sorted without its money."""

    def __init__(self, *, money: bool) -> None:
        self._money = money
        self._keys: list[Int64s] = []
        self._minor: list[Int64s] = []
        self._free: list[Int64s] = []
        self._size = 0
        self._paid = False

    def buy(self, orders: Block, slots: int) -> None:
        """Keep these purchases."""
        self._keep(orders, 0, slots)

    def pay(self, rows: Block, slots: int) -> None:
        """Keep these rows, which are no purchases."""
        self._keep(rows, PAID, slots)

    def give(self, rows: Block) -> None:
        """Count each of these rows as an order of zero value, whether or not it is a purchase."""
        self._free.append(_keys(rows))

    def _keep(self, rows: Block, mark: int, slots: int) -> None:
        if slots > MOST_SLOTS:
            raise UnprovenError("too many customers for one key")
        self._paid = self._paid or mark == PAID
        self._keys.append(_keys(rows) | mark)
        if rows.minor is not None:
            self._size += int(np.abs(rows.minor).sum())
            if self._money:
                self._minor.append(rows.minor)

    def days(self) -> Days:
        """Return the rows added up by slot and day."""
        keys = np.concatenate([NO_SLOTS, *self._keys])
        minor = None
        # With money the rows have to be moved along with their keys, which takes twice the time.
        if self._money and self._minor:
            order = places_of(keys)
            keys, minor = keys[order], np.concatenate(self._minor)[order]
        else:
            keys = ascending(keys)
        places = keys >> 1 if self._paid else keys  # all purchases: then the mark tells nothing apart
        fresh = np.ones(len(places), np.bool_)
        np.not_equal(places[1:], places[:-1], out=fresh[1:])
        starts = np.flatnonzero(fresh)
        bought = _run_sums(1 - (keys & PAID), starts) if self._paid else np.diff(starts, append=len(keys))
        found = places[starts] if self._paid else places[starts] >> 1
        free = np.searchsorted(found, np.concatenate([NO_SLOTS, *self._free]) >> 1)
        return Days(
            found >> (DAY_BITS - 1),
            ((found & ((1 << (DAY_BITS - 1)) - 1)) - DAY_ONE).astype(np.int32),
            bought,
            None if minor is None else _run_sums(minor, starts),
            np.bincount(free, minlength=len(found)),
        )


def _keys(rows: Block) -> Int64s:
    days = rows.days.astype(np.int64) + DAY_ONE
    keys: Int64s = (rows.slots << DAY_BITS) | (days << 1)
    return keys


def _run_sums(values: Int64s, starts: Int64s) -> Int64s:
    """Return the sums of the runs that begin at these places."""
    return np.add.reduceat(values, starts) if len(starts) else values
