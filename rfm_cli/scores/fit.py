"""Cutoffs found from scored buyers: one rule an axis, nested or not, and the VIP floor."""

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
from rfm_cli.scores import rules
from rfm_cli.scores.apply import MEASURE, score_of
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, DEFAULT_SHARE, Bounds, Cutoffs, Group, Vip

MOST_DIGITS = 18
"""A cutoff is compared as a 64-bit integer."""
FIXED_WORDS = {"f": "1 / 2 / 3 / 4-6 / 7+ purchases", "r": "30 / 90 / 180 / 365 days"}


@dataclass(frozen=True)
class Fitting:
    """How cutoffs are found: the scheme (bins, rules, own cutoffs), what the user said instead, and the VIP share.

    `given` holds cutoffs as written, ascending, in days, purchases and money; `rules` replaces the scheme's.
    """

    scheme: Scheme
    rules: Mapping[Axis, Rule] = field(default_factory=dict, hash=False)
    given: Mapping[Axis, tuple[Decimal, ...]] = field(default_factory=dict, hash=False)
    nested: bool = False
    share: Decimal = DEFAULT_SHARE
    min_orders: int = DEFAULT_MIN_ORDERS

    def cuts_of(self, axis: Axis) -> tuple[Decimal, ...] | None:
        """Cutoffs that stand in place of the rule: the user's, else the scheme's own unless the user named a rule."""
        if axis in self.given:
            return self.given[axis]
        return None if axis in self.rules else self.scheme.cuts.get(axis)

    def rule_of(self, axis: Axis) -> Rule:
        """The user's rule, else the scheme's."""
        return self.rules.get(axis, self.scheme.rules[axis])


def fit(buyers: pl.DataFrame, fitting: Fitting, scale: int | None) -> tuple[Cutoffs, tuple[Note, ...]]:
    """The cutoffs that `buyers` (recency_days, frequency, monetary in minor units if `scale`) give, and remarks.

    Buyers are customers with a purchase; nobody else is scored.
    """
    axes: dict[Axis, Mapping[Group, Bounds]] = {}
    said: list[Note] = []
    frame = buyers
    # Both M and the VIP floor want it in order, which Polars remembers of it.
    money = None if scale is None else buyers["monetary"].sort()
    for axis in AXES:
        if axis == "m" and scale is None:
            continue
        within = [name for name in ("r", "f") if name in axes] if fitting.nested else []
        values = money if axis == "m" and money is not None else frame[MEASURE[axis]]
        axes[axis], notes = _fit_axis(values, axis, fitting, scale or 0, frame.group_by(within) if within else None)
        if axis == "m" and not notes and money is not None:
            told = frame if fitting.nested else _telling(money, axes["m"][()])
            said += _unused_m(told, axes["m"], fitting)
        said += notes
        if fitting.nested:
            frame = frame.with_columns(score_of(axis, axes[axis]).alias(axis))
    bins = fitting.scheme.bins
    return Cutoffs(bins, axes, vip_of(money, fitting), scale), tuple(said)


def _fit_axis(
    values: pl.Series, axis: Axis, fitting: Fitting, scale: int, groups: GroupBy | None
) -> tuple[dict[Group, Bounds], list[Note]]:
    """Cutoffs of all values, or for each of the groups of buyers apart, and what becomes of scores without a buyer."""
    own = fitting.cuts_of(axis)
    if own is not None:
        return {(): bounds_from(own, axis, fitting.scheme.bins.k(axis), scale)}, []
    if groups is None:
        bounds, said = _by_rule(values, axis, fitting, scale)
        return {(): bounds}, said
    found = {}
    for group, part in groups:
        key = tuple(int(str(score)) for score in group)
        found[key] = _ruled(part[MEASURE[axis]], axis, fitting, scale)
    return dict(sorted(found.items())), []


def _unused_m(buyers: pl.DataFrame, groups: Mapping[Group, Bounds], fitting: Fitting) -> Iterator[Note]:
    """A warning where no buyer gets some score of M, whatever the rule; nested scores are those of all buyers."""
    got = set(buyers.select(score_of("m", groups).unique()).to_series())
    unused = [str(score) for score in range(1, fitting.scheme.bins.m + 1) if score not in got]
    if unused and got:
        scores = ", ".join(unused)
        yield warning("unused-score", f"m: no buyer gets score {scores}; other cutoffs may use them: --cuts m=...")


def _telling(money: pl.Series, bounds: Bounds) -> pl.DataFrame:
    """Of ascending values the first one, and the first that reaches each bound: between them no score begins."""
    places = {0, *(int(money.search_sorted(bound)) for _, bound in bounds.at)}
    return money.gather(sorted(place for place in places if place < money.len())).to_frame(MEASURE["m"])


def _ruled(values: pl.Series, axis: Axis, fitting: Fitting, scale: int) -> Bounds:
    """Cutoffs by the rule of the axis. `auto` is `quantile` here, and within a group stays it: one may be small."""
    k, low_is_best, rule = fitting.scheme.bins.k(axis), axis == "r", fitting.rule_of(axis)
    if rule == "fixed":
        return _fixed(axis, k)
    if values.is_empty():
        return Bounds(k, (), rule)
    counts = rules.value_counts(values)
    if rule == "type7":
        return rules.type7(counts, k, _unit(axis, scale), low_is_best=low_is_best)
    return rules.quantile(counts, k, low_is_best=low_is_best)


def _by_rule(values: pl.Series, axis: Axis, fitting: Fitting, scale: int) -> tuple[Bounds, list[Note]]:
    """The same, and what becomes of scores that ties leave without a buyer."""
    bounds = _ruled(values, axis, fitting, scale)
    unused = bounds.unused() if bounds.rule == "quantile" else []
    if not unused or values.is_empty():
        return bounds, []
    k = bounds.k
    scores = ", ".join(str(score) for score in unused)
    why = f"{axis}: too few different values for {k} quantiles (score {scores} would stay unused)"
    if axis == "m":
        return bounds, [warning("unused-score", f"{why}; give --cuts m=... to use them")]
    instead = rules.fixed(k, low_is_best=axis == "r") if fitting.rule_of(axis) == "auto" else None
    if instead is None:
        return bounds, [note(why)]
    words = FIXED_WORDS[axis] if k == 5 else f"1, 2, ..., {k} and more purchases"
    other = f"--rule {axis}=quantile keeps the quantiles, --cuts {axis}=... sets your own"
    return instead, [note(f"{why}, so it is scored {words}; {other}")]


def _fixed(axis: Axis, k: int) -> Bounds:
    bounds = rules.fixed(k, low_is_best=axis == "r") if axis != "m" else None
    if bounds is None:
        raise UsageError(
            f"--rule {axis}=fixed: there are no fixed cutoffs for {axis} with {k} scores",
            f"give your own: --cuts {axis}=...",
        )
    return bounds


def _unit(axis: Axis, scale: int) -> int:
    return 10**scale if axis == "m" else 1


def bounds_from(cuts: tuple[Decimal, ...], axis: Axis, k: int, scale: int) -> Bounds:
    """Bounds from cutoffs as written: whole days and purchases, money at any scale."""
    if len(cuts) != k - 1:
        raise UsageError(f"--cuts {axis}: {len(cuts)} cutoffs given, and {k} scores take {k - 1}")
    if list(cuts) != sorted(cuts):
        ascending = ",".join(f"{cut:f}" for cut in sorted(cuts))
        raise UsageError(f"--cuts {axis}: cutoffs must not fall", f"write them in ascending order: {axis}={ascending}")
    whole = [whole_units(cut, axis, scale) for cut in cuts]
    return rules.given(tuple(whole), k, low_is_best=axis == "r")


def whole_units(cut: Decimal, axis: Axis, scale: int) -> int:
    """A cutoff in the integers that are compared: rounded up for a lower bound, down for R's upper ones."""
    if cut and cut.adjusted() + (scale if axis == "m" else 0) >= MOST_DIGITS:
        raise UsageError(f"--cuts {axis}: {cut} is too large for a cutoff")
    return math.floor(cut) if axis == "r" else math.ceil(cut.scaleb(scale) if axis == "m" else cut)


def vip_of(money: pl.Series | None, fitting: Fitting) -> Vip:
    """The VIP floor: of the ascending `money` of n buyers that of the ceil(n x share)-th from the top; None without
    money or buyers."""
    if money is None or money.is_empty():
        return Vip(None, fitting.share, fitting.min_orders)
    place = math.ceil(money.len() * Fraction(fitting.share))
    return Vip(int(money[-place]), fitting.share, fitting.min_orders)
