"""Slots: each customer gets a small number, under which numpy keeps all sums of that customer."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from rfm_cli.measures.fast.block import NO_SLOTS, Int64s, Remedy, UnprovenError
from rfm_cli.tables.order_model import heavy_place

EMPTY = np.int64(np.iinfo(np.int64).min)
"""The key of an empty place in the table; no id may be it."""
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: it spreads numbers that are near each other far apart in the high bits."""
FEWEST = 1 << 22
"""Dense slots are worth their memory up to here, however few the rows."""
AT_ONCE = 1 << 15
"""This many rows look for their places together."""
MOST_STEPS = 2_000
"""With more places in a row taken by others, ids were made to collide, or the table does not suit them."""


class Slots(Protocol):
    """Slots by number: the same number has the same slot, another number another."""

    def of(self, numbers: Int64s) -> tuple[Int64s, Int64s]:
        """Return the slot of each number, and the places of rows whose number is new, in the order of the new slots."""
        ...

    def count(self) -> int:
        """Return more than the highest slot in use."""
        ...

    def numbers(self, slots: Int64s) -> Int64s:
        """Return the numbers that have these slots."""
        ...


class Dense:
    """Each number is its own slot; for numbers from 0 up that are not many times as many as the rows.

    `most` slots are worth their memory however few rows have been read.
    """

    def __init__(self, most: int = FEWEST) -> None:
        self._most = most
        self._count = self._rows = 0

    def of(self, numbers: Int64s) -> tuple[Int64s, Int64s]:
        """Use each number as its own slot; new ones are not reported. Raises `UnprovenError` for one below 0 or too
        large."""
        self._rows += len(numbers)
        if len(numbers):
            self._count = max(self._count, int(numbers.max()) + 1)
            if self._count > max(self._most, 2 * self._rows) or int(numbers.min()) < 0:
                raise UnprovenError("ids are sparse", Remedy.TABLE)
        return numbers, NO_SLOTS

    def count(self) -> int:
        """Return one more than the greatest number."""
        return self._count

    def numbers(self, slots: Int64s) -> Int64s:
        """Return the slots."""
        return slots


class Table:
    """Any numbers: an open-addressing hash table that takes a block of rows at a time; slots count up from 0.

    A place holds a key and its slot side by side, in one cache line. A number looks from its home place onward until it
    finds itself or an empty place, which it takes. Where several want one place, the last written has it and the others
    look on.
    """

    def __init__(self, bits: int = 16) -> None:
        self._used = 0
        self._keys = np.empty(1 << bits, np.int64)
        self._allocate(bits)

    def _allocate(self, bits: int) -> None:
        self._bits, self._mask = bits, np.int64((1 << bits) - 1)
        places = np.empty((1 << bits, 2), np.int64)
        self._key, self._slot = places[:, 0], places[:, 1]
        self._key[:] = EMPTY

    def of(self, numbers: Int64s) -> tuple[Int64s, Int64s]:
        """Return the slot of each number, and the rows that are the first with their number."""
        if bool((numbers == EMPTY).any()):
            raise UnprovenError("an id is the mark of an empty place")
        slots, news = np.empty(len(numbers), np.int64), [NO_SLOTS]
        for start in range(0, len(numbers), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            slots[part], new = self._of(numbers[part])
            news.append(new + start)
        return slots, np.concatenate(news)

    def _of(self, numbers: Int64s) -> tuple[Int64s, Int64s]:
        self._make_room(len(numbers))
        place = self._home(numbers)
        news: list[Int64s] = []
        rest = np.flatnonzero(self._key[place] != numbers)
        steps = 0
        # Each round settles the rows that found their number or an empty place; few are left after one or two.
        while len(rest):
            news.append(self._claim(numbers, place, rest))
            rest = rest[self._key[place[rest]] != numbers[rest]]
            place[rest] = (place[rest] + 1) & self._mask
            steps += 1
            if steps > MOST_STEPS:
                raise UnprovenError("ids meet in the table")
        return self._slot[place], np.concatenate(news) if news else NO_SLOTS

    def _claim(self, numbers: Int64s, place: Int64s, rest: Int64s) -> Int64s:
        """Return the rows among `rest` that took the empty place where they look."""
        at_empty = rest[self._key[place[rest]] == EMPTY]
        if not len(at_empty):
            return NO_SLOTS
        wanted = place[at_empty]
        self._key[wanted] = numbers[at_empty]
        self._slot[wanted] = at_empty  # the last writer wins, and is known by its row
        won: Int64s = at_empty[self._slot[wanted] == at_empty]
        self._slot[place[won]] = np.arange(self._used, self._used + len(won))
        self._remember(numbers[won])
        return won

    def _remember(self, keys: Int64s) -> None:
        end = self._used + len(keys)
        if end > len(self._keys):
            self._keys = np.concatenate([self._keys, np.empty(max(len(self._keys), end), np.int64)])
        self._keys[self._used : end] = keys
        self._used = end

    def _home(self, numbers: Int64s) -> Int64s:
        mixed: npt.NDArray[np.uint64] = numbers.view(np.uint64) * FACTOR
        home: Int64s = (mixed >> np.uint64(64 - self._bits)).astype(np.int64)
        return home

    def _make_room(self, rows: int) -> None:
        """Grow the table so that `rows` more numbers would leave half of it empty."""
        bits = self._bits
        # Half empty at least, so that the next empty place is near.
        while self._used + rows > 1 << (bits - 1):
            bits += 1
        if bits > self._bits:
            keys = self._keys[: self._used]
            self._allocate(bits)
            self._used = 0
            for start in range(0, len(keys), 1 << 16):
                self._again(keys[start : start + (1 << 16)], start)
            self._used = len(keys)

    def _again(self, keys: Int64s, first: int) -> None:
        """Put keys, all different, into the new table with the slots that they had."""
        place = self._home(keys)
        rest = np.arange(len(keys))
        while len(rest):
            # All keys differ, so that the last writer of a place is its owner, and the others find another key there.
            free = rest[self._key[place[rest]] == EMPTY]
            wanted = place[free]
            self._key[wanted] = keys[free]
            self._slot[wanted] = free + first
            rest = rest[self._key[place[rest]] != keys[rest]]
            place[rest] = (place[rest] + 1) & self._mask

    def count(self) -> int:
        """Return how many different numbers there were."""
        return self._used

    def numbers(self, slots: Int64s) -> Int64s:
        """Return the numbers that have these slots."""
        return self._keys[slots]


ONE = np.int32(1)
"""A number in the type of the counts: numpy adds a plain 1 a hundred times more slowly."""


class RowCounts:
    """The number of rows by slot, to find a customer who has too many."""

    def __init__(self) -> None:
        self._rows = np.zeros(0, np.int32)

    def add(self, slots: Int64s, most: int) -> None:
        """Count rows by their slots. All slots are below `most`."""
        if most > len(self._rows):
            grown = np.zeros(max(most, 2 * len(self._rows)), np.int32)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        np.add.at(self._rows, slots, ONE)

    def heavy(self) -> tuple[int, int] | None:
        """Return the slot with too many rows for one customer, and their number; None where no slot has."""
        slot = heavy_place(pl.Series(self._rows))
        return None if slot is None else (slot, int(self._rows[slot]))
