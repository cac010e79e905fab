"""Cutoffs: what a value must reach for each score, the rules that find them, and the customers scored by them.

The rules come first. Then measures become scores and VIP marks, and scores become codes and segments.

A rule works on a table of values and their counts. Such a table is small (one row per distinct value), adds up over
parts of the data, and does not depend on the order of rows. So any engine gives the same cutoffs, and equal values get
equal scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from rfm_cli.schemes import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Bins, Scheme, all_codes
from rfm_cli.schemes.model import MOST_BINS

DEFAULT_SHARE = Decimal("0.15")
"""The part of the buyers that sets the VIP floor, by default."""
DEFAULT_MIN_ORDERS = 2
"""The least number of purchases of a VIP, by default."""

Group = tuple[int, ...]
"""The scores within which an axis was ranked: () for all buyers, (r,) and (r, f) under `--nested`."""


@dataclass(frozen=True)
class Bounds:
    """The cutoffs of one axis with scores 1..k.

    `at` holds (score, bound), the highest score first; score 1 has none, and a score that no value reaches may
    be absent. For F and M a bound is the least value of the score, for R the greatest: days since the last
    purchase. Values beyond all bounds take the end scores. M is in minor units.
    """

    k: int
    at: tuple[tuple[int, int], ...]
    rule: str

    def unused(self) -> list[int]:
        """Return the scores above 1 that no value can get."""
        present = {score for score, _ in self.at}
        return [score for score in range(2, self.k + 1) if score not in present]


@dataclass(frozen=True)
class Vip:
    """The rule for VIPs: buyers with money of `floor` (minor units) or more, and at least `min_orders` purchases.

    `floor` is None where there is no money to rank by. `share` is the part of the buyers that set the floor,
    None where the floor was given.
    """

    floor: int | None
    share: Decimal | None
    min_orders: int


@dataclass(frozen=True)
class Cutoffs:
    """All that scoring needs beside the measures: bounds by axis and group, and the rule for VIPs.

    `scale` is the number of decimals of M and of the floor; None where there is no money.
    """

    bins: Bins
    axes: Mapping[Axis, Mapping[Group, Bounds]] = field(hash=False)
    vip: Vip
    scale: int | None

    def rules(self) -> dict[str, str]:
        """Return the rule that made the cutoffs of each axis, by axis: quantile, fixed, type7 or given."""
        return {axis: ", ".join(dict.fromkeys(one.rule for one in own.values())) for axis, own in self.axes.items()}

    def at_scale(self, scale: int | None) -> Cutoffs:
        """Return the same cutoffs for money of `scale` decimals, rounded up where it has fewer."""
        if scale is None or self.scale is None or scale == self.scale:
            return self
        # One of the two is 1. Rounding up keeps a value at the bound on its side: it reached the bound before.
        finer = int(10 ** max(scale - self.scale, 0))
        coarser = int(10 ** max(self.scale - scale, 0))

        def moved(minor: int) -> int:
            return -(-minor * finer // coarser)

        money = {
            group: replace(bounds, at=tuple((score, moved(bound)) for score, bound in bounds.at))
            for group, bounds in self.axes.get("m", {}).items()
        }
        floor = None if self.vip.floor is None else moved(self.vip.floor)
        axes = {**self.axes, "m": money} if money else self.axes
        return replace(self, axes=axes, vip=replace(self.vip, floor=floor), scale=scale)


FIXED_F = (2, 3, 4, 7)
"""Lower bounds of the F scores 2..5: one purchase, two, three, four to six, seven and more."""
FIXED_R = (30, 90, 180, 365)
"""Upper bounds of the R scores 5..2, in days."""


def value_counts(values: pl.Series) -> pl.DataFrame:
    """Return the distinct values, ascending, and how many there are of each: value, rows."""
    runs = values.sort().rle().struct.unnest()  # a third of the time of grouping, where nearly all differ
    return runs.select("value", rows="len")


def quantile(counts: pl.DataFrame, k: int, *, low_is_best: bool) -> Bounds:
    """Return the cutoffs of the quantile rule: score = 1 + (k x buyers strictly worse) // buyers, in integers.

    Each cutoff is a value that occurs; a score that ties leave out has none.
    """
    worst_first = counts.sort("value", descending=low_is_best)
    rows = pl.col("rows").cast(pl.Int64)
    scored = worst_first.with_columns(score=1 + (k * (rows.cum_sum() - rows)) // rows.sum())
    # The first value of a score, seen from the worst, is its cutoff on either kind of axis.
    first = scored.filter(pl.col("score") > 1).unique("score", keep="first", maintain_order=True)
    return Bounds(k, tuple(reversed(list(first.select("score", "value").iter_rows()))), "quantile")


def fixed(k: int, *, low_is_best: bool) -> Bounds | None:
    """Return the cutoffs that need no data: F as 1, 2, 3, 4-6, 7+ (k = 5) or 1, 2, ..., k; R as 30/90/180/365 days.

    None where there are none: R with other than five scores.
    """
    if low_is_best:
        return given(FIXED_R, k, low_is_best=True, rule="fixed") if k == 5 else None
    return given(FIXED_F if k == 5 else tuple(range(2, k + 1)), k, low_is_best=False, rule="fixed")


def given(bounds: tuple[int, ...], k: int, *, low_is_best: bool, rule: str = "given") -> Bounds:
    """Return the bounds of cutoffs as users write them, ascending.

    They are the lower bounds of scores 2..k, for R the upper bounds of scores k..2.

    >>> given((30, 90, 180, 365), 5, low_is_best=True).at
    ((5, 30), (4, 90), (3, 180), (2, 365))
    """
    scores = range(k, 1, -1)
    return Bounds(k, tuple(zip(scores, bounds if low_is_best else reversed(bounds), strict=True)), rule)


def type7(counts: pl.DataFrame, k: int, unit: int, *, low_is_best: bool) -> Bounds:
    """Return the cutoffs of the R package rfm: type-7 (linear) quantiles plus 1, each bin lower <= value < upper.

    The i-th of n values lies at (n - 1) i / k between two order statistics (Hyndman and Fan 1996, type 7). All in
    integers: a value of at least `edge` is of the next bin. `unit` is 1 in the measure's own unit (10^scale for
    money). For R the bins are reversed, so the score's greatest value is one below the edge.
    """
    ends = counts["rows"].cast(pl.Int64).cum_sum()
    values, last = counts["value"], int(ends[-1]) - 1

    def at(rank: int) -> int:
        """Return the value of a rank, from 0."""
        return int(values[int(ends.search_sorted(rank + 1))])

    edges = []
    for i in range(1, k):
        # The place is rank + rest / k; the edge is rounded up, so that it is the least integer of the next bin.
        rank, rest = divmod(last * i, k)
        low, high = at(rank), at(min(rank + 1, last))
        edges.append(low - (-(rest * (high - low)) // k) + unit)
    if low_is_best:
        return Bounds(k, tuple((k + 1 - i, edge - 1) for i, edge in enumerate(edges, start=1)), "type7")
    return Bounds(k, tuple((i + 1, edge) for i, edge in reversed(list(enumerate(edges, start=1)))), "type7")


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
    # From the lowest score up, so that the highest one reached is outermost and wins.
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
    # From the lowest score up, so that the highest one reached is outermost and wins.
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
