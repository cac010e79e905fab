"""What a version keeps so that new rows can be folded in: raw rows of the last days, and periods that had begun.

A row that comes in later lies on the watermark or after it, so what happened before the watermark is settled, but for
one question: whether the order of a new row had begun before. Lines of one order lie within `OPEN_DAYS` days of each
other; so every order with a row in twice as many days before the last one is kept, all of its rows, and others are not
needed. The period that holds the watermark is kept as it was up to the watermark.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.rollup.kernel import counted
from rfm_cli.rollup.manifest import OPEN_DAYS
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.rollup.rows import SCHEMA

RAW = ("customer_id", "order_id", "day", "minor")
COUNTED = pl.Schema({**SCHEMA, "free_orders": pl.Int32()})
"""What the rows of a roll-up are made of; `period` is null after the last edge."""


def raw(rows: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows as they are kept, in a fixed order: customer_id and order_id (text), day, minor; what they lack is
    null."""
    there = rows.columns
    order = pl.col("order").cast(pl.String) if "order" in there else pl.lit(None, pl.String)
    minor = pl.col("minor") if "minor" in there else pl.lit(None, pl.Int64)
    return rows.select(customer_id=pl.col("customer").cast(pl.String), order_id=order, day="day", minor=minor).sort(RAW)


def keep_from(last: date) -> date:
    """The day from which orders are kept that have a row on it or later."""
    return last - timedelta(days=2 * OPEN_DAYS)


def recent_of(rows: pl.LazyFrame, last: date, *, each_row_an_order: bool = False) -> pl.DataFrame:
    """The rows to keep of accepted rows (customer, order?, day, minor?), as `raw` has them."""
    near = rows.filter(pl.col("day") >= keep_from(last))
    if each_row_an_order or "order" not in rows.collect_schema():
        return raw(near.collect(engine="streaming"))
    begun = near.select("customer", "order").drop_nulls().unique()
    far = rows.filter(pl.col("day") < keep_from(last)).join(begun, on=["customer", "order"], how="semi")
    return raw(pl.concat([near, far]).collect(engine="streaming"))


def still_recent(kept: pl.DataFrame, last: date) -> pl.DataFrame:
    """Of rows as `raw` has them those that are still to be kept when `last` is the last day."""
    late = pl.col("day") >= keep_from(last)
    named = pl.col("order_id").is_not_null()
    own = kept.filter(named & late).select("customer_id", "order_id").unique()
    whole = kept.filter(named).join(own, on=["customer_id", "order_id"], how="semi")
    return pl.concat([whole, kept.filter(~named & late)]).sort(RAW)


def rolled_rows(
    rows: pl.LazyFrame,
    periods: Periods,
    purchases: Purchases,
    *,
    since: date | None = None,
    before: date | None = None,
) -> pl.LazyFrame:
    """Accepted rows counted by the kernel, on Polars: the columns COUNTED; ids keep their type."""
    found = counted(nw.from_native(rows), periods, purchases, since=since, before=before).to_native()
    types = pl.Schema({name: kind for name, kind in COUNTED.items() if name != "customer_id"})
    return cast("pl.LazyFrame", found).rename({"customer": "customer_id"}).cast(types).select(*COUNTED)


def as_rows(kept: pl.DataFrame, scale: int | None) -> pl.LazyFrame:
    """Rows as `raw` has them as the kernel takes them."""
    rows = kept.lazy().rename({"customer_id": "customer", "order_id": "order"})
    return rows if scale is not None else rows.drop("minor")


def begun_of(rows: pl.LazyFrame, periods: Periods, purchases: Purchases, watermark: date) -> pl.LazyFrame:
    """What the period that holds the watermark counted before it; no rows where periods are days."""
    if periods.grain == "day":
        return pl.LazyFrame(schema=COUNTED)
    before = rolled_rows(rows, periods, purchases, before=watermark)
    return before.filter(pl.col("period").eq_missing(pl.lit(periods.end(watermark), pl.Date)))


def merged(*parts: pl.DataFrame) -> pl.DataFrame:
    """Counts of different days added up by customer and period."""
    sums = [pl.col(name).sum() for name in ("orders", "lines", "free_orders")]
    # The money of orders without any stays null, which a sum would make 0.
    money = pl.when(pl.col("revenue").count() > 0).then(pl.col("revenue").sum())
    found = pl.concat([part.select(*COUNTED).cast(COUNTED) for part in parts]).lazy()
    grouped = found.group_by("customer_id", "period").agg(
        pl.col("first_order").min(), pl.col("last_order").max(), *sums, revenue=money
    )
    return grouped.cast(COUNTED).select(*COUNTED).collect(engine="streaming")


def free_by_period(named: pl.DataFrame) -> dict[date, int]:
    """Orders of zero value by period, where there are any."""
    found = named.group_by("period").agg(pl.col("free_orders").cast(pl.Int64).sum()).filter(pl.col("free_orders") > 0)
    return dict(found.sort("period").iter_rows())
