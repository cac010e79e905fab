"""Which shortcuts to try on some orders, and in which order: their first rows suggest it, the pass proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from rfm_cli.fast.columns import Columns, columns_of
from rfm_cli.fast.grouping import EachRow, Ends, Grouping, Rising, Runs
from rfm_cli.fast.scattered import Distinct, Scattered, Summed
from rfm_cli.fast.slots import Dense, Slots, Table
from rfm_cli.fast.tally import Ledger, Stretch, tallied
from rfm_cli.fast.texts import Texts
from rfm_cli.fast.unproven import SparseError, UnprovenError
from rfm_cli.measures import Counting
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.sources import HEAD

MOST_PLACES = 1 << 28
"""Order numbers have so many places at most, of four bytes."""
FEW_PLACES = 1 << 20
"""And so many however small the files."""
MOST_DENSE = 1 << 24
"""Ids are tried as slots where the first rows have none above."""

Way = tuple[Columns, Callable[[Ends], Grouping]]
"""The columns, and how their rows become orders."""


def tally(
    orders: Orders, counting: Counting, ends: Sequence[date], stretches: Callable[[], Sequence[Stretch]]
) -> Ledger | None:
    """The ledger of the orders in `stretches` that end at the ascending `ends` (without any: one stretch, of all
    days); None where no shortcut is proved."""
    if counting.one_a_day:
        return None
    exact = columns_of(orders)
    if exact is None:
        return None
    first = exact.frame.head(HEAD).collect()
    slots: type[Slots] = Dense if _looks_dense(exact, first) else Table
    for columns, grouping in _ways(exact, orders, first):
        try:
            try:
                return tallied(columns, slots(), grouping, counting, ends, stretches())
            except SparseError:
                slots = Table
                return tallied(columns, slots(), grouping, counting, ends, stretches())
        except UnprovenError:
            continue
    return None


def _looks_dense(columns: Columns, first: pl.DataFrame) -> bool:
    numbers = first["customer"]
    low, high = numbers.min(), numbers.max()
    if isinstance(columns.customer, Texts) or not isinstance(low, int) or not isinstance(high, int):
        return False
    return low >= 0 and high < MOST_DENSE


def _ways(exact: Columns, orders: Orders, first: pl.DataFrame) -> Iterator[Way]:
    """How the rows may become orders, the most promising way first."""
    if exact.order is None:
        yield exact, lambda _: EachRow()
        return
    numbers = first["order"].drop_nulls().to_numpy()
    if "minor" in first.columns:  # lowering rows are judged apart
        adds = first.filter(pl.col("minor").fill_null(0) >= 0)["order"].drop_nulls().to_numpy()
    else:
        adds = numbers
    ordered = np.sort(adds)
    repeats = bool((ordered[1:] == ordered[:-1]).any())
    most = min(max(orders.size // 2, FEW_PLACES), MOST_PLACES)
    if isinstance(exact.order, Texts):
        if not repeats:
            yield exact, lambda _: Distinct()
        return
    rises = bool((adds[1:] > adds[:-1]).all())
    if rises and (loose := columns_of(orders, loose=True)):
        yield loose, lambda _: Rising()
    if repeats:
        if (adds[1:] >= adds[:-1]).all():
            yield exact, Runs
        if exact.scale is not None:
            yield exact, lambda ends: Summed(ends, most // 8)
        return
    yield exact, lambda _: Scattered(most)
    yield exact, lambda _: Distinct()
