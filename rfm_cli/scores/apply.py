"""Measures turned into scores by cutoffs, and scores into codes and segments."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rfm_cli.schemes import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Bins, Scheme, all_codes
from rfm_cli.schemes.model import MOST_BINS
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, Group

PLACES = MOST_BINS + 1
MEASURE: Mapping[Axis, str] = {"r": "recency_days", "f": "frequency", "m": "monetary"}
"""The measure that an axis scores; `monetary` in minor units."""


def score_of(axis: Axis, groups: Mapping[Group, Bounds]) -> pl.Expr:
    """Return the score (Int8) of one axis for rows with its measure; nested axes need the columns r (and f) too.

    It is null where the measure is null, and 1 in a group that the cutoffs do not know, as it is for every value that
    reaches no bound.
    """
    value = pl.col(MEASURE[axis])
    if set(groups) == {()}:
        return _score(value, groups[()], low_is_best=axis == "r")
    # One list of bounds per score, with a place for every group, is looked up once per row. A chain of conditions
    # per group would grow with the number of groups.
    result = pl.lit(1, pl.Int8)
    for score in sorted({score for bounds in groups.values() for score, _ in bounds.at}):
        bound = pl.lit(_bounds_by_place(groups, score)).gather(_place_of_group(groups))
        result = pl.when(value >= bound).then(pl.lit(score, pl.Int8)).otherwise(result)
    return pl.when(value.is_not_null()).then(result)


def _place_of_group(groups: Mapping[Group, Bounds]) -> pl.Expr:
    """Return the place of a row's group in the list of all; 0, which is no group's place, without scores."""
    place = pl.lit(0, pl.UInt32)
    for name in "rf"[: max(map(len, groups))]:
        place = place * PLACES + pl.col(name).cast(pl.UInt32)
    return place.fill_null(0)


def _bounds_by_place(groups: Mapping[Group, Bounds], score: int) -> pl.Series:
    """Return the bound of one score in every group, null where a group has none."""
    bounds: list[int | None] = [None] * PLACES ** max(map(len, groups))
    for group, own in groups.items():
        place = 0
        for within in group:
            place = place * PLACES + within
        bounds[place] = dict(own.at).get(score)
    return pl.Series(bounds, dtype=pl.Int64)


def _score(value: pl.Expr, bounds: Bounds, *, low_is_best: bool) -> pl.Expr:
    """Return the highest score whose bound the value reaches, else 1."""
    result = pl.lit(1, pl.Int8)
    for score, bound in sorted(bounds.at):
        reached = value <= bound if low_is_best else value >= bound
        result = pl.when(reached).then(pl.lit(score, pl.Int8)).otherwise(result)
    return pl.when(value.is_not_null()).then(result)


def with_scores(customers: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Return customers (recency_days, frequency, monetary in minor units?) with r, f, m and vip.

    Without a purchase (recency_days null) scores are null and vip is false; without money m and vip are null.
    """
    buyer = pl.col("recency_days").is_not_null()
    frame = customers
    for axis in AXES:
        groups = cutoffs.axes.get(axis)
        score = score_of(axis, groups) if groups else pl.lit(None, pl.Int8)
        frame = frame.with_columns(pl.when(buyer).then(score).alias(axis))
    return with_vip(frame, cutoffs)


def with_vip(customers: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Return customers with vip: false without a purchase or a floor, null without money."""
    floor = cutoffs.vip.floor
    if floor is None:
        return customers.with_columns(vip=pl.lit(None, pl.Boolean) if cutoffs.scale is None else pl.lit(value=False))
    buyer = pl.col("recency_days").is_not_null()
    vip = buyer & (pl.col("monetary") >= floor) & (pl.col("frequency") >= cutoffs.vip.min_orders)
    return customers.with_columns(vip=vip)


def with_codes(scored: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Return scored customers with `rfm` (the code as text) and `segment`.

    Without scores the code is null and the segment is No purchases. Without money the code is of R and F alone. A
    scheme without a map leaves the segment of buyers null.
    """
    has_m = scored["m"].null_count() < scored.height
    axes = AXES if has_m else AXES[:2]
    # A code is looked up by its place: for millions of rows faster than joining texts row by row.
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
    """Return the place of a row's code in the list of all codes; 0 for rows without scores."""
    place = pl.lit(0, pl.UInt32)
    for axis in axes:
        k = bins.k(axis)
        place = place * k + (pl.col(axis).cast(pl.UInt32) - 1)
    return place.fill_null(0)


def split_new_subscribers(named: pl.DataFrame, known_days: pl.Expr, days: int) -> pl.DataFrame:
    """Split No purchases in two: customers who have been known for less than `days` become New subscriber.

    `known_days` is the number of days since which a customer is known; a customer without it is not new.
    """
    young = (pl.col("segment") == NO_PURCHASES) & (known_days < days)
    return named.with_columns(segment=pl.when(young).then(pl.lit(NEW_SUBSCRIBER)).otherwise("segment"))
