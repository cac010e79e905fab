"""Where customers stood when the last months began: a row a customer, so that a late date need not read all periods.

Only roll-ups with many rows have it. It holds all periods up to the last settled day.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rfm_cli.rollup import rows, store
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.parts import is_parted, write_whole

SUMS = ("orders", "revenue")


def reduced(periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """Periods (or states) added up by customer: customer_id, first_order, last_order, orders, revenue, first_row."""
    grouped = periods.group_by("customer_id").agg(
        pl.col("first_order").min(),
        pl.col("last_order").max(),
        *[pl.col(name).sum() for name in SUMS],
        first_row=first_row.min(),
    )
    return grouped.with_columns(pl.col("orders").cast(pl.Int32))


def write_state(folder: Path, whole: pl.LazyFrame, manifest: Manifest) -> None:
    """Nothing: the state of a new version whose rows are `whole`, where they are parted."""
    if is_parted(folder):
        settled = whole.filter(pl.col("period") <= manifest.settled)
        _write(folder, reduced(settled, pl.col("period")), manifest)


def carry_state(old: Path, before: Manifest, new: Path, manifest: Manifest) -> None:
    """Nothing: the state of the version `old` goes on in `new`, with the months that have been settled since."""
    place = old / store.STATE
    if not place.is_file() or (before.scale, before.whole_ids) != (manifest.scale, manifest.whole_ids):
        write_state(new, rows.scan(new), manifest)
    elif before.settled == manifest.settled:
        store.keep(place, new / store.STATE)
    else:
        earlier = pl.scan_parquet(place, glob=False)
        since = rows.scan(new, after=before.settled).filter(pl.col("period") <= manifest.settled)
        fresh = reduced(ids_of(since, manifest), pl.col("period"))
        both = pl.concat([earlier, fresh.select(earlier.collect_schema().names())])
        _write(new, reduced(both, pl.col("first_row")), manifest)


def ids_of(frame: pl.LazyFrame, manifest: Manifest) -> pl.LazyFrame:
    """The rows with their ids as whole numbers where all of them are, which are grouped faster than texts."""
    return frame.with_columns(pl.col("customer_id").cast(pl.Int64 if manifest.whole_ids else pl.String))


def _write(folder: Path, found: pl.LazyFrame, manifest: Manifest) -> None:
    state = ids_of(found, manifest).collect(engine="streaming").sort("customer_id")
    write_whole(folder / store.STATE, state)
