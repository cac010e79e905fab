"""Cutoffs found from the measures of buyers: one rule per axis, nested or not, and the VIP floor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import polars as pl
from polars.dataframe.group_by import GroupBy

from rfm_cli.errors import UsageError
from rfm_cli.notes import Note, note, warning
from rfm_cli.schemes import AXES, Axis, Rule, Scheme
from rfm_cli.scores import cutoffs
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, DEFAULT_SHARE, MEASURE, Bounds, Cutoffs, Group, Vip, score_of

MOST_DIGITS = 18
"""The digits of a cutoff in minor units, since it is compared as a 64-bit integer."""
FIXED_WORDS = {"f": "1 / 2 / 3 / 4-6 / 7+ purchases", "r": "30 / 90 / 180 / 365 days"}


@dataclass(frozen=True)
class Fitting:
    """How cutoffs are found: the scheme (bins, rules, own cutoffs), the user's choices, and the share of VIPs.

    `given` holds cutoffs as written, ascending, in days, purchases and money; `rules` replaces the scheme's.
    """

    scheme: Scheme
    rules: Mapping[Axis, Rule] = field(default_factory=dict, hash=False)
    given: Mapping[Axis, tuple[Decimal, ...]] = field(default_factory=dict, hash=False)
    nested: bool = False
    share: Decimal = DEFAULT_SHARE
    min_orders: int = DEFAULT_MIN_ORDERS

    def cuts_of(self, axis: Axis) -> tuple[Decimal, ...] | None:
        """Return cutoffs in place of the rule: the user's, else the scheme's own unless the user named a rule."""
        if axis in self.given:
            return self.given[axis]
        return None if axis in self.rules else self.scheme.cuts.get(axis)

    def rule_of(self, axis: Axis) -> Rule:
        """Return the user's rule, else the scheme's."""
        return self.rules.get(axis, self.scheme.rules[axis])


def fit(buyers: pl.DataFrame, fitting: Fitting, scale: int | None) -> tuple[Cutoffs, tuple[Note, ...]]:
    """Return the cutoffs of `buyers` (recency_days, frequency, monetary in minor units if `scale`), and remarks.

    Buyers are customers with a purchase; other customers are not scored. The order of the rows makes no difference.
    `UsageError` where a rule has no cutoffs for the number of scores.
    """
    axes: dict[Axis, Mapping[Group, Bounds]] = {}
    remarks: list[Note] = []
    frame = buyers
    # Sorted once for M and the VIP floor; Polars remembers that it is sorted.
    money = None if scale is None else buyers["monetary"].sort()
    for axis in AXES:
        if axis == "m" and scale is None:
            continue
        # Under --nested F is ranked within each R, and M within each R and F: these scores are in the frame by then.
        within = [name for name in ("r", "f") if name in axes] if fitting.nested else []
        values = money if axis == "m" and money is not None else frame[MEASURE[axis]]
        axes[axis], notes = _fit_axis(values, axis, fitting, scale or 0, frame.group_by(within) if within else None)
        if axis == "m" and not notes and money is not None:
            sample = frame if fitting.nested else _first_of_scores(money, axes["m"][()])
            remarks += _unused_m(sample, axes["m"], fitting)
        remarks += notes
        if fitting.nested:
            frame = frame.with_columns(score_of(axis, axes[axis]).alias(axis))
    bins = fitting.scheme.bins
    return Cutoffs(bins, axes, vip_of(money, fitting), scale), tuple(remarks)


def _fit_axis(
    values: pl.Series, axis: Axis, fitting: Fitting, scale: int, groups: GroupBy | None
) -> tuple[dict[Group, Bounds], list[Note]]:
    """Return the cutoffs of all values, or of each group of buyers, and remarks on scores without a buyer."""
    own = fitting.cuts_of(axis)
    if own is not None:
        return {(): bounds_from(own, axis, fitting.scheme.bins.k(axis), scale)}, []
    if groups is None:
        bounds, remarks = _by_rule(values, axis, fitting, scale)
        return {(): bounds}, remarks
    # Groups come in any order, and are sorted by their scores below, so that files of cutoffs are always alike.
    found = {}
    for group, part in groups:
        key = tuple(int(str(score)) for score in group)
        found[key] = _bounds_by_rule(part[MEASURE[axis]], axis, fitting, scale)
    return dict(sorted(found.items())), []


def _unused_m(buyers: pl.DataFrame, groups: Mapping[Group, Bounds], fitting: Fitting) -> Iterator[Note]:
    """Yield a warning where no buyer gets some score of M, whatever the rule; nested scores are those of all buyers."""
    got = set(buyers.select(score_of("m", groups).unique()).to_series())
    unused = [str(score) for score in range(1, fitting.scheme.bins.m + 1) if score not in got]
    if unused and got:
        scores = ", ".join(unused)
        yield warning("unused-score", f"m: no buyer gets score {scores}; other cutoffs may use them: --cuts m=...")


def _first_of_scores(money: pl.Series, bounds: Bounds) -> pl.DataFrame:
    """Return the first of ascending values, and the first that reaches each bound.

    Between these values no score begins, so they have all scores that the values have.
    """
    places = {0, *(int(money.search_sorted(bound)) for _, bound in bounds.at)}
    return money.gather(sorted(place for place in places if place < money.len())).to_frame(MEASURE["m"])


def _bounds_by_rule(values: pl.Series, axis: Axis, fitting: Fitting, scale: int) -> Bounds:
    """Return the cutoffs by the rule of the axis; `auto` is `quantile` here, and in groups, which may be small."""
    k, low_is_best, rule = fitting.scheme.bins.k(axis), axis == "r", fitting.rule_of(axis)
    if rule == "fixed":
        return _fixed(axis, k)
    if values.is_empty():
        return Bounds(k, (), rule)
    counts = cutoffs.value_counts(values)
    if rule == "type7":
        return cutoffs.type7(counts, k, _unit(axis, scale), low_is_best=low_is_best)
    return cutoffs.quantile(counts, k, low_is_best=low_is_best)


def _by_rule(values: pl.Series, axis: Axis, fitting: Fitting, scale: int) -> tuple[Bounds, list[Note]]:
    """Return the cutoffs by the rule, `auto` decided, and remarks on scores that ties leave without a buyer."""
    bounds = _bounds_by_rule(values, axis, fitting, scale)
    unused = bounds.unused() if bounds.rule == "quantile" else []
    if not unused or values.is_empty():
        return bounds, []
    k = bounds.k
    scores = ", ".join(str(score) for score in unused)
    why = f"{axis}: too few different values for {k} quantiles (score {scores} would stay unused)"
    if axis == "m":
        # Amounts differ by shop and currency, so that no fixed cutoffs can take the place of quantiles.
        return bounds, [warning("unused-score", f"{why}; give --cuts m=... to use them")]
    instead = cutoffs.fixed(k, low_is_best=axis == "r") if fitting.rule_of(axis) == "auto" else None
    if instead is None:
        return bounds, [note(why)]
    words = FIXED_WORDS[axis] if k == 5 else f"1, 2, ..., {k} and more purchases"
    other = f"--rule {axis}=quantile keeps the quantiles, --cuts {axis}=... sets your own"
    return instead, [note(f"{why}, so it is scored {words}; {other}")]


def _fixed(axis: Axis, k: int) -> Bounds:
    """Return the fixed cutoffs of an axis; `UsageError` where there are none for that number of scores."""
    bounds = cutoffs.fixed(k, low_is_best=axis == "r") if axis != "m" else None
    if bounds is None:
        raise UsageError(
            f"--rule {axis}=fixed: there are no fixed cutoffs for {axis} with {k} scores",
            f"give your own: --cuts {axis}=...",
        )
    return bounds


def _unit(axis: Axis, scale: int) -> int:
    """Return one unit of the measure in the integers that are compared."""
    return 10**scale if axis == "m" else 1


def bounds_from(cuts: tuple[Decimal, ...], axis: Axis, k: int, scale: int) -> Bounds:
    """Return bounds from cutoffs as written: whole days and purchases, money at any scale."""
    if len(cuts) != k - 1:
        raise UsageError(f"--cuts {axis}: {len(cuts)} cutoffs given, and {k} scores take {k - 1}")
    if list(cuts) != sorted(cuts):
        ascending = ",".join(f"{cut:f}" for cut in sorted(cuts))
        raise UsageError(f"--cuts {axis}: cutoffs must not fall", f"write them in ascending order: {axis}={ascending}")
    whole = [whole_units(cut, axis, scale) for cut in cuts]
    return cutoffs.given(tuple(whole), k, low_is_best=axis == "r")


def whole_units(cut: Decimal, axis: Axis, scale: int) -> int:
    """Return a cutoff in the integers that are compared: rounded up for a lower bound, down for R's upper ones."""
    # By its exponent: written out, 1E+999999 is an integer of a million digits. The exponent of 0 means no size.
    if cut and cut.adjusted() + (scale if axis == "m" else 0) >= MOST_DIGITS:
        raise UsageError(f"--cuts {axis}: {cut} is too large for a cutoff")
    return math.floor(cut) if axis == "r" else math.ceil(cut.scaleb(scale) if axis == "m" else cut)


def vip_of(money: pl.Series | None, fitting: Fitting) -> Vip:
    """Return the rule for VIPs: the floor is the money of the ceil(n x share)-th of n buyers, from the top.

    `money` ascends. The floor is None without money or buyers.
    """
    if money is None or money.is_empty():
        return Vip(None, fitting.share, fitting.min_orders)
    # A fraction: with floats 0.07 x 100 would be above 7, and the floor the money of the eighth buyer.
    place = math.ceil(money.len() * Fraction(fitting.share))
    return Vip(int(money[-place]), fitting.share, fitting.min_orders)
