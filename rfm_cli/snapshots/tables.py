"""The snapshots of a store as rows, and two of them side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from rfm_cli.schemes import in_rank_order
from rfm_cli.snapshots.metadata import Told
from rfm_cli.snapshots.source import scale_of
from rfm_cli.snapshots.store import Snapshot
from rfm_cli.views.migrate import direction
from rfm_cli.views.view import View

DIGITS = 12
CHANGES = ("entered", "left", "moved", "vip")
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


def snapshots_view(found: Sequence[Told]) -> View:
    """A row a snapshot, by date: as_of, scheme, customers, buyers, vips, revenue (null without money), cutoffs (the
    first digits of the SHA-256 of what is compared), inputs (how many files), version (of rfm)."""
    lines = [
        (
            told.as_of,
            told.scheme.name,
            told.totals["customers"],
            told.totals["buyers"],
            told.totals["vips"],
            ruler(told),
            len(told.inputs),
            told.version,
        )
        for told in found
    ]
    rows = pl.DataFrame(lines, schema=LISTED, orient="row")
    scale = max((told.scale or 0 for told in found), default=0)
    money = pl.Series("revenue", [told.revenue for told in found], dtype=pl.Decimal(18, scale))
    return View("snapshots", rows.insert_column(5, money), {"snapshots": len(found)})


def ruler(told: Told) -> str:
    """The cutoffs in short: the same for the same ones, whatever the date."""
    text = "\n".join(line for line in told.cutoffs_text().splitlines() if not line.startswith("as_of"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def diff_view(first: Snapshot, last: Snapshot) -> View:
    """Who is in one of two snapshots only, or in another segment, or has lost or got the VIP mark, by customer_id.

    Columns: customer_id, change (entered, left, moved, vip), from_segment, to_segment (null on the side that somebody
    is not in), direction (up, same, down, new; null for who left), vip_from, vip_to, monetary_change (null without
    money; the money of those who entered, less that of those who left).
    """
    names = in_rank_order(last.told.scheme, new_subscribers=last.told.counted.new_subscriber is not None)
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
    rows = rows.drop_nulls("change").sort("customer_id")
    if scale_of([first, last]) is None:
        rows = rows.with_columns(monetary_change=pl.lit(None, _money(first, last)))
    counted = dict(rows.group_by("change").len().iter_rows())
    ways = dict(rows.filter(pl.col("change") == "moved").group_by("direction").len().iter_rows())
    told = {change: counted.get(change, 0) for change in CHANGES}
    meta = {"from": first.told.as_of, "to": last.told.as_of, "scheme": last.told.scheme.name, **told}
    return View("diff", rows, {**meta, "up": ways.get("up", 0), "down": ways.get("down", 0)})


def _money(first: Snapshot, last: Snapshot) -> pl.Decimal:
    return pl.Decimal(18, scale_of([first, last]) or 0)


def _side(snapshot: Snapshot, end: str) -> pl.DataFrame:
    kept = {"segment": f"{end}_segment", "vip": f"vip_{end}", "monetary": f"monetary_{end}"}
    return snapshot.rows().select("customer_id", *(pl.col(name).alias(new) for name, new in kept.items()))


def _change() -> pl.Expr:
    moved = pl.col("from_segment") != pl.col("to_segment")
    return (
        pl.when(pl.col("vip_from").is_null())
        .then(pl.lit("entered"))
        .when(pl.col("vip_to").is_null())
        .then(pl.lit("left"))
        .when(moved)
        .then(pl.lit("moved"))
        .when(pl.col("vip_from") != pl.col("vip_to"))
        .then(pl.lit("vip"))
    )


def _direction(names: Sequence[str]) -> pl.Expr:
    place = {name: number for number, name in enumerate(names)}
    before, after = (
        pl.col(f"{end}_segment").replace_strict(place, default=None, return_dtype=pl.Int32) for end in ("from", "to")
    )
    told = direction(before, after)
    return pl.when(pl.col("vip_to").is_not_null()).then(told)
