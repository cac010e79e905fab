"""Spells by integer arithmetic, for states that depend on recency and frequency alone.

The states of all levels of recency and all frequencies are in one small table, made by the expressions that score
customers, and a step looks its states up there. Rows that change no state are left out at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

AT_ONCE = 1 << 16
"""This many steps, and the levels that they are spread to, stay in the processor's cache."""
DAYS_APART = 1 << 23
MOST_ID = 1 << 40
"""A customer's number below it and a day, which is less than DAYS_APART from any other, fit one 64-bit key."""
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]
UInt16s = npt.NDArray[np.uint16]
OPEN = np.int32(2**31 - 1)
"""The day of leaving, and the next state, of a spell that is not over."""


@dataclass(frozen=True)
class Lookup:
    """The state of each level of recency (its first day in `starts`, ascending from 0) and each frequency.

    `states` has one row per level. A frequency past its last column counts as the last one; column 0 is the state of
    those without a purchase.
    """

    starts: Int32s
    states: UInt16s


@dataclass(frozen=True)
class Spells:
    """The spells by customer and day: state, day entered, day left (OPEN while it lasts), and the next state."""

    states: UInt16s
    entered: Int32s
    left: Int32s
    next: UInt16s


def lookup_of(starts: Sequence[int], most: int, states_of: Callable[[pl.DataFrame], pl.Series]) -> Lookup:
    """Make the table for recency levels that begin at `starts`, and frequencies up to `most`, past which none matters.

    `states_of` gives the states of measured customers (recency_days, null without a purchase, and frequency).
    """
    grid = pl.DataFrame({"recency_days": starts}, schema={"recency_days": pl.Int32}).join(
        pl.DataFrame({"frequency": range(most + 1)}, schema={"frequency": pl.Int32}), how="cross"
    )
    bought = pl.when(pl.col("frequency") > 0).then("recency_days")
    states = states_of(grid.with_columns(recency_days=bought)).to_numpy().reshape(len(starts), most + 1)
    return Lookup(np.array(starts, np.int32), states.astype(np.uint16))


@dataclass(frozen=True)
class Steps:
    """Steps by customer and day: customers by number, days since 1970, the purchases of the step, and the day of the
    last of them (anything without one)."""

    customers: Int64s
    days: Int32s
    frequency: Int32s
    last: Int32s

    def part(self, start: int, end: int) -> Steps:
        """Return the steps from one place to another."""
        part = slice(start, end)
        return Steps(self.customers[part], self.days[part], self.frequency[part], self.last[part])


def by_customer(customers: Int64s, days: Int32s, frequency: Int32s, last: Int32s) -> Steps:
    """Sort steps. They mostly come as a few parts that are in order each, which a merging sort makes use of."""
    if (customers[1:] < customers[:-1]).any() or ((customers[1:] == customers[:-1]) & (days[1:] < days[:-1])).any():
        order = _merged_order(customers, days)
        customers, days, frequency, last = customers[order], days[order], frequency[order], last[order]
    return Steps(customers, days, frequency, last)


def _merged_order(customers: Int64s, days: Int32s) -> Int64s:
    if max(-int(customers.min()), int(customers.max())) >= MOST_ID:
        return np.lexsort((days, customers))
    return np.argsort(customers * DAYS_APART + days, kind="stable")


def spells(steps: Steps, lookup: Lookup, end: int) -> Iterator[Spells]:
    """Return the spells of all customers up to the day `end`, in parts that fit the processor's cache.

    A thread per core works on parts: numpy lets others run while it computes.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda part: _spells(part, lookup, end), _parts(steps))


def _parts(steps: Steps) -> Iterator[Steps]:
    start = 0
    while start < len(steps.customers):
        stop = min(start + AT_ONCE, len(steps.customers))
        if stop < len(steps.customers):  # a customer's steps stay together
            stop = int(np.searchsorted(steps.customers, steps.customers[stop - 1], side="right"))
        yield steps.part(start, stop)
        start = stop


def _spells(steps: Steps, lookup: Lookup, end: int) -> Spells:
    held = _held(steps, end)
    low = _level(held.days - held.last, lookup.starts)
    high = _level(held.until - 1 - held.last, lookup.starts)
    never = held.frequency == 0
    low[never] = high[never] = 0
    rows, levels = _spread(low, high)
    entered = np.maximum(held.days[rows], held.last[rows] + lookup.starts[levels])
    places = np.minimum(held.frequency, lookup.states.shape[1] - 1)[rows]
    states = lookup.states[levels, places]
    return _merged(held.first[rows] & (levels == low[rows]), states, np.where(never[rows], held.days[rows], entered))


@dataclass(frozen=True)
class _Held:
    """What a customer was from a day until another: whether it is the first, purchases so far, and the day of the last
    one."""

    first: Booleans
    days: Int32s
    until: Int32s
    frequency: Int32s
    last: Int32s


def _held(steps: Steps, end: int) -> _Held:
    """Keep the steps that matter: those with a purchase, and each customer's first."""
    first = _changes(steps.customers)
    kept = first | (steps.frequency > 0)
    days, first, own = steps.days[kept], first[kept], steps.frequency[kept]
    total = np.cumsum(own, dtype=np.int64)
    starts = np.flatnonzero(first)
    before = (total - own)[starts]
    frequency = (total - np.repeat(before, np.diff(np.append(starts, len(total))))).astype(np.int32)
    until = np.full(len(days), end + 1, np.int32)
    until[:-1] = np.where(first[1:], end + 1, days[1:])
    return _Held(first, days, until, frequency, steps.last[kept])


def _changes(values: npt.NDArray[np.generic]) -> Booleans:
    """Return whether each value differs from the one before it."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _level(days: Int32s, starts: Int32s) -> npt.NDArray[np.int8]:
    """Return the level that each number of days of recency is in."""
    level = np.zeros(len(days), np.int8)
    for start in starts[1:]:
        level += days >= start
    return level


def _spread(low: npt.NDArray[np.int8], high: npt.NDArray[np.int8]) -> tuple[Int64s, Int64s]:
    """Return one row for each level from `low` to `high`: the place of its step, and the level."""
    counts = high - low + 1
    rows = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts, dtype=np.int64) - counts
    return rows, np.arange(len(rows)) - (begins - low)[rows]


def _merged(first: Booleans, states: UInt16s, entered: Int32s) -> Spells:
    """Merge neighboring rows of one state into a spell, with the next state; `first` are the first rows of
    customers."""
    begins = first | _changes(states)
    first, states, entered = first[begins], states[begins], entered[begins]
    left, following = np.full(len(entered), OPEN), np.zeros(len(states), np.uint16)
    left[:-1] = np.where(first[1:], OPEN, entered[1:])
    following[:-1] = states[1:]
    return Spells(states, entered, left, following)


def stays(parts: Iterator[Spells], count: int, start: int, end: int) -> pl.DataFrame:
    """Count spells entered from the day `start` to `end`: state, next (null: open), days, spells.

    The columns are those of `survival.durations`; there are `count` states.
    """
    longest = end - start + 1
    counts = np.zeros(count * (count + 1) * longest, np.int64)
    for found in parts:
        chosen = found.entered >= start
        entered, left = found.entered[chosen], found.left[chosen]
        is_open = left == OPEN
        days = np.where(is_open, end, left) - entered
        following = np.where(is_open, count, found.next[chosen]).astype(np.int64)
        key = (found.states[chosen].astype(np.int64) * (count + 1) + following) * longest + days
        counts += np.bincount(key, minlength=len(counts))
    places = np.flatnonzero(counts)
    pair, days_of = np.divmod(places, longest)
    state, to = np.divmod(pair, count + 1)
    table = pl.DataFrame({"state": state, "next": to, "days": days_of, "spells": counts[places]})
    ways = pl.when(pl.col("next") < count).then("next").cast(pl.UInt16)
    return table.select(
        pl.col("state").cast(pl.UInt16), next=ways, days=pl.col("days").cast(pl.Int32), spells="spells"
    ).sort("state", "next", "days")
