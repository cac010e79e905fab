"""The cutoffs in words, with the customers of each score: `--explain`, the line under a table, the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.messages import Figure, Listed, Message, Value, message, words
from rfm_cli.notes import Note, note
from rfm_cli.tables.money import decimal_of, money_text

if TYPE_CHECKING:
    from decimal import Decimal

    from rfm_cli.model import Scored
    from rfm_cli.schemes import Axis
    from rfm_cli.scores.cutoffs import Bounds, Group


@dataclass(frozen=True)
class Range:
    """The values that get a score, both ends included; None is an open end. Money is in its unit."""

    low: int | Decimal | None = None
    high: int | Decimal | None = None

    def words(self, *, grouped: bool = False) -> Value:
        """Return the range in words; `grouped` sets thousands apart.

        >>> str(Range(31, 90).words()), str(Range(high=30).words())
        ('31 to 90', 'up to 30')
        """
        low, high = (end if end is None or grouped else Figure(str(end)) for end in (self.low, self.high))
        if low is None:
            return message("all") if high is None else message("up to {high}", high=high)
        if high is None:
            return message("{low} and more", low=low)
        if low == high:
            return low
        # On a page the range is alone in its cell, and else part of a sentence.
        between = message("{low} to {high}#alone") if grouped else message("{low} to {high}")
        return between.filled(low=low, high=high)


@dataclass(frozen=True)
class ScoreRange:
    """One score of an axis with its range (None: no value gets it) and its customers; `group` holds outer scores."""

    axis: Axis
    group: Group
    bounds: Bounds
    score: int
    range: Range | None
    customers: int


def ranges(axis: str, bounds: Bounds, scale: int | None) -> dict[int, Range]:
    """Return the range of each score; scores that no value gets are absent.

    >>> from rfm_cli.scores.cutoffs import Bounds
    >>> {score: str(one.words()) for score, one in ranges("r", Bounds(3, ((3, 30), (2, 90)), "given"), None).items()}
    {3: 'up to 30', 2: '31 to 90', 1: '91 and more'}
    """
    found: dict[int, Range] = {}
    # Recency is best when low, so that its ranges rise; the others fall.
    step = 1 if axis == "r" else -1
    edge: int | None = None

    def end(bound: int | None) -> int | Decimal | None:
        return decimal_of(bound, scale or 0) if axis == "m" and bound is not None else bound

    def between(near: int | None, far: int | None) -> Range:
        return Range(end(far), end(near)) if axis == "r" else Range(end(near), end(far))

    for score, bound in bounds.at:
        # Equal bounds leave a score without values.
        if edge is None or (bound > edge if axis == "r" else bound < edge):
            found[score] = between(bound, None if edge is None else edge + step)
            edge = bound
    found[1] = between(None, None if edge is None else edge + step)
    return found


def score_ranges(scored: Scored) -> Iterator[ScoreRange]:
    """Yield every score of every axis, the best first, with its range and its customers."""
    for axis, groups in scored.cutoffs.axes.items():
        for group, bounds in groups.items():
            outer = [pl.col(name) == score for name, score in zip("rf", group, strict=False)]
            inside = scored.frame.filter(outer or pl.lit(value=True))
            counts = dict(inside.drop_nulls(axis).group_by(axis).len().iter_rows())
            found = ranges(axis, bounds, scored.scale)
            for score in range(bounds.k, 0, -1):
                yield ScoreRange(axis, group, bounds, score, found.get(score), counts.get(score, 0))


def explained(scored: Scored) -> Iterator[Note]:
    """Remark on the values and the customers of each score, one line per score; the VIP floor comes last."""
    for one in score_ranges(scored):
        outer = "".join(f" within {name} {score}" for name, score in zip("rf", one.group, strict=False))
        values = _with_unit(words()(one.range.words()), one.axis) if one.range else "no buyer can get it"
        yield note(f"{one.axis} {one.score}{outer}: {values}, {one.customers:,} customers ({one.bounds.rule})")
    if scored.cutoffs.vip.floor is not None:
        yield note(f"vip: {vip_message(scored)}")


DOT = " · "
"""The mark between the cutoffs of two axes, at which a line may break."""
UNITS: Mapping[str, str] = {"r": " days", "f": " purchases", "m": ""}


def _with_unit(values: str, axis: str) -> str:
    return f"{values} purchase" if axis == "f" and values in ("1", "up to 1") else values + UNITS[axis]


def vip_message(scored: Scored) -> Message:
    """Return what makes a VIP."""
    vip = scored.cutoffs.vip
    floor = Figure(money_text(vip.floor or 0, scored.scale or 0))
    return message("{floor} and more with at least {n|purchase|purchases}", floor=floor, n=vip.min_orders)


def cutoffs_line(scored: Scored) -> Listed:
    """Return all cutoffs, the best score first, as the parts of a line for the space under a table."""
    parts: list[Value] = []
    for axis, groups in scored.cutoffs.axes.items():
        # Nested cutoffs differ by group and would not fit a line.
        if set(groups) != {()}:
            parts.append(message("{axis} nested", axis=axis))
            continue
        mark = "<=" if axis == "r" else ">="
        bounds = [f"{score}{mark}{bound_text(axis, bound, scored.scale)}" for score, bound in groups[()].at]
        parts.append(f"{axis} {' '.join(bounds)}" if bounds else message("{axis} alike for all", axis=axis))
    if scored.cutoffs.vip.floor is not None:
        parts.append(f"vip >={money_text(scored.cutoffs.vip.floor, scored.scale or 0)}")
    first, *rest = parts
    return Listed((message("cutoffs: {cuts}", cuts=first), *rest), DOT)


def bound_text(axis: str, bound: int, scale: int | None) -> str:
    """Return a cutoff as people write it: money with its decimals."""
    return money_text(bound, scale or 0) if axis == "m" else str(bound)
