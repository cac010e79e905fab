"""The id that has too many of the rows for one customer."""

from __future__ import annotations

import polars as pl

ROWS = "rows"
"""The column of a pass that counts the order rows of a customer."""
FEWEST_ROWS = 1_000
"""Among fewer rows one large customer is nothing special."""
HEAVY_PART = 20
"""An id is heavy with over one in this many of the rows ..."""
HEAVY_TIMES = 10
"""... and this many times the rows of the next one."""


def heavy_of(counted: pl.DataFrame) -> tuple[str, int] | None:
    """Return the id that is heavy, as text, and its rows; None where no id is.

    `counted` has customer and rows, any number of lines for a customer.
    """
    if counted.is_empty():
        return None
    by = counted.select("customer", pl.col(ROWS).cast(pl.Int64))
    if not by["customer"].is_unique().all():
        by = by.group_by("customer").agg(pl.col(ROWS).sum())
    top = by.top_k(2, by=ROWS).sort(ROWS, descending=True)
    most, after = int(top[ROWS][0]), int(top[ROWS][1]) if top.height > 1 else 0
    return (str(top["customer"][0]), most) if is_heavy(int(by[ROWS].sum()), most, after) else None


def is_heavy(rows: int, most: int, after: int) -> bool:
    """Return whether an id with `most` of the `rows` has too many for one customer, where the next id has `after`.

    >>> is_heavy(1000, 51, 5), is_heavy(1000, 50, 5), is_heavy(1000, 51, 6), is_heavy(999, 500, 1)
    (True, False, False, False)
    """
    return rows >= FEWEST_ROWS and most * HEAVY_PART > rows and most >= HEAVY_TIMES * after
