"""Which shortcuts to try on some orders, and in which order: the first rows suggest it, the pass proves it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import polars as pl

from rfm_cli.measures.fast.block import Remedy, UnprovenError
from rfm_cli.measures.fast.columns import Columns, columns_of
from rfm_cli.measures.fast.grouping import EachRow, Ends, Grouping, Rising, Runs
from rfm_cli.measures.fast.ids import Texts
from rfm_cli.measures.fast.ledger import DAY_ZERO, Ledger, Stretch
from rfm_cli.measures.fast.slots import FEWEST, Dense, Slots, Table
from rfm_cli.measures.fast.totals import Daily
from rfm_cli.measures.fast.unordered import Distinct, Scattered, Summed
from rfm_cli.measures.purchases import Counting
from rfm_cli.progress import advance, is_watched, step
from rfm_cli.tables.csv_rows import HEAD
from rfm_cli.tables.order_model import Facts, Orders

MOST_PLACES = 1 << 28
"""The most places for order numbers, of four bytes each."""
FEW_PLACES = 1 << 20
"""The places that are allowed however small the files are."""
MOST_DENSE = 1 << 24
"""Ids are tried as slots if the first rows have none above."""
MOST_SLOTS = 1 << 24
"""The slots of all stretches, of 16 bytes each, that are allowed however small the files are."""
ROWS = 1 << 17
"""The rows of a block: as many as Polars makes at once, so that nothing is copied, and few enough for the cache."""
TEXT_ROWS = 1 << 18
"""The same where ids are texts that wait to be compared: larger blocks keep a third less of what Polars made."""
AHEAD = "POLARS_ROW_GROUP_PREFETCH_SIZE"
ALL_DAYS = np.array([2**31 - 1], np.int32)

FrameOf = Callable[[Ledger], pl.DataFrame]


@dataclass(frozen=True)
class Way:
    """Columns, and how their rows become orders.

    With `single` each row has to be an order. With `rows_kept` more is kept than the sums of customers.
    """

    columns: Columns
    grouping: Callable[[Ends], Grouping]
    single: bool = True
    rows_kept: bool = False


@dataclass(frozen=True)
class Task:
    """What is to be counted: stretches that end at the ascending `ends` (without any: one stretch, of all days).

    `stretches` makes empty ones, one per end. `frame_of` makes the answer of a full ledger.
    """

    counting: Counting
    ends: Sequence[date]
    stretches: Callable[[], Sequence[Stretch]]
    frame_of: FrameOf
    most_slots: int


Answer = tuple[pl.DataFrame, Facts]


def answer(
    orders: Orders,
    counting: Counting,
    ends: Sequence[date],
    *,
    stretches: Callable[[], Sequence[Stretch]],
    frame_of: FrameOf,
) -> Answer | None:
    """Count orders by the first shortcut that every row proves. Returns `frame_of` its ledger, and the facts.

    Returns None where no shortcut is proved; the plain way has to answer then.
    """
    if counting.one_a_day or counting.returned_ignored:
        return None
    task = Task(counting, ends, stretches, frame_of, most_slots=max(MOST_SLOTS, orders.size // 2))
    try:
        exact = columns_of(orders)
        return None if exact is None else _first_proved(exact, orders, task)
    except pl.exceptions.PolarsError:
        return None  # the plain way meets the error again, and reports it


def _first_proved(exact: Columns, orders: Orders, task: Task) -> Answer | None:
    """Try one way after another, and change slots and ways by the remedy of the one that failed."""
    first = exact.frame.head(HEAD).collect()
    # Unused slots take no memory; all together would take a quarter of the size of the files.
    dense = partial(Dense, max(FEWEST, orders.size // 64))
    slots: Callable[[], Slots] = dense if _looks_dense(exact, first) else Table
    shares_numbers = False
    for way in _ways(exact, orders, first):
        if shares_numbers and way.single:
            continue
        found = _attempt(way, slots(), task)
        if found is Remedy.TABLE:
            slots = Table
            found = _attempt(way, slots(), task)
        if not isinstance(found, Remedy):
            return found
        if found is Remedy.NONE:
            return None
        shares_numbers = shares_numbers or found is Remedy.SHARED_NUMBERS
    return None


def _attempt(way: Way, slots: Slots, task: Task) -> Answer | Remedy:
    """Read all rows in one way. Returns the answer, or what may still work where some row disproves the way."""
    # The only place that catches UnprovenError. The checks lie deep in loops over blocks, and a failure ends all of
    # them at once: results that say so would have to pass through every function in between.
    try:
        ledger = read_rows(way, slots, task)
        return task.frame_of(ledger), ledger.facts()
    except UnprovenError as error:
        return error.remedy
    except pl.exceptions.PolarsError:
        # Order ids that were read as numbers at once may be none. Any other error is for the plain way to report.
        return Remedy.OTHER_GROUPING if way.columns.loose else Remedy.NONE


def _looks_dense(columns: Columns, first: pl.DataFrame) -> bool:
    """Return whether the first ids are small enough to be slots themselves."""
    numbers = first["customer"]
    low, high = numbers.min(), numbers.max()
    if isinstance(columns.customer, Texts) or not isinstance(low, int) or not isinstance(high, int):
        return False
    return low >= 0 and high < MOST_DENSE


def _ways(exact: Columns, orders: Orders, first: pl.DataFrame) -> Iterator[Way]:
    """List the ways in which rows may become orders, the most promising first.

    Under a limit on memory these are only ways that keep no more than the sums of customers.
    """
    limited = orders.options.memory is not None
    return (way for way in _all_ways(exact, orders, first) if not (limited and way.rows_kept))


def _all_ways(exact: Columns, orders: Orders, first: pl.DataFrame) -> Iterator[Way]:
    if exact.order is None:
        yield Way(exact, lambda _: EachRow())
        return
    # Only the numbers of adding rows count here: a lowering row may repeat one and is judged by itself.
    adding = first if exact.scale is None else first.filter(pl.col("minor").fill_null(0) >= 0)
    numbers = adding["order"].drop_nulls().to_numpy()
    ordered = np.sort(numbers)
    repeats = bool((ordered[1:] == ordered[:-1]).any())
    most = min(max(orders.size // 2, FEW_PLACES), MOST_PLACES)
    if isinstance(exact.order, Texts):
        if not repeats:
            yield Way(exact, lambda _: Distinct(), rows_kept=True)
        return
    if (numbers[1:] > numbers[:-1]).all() and (loose := columns_of(orders, loose=True)):
        yield Way(loose, lambda _: Rising())
    if not repeats:
        yield Way(exact, lambda _: Scattered(most), rows_kept=True)
        yield Way(exact, lambda _: Distinct(), rows_kept=True)
    elif (numbers[1:] >= numbers[:-1]).all():
        yield Way(exact, Runs, single=False)
    if exact.scale is not None:
        yield Way(exact, lambda ends: Summed(ends, most // 8), single=False, rows_kept=True)


def read_rows(way: Way, slots: Slots, task: Task) -> Ledger:
    """Return the ledger of all rows. Rows after the last end are not seen.

    Raises `UnprovenError` where a row is not as slots and grouping need it, or where all stretches together would take
    more than `most_slots`.
    """
    columns, stretches = way.columns, task.stretches()
    last_days = np.array([(end - DAY_ZERO).days for end in task.ends], np.int32) if task.ends else ALL_DAYS
    ends = Ends(last_days, daily=isinstance(stretches[-1], Daily))
    ledger = Ledger(columns, slots, way.grouping(ends), task.counting, ends, stretches)
    # A Parquet file says how many rows it has; the rows of a text file would have to be read for that.
    counts_rows = not columns.text and is_watched()
    total = columns.frame.select(pl.len()).collect().item() if counts_rows else None
    rows = ROWS if ledger.known is None else TEXT_ROWS
    try:
        with step("reading orders", total), _one_ahead():
            for block in columns.frame.collect_batches(chunk_size=rows, maintain_order=True, engine="streaming"):
                ledger.read(block)
                advance(block.height)
                if slots.count() * len(stretches) > task.most_slots:
                    raise UnprovenError("too many customers for a place in every stretch")
        ledger.finish()
    finally:
        if ledger.known is not None:
            ledger.known.close()
    return ledger


@contextmanager
def _one_ahead() -> Iterator[None]:
    """Make Polars read one row group ahead, not four: as fast for a pass that never waits, in a third less memory."""
    before = os.environ.get(AHEAD)
    os.environ.setdefault(AHEAD, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[AHEAD]
