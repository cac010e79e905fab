"""Checks of what a score believes of orders: one person behind each id, one order in each row, no stray dates.

No function here changes an answer. Each one looks at customers that were measured already, and at the rows once more
only where a doubt is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note
from rfm_cli.plausibility.ids import on_ids, on_one_order
from rfm_cli.plausibility.rows import MOST_ROWS, on_same_day, on_stray_end, on_time_zone

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.order_model import Facts


def on_all(
    shop: Shop, facts: Facts, measured: pl.DataFrame, *, one_a_day: bool = False, dated: bool = False
) -> Iterator[Note]:
    """Yield all that is odd, for `rfm check`, which looks at any number of rows.

    `one_a_day` and `dated` say that purchases of one day are one already, and that an as-of date was given.
    """
    if measured.is_empty():
        return
    if not dated:
        yield from on_stray_end(shop, facts.last_day, measured["last_order"])
    yield from on_customers(shop, facts, measured, None, one_a_day=one_a_day, every_size=True)
    yield from on_time_zone(shop, facts, every_size=True)


def on_customers(
    shop: Shop,
    facts: Facts,
    measured: pl.DataFrame,
    as_of: date | None,
    *,
    one_a_day: bool = False,
    every_size: bool = False,
) -> Iterator[Note]:
    """Yield what is odd about ids and rows up to `as_of`; of more than 200,000 rows all but what needs another pass.

    `measured` has customer, first_order, last_order and frequency. `one_a_day` says that purchases of one day are one
    already.
    """
    yield from on_ids(shop, facts, measured, as_of)
    yield from on_one_order(shop, measured)
    if not one_a_day and (every_size or facts.accepted <= MOST_ROWS):
        yield from on_same_day(shop, measured, as_of)
