"""A stretch that is told day by day: what each customer's rows of one day add up to, found by sorting integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rfm_cli.measures.fast.block import NOBODY, Block, Int32s
from rfm_cli.measures.fast.ids import Int64s
from rfm_cli.measures.fast.sorting import ascending, places_of
from rfm_cli.measures.fast.unproven import UnprovenError

DAY_BITS = 23
"""A day and whether it is one of a purchase; slots have the bits above."""
DAY_ONE = 1 << 20
"""Added to a day, so that those before 1970 are not below 0."""
MOST_SLOTS = 1 << (63 - DAY_BITS)
PAID = 1


@dataclass(frozen=True)
class Days:
    """A row a slot and day with a row, by slot and day: purchases, money (None where it was not kept), and how many
    orders of the day were of zero value."""

    slots: Int64s
    days: Int32s
    frequency: Int64s
    monetary: Int64s | None
    free: Int64s


class Daily:
    """Rows kept one by one; without `money` a row is 8 bytes, and their order is found without what they cost."""

    def __init__(self, *, money: bool) -> None:
        self._money = money
        self._keys: list[Int64s] = []
        self._minor: list[Int64s] = []
        self._free: list[Int64s] = []
        self._size = 0
        self._paid = False

    def buy(self, orders: Block, slots: int) -> None:
        """Nothing: these purchases are kept."""
        self._keep(orders, 0, slots)

    def pay(self, rows: Block, slots: int) -> None:
        """Nothing: these rows, which are no purchases, are kept."""
        self._keep(rows, PAID, slots)

    def give(self, rows: Block) -> None:
        """Nothing: each of these rows is an order of zero value, whether it counts or not."""
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
        """The rows added up by slot and day."""
        keys = np.concatenate([NOBODY, *self._keys])
        minor = None
        if self._money and self._minor:
            order = places_of(keys)
            keys, minor = keys[order], np.concatenate(self._minor)[order]
        else:
            keys = ascending(keys)
        places = keys >> 1 if self._paid else keys  # all purchases: then the mark tells nothing apart
        fresh = np.ones(len(places), np.bool_)
        np.not_equal(places[1:], places[:-1], out=fresh[1:])
        starts = np.flatnonzero(fresh)
        bought = _added(1 - (keys & PAID), starts) if self._paid else np.diff(starts, append=len(keys))
        found = places[starts] if self._paid else places[starts] >> 1
        free = np.searchsorted(found, np.concatenate([NOBODY, *self._free]) >> 1)
        return Days(
            found >> (DAY_BITS - 1),
            ((found & ((1 << (DAY_BITS - 1)) - 1)) - DAY_ONE).astype(np.int32),
            bought,
            None if minor is None else _added(minor, starts),
            np.bincount(free, minlength=len(found)),
        )


def _keys(rows: Block) -> Int64s:
    days = rows.days.astype(np.int64) + DAY_ONE
    keys: Int64s = (rows.slots << DAY_BITS) | (days << 1)
    return keys


def _added(values: Int64s, starts: Int64s) -> Int64s:
    """The sums of the runs that begin at these places."""
    return np.add.reduceat(values, starts) if len(starts) else values
