"""What customers add up to in one stretch of days: 16 bytes a slot, in one cache line.

A slot holds the number of purchases and the money in one 64-bit integer, purchases x 2^42 + money, and the days of the
first and the last purchase in another, so written that 0 is none: a slot is not touched before its first row.

Money may be below 0; as long as the sizes of all amounts add up to less than 2^41 and nobody has 2^21 purchases the two
come apart again without loss, which is proved in the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rfm_cli.measures.fast.block import NOBODY, Block, Booleans, Int32s
from rfm_cli.measures.fast.ids import Int64s
from rfm_cli.measures.fast.unproven import UnprovenError

BITS = 42
ONE = np.int64(1 << BITS)
HALF = np.int64(1 << (BITS - 1))
LATE, EARLY = np.int32(2**31 - 1), np.int32(-(2**31))
"""The first and the last day of who has none."""
SIGN = np.uint32(1 << 31)
AT_ONCE = 1 << 13
"""So many rows stay in the processor's cache from the first of their sums to the last."""


@dataclass(frozen=True)
class Added:
    """What some slots add up to: purchases, money, days of the first and last purchase (LATE and EARLY without one),
    and of the first row of any kind; and the orders of zero value."""

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
        """Nothing: each of these rows is an order of zero value, whether it counts or not."""
        self._free.append(rows.slots)

    def buy(self, orders: Block, slots: int) -> None:
        """Nothing: these purchases are counted; there are so many slots by now."""
        self._make_room(slots)
        self._orders += len(orders)
        counted = np.full(len(orders), ONE)
        if orders.minor is not None:
            counted += orders.minor
            self._weigh(orders.minor)
        money, days = self._rows[:, 0], self._rows.view(np.uint32)
        late = _rising(orders.days)
        early = ~late
        for start in range(0, len(orders), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            slot = orders.slots[part]
            np.add.at(money, slot, counted[part])
            np.maximum.at(days[:, 2], slot, early[part])
            np.maximum.at(days[:, 3], slot, late[part])

    def pay(self, rows: Block, slots: int) -> None:
        """Nothing: the money of rows that are no purchases is added."""
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
        """Whether each slot has a row."""
        touched: Booleans = self._rows.view(np.uint32)[:, 2] != 0
        touched[: len(self._first_paid)] |= self._first_paid != LATE
        return touched

    def of(self, slots: Int64s) -> Added:
        """What the slots add up to."""
        self._make_room(int(slots.max(initial=-1)) + 1)
        rows = np.take(self._rows, slots, axis=0)
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
        """Nothing, or `UnprovenError` where the purchases of all slots in use are not those that were counted."""
        if int(used.frequency.sum()) != self._orders:
            raise UnprovenError("purchases past 21 bits")


def _rising(days: Int32s) -> npt.NDArray[np.uint32]:
    """Days as numbers without a sign, in the same order; EARLY is 0, and LATE is it of their complements."""
    return days.view(np.uint32) ^ SIGN


def _days(rising: npt.NDArray[np.uint32]) -> Int32s:
    """The days again."""
    return (rising ^ SIGN).view(np.int32)


def counts_of(found: list[Int64s], slots: Int64s) -> Int64s:
    """How often each of the slots was found."""
    together = np.concatenate([NOBODY, *found])
    counts: Int64s = np.bincount(together, minlength=int(slots.max(initial=-1)) + 1)[slots]
    return counts
