"""Result tables as text formats have them: in pieces, lists joined, without NaN and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Rows are written in pieces: memory stays flat, and every error of writing is the sink's own, with its number.
PIECE = 65_536
BETWEEN = " | "
"""The mark between the texts of a list."""


def pieces(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows in slices of PIECE (no copies); one empty slice when there are no rows."""
    return [rows.slice(start, PIECE) for start in range(0, max(rows.height, 1), PIECE)]


def cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with NaN as null and categories as text, as every text format has them."""
    import polars as pl
    import polars.selectors as cs

    return rows.with_columns(cs.float().fill_nan(None), cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))


def with_joined_lists(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with lists of texts as one text, for formats without lists.

    >>> import polars as pl
    >>> with_joined_lists(pl.DataFrame({"items": [["lamp", "feed"], None]}))["items"].to_list()
    ['lamp | feed', None]
    """
    import polars as pl
    import polars.selectors as cs

    lists = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]
    return rows.with_columns(cs.by_name(lists).list.join(BETWEEN)) if lists else rows
