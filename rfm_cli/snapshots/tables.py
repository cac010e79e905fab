"""The tables of snapshots: what a store has, and how two snapshots differ."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, fields

import polars as pl

from rfm_cli.schemes import in_rank_order
from rfm_cli.snapshots.metadata import Metadata
from rfm_cli.snapshots.source import scale_of
from rfm_cli.snapshots.store import Snapshot
from rfm_cli.views.migrate import direction
from rfm_cli.views.view import ChangeCounts, DiffView, View

DIGITS = 12
LISTED = {
    "as_of": pl.Date,
    "scheme": pl.String,
    "customers": pl.Int32,
    "buyers": pl.Int32,
    "vips": pl.Int32,
    "cutoffs": pl.String,
    "inputs": pl.Int32,
    "version": pl.String,
}


def snapshots_view(found: Sequence[Metadata]) -> View:
    """Return one row per snapshot, by date.

    Columns: as_of, scheme, customers, buyers, vips, revenue (null without money), cutoffs (the first digits of the
    SHA-256 of what is compared), inputs (the number of files), version (of rfm).
    """
    lines = [
        (
            one.as_of,
            one.scheme.name,
            one.totals["customers"],
            one.totals["buyers"],
            one.totals["vips"],
            cutoffs_digest(one),
            len(one.inputs),
            one.version,
        )
        for one in found
    ]
    rows = pl.DataFrame(lines, schema=LISTED, orient="row")
    scale = max((one.scale or 0 for one in found), default=0)
    money = pl.Series("revenue", [one.revenue for one in found], dtype=pl.Decimal(18, scale))
    return View("snapshots", rows.insert_column(5, money), {"snapshots": len(found)})


def cutoffs_digest(metadata: Metadata) -> str:
    """Return a short text that is equal for equal cutoffs, whatever the date."""
    # The text has the date of the snapshot in a line of its own, which is no part of the cutoffs.
    text = "\n".join(line for line in metadata.cutoffs_text().splitlines() if not line.startswith("as_of"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def diff_view(first: Snapshot, last: Snapshot) -> DiffView:
    """Return the customers that differ between two snapshots, by customer_id.

    They are in one of the two only, or in another segment, or have got or lost the VIP mark. Columns: customer_id,
    change (entered, left, moved, vip), from_segment, to_segment (null on the side that lacks the customer), direction
    (up, same, down, new; null for a customer who left), vip_from, vip_to, monetary_change (null without money; all of
    the money of a customer who entered, less all of that of one who left).
    """
    names = in_rank_order(last.metadata.scheme, new_subscribers=last.metadata.counting.new_subscriber is not None)
    sides = [_side(one, end) for one, end in ((first, "from"), (last, "to"))]
    both = sides[0].join(sides[1], on="customer_id", how="full", coalesce=True)
    rows = both.select(
        "customer_id",
        _change().alias("change"),
        "from_segment",
        "to_segment",
        _direction(names).alias("direction"),
        "vip_from",
        "vip_to",
        (pl.col("monetary_to").fill_null(0) - pl.col("monetary_from").fill_null(0))
        .cast(_money(first, last))
        .alias("monetary_change"),
    )
    # Customers without a change are most of them, and are left out before the sort.
    rows = rows.drop_nulls("change").sort("customer_id")
    if scale_of([first, last]) is None:
        rows = rows.with_columns(monetary_change=pl.lit(None, _money(first, last)))
    start, end, scheme = first.metadata.as_of, last.metadata.as_of, last.metadata.scheme.name
    counts = _counts(rows)
    meta = {"from": start, "to": end, "scheme": scheme, **asdict(counts)}
    return DiffView(name="diff", rows=rows, meta=meta, first=start, last=end, scheme=scheme, counts=counts)


def _counts(rows: pl.DataFrame) -> ChangeCounts:
    """Count the changes by their kind, and the moves by their direction."""
    changes = dict(rows.group_by("change").len().iter_rows())
    ways = dict(rows.filter(pl.col("change") == "moved").group_by("direction").len().iter_rows())
    found = {**changes, "up": ways.get("up", 0), "down": ways.get("down", 0)}
    return ChangeCounts(**{one.name: found.get(one.name, 0) for one in fields(ChangeCounts)})


def _money(first: Snapshot, last: Snapshot) -> pl.Decimal:
    """Return the type that holds the money of both snapshots."""
    return pl.Decimal(18, scale_of([first, last]) or 0)


def _side(snapshot: Snapshot, end: str) -> pl.DataFrame:
    """Return the segment, the VIP mark and the money of the customers of one snapshot, named after its end.

    `in_` with the end marks that a customer is in it: without money VIP marks are null, and without a map segments.
    """
    kept = {"segment": f"{end}_segment", "vip": f"vip_{end}", "monetary": f"monetary_{end}"}
    columns = [pl.col(name).alias(new) for name, new in kept.items()]
    return snapshot.rows().select("customer_id", *columns, pl.lit(value=True).alias(f"in_{end}"))


def _change() -> pl.Expr:
    """Return what has changed of a customer, null for no change."""
    return (
        # A comparison with null is null, and no change: without a map there are no segments, without money no VIPs.
        pl.when(pl.col("in_from").is_null())
        .then(pl.lit("entered"))
        .when(pl.col("in_to").is_null())
        .then(pl.lit("left"))
        .when(pl.col("from_segment") != pl.col("to_segment"))
        .then(pl.lit("moved"))
        .when(pl.col("vip_from") != pl.col("vip_to"))
        .then(pl.lit("vip"))
    )


def _direction(names: Sequence[str]) -> pl.Expr:
    """Return the direction of the move by the ranks of the segments, null for a customer who left."""
    rank = {name: number for number, name in enumerate(names)}
    before, after = (
        pl.col(f"{end}_segment").replace_strict(rank, default=None, return_dtype=pl.Int32) for end in ("from", "to")
    )
    return pl.when(pl.col("in_to").is_not_null()).then(direction(before, after))
