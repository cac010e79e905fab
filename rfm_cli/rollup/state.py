"""Where customers stood before the last months: a row a customer, so that a late date need not read all periods.

Only roll-ups that are parted by month have it. It holds all periods up to the end of the month before that of the
watermark, which nothing changes any more.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rfm_cli.rollup import rows, store
from rfm_cli.rollup.manifest import Manifest

SUMS = ("orders", "revenue")


def state_day(manifest: Manifest) -> date:
    """The last day that the state of a version covers."""
    return manifest.watermark.replace(day=1) - timedelta(days=1)


def reduced(periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """Periods (or states) added up by customer: customer_id, first_order, last_order, orders, revenue, first_row."""
    grouped = periods.group_by("customer_id").agg(
        pl.col("first_order").min(),
        pl.col("last_order").max(),
        *[pl.col(name).sum() for name in SUMS],
        first_row=first_row.min(),
    )
    return grouped.with_columns(pl.col("orders").cast(pl.Int32))


def write_state(folder: Path, whole: pl.DataFrame, manifest: Manifest) -> None:
    """Nothing: the state of a new version, where its rows are parted by month."""
    if not (folder / store.ROLLUP).is_dir():
        return
    settled = whole.lazy().filter(pl.col("period") <= state_day(manifest))
    _write(folder, reduced(settled, pl.col("period")).collect(engine="streaming"))


def carry_state(old: Path, before: Manifest, new: Path, manifest: Manifest, times: int) -> None:
    """Nothing: the state of the version `old` goes on in `new`, with the months that have been settled since.

    Money is multiplied by `times`.
    """
    if not (new / store.ROLLUP).is_dir():
        return
    if not (old / store.STATE).is_file():
        write_state(new, rows.scan(new).collect(engine="streaming"), manifest)
        return
    since = state_day(before)
    if since == state_day(manifest) and times == 1:
        store.keep(old / store.STATE, new / store.STATE)
        return
    earlier = pl.scan_parquet(old / store.STATE, glob=False).with_columns(pl.col("revenue") * times)
    fresh = rows.scan(new, after=since).filter(pl.col("period") <= state_day(manifest))
    parts = [earlier, reduced(fresh, pl.col("period")).select(earlier.collect_schema().names())]
    _write(new, reduced(pl.concat(parts), pl.col("first_row")).collect(engine="streaming"))


def _write(folder: Path, found: pl.DataFrame) -> None:
    plain = found.with_columns(pl.col("customer_id").cast(pl.String)).sort("customer_id")
    store.write_file(folder / store.STATE, rows.written(plain))
