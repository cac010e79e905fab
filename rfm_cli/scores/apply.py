"""Measures turned into scores by cutoffs, and codes into text."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rfm_cli.schemes import Axis
from rfm_cli.schemes.model import MOST_BINS
from rfm_cli.scores.cutoffs import Bounds, Cutoffs, Group

PLACES = MOST_BINS + 1
MEASURE: Mapping[Axis, str] = {"r": "recency_days", "f": "frequency", "m": "monetary"}
"""The measure that an axis scores; `monetary` in minor units."""


def score_of(axis: Axis, groups: Mapping[Group, Bounds]) -> pl.Expr:
    """The score (Int8) of one axis for rows with its measure, null where the measure is; nested ones need r (and f).

    A group that the cutoffs do not know gets score 1, as every value does that reaches no bound.
    """
    value = pl.col(MEASURE[axis])
    if set(groups) == {()}:
        return _score(value, groups[()], low_is_best=axis == "r")
    result = pl.lit(1, pl.Int8)
    for score in sorted({score for bounds in groups.values() for score, _ in bounds.at}):
        bound = pl.lit(_by_place(groups, score)).gather(_place(groups))
        result = pl.when(value >= bound).then(pl.lit(score, pl.Int8)).otherwise(result)
    return pl.when(value.is_not_null()).then(result)


def _place(groups: Mapping[Group, Bounds]) -> pl.Expr:
    """Where the bounds of a row's group stand in the list of all; 0, which is no group's place, without scores."""
    place = pl.lit(0, pl.UInt32)
    for name in "rf"[: max(map(len, groups))]:
        place = place * PLACES + pl.col(name).cast(pl.UInt32)
    return place.fill_null(0)


def _by_place(groups: Mapping[Group, Bounds], score: int) -> pl.Series:
    """The bound of one score in every group, null where a group has none."""
    bounds: list[int | None] = [None] * PLACES ** max(map(len, groups))
    for group, own in groups.items():
        place = 0
        for within in group:
            place = place * PLACES + within
        bounds[place] = dict(own.at).get(score)
    return pl.Series(bounds, dtype=pl.Int64)


def _score(value: pl.Expr, bounds: Bounds, *, low_is_best: bool) -> pl.Expr:
    """The highest score whose bound the value reaches, else 1."""
    result = pl.lit(1, pl.Int8)
    for score, bound in sorted(bounds.at):
        reached = value <= bound if low_is_best else value >= bound
        result = pl.when(reached).then(pl.lit(score, pl.Int8)).otherwise(result)
    return pl.when(value.is_not_null()).then(result)


def with_scores(customers: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Customers (recency_days, frequency, monetary in minor units?) with r, f, m and vip.

    Without a purchase (recency_days null) scores are null and vip is false; without money m and vip are null.
    """
    buyer = pl.col("recency_days").is_not_null()
    frame = customers
    for axis in ("r", "f", "m"):
        groups = cutoffs.axes.get(axis)
        score = score_of(axis, groups) if groups else pl.lit(None, pl.Int8)
        frame = frame.with_columns(pl.when(buyer).then(score).alias(axis))
    return with_vip(frame, cutoffs)


def with_vip(customers: pl.DataFrame, cutoffs: Cutoffs) -> pl.DataFrame:
    """Customers with vip: false without a purchase or a floor, null without money."""
    floor = cutoffs.vip.floor
    if floor is None:
        return customers.with_columns(vip=pl.lit(None, pl.Boolean) if cutoffs.scale is None else pl.lit(value=False))
    buyer = pl.col("recency_days").is_not_null()
    vip = buyer & (pl.col("monetary") >= floor) & (pl.col("frequency") >= cutoffs.vip.min_orders)
    return customers.with_columns(vip=vip)
