"""Result tables as bytes: one writer per format, with the same bytes on any number of threads."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rfm_cli.output.cells import cells, pieces, with_joined_lists
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl

# What a spreadsheet may take for a formula: = + - @ (also full width), after any spaces and quotes; or a
# cell that opens with a tab or a line break.
_FORMULA = r"^(?:[\s\"']*[=+\-@＝＋－＠]|[\t\r\n])"  # noqa: RUF001 - the full width signs are meant

# Fixed, because Polars would choose it by the number of threads and the bytes would differ with it;
# large enough to compress well, small enough for a reader to skip by statistics.
ROW_GROUP_SIZE = 131_072


def write_rows(
    rows: pl.DataFrame, meta: Mapping[str, object], fmt: str, sink: Sink, *, for_excel: bool = False
) -> None:
    """Write the rows to the sink as csv, json, ndjson, parquet or md.

    `meta` is written in JSON, and in Parquet where an expression chose the rows. `for_excel` guards the text of CSV
    against formulas. Tables for a terminal are made by `screens`, workbooks by `workbook`.
    """
    if fmt == "csv":
        write_csv(rows, sink, for_excel=for_excel)
    elif fmt == "json":
        from rfm_cli.output.json_text import write_json

        write_json(rows, meta, sink)
    elif fmt == "ndjson":
        from rfm_cli.output.json_text import write_ndjson

        write_ndjson(rows, sink)
    elif fmt == "parquet":
        write_parquet(rows, sink, meta if META_KEEPERS & set(meta) else None)
    elif fmt == "md":
        from rfm_cli.output.markdown import write_markdown

        write_markdown(rows, sink)
    else:
        raise ValueError(f"not a format of rows: {fmt}")


def write_csv(rows: pl.DataFrame, sink: Sink, *, for_excel: bool = False) -> None:
    """Write the rows to the sink as UTF-8 without BOM, lines ended by `\\n`.

    Nulls and NaN are empty, an empty text is `""`; true/false; ISO dates; decimals keep their scale;
    floats are the shortest text that reads back as the same number; quotes only where needed.
    """
    # Guards are for spreadsheets alone: they change the texts, which other readers want as they are.
    ready = cells(with_joined_lists(rows))
    ready = guarded(ready) if for_excel else ready
    for number, piece in enumerate(pieces(ready)):
        buffer = io.BytesIO()
        piece.write_csv(buffer, include_header=number == 0)
        sink.write(buffer.getvalue())


def guarded(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `'` before each text, and column name, that a spreadsheet could run as a formula.

    >>> import polars as pl
    >>> guarded(pl.DataFrame({"=a": ["=1+1", " -2", "a=b", None]})).to_dict(as_series=False)
    {"'=a": ["'=1+1", "' -2", 'a=b', None]}
    """
    import polars.selectors as cs

    return rows.with_columns(map(_guarded_text, cs.expand_selector(rows, cs.string()))).rename(_guarded_name)


def _guarded_text(name: str) -> pl.Expr:
    """Return the text column, guarded where it opens like a formula."""
    import polars as pl

    text = pl.col(name)
    risky = text.str.contains(_FORMULA)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _guarded_name(name: str) -> str:
    """Return the column name, guarded as the cells are."""
    return f"'{name}" if re.match(_FORMULA, name) else name


META_KEEPERS = {"expression", "where"}
"""What of meta a Parquet file has to keep: rows alone do not tell by which expression they were chosen."""
META_KEY = "rfm"


def write_parquet(rows: pl.DataFrame, sink: Sink, meta: Mapping[str, object] | None = None) -> None:
    """Write the rows to the sink, zstd-compressed, with statistics, in groups of ROW_GROUP_SIZE.

    `meta` is kept as JSON in the metadata of the file. Level 1 takes two thirds of the time of the usual level and
    gives files of the same size.
    """
    from rfm_cli.output.json_text import to_json

    # Through memory, since errors of Polars' own file writing carry no number; 800,000 customers are 19 MB.
    buffer = io.BytesIO()
    kept = None if meta is None else {META_KEY: to_json(meta)}
    rows.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        statistics=True,
        row_group_size=ROW_GROUP_SIZE,
        metadata=kept,
    )
    sink.write(buffer.getvalue())
