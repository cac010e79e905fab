"""From the tables of a scheme file to a `Scheme`; whether its map holds is for `prove` to say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rfm_cli.errors import UsageError
from rfm_cli.schemes.fields import Table
from rfm_cli.schemes.model import (
    AXES,
    DEFAULT_RULES,
    FREE_ORDERS,
    RULES,
    Axis,
    Bins,
    Rule,
    Scheme,
    Segment,
)

PROSE = ("name", "title", "description", "source")
HEADER = (*PROSE, "bins", "by", "free_orders")
KEYS = (*HEADER, "rules", "cuts", "segments", "outside")
SEGMENT_KEYS = ("name", "rank", "next_step", "cells")
MAPS: tuple[tuple[Axis, ...], ...] = (("r", "f"), ("r", "f", "m"))


def scheme_from(document: Mapping[str, object], file: str) -> Scheme:
    """The scheme that a parsed TOML document describes, its segments in rank order, not yet proven."""
    top = Table(file, "", document)
    top.check_keys(KEYS, required=("name", "bins", "by", "segments"))
    outside = top.table("outside")
    _check_keys(outside, ("no_purchases", "new_subscriber"))
    return Scheme(
        name=top.text("name") or _empty_name(top),
        title=top.text("title") or top.text("name"),
        bins=_bins(top),
        axes=_axes(top),
        rules=_rules(top),
        cuts=_cuts(top),
        free_orders=top.choice("free_orders", FREE_ORDERS, "count"),
        segments=_segments(top),
        no_purchases_next_step=outside.text("no_purchases"),
        new_subscriber_next_step=outside.text("new_subscriber"),
        description=top.text("description"),
        source=top.text("source"),
    )


def _check_keys(table: Table, valid: tuple[str, ...], required: tuple[str, ...] = ()) -> None:
    strayed = [key for key in table.values if key in HEADER and key not in valid]
    above = f"{', '.join(strayed)}: keys of the whole file stand above its first [table]" if strayed else ""
    table.check_keys(valid, required, above)


def _empty_name(top: Table) -> str:
    raise top.wrong("name", "a text that is not empty")


def _bins(top: Table) -> Bins:
    numbers = top.wholes("bins")
    if len(numbers) != 3:
        raise top.wrong("bins", "three whole numbers, for R, F and M")
    try:
        return Bins(*numbers)
    except UsageError as error:
        raise UsageError(f"{top.file}: {error.message}", error.hint) from None


def _axes(top: Table) -> tuple[Axis, ...]:
    found = top.texts("by")
    for axes in MAPS:
        if found == axes:
            return axes
    raise top.wrong("by", '["r", "f"] or ["r", "f", "m"]')


def _rules(top: Table) -> dict[Axis, Rule]:
    """The rule of every axis; where the file is silent, the tool's own default."""
    table = top.table("rules")
    _check_keys(table, AXES)
    both = [axis for axis in table.values if axis in top.table("cuts").values]
    if both:
        raise UsageError(
            f"{top.file}: {', '.join(both)} has a rule and cutoffs of its own",
            "keep it in [rules] or in [cuts]",
        )
    return {axis: table.choice(axis, RULES, DEFAULT_RULES[axis]) for axis in AXES}


def _cuts(top: Table) -> dict[Axis, tuple[Decimal, ...]]:
    table = top.table("cuts")
    _check_keys(table, AXES)
    return {axis: table.numbers(axis) for axis in AXES if axis in table.values}


def _segments(top: Table) -> tuple[Segment, ...]:
    segments = [_segment(table) for table in top.tables("segments", one="segment")]
    return tuple(sorted(segments, key=lambda segment: segment.rank))


def _segment(table: Table) -> Segment:
    _check_keys(table, SEGMENT_KEYS, required=("name", "rank", "cells"))
    return Segment(table.text("name"), table.whole("rank"), table.text("next_step"), table.texts("cells"))
