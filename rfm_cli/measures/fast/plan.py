"""Which shortcuts to try on some orders, and in which order: their first rows suggest it, the pass proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import polars as pl

from rfm_cli.measures.fast.columns import Columns, columns_of
from rfm_cli.measures.fast.grouping import EachRow, Ends, Grouping, Rising, Runs
from rfm_cli.measures.fast.slots import FEWEST, Dense, Slots, Table
from rfm_cli.measures.fast.tally import Ledger, Stretch, tallied
from rfm_cli.measures.fast.texts import Texts
from rfm_cli.measures.fast.unordered import Distinct, Scattered, Summed
from rfm_cli.measures.fast.unproven import GroupingError, RepeatedError, SparseError, UnprovenError
from rfm_cli.measures.purchases import Counting
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.sources import HEAD

MOST_PLACES = 1 << 28
"""Order numbers have so many places at most, of four bytes."""
FEW_PLACES = 1 << 20
"""And so many however small the files."""
MOST_DENSE = 1 << 24
"""Ids are tried as slots where the first rows have none above."""

MOST_SLOTS = 1 << 24
"""All stretches may have so many slots, of 16 bytes, however small the files."""


@dataclass(frozen=True)
class Way:
    """The columns, and how their rows become orders; `single` where each row has to be one, `rows_kept` where more is
    kept than what customers add up to."""

    columns: Columns
    grouping: Callable[[Ends], Grouping]
    single: bool = True
    rows_kept: bool = False


def tally(
    orders: Orders, counting: Counting, ends: Sequence[date], stretches: Callable[[], Sequence[Stretch]]
) -> Ledger | None:
    """The ledger of the orders in `stretches` that end at the ascending `ends` (without any: one stretch, of all
    days); None where no shortcut is proved.

    What the rows are not as any way needs them, or as Polars reads them, is left to the plain way at once.
    """
    if counting.one_a_day:
        return None
    try:
        exact = columns_of(orders)
        return None if exact is None else _tried(exact, orders, counting, ends, stretches)
    except (UnprovenError, pl.exceptions.PolarsError):
        return None


def _tried(
    exact: Columns,
    orders: Orders,
    counting: Counting,
    ends: Sequence[date],
    stretches: Callable[[], Sequence[Stretch]],
) -> Ledger | None:
    first = exact.frame.head(HEAD).collect()
    # Slots that nobody uses take no memory; all together would take a quarter of what the files do.
    dense = partial(Dense, max(FEWEST, orders.size // 64))
    slots: Callable[[], Slots] = dense if _looks_dense(exact, first) else Table
    most = max(MOST_SLOTS, orders.size // 2)
    repeated = False
    for way in _ways(exact, orders, first):
        if repeated and way.single:
            continue
        try:
            try:
                return tallied(way.columns, slots(), way.grouping, counting, ends, stretches(), most)
            except SparseError:
                slots = Table
                return tallied(way.columns, slots(), way.grouping, counting, ends, stretches(), most)
        except GroupingError as error:
            repeated = repeated or isinstance(error, RepeatedError)
        except pl.exceptions.PolarsError:
            if not way.columns.loose:  # of loose order ids some are no numbers
                raise
    return None


def _looks_dense(columns: Columns, first: pl.DataFrame) -> bool:
    numbers = first["customer"]
    low, high = numbers.min(), numbers.max()
    if isinstance(columns.customer, Texts) or not isinstance(low, int) or not isinstance(high, int):
        return False
    return low >= 0 and high < MOST_DENSE


def _ways(exact: Columns, orders: Orders, first: pl.DataFrame) -> Iterator[Way]:
    """How the rows may become orders, the most promising way first; under a limit on memory only those that keep no
    more than what customers add up to."""
    limited = orders.options.memory is not None
    return (way for way in _all_ways(exact, orders, first) if not (limited and way.rows_kept))


def _all_ways(exact: Columns, orders: Orders, first: pl.DataFrame) -> Iterator[Way]:
    if exact.order is None:
        yield Way(exact, lambda _: EachRow())
        return
    # Rows that lower are judged apart.
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
