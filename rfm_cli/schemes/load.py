"""Schemes by name or by file.

A scheme file is TOML. Its top has `name`, `bins` (three whole numbers, for R, F and M), `by` (the axes of the map:
`["r", "f"]` or `["r", "f", "m"]`) and optionally `title`, `description`, `source` and `free_orders` (`"count"` or
`"ignore"`).

`[rules]` gives an axis its rule: `auto`, `quantile`, `fixed` or `type7`. By default R and F are `auto` and M is
`quantile`. `[cuts]` gives an axis cutoffs of its own in place of a rule: for `f` and `m` the lower bounds of scores
2..k, for `r` the upper bounds, in days, of scores k..2; both ascend.

Each `[[segments]]` has a `name`, a `rank` (1 is the highest), `cells` and a `next_step`. Cells are codes in quotes:
`"54"` for R 5 and F 4, `"545"` with M, `"10-4"` where an axis of the map has more than 9 bins. `[outside]` has a next
step for the customers that no map can hold: `no_purchases` and `new_subscriber`.

Loading proves the map: each cell in exactly one segment, each segment within reach.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from pathlib import Path

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.files import is_file
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
    prove,
)
from rfm_cli.toml_tables import Table, parse_toml, read_toml

SHIPPED = ("rf12", "rfm11", "klaviyo6", "r-rfm")
NO_MAP = "none"
PROSE = ("name", "title", "description", "source")
HEADER = (*PROSE, "bins", "by", "free_orders")
KEYS = (*HEADER, "rules", "cuts", "segments", "outside")
SEGMENT_KEYS = ("name", "rank", "next_step", "cells")
MAPS: tuple[tuple[Axis, ...], ...] = (("r", "f"), ("r", "f", "m"))


def shipped() -> tuple[str, ...]:
    """Return the names of the schemes that come with the tool, the default first."""
    return SHIPPED


def load_scheme(name_or_path: str, bins: Bins | None = None) -> Scheme:
    """Return the proven scheme of that name or file, with other bins where its map allows them.

    `none` is a scheme without segments: customers are scored and get codes, in any bins. `UsageError` for an unknown
    name, for a file that is not understood or whose map does not hold, and for bins that do not fit the map.

    >>> load_scheme("rf12").names()[:3]
    ('Champions', 'Loyal', 'Potential loyalist')
    >>> str(load_scheme("rf12", Bins(5, 5, 3)).bins)
    '5,5,3'
    """
    if name_or_path == NO_MAP:
        return _without_map(bins or Bins(5, 5, 5))
    if name_or_path in SHIPPED:
        scheme = _load_shipped(name_or_path)
    elif _is_path(name_or_path):
        hint = f"give the path of a scheme file, or one of {', '.join(SHIPPED)}, {NO_MAP}"
        scheme = _proven(read_toml(Path(name_or_path), hint))
    else:
        raise UsageError(
            f"no scheme is called {name_or_path!r}",
            did_you_mean(name_or_path, [*SHIPPED, NO_MAP]) + ", or the path of a scheme file (.toml)",
        )
    return scheme if bins is None else _with_bins(scheme, bins)


def scheme_from(document: Mapping[str, object], file: str) -> Scheme:
    """Return the scheme in plain data such as a snapshot holds, not proven; `file` is its origin in errors."""
    return _scheme(Table(file, document))


def _is_path(text: str) -> bool:
    """Return whether a text is the path of a scheme file rather than the name of a scheme."""
    return text.endswith(".toml") or "/" in text or os.sep in text or is_file(text)


def _load_shipped(name: str) -> Scheme:
    """Return a scheme that comes with the tool."""
    raw = resources.files("rfm_cli.schemes").joinpath(f"{name}.toml").read_bytes()
    return _proven(parse_toml(raw, f"scheme {name}"))


def _proven(top: Table) -> Scheme:
    """Return the scheme of a file, its map proven."""
    scheme = _scheme(top)
    prove(scheme, top.file)
    return scheme


def _without_map(bins: Bins) -> Scheme:
    """Return the scheme `none`."""
    return Scheme(
        name=NO_MAP,
        title="Scores without segments",
        bins=bins,
        axes=("r", "f", "m"),
        rules=DEFAULT_RULES,
        cuts={},
        free_orders="count",
        segments=(),
    )


def _with_bins(scheme: Scheme, bins: Bins) -> Scheme:
    """Return the scheme with other bins; `UsageError` where its map or its cutoffs need those that it has."""
    if _fits(scheme, bins):
        return replace(scheme, bins=bins)
    # Another scheme may be what the user needs for these bins.
    fitting = ", ".join(name for name in SHIPPED if _fits(_load_shipped(name), bins))
    raise UsageError(
        f"bins {bins} do not fit scheme {scheme.name}, which has {scheme.bins}",
        f"{f'shipped schemes that fit: {fitting}' if fitting else 'no shipped scheme fits'}; "
        "--scheme none scores without a map",
    )


def _fits(scheme: Scheme, bins: Bins) -> bool:
    """Return whether the map and the cutoffs of a scheme hold with these bins."""
    return all(scheme.bins.k(axis) == bins.k(axis) for axis in _bound_axes(scheme))


def _bound_axes(scheme: Scheme) -> Iterator[Axis]:
    """Yield the axes whose bins are given by the map or by the scheme's own cutoffs."""
    yield from scheme.axes
    yield from scheme.cuts


def _scheme(top: Table) -> Scheme:
    """Return the scheme of a file, its segments in rank order; whether its map holds is for `prove` to find."""
    top.check_keys(KEYS, required=("name", "bins", "by", "segments"))
    outside = top.table("outside")
    _check_keys(outside, ("no_purchases", "new_subscriber"))
    if not top.prose("name"):
        raise top.wrong("name", "a text that is not empty")
    return Scheme(
        name=top.prose("name"),
        title=top.prose("title") or top.prose("name"),
        bins=_bins(top),
        axes=_axes(top),
        rules=_rules(top),
        cuts=_cuts(top),
        free_orders=top.choice("free_orders", FREE_ORDERS, "count"),
        segments=_segments(top),
        no_purchases_next_step=outside.prose("no_purchases"),
        new_subscriber_next_step=outside.prose("new_subscriber"),
        description=top.prose("description"),
        source=top.prose("source"),
    )


def _check_keys(table: Table, valid: tuple[str, ...], required: tuple[str, ...] = ()) -> None:
    """Raise `UsageError` for an unknown key, with the reason where the key belongs to the top of the file."""
    # TOML takes a key below a header as part of that table, though it is meant for the file.
    strayed = [key for key in table.values if key in HEADER and key not in valid]
    above = f"{', '.join(strayed)}: keys of the whole file are written above its first [table]" if strayed else ""
    table.check_keys(valid, required, above)


def _bins(top: Table) -> Bins:
    """Return the bins of a file."""
    numbers = top.wholes("bins")
    if len(numbers) != 3:
        raise top.wrong("bins", "three whole numbers, for R, F and M")
    try:  # the error of Bins does not know the file
        return Bins(*numbers)
    except UsageError as error:
        raise UsageError(f"{top.file}: {error.message}", error.hint) from None


def _axes(top: Table) -> tuple[Axis, ...]:
    """Return the axes of the map."""
    found = top.texts("by")
    for axes in MAPS:
        if found == axes:
            return axes
    raise top.wrong("by", '["r", "f"] or ["r", "f", "m"]')


def _rules(top: Table) -> dict[Axis, Rule]:
    """Return the rule of every axis, the tool's own default where the file gives none."""
    table = top.table("rules")
    _check_keys(table, AXES)
    # Which of the two counts would be a guess.
    both = [axis for axis in table.values if axis in top.table("cuts").values]
    if both:
        raise UsageError(
            f"{top.file}: {', '.join(both)} has a rule and cutoffs of its own",
            "keep it in [rules] or in [cuts]",
        )
    return {axis: table.choice(axis, RULES, DEFAULT_RULES[axis]) for axis in AXES}


def _cuts(top: Table) -> dict[Axis, tuple[Decimal, ...]]:
    """Return the cutoffs of the axes that have their own."""
    table = top.table("cuts")
    _check_keys(table, AXES)
    return {axis: table.numbers(axis) for axis in AXES if axis in table.values}


def _segments(top: Table) -> tuple[Segment, ...]:
    """Return the segments in rank order."""
    segments = [_segment(table) for table in top.tables("segments", one="segment")]
    return tuple(sorted(segments, key=lambda segment: segment.rank))


def _segment(table: Table) -> Segment:
    """Return one segment."""
    _check_keys(table, SEGMENT_KEYS, required=("name", "rank", "cells"))
    return Segment(table.prose("name"), table.whole("rank"), table.prose("next_step"), table.texts("cells"))
