"""The raw rows that a version keeps so that new orders can be added later.

A row that is added lies on the watermark or after it, so everything before the watermark is final, with one exception:
the order of a new row may have begun earlier. Lines of one order lie within `OPEN_DAYS` days of each other. A version
therefore keeps all rows of each order that has a row within twice as many days before the last day, and no others.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.rollup import parquet
from rfm_cli.rollup.manifest import OPEN_DAYS
from rfm_cli.rollup.store import RECENT
from rfm_cli.tables.ids import same_type

ORDER = ("customer_id", "order_id")
RAW = (*ORDER, "day", "minor")
EARLIER = "earlier"
"""The part with the rows of earlier days, kept because their orders went on later."""


def raw(rows: pl.DataFrame) -> pl.DataFrame:
    """Return accepted rows as they are kept: customer_id, order_id, day, minor; missing columns become null."""
    there = rows.columns
    order = pl.col("order") if "order" in there else pl.lit(None, rows.schema["customer"])
    minor = pl.col("minor") if "minor" in there else pl.lit(None, pl.Int64)
    return rows.select(customer_id="customer", order_id=order, day="day", minor=minor)


def to_kernel_rows(kept: pl.DataFrame, scale: int | None) -> pl.LazyFrame:
    """Return raw rows with the column names of the kernel, and without money if there is no scale."""
    rows = kept.lazy().rename({"customer_id": "customer", "order_id": "order"})
    return rows if scale is not None else rows.drop("minor")


def concat_raw(kept: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Concatenate two frames of raw rows; ids stay whole numbers only if they are so in both."""
    types = pl.Schema({name: same_type([kept.schema[name], new.schema[name]]) for name in ORDER})
    return pl.concat([kept.cast(types), new.cast(types)])


def keep_from(last: date) -> date:
    """Return the first day whose orders are kept when `last` is the last day."""
    return days_before(last, 2 * OPEN_DAYS) or date.min


def recent_of(rows: pl.LazyFrame, last: date, *, each_row_an_order: bool = False) -> pl.DataFrame:
    """Return the raw rows to keep of accepted rows (customer, order?, day, minor?)."""
    near = rows.filter(pl.col("day") >= keep_from(last))
    if each_row_an_order or "order" not in rows.collect_schema():
        return raw(near.collect(engine="streaming"))
    begun = near.select("customer", "order").drop_nulls().unique()
    far = rows.filter(pl.col("day") < keep_from(last)).join(begun, on=["customer", "order"], how="semi")
    return raw(pl.concat([near, far]).collect(engine="streaming"))


def still_recent(kept: pl.DataFrame, last: date) -> pl.DataFrame:
    """Return the raw rows that have to be kept when `last` has become the last day."""
    near = kept.filter(pl.col("day") >= keep_from(last))
    far = kept.filter(pl.col("day") < keep_from(last))
    # Look the few orders of far rows up among the many near rows; the other way round takes longer.
    return pl.concat([near, of_orders(far, of_orders(near, far))])


def of_customers(rows: pl.DataFrame, some: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the customers that have a row in `some`."""
    return rows.join(some.select("customer_id").unique(), on="customer_id", how="semi")


def of_orders(rows: pl.DataFrame, some: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the orders that have a row in `some`; a row without an order id belongs to none."""
    return of_customers(rows, some).join(some.select(ORDER).drop_nulls().unique(), on=ORDER, how="semi")


def read_recent(folder: Path) -> pl.DataFrame:
    """Return the raw rows that a version keeps."""
    return parquet.scan_table(folder / RECENT, pl.Schema()).collect()


def write_recent(folder: Path, kept: pl.DataFrame, last: date, days: Collection[date] | None = None) -> None:
    """Write the raw rows that a new version keeps, or only those of some `days`; split by day if the roll-up is."""
    if not parquet.has_parts(folder):
        parquet.write_table(folder / RECENT, kept.sort(RAW))
        return
    wanted = kept if days is None else kept.filter(pl.col("day").is_in(list(days)) | _is_far(last))
    far, near = wanted.filter(_is_far(last)), wanted.filter(~_is_far(last))
    found = {str(day): part.sort(RAW) for day, part in parquet.split_by_day(near, pl.col("day")).items()}
    parquet.write_parts(folder / RECENT, found)
    # This part is written even when it is empty: the types of ids are read from it.
    parquet.write_table(folder / RECENT / f"{EARLIER}.parquet", far.sort(RAW))


def carry_recent(old: Path, new: Path, kept: pl.DataFrame, last: date, days: Collection[date]) -> None:
    """Write the raw rows of a new version, and share the parts of all days but `days` with the version `old`."""
    place = old / RECENT
    if not place.is_dir() or not parquet.has_parts(new) or _read_types(old) != kept.schema:
        write_recent(new, kept, last)
        return
    same = [name for name in parquet.part_names(place) if name != EARLIER and date.fromisoformat(name) not in days]
    parquet.keep_parts(place, new / RECENT, [name for name in same if date.fromisoformat(name) >= keep_from(last)])
    write_recent(new, kept, last, days)


def _read_types(folder: Path) -> pl.Schema:
    return parquet.scan_table(folder / RECENT, pl.Schema()).collect_schema()


def _is_far(last: date) -> pl.Expr:
    return pl.col("day") < keep_from(last)
