"""What a version of a roll-up keeps beside its periods: sums by customer, and the raw rows of the last days.

The sums by customer are checkpoints: with them a question about a late date need not read all periods. Only roll-ups
in parts have them: one row per customer at the end of the last settled day, which never changes, and one at the end of
the last day of all. New orders change the latter for few customers, so these go to a file of their own
(`changed.arrow`), until they have become many.

New orders are added to the raw rows. A row that is added lies on the watermark or after it, so everything before is
final, with one exception: the order of a new row may have begun earlier. Lines of one order lie within `OPEN_DAYS` days
of each other. A version therefore keeps all rows of each order that has a row within twice as many days before the last
day, and no others.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.rollup import parquet, store
from rfm_cli.rollup.manifest import OPEN_DAYS, Manifest
from rfm_cli.rollup.store import RECENT
from rfm_cli.tables.column_types import same_type

FEW = 8
"""Changed customers have a file of their own while they are fewer than one in this many."""
SUMS = ("orders", "revenue")
DAYS = ("first_order", "last_order")


def sum_by_customer(periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """Sum periods (or checkpoints) to one row per customer.

    Returns customer_id, first_order, last_order, orders, revenue, first_row.
    """
    grouped = periods.group_by("customer_id").agg(
        pl.col("first_order").min(),
        pl.col("last_order").max(),
        # Polars sums 32 bits in 32 bits, and the sum wraps below zero.
        *[pl.col(name).cast(pl.Int64).sum() for name in SUMS],
        first_row=first_row.min(),
    )
    return grouped.with_columns(pl.col("orders").cast(pl.Int32))


def add_periods(sums: pl.LazyFrame, periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """Add later periods to the sums of customers."""
    fresh = sum_by_customer(periods, first_row)
    # A vertical concat takes equal columns in equal order alone.
    return sum_by_customer(pl.concat([sums, fresh.select(sums.collect_schema().names())]), pl.col("first_row"))


def write_checkpoints(folder: Path, whole: pl.LazyFrame, manifest: Manifest) -> None:
    """Write both checkpoints of a new version, whose rows are `whole`, if the version is in parts."""
    if parquet.has_parts(folder):
        is_settled = pl.col("period") <= manifest.settled
        _write(folder / store.SETTLED, sum_by_customer(whole.filter(is_settled), pl.col("period")), manifest)
        _write_latest(folder, whole.filter(~is_settled), manifest)


def carry_checkpoints(
    old: Path, before: Manifest, new: Path, manifest: Manifest, touched: pl.DataFrame | None = None
) -> None:
    """Write both checkpoints of the version `new` from those of the version `old`.

    `touched` are the periods after the settled day of `old`, counted anew, of the customers whose rows have changed;
    None if these customers are not known.
    """
    place = old / store.SETTLED
    # Finer money, or ids that have become texts, change every row: the old sums are of no use.
    if not place.is_file() or (before.scale, before.whole_ids) != (manifest.scale, manifest.whole_ids):
        write_checkpoints(new, cast_ids(parquet.scan_rows(new), manifest), manifest)
        return
    if before.settled == manifest.settled:
        # Most additions stay inside one month, and the large file is shared as it is.
        store.keep(place, new / store.SETTLED)
    else:
        since = parquet.scan_rows(new, after=before.settled).filter(pl.col("period") <= manifest.settled)
        added = add_periods(scan_checkpoint(place), cast_ids(since, manifest), pl.col("period"))
        _write(new / store.SETTLED, added, manifest)
    if touched is None or not (old / store.LATEST).is_file():
        _write_latest(new, cast_ids(parquet.scan_rows(new, after=manifest.settled), manifest), manifest)
        return
    own = touched.select("customer_id").unique()
    # The sums at the settled day are final; only what came after them is added anew.
    known = scan_checkpoint(place).join(own.lazy(), on="customer_id", how="semi")
    _carry_latest(old, new, add_periods(known, touched.lazy(), pl.col("period")), manifest)


def scan_latest(folder: Path) -> pl.LazyFrame:
    """Return the sums of customers at the end of the last day of all, in no order."""
    whole, place = scan_checkpoint(folder / store.LATEST), folder / store.CHANGED
    return _replace(whole, scan_checkpoint(place)) if place.is_file() else whole


def scan_checkpoint(place: Path) -> pl.LazyFrame:
    """Return the sums of customers in one file; ids are numbers if all ids are whole."""
    # A customer without a purchase has no days, and `_write` had to put some day there.
    bought = pl.col("orders") > 0
    # No glob: a folder of the user may have brackets in its name.
    return pl.scan_ipc(place, glob=False).with_columns(pl.when(bought).then(name).alias(name) for name in DAYS)


def cast_ids(frame: pl.LazyFrame, manifest: Manifest) -> pl.LazyFrame:
    """Cast ids to whole numbers if all ids are whole: these are grouped faster than texts."""
    return frame.with_columns(pl.col("customer_id").cast(pl.Int64 if manifest.whole_ids else pl.String))


def _carry_latest(old: Path, new: Path, changed: pl.LazyFrame, manifest: Manifest) -> None:
    """Write the checkpoint of the last day with the new sums of the changed customers."""
    before = old / store.CHANGED
    apart = (_replace(scan_checkpoint(before), changed) if before.is_file() else changed).collect(engine="streaming")
    # All changed customers so far are in one file: a reader looks into two files, however often orders are added.
    if apart.height * FEW < pl.scan_ipc(old / store.LATEST, glob=False).select(pl.len()).collect().item():
        store.keep(old / store.LATEST, new / store.LATEST)
        _write(new / store.CHANGED, apart.lazy(), manifest)
    else:
        _write(new / store.LATEST, _replace(scan_checkpoint(old / store.LATEST), apart.lazy()), manifest)


def _replace(whole: pl.LazyFrame, some: pl.LazyFrame) -> pl.LazyFrame:
    """Return the customers of both frames; the row in `some` wins if both have one."""
    # An anti join before the concat, since no customer may have two rows.
    others = whole.join(some.select("customer_id"), on="customer_id", how="anti")
    return pl.concat([others, some.select(whole.collect_schema().names())])


def _write_latest(folder: Path, later: pl.LazyFrame, manifest: Manifest) -> None:
    """Write the checkpoint of the last day: that of the settled day and the `later` periods."""
    day = pl.min_horizontal(pl.col("period"), pl.lit(manifest.end))
    _write(folder / store.LATEST, add_periods(scan_checkpoint(folder / store.SETTLED), later, day), manifest)


def _write(place: Path, found: pl.LazyFrame, manifest: Manifest) -> None:
    """Write customers by id as an Arrow file, which opens faster than Parquet; only rfm reads it."""
    # An Arrow file holds whatever lies in memory under a null, so unknown days become day 0: bytes stay equal.
    whole = cast_ids(found, manifest).with_columns(pl.col(*DAYS).fill_null(pl.date(1970, 1, 1)))
    checkpoint = whole.collect(engine="streaming").sort("customer_id").rechunk()
    buffer = io.BytesIO()
    checkpoint.write_ipc(buffer)
    store.write_file(place, buffer.getvalue())


ORDER = ("customer_id", "order_id")
RAW = (*ORDER, "day", "minor")
MORE = {"refund": pl.lit(value=False), "lines": pl.lit(1, pl.Int32)}
"""The columns that only rows with refunds have, and what all other rows would have in them."""
EARLIER = "earlier"
"""The part with the rows of earlier days, kept because their orders went on later."""


def raw(rows: pl.DataFrame) -> pl.DataFrame:
    """Return accepted rows as they are kept: customer_id, order_id, day, minor; missing columns become null.

    Rows with refunds keep `refund` and `lines` too (`MORE`).
    """
    there = rows.columns
    # All parts of a table need the same columns, whichever file brought the rows.
    order = pl.col("order") if "order" in there else pl.lit(None, rows.schema["customer"])
    minor = pl.col("minor") if "minor" in there else pl.lit(None, pl.Int64)
    more = [name for name in MORE if name in there]
    return rows.select(
        pl.col("customer").alias("customer_id"), order.alias("order_id"), "day", minor.alias("minor"), *more
    )


def to_kernel_rows(kept: pl.DataFrame, scale: int | None) -> pl.LazyFrame:
    """Return raw rows with the column names of the kernel, and without money if there is no scale."""
    rows = kept.lazy().rename({"customer_id": "customer", "order_id": "order"})
    # The kernel takes any column of minor units for money, and would sum its nulls to 0.
    return rows if scale is not None else rows.drop("minor")


def concat_raw(kept: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Concatenate two frames of raw rows; ids stay whole numbers only if they are so in both."""
    # One file may have ids as numbers and the next one as texts, and a concat wants one type.
    types = pl.Schema({name: same_type([kept.schema[name], new.schema[name]]) for name in ORDER})
    more = {name: value for name, value in MORE.items() if name in kept.columns or name in new.columns}
    both = [
        one.cast(types).with_columns(value.alias(name) for name, value in more.items() if name not in one.columns)
        for one in (kept, new)
    ]
    return pl.concat([one.select(*RAW, *more) for one in both])


def keep_from(last: date) -> date:
    """Return the first day whose orders are kept when `last` is the last day."""
    return days_before(last, 2 * OPEN_DAYS) or date.min


def recent_of(rows: pl.LazyFrame, last: date, *, each_row_an_order: bool = False) -> pl.DataFrame:
    """Return the raw rows to keep of accepted rows (customer, order?, day, minor?)."""
    near = rows.filter(pl.col("day") >= keep_from(last))
    # An order of a single row cannot have begun on an earlier day.
    if each_row_an_order or "order" not in rows.collect_schema():
        return raw(near.collect(engine="streaming"))
    # The first row of an order decides on which day it is a purchase, so its earlier rows are kept as well.
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
        parquet.write_table(folder / RECENT, _sorted(kept))
        return
    # Rows of earlier days are always written: days move among them as the last day advances.
    wanted = kept if days is None else kept.filter(pl.col("day").is_in(list(days)) | _is_far(last))
    far, near = wanted.filter(_is_far(last)), wanted.filter(~_is_far(last))
    found = {str(day): _sorted(part) for day, part in parquet.split_by_day(near, pl.col("day")).items()}
    parquet.write_parts(folder / RECENT, found)
    # This part is written even when it is empty: the types of ids are read from it.
    parquet.write_table(folder / RECENT / f"{EARLIER}.parquet", _sorted(far))


def carry_recent(old: Path, new: Path, kept: pl.DataFrame, last: date, days: Collection[date]) -> None:
    """Write the raw rows of a new version, and share the parts of all days but `days` with the version `old`."""
    place = old / RECENT
    # Parts of one table have one type of id, so that new ids of another type change them all.
    if not place.is_dir() or not parquet.has_parts(new) or _read_types(old) != kept.schema:
        write_recent(new, kept, last)
        return
    same = [name for name in parquet.part_names(place) if name != EARLIER and date.fromisoformat(name) not in days]
    parquet.keep_parts(place, new / RECENT, [name for name in same if date.fromisoformat(name) >= keep_from(last)])
    write_recent(new, kept, last, days)


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort raw rows by all of their columns, so that equal rows give equal bytes."""
    return rows.sort([*RAW, *(name for name in MORE if name in rows.columns)])


def _read_types(folder: Path) -> pl.Schema:
    return parquet.scan_table(folder / RECENT, pl.Schema()).collect_schema()


def _is_far(last: date) -> pl.Expr:
    return pl.col("day") < keep_from(last)
