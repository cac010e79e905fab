"""States: what moves lead between, best first, and the state of each measured customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.schemes import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Scheme, all_codes
from rfm_cli.scores.apply import place_of, score_of, with_vip
from rfm_cli.scores.cutoffs import Cutoffs

By = Literal["segment", "rf", "r", "f", "m", "vip"]
BYS: tuple[By, ...] = ("segment", "rf", "r", "f", "m", "vip")
NOT_YET = "Not yet a customer"
VIP, NOT_VIP = "VIP", "Not VIP"


@dataclass(frozen=True)
class States:
    """The states of one kind under some cutoffs, best first, the states without a purchase last.

    The number of a state is its place in `names`, so a move to a smaller number is a move up. Segments are in rank
    order, codes of R and F in the order of R and then F, scores from the best to 1. `of_place` gives the state of each
    place in the plane of `axes` (empty for VIPs). `new_subscriber` splits customers without a purchase by the number
    of days they have been known.
    """

    by: By
    names: tuple[str, ...]
    axes: tuple[Axis, ...]
    of_place: tuple[int, ...]
    cutoffs: Cutoffs
    new_subscriber: int | None = None

    @property
    def by_money(self) -> bool:
        """Whether money decides a state."""
        return self.by == "vip" or "m" in self.axes

    def number(self, name: str) -> int:
        """Return the number of the state called `name`."""
        return self.names.index(name)


def money_decides(by: By, scheme: Scheme) -> bool:
    """Return whether money decides the states of a kind."""
    return by in ("m", "vip") or (by == "segment" and "m" in scheme.axes)


def states_by(by: By, scheme: Scheme, cutoffs: Cutoffs, new_subscriber: int | None = None) -> States:
    """Return the states of a kind.

    Raises `UsageError` if the scheme has no segments, or if the states need money and the cutoffs have none.
    """
    outside = (NO_PURCHASES,) if new_subscriber is None else (NEW_SUBSCRIBER, NO_PURCHASES)
    if by == "segment" and not scheme.segments:
        raise UsageError(f"the scheme {scheme.name} has no segments", "use --by rf, r, f, m or vip")
    if by in ("m", "vip") and cutoffs.scale is None:
        raise UsageError(f"--by {by} needs amounts, and these orders have none")
    if by == "vip":
        return States(by, (VIP, NOT_VIP, *outside), (), (), cutoffs, new_subscriber)
    if by == "segment":
        names, cells = scheme.names(), scheme.segment_by_cell()
        place = tuple(names.index(cells[cell]) for cell in all_codes(scheme.axes, cutoffs.bins))
        return States(by, (*names, *outside), scheme.axes, place, cutoffs, new_subscriber)
    # "rf" is two axes and "r" one: the kind is spelled by its axes.
    axes: tuple[Axis, ...] = tuple(axis for axis in AXES if axis in by)
    codes = list(all_codes(axes, cutoffs.bins))
    best_first = tuple(reversed(range(len(codes))))
    return States(by, (*reversed(codes), *outside), axes, best_first, cutoffs, new_subscriber)


def with_state(measured: pl.DataFrame, states: States, known_days: pl.Expr) -> pl.DataFrame:
    """Give measured customers (recency_days, frequency, monetary in minor units?) their `state` (UInt16).

    Without a purchase (recency_days null) a customer who has been known for less than `new_subscriber` days by
    `known_days` is a New subscriber, and else has No purchases; so has one whose `known_days` are null.
    """
    buyer = pl.col("recency_days").is_not_null()
    if states.by == "vip":
        vip = with_vip(measured, states.cutoffs)["vip"]
        inside = pl.when(vip).then(pl.lit(0, pl.UInt16)).otherwise(pl.lit(1, pl.UInt16))
        scored = measured
    else:
        scored = _with_axes(measured, states)
        place = place_of(states.axes, states.cutoffs.bins)
        inside = pl.lit(pl.Series(states.of_place, dtype=pl.UInt16)).gather(place)
    outside = pl.lit(states.number(NO_PURCHASES), pl.UInt16)
    if states.new_subscriber is not None:
        new = pl.lit(states.number(NEW_SUBSCRIBER), pl.UInt16)
        outside = pl.when(known_days < states.new_subscriber).then(new).otherwise(outside)
    return scored.with_columns(state=pl.when(buyer).then(inside).otherwise(outside))


def _with_axes(measured: pl.DataFrame, states: States) -> pl.DataFrame:
    """Score the customers on the axes that their state needs; nested scores need the axes before as well."""
    last = max(AXES.index(axis) for axis in states.axes)
    nested = any(set(groups) != {()} for groups in states.cutoffs.axes.values())
    frame = measured
    for axis in AXES[: last + 1]:
        if nested or axis in states.axes:
            frame = frame.with_columns(score_of(axis, states.cutoffs.axes[axis]).alias(axis))
    return frame
