"""Rows made into orders where the rows come in any order: a table with a place per order number, or sorted numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rfm_cli.measures.fast.block import NO_SLOTS, Block, Booleans, Int32s, Int64s, Remedy, UnprovenError
from rfm_cli.measures.fast.grouping import Ends, Made, Repeats
from rfm_cli.measures.fast.sorting import ascending

FROM_ZERO = 1 << 30
"""Added to a day, so that 0 in a table means no day."""
AT_ONCE = 1 << 13
"""This many rows find their places still in the processor's cache from the first of their sums to the last."""


class Places:
    """Places for order numbers from the least to the greatest seen so far, each of `width` 32-bit zeros at first.

    Raises `UnprovenError` where numbers lie so far apart that they need more than `most` places.
    """

    def __init__(self, width: int, most: int) -> None:
        self._width, self._most = width, most
        self.low = self.high = 0
        self.table: npt.NDArray[np.int32] = np.zeros((0, width), np.int32)

    def of(self, numbers: Int64s) -> Int64s:
        """Return the place of each number."""
        low, high = int(numbers.min()), int(numbers.max()) + 1
        if not len(self.table):
            self.low = self.high = low
        if low < self.low or high > self.high:
            self._grow(min(low, self.low), max(high, self.high))
        return numbers - self.low

    def _grow(self, low: int, high: int) -> None:
        if high - low > self._most:
            raise UnprovenError("order numbers lie far apart", Remedy.OTHER_GROUPING)
        # Room to both sides, so that growing happens seldom.
        spare = min(high - low, self._most - (high - low)) // 2
        new_low = low - spare if low < self.low else low
        new_high = high + spare if high > self.high else high
        table = np.zeros((new_high - new_low, self._width), np.int32)
        start = self.low - new_low
        table[start : start + len(self.table)] = self.table
        self.table, self.low, self.high = table, new_low, new_high

    def at(self, numbers: Int64s) -> npt.NDArray[np.int32]:
        """Return what the table has for the numbers; zeros for those without a place."""
        found = np.zeros((len(numbers), self._width), np.int32)
        inside = (numbers >= self.low) & (numbers < self.high)
        found[inside] = self.table[numbers[inside] - self.low]
        return found


class Scattered:
    """No two rows share an order number: the table has as many days in the end as there were rows."""

    def __init__(self, most: int) -> None:
        self._places = Places(1, most)
        self._rows = 0
        self.repeats = Repeats()

    def take(self, rows: Block) -> Made:
        """Return the rows."""
        assert rows.orders is not None
        if len(rows):
            self._rows += len(rows)
            place = self._places.of(rows.orders)  # which may make a new table
            self._places.table[place, 0] = rows.days + np.int32(FROM_ZERO)
        return Made(rows)

    def rest(self) -> Made | None:
        """Return None. Raises `UnprovenError` where two rows shared a number."""
        # Two rows of one number left one place filled.
        if np.count_nonzero(self._places.table) != self._rows:
            raise UnprovenError("two rows of one order number", Remedy.SHARED_NUMBERS)
        return None

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Answer by the table."""
        return self._places.at(orders)[:, 0] < days + np.int32(FROM_ZERO)


class Distinct:
    """The same for numbers that lie far apart, and for hashes of texts, by sorting all of them."""

    def __init__(self) -> None:
        self._numbers: list[Int64s] = []
        self.repeats = Repeats()

    def take(self, rows: Block) -> Made:
        """Return the rows."""
        assert rows.orders is not None
        self._numbers.append(rows.orders)
        return Made(rows)

    def rest(self) -> Made | None:
        """Return None. Raises `UnprovenError` where two rows shared a number."""
        numbers = ascending(np.concatenate([NO_SLOTS, *self._numbers]))
        if (numbers[1:] == numbers[:-1]).any():
            raise UnprovenError("two rows of one order number", Remedy.SHARED_NUMBERS)
        return None

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Return False for each row: the days of orders were not kept."""
        return np.zeros(len(days), np.bool_)


SUM, FIRST, LAST, SLOT, MARKS, AMOUNT = 0, 2, 3, 4, 5, 3
"""The columns of a table of orders, of 32 bits each; `SUM` and `AMOUNT` count in columns of 64."""
LOWERS, SEVERAL, VARIED = 1, 2, 4
"""Marks of an order: some row lowers; it has several rows above 0; they have several amounts."""


class Summed:
    """Rows of any order in any order, lowering ones as well: the rows of an order number add up at its place.

    Needed for shuffled order lines alone. A place holds the sum in 64 bits, the first day (counted down, so that the
    greatest is the first), the last day, the slot plus 1, marks, and an amount above 0 of some row.
    """

    def __init__(self, ends: Ends, most: int) -> None:
        self._ends = ends
        self._places = Places(8, most)
        self.repeats = Repeats()

    def take(self, rows: Block) -> Made:
        """Add the rows up; none makes an order yet. Raises `UnprovenError` where an order has two customers."""
        assert rows.orders is not None
        assert rows.minor is not None
        if len(rows):
            place = self._places.of(rows.orders)
            for start in range(0, len(rows), AT_ONCE):
                part = slice(start, start + AT_ONCE)
                self._add(place[part], rows.kept(part))
        return Made(rows.kept(slice(0, 0)))

    def _add(self, place: Int64s, rows: Block) -> None:
        assert rows.minor is not None
        table = self._places.table
        np.add.at(table.view(np.int64)[:, SUM], place, rows.minor)
        np.maximum.at(table[:, FIRST], place, np.int32(FROM_ZERO) - rows.days)
        np.maximum.at(table[:, LAST], place, rows.days + np.int32(FROM_ZERO))
        table[place[rows.minor <= 0], MARKS] |= LOWERS
        above = rows.minor > 0
        self._note_amounts(place[above], rows.minor[above])
        self._own(place, (rows.slots + 1).astype(np.int32))

    def _note_amounts(self, place: Int64s, minor: Int64s) -> None:
        """Mark the orders of rows above 0 that have several of them, and several amounts."""
        table = self._places.table
        amounts, marks = table.view(np.int64)[:, AMOUNT], table[:, MARKS]
        again = amounts[place] != 0
        fresh = np.flatnonzero(~again)
        # Of several new rows of one order the last one written is left, and shows that there were others.
        amounts[place[fresh]] = fresh + 1
        again[fresh[amounts[place[fresh]] != fresh + 1]] = True
        amounts[place[fresh]] = minor[fresh]
        other = amounts[place] != minor
        marks[place[again]] |= SEVERAL
        marks[place[other]] |= SEVERAL | VARIED

    def _own(self, place: Int64s, owner: Int32s) -> None:
        owners = self._places.table[:, SLOT]
        before = owners[place]
        if ((before != 0) & (before != owner)).any():
            raise UnprovenError("an order of two customers")
        # Two customers may share an order within the block, too: the last one written shows it.
        owners[place] = owner
        if (owners[place] != owner).any():
            raise UnprovenError("an order of two customers")

    def rest(self) -> Made | None:
        """Return the orders, some with money below 0; unsure are those on several days if one of their rows lowers."""
        there = np.flatnonzero(self._places.table[:, SLOT])
        rows = self._places.table[there]
        slots = rows[:, SLOT].astype(np.int64) - 1
        first, last = np.int32(FROM_ZERO) - rows[:, FIRST], rows[:, LAST] - np.int32(FROM_ZERO)
        marks = rows[:, MARKS]
        self.repeats = Repeats(*(int(np.count_nonzero(marks & mark)) for mark in (SEVERAL, VARIED)))
        doubt = (last > first) & ((marks & LOWERS != 0) | self._ends.apart(first, last))
        return Made(Block(slots, first, np.ascontiguousarray(rows[:, :2]).view(np.int64)[:, 0]), slots[doubt])

    def later(self, orders: Int64s, days: Int32s) -> Booleans:
        """Return True for each row: lowering rows were added like all others."""
        return np.ones(len(days), np.bool_)
