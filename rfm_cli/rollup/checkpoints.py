"""Where customers stood on two days: a row a customer, so that a late date need not read all periods.

Only roll-ups in parts have them: the customers at the end of the last settled day, which nothing changes any more, and
those at the end of the last day of all. An add makes the latter anew for the customers that it brings rows of: they
stand in a file of their own, and are folded in when they have become many.
"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from rfm_cli.rollup import rows, store
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.parts import is_parted

FEW = 8
"""Changed customers stand apart while they are fewer than one in so many of all."""
SUMS = ("orders", "revenue")
DAYS = ("first_order", "last_order")


def reduced(periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """Periods (or states) added up by customer: customer_id, first_order, last_order, orders, revenue, first_row."""
    grouped = periods.group_by("customer_id").agg(
        pl.col("first_order").min(),
        pl.col("last_order").max(),
        *[pl.col(name).cast(pl.Int64).sum() for name in SUMS],
        first_row=first_row.min(),
    )
    return grouped.with_columns(pl.col("orders").cast(pl.Int32))


def added(state: pl.LazyFrame, periods: pl.LazyFrame, first_row: pl.Expr) -> pl.LazyFrame:
    """A state with later periods added to it."""
    fresh = reduced(periods, first_row)
    return reduced(pl.concat([state, fresh.select(state.collect_schema().names())]), pl.col("first_row"))


def write_states(folder: Path, whole: pl.LazyFrame, manifest: Manifest) -> None:
    """Nothing: both states of a new version whose rows are `whole`, where they are parted."""
    if is_parted(folder):
        settled = pl.col("period") <= manifest.settled
        _write(folder / store.SETTLED, reduced(whole.filter(settled), pl.col("period")), manifest)
        _write_latest(folder, whole.filter(~settled), manifest)


def carry_states(
    old: Path, before: Manifest, new: Path, manifest: Manifest, touched: pl.DataFrame | None = None
) -> None:
    """Nothing: both states of the version `old` go on in `new`.

    `touched` are the periods after the settled day of `old` of customers whose rows have changed, counted anew; None
    where they are not known apart.
    """
    place = old / store.SETTLED
    if not place.is_file() or (before.scale, before.whole_ids) != (manifest.scale, manifest.whole_ids):
        write_states(new, ids_of(rows.scan(new), manifest), manifest)
        return
    if before.settled == manifest.settled:
        store.keep(place, new / store.SETTLED)
    else:
        since = rows.scan(new, after=before.settled).filter(pl.col("period") <= manifest.settled)
        _write(new / store.SETTLED, added(scan_state(place), ids_of(since, manifest), pl.col("period")), manifest)
    if touched is None or not (old / store.LATEST).is_file():
        _write_latest(new, ids_of(rows.scan(new, after=manifest.settled), manifest), manifest)
        return
    own = touched.select("customer_id").unique()
    known = scan_state(place).join(own.lazy(), on="customer_id", how="semi")
    _carry_latest(old, new, added(known, touched.lazy(), pl.col("period")), manifest)


def scan_latest(folder: Path) -> pl.LazyFrame:
    """The customers at the end of the last day of all, in no order."""
    whole, place = scan_state(folder / store.LATEST), folder / store.CHANGED
    return _instead(whole, scan_state(place)) if place.is_file() else whole


def _carry_latest(old: Path, new: Path, changed: pl.LazyFrame, manifest: Manifest) -> None:
    """Nothing: the state of the last day goes on, with these customers as they are now."""
    before = old / store.CHANGED
    apart = (_instead(scan_state(before), changed) if before.is_file() else changed).collect(engine="streaming")
    if apart.height * FEW < pl.scan_ipc(old / store.LATEST, glob=False).select(pl.len()).collect().item():
        store.keep(old / store.LATEST, new / store.LATEST)
        _write(new / store.CHANGED, apart.lazy(), manifest)
    else:
        _write(new / store.LATEST, _instead(scan_state(old / store.LATEST), apart.lazy()), manifest)


def _instead(whole: pl.LazyFrame, some: pl.LazyFrame) -> pl.LazyFrame:
    """The customers of both, as they are in `some` where they are in both."""
    others = whole.join(some.select("customer_id"), on="customer_id", how="anti")
    return pl.concat([others, some.select(whole.collect_schema().names())])


def scan_state(place: Path) -> pl.LazyFrame:
    """The customers of a state, ids as numbers where all are whole."""
    bought = pl.col("orders") > 0
    return pl.scan_ipc(place, glob=False).with_columns(pl.when(bought).then(name).alias(name) for name in DAYS)


def ids_of(frame: pl.LazyFrame, manifest: Manifest) -> pl.LazyFrame:
    """The rows with their ids as whole numbers where all of them are, which are grouped faster than texts."""
    return frame.with_columns(pl.col("customer_id").cast(pl.Int64 if manifest.whole_ids else pl.String))


def _write_latest(folder: Path, later: pl.LazyFrame, manifest: Manifest) -> None:
    """The state of the last day: that of the settled day, and the `later` periods."""
    day = pl.min_horizontal(pl.col("period"), pl.lit(manifest.last_day))
    _write(folder / store.LATEST, added(scan_state(folder / store.SETTLED), later, day), manifest)


def _write(place: Path, found: pl.LazyFrame, manifest: Manifest) -> None:
    """The customers by id, as an Arrow file: nobody reads it but rfm, which does so in no time.

    Days that are not known are written as day 0, since an Arrow file holds whatever lies in memory under a null.
    """
    whole = ids_of(found, manifest).with_columns(pl.col(*DAYS).fill_null(pl.date(1970, 1, 1)))
    state = whole.collect(engine="streaming").sort("customer_id").rechunk()
    buffer = io.BytesIO()
    state.write_ipc(buffer)
    store.write_file(place, buffer.getvalue())
