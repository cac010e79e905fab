"""The id with the most rows, counted in the pass that answers a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from rfm_cli.tables import rules

FEWEST_ROWS = 1_000
"""Among fewer rows one large customer is nothing special."""
HEAVY_PART = 20
"""An id is heavy with over one in this many of the rows ..."""
HEAVY_TIMES = 10
"""... and this many times the rows of the next one."""


def crowding_of(typed: pl.LazyFrame, until: date | None) -> pl.LazyFrame:
    """Return one row on the accepted rows up to `until` (None: all): crowd_rows, crowd_most, crowd_next, crowd_id.

    They are the number of rows, the rows of the two ids that have most (0 where there is none), and the first id's
    text.
    """
    taken = typed.filter(pl.col("rule") == rules.ACCEPTED)
    if until is not None:
        taken = taken.filter(pl.col("day") <= until)
    by = taken.group_by("customer").agg(rows=pl.len().cast(pl.Int64))
    most = pl.col("rows").top_k(2).sort(descending=True)
    return by.select(
        crowd_rows=pl.col("rows").sum(),
        crowd_most=most.get(0, null_on_oob=True).fill_null(0),
        crowd_next=most.get(1, null_on_oob=True).fill_null(0),
        crowd_id=pl.col("customer").cast(pl.String).get(pl.col("rows").arg_max(), null_on_oob=True),
    )


def heavy_in(found: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return the id that `crowding_of` shows to be heavy, and its rows; None where no id is."""
    rows, most, after = (int(found[name] or 0) for name in ("crowd_rows", "crowd_most", "crowd_next"))
    return (str(found["crowd_id"]), most) if is_heavy(rows, most, after) else None


def is_heavy(rows: int, most: int, after: int) -> bool:
    """Whether an id with `most` of the `rows` has too many for one customer, where the next id has `after`.

    >>> is_heavy(1000, 51, 5), is_heavy(1000, 50, 5), is_heavy(1000, 51, 6), is_heavy(999, 500, 1)
    (True, False, False, False)
    """
    return rows >= FEWEST_ROWS and most * HEAVY_PART > rows and most >= HEAVY_TIMES * after
