"""The cutoffs in words, with the customers in each score: `--explain`, the line under a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from rfm_cli.model import Scored
from rfm_cli.notes import Note, note
from rfm_cli.scores.cutoffs import Bounds
from rfm_cli.tables.money import money_text

UNITS: Mapping[str, str] = {"r": " days", "f": " purchases", "m": ""}


def bound_text(axis: str, bound: int, scale: int | None) -> str:
    """A cutoff as a person writes it: money with its decimals."""
    return money_text(bound, scale or 0) if axis == "m" else str(bound)


def ranges(axis: str, bounds: Bounds, scale: int | None) -> dict[int, str]:
    """Score -> the values that get it, in words; scores that no value gets are absent.

    >>> ranges("r", Bounds(3, ((3, 30), (2, 90)), "given"), None)
    {3: 'up to 30', 2: '31 to 90', 1: '91 and more'}
    """
    found: dict[int, str] = {}
    step = 1 if axis == "r" else -1
    edge: int | None = None
    for score, bound in bounds.at:
        if edge is None or (bound > edge if axis == "r" else bound < edge):
            found[score] = _range(axis, bound, edge, step, scale)
            edge = bound
    found[1] = _rest(axis, edge, step, scale)
    return found


def _range(axis: str, bound: int, edge: int | None, step: int, scale: int | None) -> str:
    near = bound_text(axis, bound, scale)
    if edge is None:
        return f"up to {near}" if axis == "r" else f"{near} and more"
    far = bound_text(axis, edge + step, scale)
    low, high = (far, near) if axis == "r" else (near, far)
    return low if low == high else f"{low} to {high}"


def _rest(axis: str, edge: int | None, step: int, scale: int | None) -> str:
    if edge is None:
        return "all"
    far = bound_text(axis, edge + step, scale)
    return f"{far} and more" if axis == "r" else f"up to {far}"


def told(scored: Scored) -> Iterator[Note]:
    """Each score's range of values and its customers, a line a score; the VIP floor last."""
    for axis, groups in scored.cutoffs.axes.items():
        for group, bounds in groups.items():
            within = "".join(f" within {name} {score}" for name, score in zip("rf", group, strict=False))
            inside = scored.frame.filter(
                [pl.col(name) == score for name, score in zip("rf", group, strict=False)] or pl.lit(value=True)
            )
            counts = dict(inside.drop_nulls(axis).group_by(axis).len().iter_rows())
            words = ranges(axis, bounds, scored.scale)
            for score in range(bounds.k, 0, -1):
                values = _with_unit(words[score], axis) if score in words else "nobody can get it"
                yield note(f"{axis} {score}{within}: {values}, {counts.get(score, 0):,} customers ({bounds.rule})")
    if scored.cutoffs.vip.floor is not None:
        yield note(f"vip: {vip_text(scored)}")


def _with_unit(values: str, axis: str) -> str:
    return f"{values} purchase" if axis == "f" and values in ("1", "up to 1") else values + UNITS[axis]


def vip_text(scored: Scored) -> str:
    """Who is a VIP, in words."""
    vip = scored.cutoffs.vip
    floor = money_text(vip.floor or 0, scored.scale or 0)
    return f"{floor} and more with at least {vip.min_orders} purchase{'s' if vip.min_orders != 1 else ''}"


def line(scored: Scored) -> str:
    """All cutoffs in a line, the best score first: the ruler under a table."""
    parts = []
    for axis, groups in scored.cutoffs.axes.items():
        if set(groups) != {()}:
            parts.append(f"{axis} nested")
            continue
        mark = "<=" if axis == "r" else ">="
        bounds = [f"{score}{mark}{bound_text(axis, bound, scored.scale)}" for score, bound in groups[()].at]
        parts.append(f"{axis} " + (" ".join(bounds) or "alike for all"))
    if scored.cutoffs.vip.floor is not None:
        parts.append(f"vip >={money_text(scored.cutoffs.vip.floor, scored.scale or 0)}")
    return "cutoffs: " + " · ".join(parts)
