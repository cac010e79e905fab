"""What a version keeps so that new rows can be folded in: the raw rows of the last days, and periods that had begun.

A row that comes in later lies on the watermark or after it, so what happened before the watermark is settled, but for
one question: whether the order of a new row had begun before. Lines of one order lie within `OPEN_DAYS` days of each
other; so every order with a row in twice as many days before the last one is kept, all of its rows, and others are not
needed. The period that holds the watermark is kept as it was up to the watermark.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.rollup import parts
from rfm_cli.rollup.manifest import OPEN_DAYS
from rfm_cli.rollup.store import RECENT
from rfm_cli.tables.ids import same_type

ORDER = ("customer_id", "order_id")
RAW = (*ORDER, "day", "minor")
EARLIER = "earlier"
"""The part with the rows of days that are kept for the sake of an order that went on later."""


def raw(rows: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows as they are kept: customer_id, order_id, day, minor; what they lack is null."""
    there = rows.columns
    order = pl.col("order") if "order" in there else pl.lit(None, rows.schema["customer"])
    minor = pl.col("minor") if "minor" in there else pl.lit(None, pl.Int64)
    return rows.select(customer_id="customer", order_id=order, day="day", minor=minor)


def as_rows(kept: pl.DataFrame, scale: int | None) -> pl.LazyFrame:
    """Rows as `raw` has them as the kernel takes them."""
    rows = kept.lazy().rename({"customer_id": "customer", "order_id": "order"})
    return rows if scale is not None else rows.drop("minor")


def together(kept: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Both as one frame; ids are whole numbers only where they are in both."""
    types = pl.Schema({name: same_type([kept.schema[name], new.schema[name]]) for name in ORDER})
    return pl.concat([kept.cast(types), new.cast(types)])


def keep_from(last: date) -> date:
    """Return the day from which orders are kept that have a row on it or later."""
    return days_before(last, 2 * OPEN_DAYS) or date.min


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
    near = kept.filter(pl.col("day") >= keep_from(last))
    far = kept.filter(pl.col("day") < keep_from(last))
    # The few orders of far rows are looked for among the many near ones, not the other way round.
    return pl.concat([near, of_orders(far, of_orders(near, far))])


def of_customers(rows: pl.DataFrame, some: pl.DataFrame) -> pl.DataFrame:
    """The rows of customers with a row among `some`."""
    return rows.join(some.select("customer_id").unique(), on="customer_id", how="semi")


def of_orders(rows: pl.DataFrame, some: pl.DataFrame) -> pl.DataFrame:
    """The rows of orders with a row among `some`; a row without an order id is of none."""
    return of_customers(rows, some).join(some.select(ORDER).drop_nulls().unique(), on=ORDER, how="semi")


def read_recent(folder: Path) -> pl.DataFrame:
    """The rows that a version keeps, as `raw` has them."""
    return parts.scan(folder / RECENT, pl.Schema()).collect()


def write_recent(folder: Path, kept: pl.DataFrame, last: date, days: Collection[date] | None = None) -> None:
    """The rows that a new version keeps, parted by day where those of the roll-up are; all, or those of some `days`."""
    if not parts.is_parted(folder):
        parts.write_whole(folder / RECENT, kept.sort(RAW))
        return
    wanted = kept if days is None else kept.filter(pl.col("day").is_in(list(days)) | _is_far(last))
    far, near = wanted.filter(_is_far(last)), wanted.filter(~_is_far(last))
    found = {str(day): part.sort(RAW) for day, part in parts.by_day(near, pl.col("day")).items()}
    # Always there, so that the types of ids can be told.
    parts.write_parts(folder / RECENT, found)
    parts.write_whole(folder / RECENT / f"{EARLIER}.parquet", far.sort(RAW))


def carry_recent(old: Path, new: Path, kept: pl.DataFrame, last: date, days: Collection[date]) -> None:
    """The same where only the rows of some `days` have changed since the version `old`: all others stay."""
    place = old / RECENT
    if not place.is_dir() or not parts.is_parted(new) or read_types(old) != kept.schema:
        write_recent(new, kept, last)
        return
    same = [name for name in parts.parts_of(place) if name != EARLIER and date.fromisoformat(name) not in days]
    parts.keep_parts(place, new / RECENT, [name for name in same if date.fromisoformat(name) >= keep_from(last)])
    write_recent(new, kept, last, days)


def read_types(folder: Path) -> pl.Schema:
    """The columns of the rows that a version keeps, with their types."""
    return parts.scan(folder / RECENT, pl.Schema()).collect_schema()


def _is_far(last: date) -> pl.Expr:
    return pl.col("day") < keep_from(last)
