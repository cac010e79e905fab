"""Counts of rows by customer and period on Polars, as the kernel makes them, and how counts add up."""

from __future__ import annotations

from datetime import date
from typing import cast

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.rollup.kernel import counted
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.rollup.rows import SCHEMA

COUNTED = pl.Schema({**SCHEMA, "free_orders": pl.Int32()})
"""What the rows of a roll-up are made of; `period` is null after the last edge."""
TYPES = pl.Schema({name: kind for name, kind in COUNTED.items() if name != "customer_id"})


def counts_of(
    rows: pl.LazyFrame,
    periods: Periods,
    purchases: Purchases,
    *,
    since: date | None = None,
    before: date | None = None,
) -> pl.LazyFrame:
    """Accepted rows (customer, order?, day, minor?) counted: the columns COUNTED; ids keep their type."""
    found = counted(nw.from_native(rows), periods, purchases, since=since, before=before).to_native()
    return cast("pl.LazyFrame", found).rename({"customer": "customer_id"}).cast(TYPES).select(*COUNTED)


def begun_of(rows: pl.LazyFrame, periods: Periods, purchases: Purchases, watermark: date) -> pl.LazyFrame:
    """What the period that holds the watermark counted before it; no rows where periods are days."""
    counts = counts_of(rows, periods, purchases, before=watermark)
    return counts.filter(holds(periods, watermark)) if periods.grain != "day" else counts.clear()


def holds(periods: Periods, day: date) -> pl.Expr:
    """Whether a period, which is null after the last edge, is that of a day."""
    return pl.col("period").eq_missing(pl.lit(periods.end(day), pl.Date))


def merged(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Counts of different days added up by customer and period; ids are texts."""
    sums = [pl.col(name).cast(pl.Int64).sum() for name in ("orders", "lines", "free_orders")]
    # The money of orders without any stays null, which a sum would make 0.
    money = pl.when(pl.col("revenue").count() > 0).then(pl.col("revenue").sum())
    both = pl.concat([one.cast(COUNTED), other.cast(COUNTED)]).lazy()
    grouped = both.group_by("customer_id", "period").agg(
        pl.col("first_order").min(), pl.col("last_order").max(), *sums, revenue=money
    )
    return grouped.cast(COUNTED).select(*COUNTED).collect(engine="streaming")


def free_by_period(named: pl.DataFrame) -> dict[date, int]:
    """Orders of zero value by period, where there are any."""
    found = named.group_by("period").agg(pl.col("free_orders").cast(pl.Int64).sum()).filter(pl.col("free_orders") > 0)
    return dict(found.sort("period").iter_rows())
