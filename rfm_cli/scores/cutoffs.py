"""Cutoffs: what a value must reach for each score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rfm_cli.schemes import Axis, Bins

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
