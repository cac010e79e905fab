"""The grid of two scores: `rfm grid`."""

from __future__ import annotations

from itertools import product

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.model import Scored
from rfm_cli.schemes import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Scheme
from rfm_cli.views.view import View, filled, meta_of, summed, worth

Pair = tuple[Axis, Axis]


def parse_pair(text: str) -> Pair:
    """Return two different axes such as `r,f`; raise `UsageError` for anything else."""
    parts = [part.strip().lower() for part in text.split(",")]
    axes = [axis for part in parts for axis in AXES if axis == part]
    if len(parts) != 2 or len(set(axes)) != 2:
        raise UsageError(f"--by {text}: not two scores", "write r,f or r,m or f,m")
    return axes[0], axes[1]


def grid_view(scored: Scored, by: Pair = ("r", "f")) -> View:
    """Return every cell of two scores, the empty ones too, by the first and then the second score.

    Columns: the two scores, segment (null unless all codes of the cell agree), customers, customers_share, revenue,
    revenue_share, aov. Customers without a purchase are the last rows, without scores. Raises `UsageError` for M
    without money.
    """
    if "m" in by and scored.scale is None:
        raise UsageError("--by with m needs amounts, and these orders have none", "use --by r,f")
    first, second = by
    scores = product(*(range(1, scored.scheme.bins.k(axis) + 1) for axis in by))
    # A grid is a product of all scores: cells without customers are part of it.
    lines = [(*pair, segment_of(scored.scheme, dict(zip(by, pair, strict=True)))) for pair in scores]
    outside = [NEW_SUBSCRIBER, NO_PURCHASES] if scored.new_subscribers else [NO_PURCHASES]
    without = set(scored.frame.filter(pl.col("r").is_null())["segment"])
    lines += [(None, None, name) for name in outside if name in without]
    schema = {first: pl.Int8, second: pl.Int8, "segment": pl.String}
    cells = pl.DataFrame(lines, schema=schema, orient="row")
    own = scored.frame.with_columns(apart=pl.when(pl.col("r").is_null()).then("segment"))
    keys = [first, second, "apart"]
    # Customers without scores are kept apart by their segment.
    cells = cells.with_columns(apart=pl.when(pl.col(first).is_null()).then("segment"))
    rows = filled(cells, summed(own, keys), keys).select(first, second, "segment", *worth(scored.scale))
    return View("grid", rows, meta_of(scored, by=list(by)))


def segment_of(scheme: Scheme, scores: dict[Axis, int]) -> str | None:
    """Return the segment of all codes with these scores, None where they disagree or there is no map."""
    names = scheme.segment_by_cell()
    if not names:
        return None
    ways = [[scores[axis]] if axis in scores else range(1, scheme.bins.k(axis) + 1) for axis in AXES]
    found = {names[scheme.cell_of(r, f, m)] for r, f, m in product(*ways)}
    return found.pop() if len(found) == 1 else None
