"""Scores named: the code of a customer's scores and the segment that the scheme gives them."""

from __future__ import annotations

import polars as pl

from rfm_cli.schemes import AXES, Axis, Bins, Scheme, all_codes

NO_PURCHASES = "No purchases"
NEW_SUBSCRIBER = "New subscriber"


def with_codes(scored: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Scored customers with `rfm` (the code as text) and `segment`; both null or No purchases without scores.

    Without money the code is of R and F alone. A scheme without a map leaves the segment of buyers null.
    """
    has_m = scored["m"].null_count() < scored.height
    axes = AXES if has_m else AXES[:2]
    codes = pl.Series(list(all_codes(axes, scheme.bins)), dtype=pl.String)
    place = place_of(axes, scheme.bins)
    buyer = pl.col("r").is_not_null()
    by_cell = scheme.segment_by_cell()
    names = pl.Series([by_cell.get(cell) for cell in all_codes(scheme.axes, scheme.bins)], dtype=pl.String)
    segment = pl.lit(names).gather(place_of(scheme.axes, scheme.bins))
    return scored.with_columns(
        rfm=pl.when(buyer).then(pl.lit(codes).gather(place)),
        segment=pl.when(buyer).then(segment).otherwise(pl.lit(NO_PURCHASES)),
    )


def place_of(axes: tuple[Axis, ...], bins: Bins) -> pl.Expr:
    """Where a row's code stands in the list of all codes; 0 for rows without scores."""
    place = pl.lit(0, pl.UInt32)
    for axis in axes:
        k = bins.k(axis)
        place = place * k + (pl.col(axis).cast(pl.UInt32) - 1)
    return place.fill_null(0)


def split_new_subscribers(named: pl.DataFrame, known_days: pl.Expr, days: int) -> pl.DataFrame:
    """Split No purchases in two: New subscriber for those who have been known for less than `days` by `known_days`."""
    young = (pl.col("segment") == NO_PURCHASES) & (known_days < days)
    return named.with_columns(segment=pl.when(young).then(pl.lit(NEW_SUBSCRIBER)).otherwise("segment"))


def in_rank_order(scheme: Scheme, *, new_subscribers: bool) -> list[str]:
    """All segments that a customer can be in, the highest rank first, those without a purchase last."""
    outside = [NEW_SUBSCRIBER, NO_PURCHASES] if new_subscribers else [NO_PURCHASES]
    return [*scheme.names(), *outside]


def next_step(scheme: Scheme, segment: str | None) -> str:
    """What the scheme suggests to do with a segment's customers; empty where it says nothing."""
    steps = {known.name: known.next_step for known in scheme.segments}
    outside = {NO_PURCHASES: scheme.no_purchases_next_step, NEW_SUBSCRIBER: scheme.new_subscriber_next_step}
    return (steps | outside).get(segment or "", "")
