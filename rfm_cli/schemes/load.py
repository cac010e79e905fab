"""Schemes by name or by file.

A scheme file is TOML. Its header says `name`, `bins` (three whole numbers, for R, F and M), `by` (the axes of
the map: `["r", "f"]` or `["r", "f", "m"]`) and, if wanted, `title`, `description`, `source` and `free_orders`
(`"count"` or `"ignore"`).

`[rules]` gives an axis its rule: `auto`, `quantile`, `fixed` or `type7`. Where it is silent, R and F are
`auto` and M is `quantile`. `[cuts]` gives an axis cutoffs of its own in place of a rule: for `f` and `m` the
lower bounds of scores 2..k, for `r` the upper bounds, in days, of scores k..2; both ascend.

Each `[[segments]]` has a `name`, a `rank` (1 is the highest), `cells` and a `next_step`. Cells are codes in
quotes: `"54"` for R 5 and F 4, `"545"` with M, `"10-4"` where an axis of the map has more than 9 bins.
`[outside]` has a next step for the customers that no map can hold: `no_purchases` and `new_subscriber`.

Loading proves the map: each cell in exactly one segment, each segment within reach.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from pathlib import Path

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.files import is_file
from rfm_cli.schemes.model import DEFAULT_RULES, Axis, Bins, Scheme
from rfm_cli.schemes.parse import scheme_from
from rfm_cli.schemes.prove import prove
from rfm_cli.toml_tables import NotTomlError, parse

SHIPPED = ("rf12", "rfm11", "klaviyo6", "r-rfm")
NO_MAP = "none"


def shipped() -> tuple[str, ...]:
    """The names of the schemes that come with the tool, the default first."""
    return SHIPPED


def load_scheme(name_or_path: str, bins: Bins | None = None) -> Scheme:
    """The proven scheme of that name or file, with other bins where its map allows them.

    `none` is a scheme without segments: customers are scored and get codes, in any bins.

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
        scheme = _load_file(name_or_path)
    else:
        raise UsageError(
            f"no scheme is called {name_or_path!r}",
            did_you_mean(name_or_path, [*SHIPPED, NO_MAP]) + ", or the path of a scheme file (.toml)",
        )
    return scheme if bins is None else _with_bins(scheme, bins)


def _is_path(text: str) -> bool:
    return text.endswith(".toml") or "/" in text or os.sep in text or is_file(text)


def _load_shipped(name: str) -> Scheme:
    raw = resources.files("rfm_cli.schemes").joinpath(f"{name}.toml").read_bytes()
    return _read(raw, f"scheme {name}")


def _load_file(path: str) -> Scheme:
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: cannot read the scheme file: {error.strerror}",
            f"give the path of a scheme file, or one of {', '.join(SHIPPED)}, {NO_MAP}",
        ) from None
    return _read(raw, path)


def _read(raw: bytes, where: str) -> Scheme:
    try:
        document = parse(raw, parse_float=Decimal)  # as written: 0.1 is 0.1
    except NotTomlError as error:
        raise UsageError(f"{where}: not valid TOML: {error}", "texts stand in quotes, lists in [ ]") from None
    scheme = scheme_from(document, where)
    prove(scheme, where)
    return scheme


def _without_map(bins: Bins) -> Scheme:
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
    if _fits(scheme, bins):
        return replace(scheme, bins=bins)
    fitting = ", ".join(name for name in SHIPPED if _fits(_load_shipped(name), bins))
    raise UsageError(
        f"bins {bins} do not fit scheme {scheme.name}, which has {scheme.bins}",
        f"{f'shipped schemes that fit: {fitting}' if fitting else 'no shipped scheme fits'}; "
        "--scheme none scores without a map",
    )


def _fits(scheme: Scheme, bins: Bins) -> bool:
    return all(scheme.bins.k(axis) == bins.k(axis) for axis in _bound_axes(scheme))


def _bound_axes(scheme: Scheme) -> Iterator[Axis]:
    """The axes whose bins are given by the map or by the scheme's own cutoffs."""
    yield from scheme.axes
    yield from scheme.cuts
