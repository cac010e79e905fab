"""Rows as CSV."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl

# Written in pieces: memory stays flat, and every error of writing is the sink's own, with its number.
PIECE = 65_536

# What a spreadsheet may take for a formula: = + - @ (also full width), after any spaces and quotes; or a
# cell that opens with a tab or a line break.
_FORMULA = r"^(?:[\s\"']*[=+\-@＝＋－＠]|[\t\r\n])"  # noqa: RUF001 - the full width signs are meant


def write_csv(rows: pl.DataFrame, sink: Sink, *, for_excel: bool = False) -> None:
    """Nothing: the rows go to the sink as UTF-8 without BOM, lines ended by `\\n`.

    Nulls and NaN are empty, an empty text is `""`; true/false; ISO dates; decimals keep their scale;
    floats are the shortest text that reads back as the same number; quotes only where needed.
    """
    ready = guarded(cells(rows)) if for_excel else cells(rows)
    for number, piece in enumerate(pieces(ready)):
        buffer = io.BytesIO()
        piece.write_csv(buffer, include_header=number == 0)
        sink.write(buffer.getvalue())


def pieces(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows in slices of PIECE (no copies); one empty slice when there are no rows."""
    return [rows.slice(start, PIECE) for start in range(0, max(rows.height, 1), PIECE)]


def cells(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with NaN as null and categories as text: what every text format agrees on."""
    import polars as pl
    import polars.selectors as cs

    return rows.with_columns(cs.float().fill_nan(None), cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))


def guarded(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `'` before each text, and column name, that a spreadsheet could run as a formula.

    >>> import polars as pl
    >>> guarded(pl.DataFrame({"=a": ["=1+1", " -2", "a=b", None]})).to_dict(as_series=False)
    {"'=a": ["'=1+1", "' -2", 'a=b', None]}
    """
    import polars.selectors as cs

    return rows.with_columns(map(_guarded_text, cs.expand_selector(rows, cs.string()))).rename(_guarded_name)


def _guarded_text(name: str) -> pl.Expr:
    """The text column, guarded where it opens like a formula."""
    import polars as pl

    text = pl.col(name)
    risky = text.str.contains(_FORMULA)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _guarded_name(name: str) -> str:
    """The column name, guarded as the cells are."""
    return f"'{name}" if re.match(_FORMULA, name) else name
