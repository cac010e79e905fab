"""Result tables as bytes: one writer for each format, all of them the same on any number of threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rfm_cli.out import delimited, jsonlines, markdown, parquet
from rfm_cli.out.target import Sink

if TYPE_CHECKING:
    import polars as pl


def write_rows(
    rows: pl.DataFrame, meta: Mapping[str, object], fmt: str, sink: Sink, *, for_excel: bool = False
) -> None:
    """Nothing: the rows go to the sink as csv, json, ndjson, parquet or md.

    `meta` is written in JSON only. `for_excel` guards the text of CSV against formulas.
    Tables for a terminal and workbooks are made by `screen` and `workbook`.
    """
    if fmt == "csv":
        delimited.write_csv(rows, sink, for_excel=for_excel)
    elif fmt == "json":
        jsonlines.write_json(rows, meta, sink)
    elif fmt == "ndjson":
        jsonlines.write_ndjson(rows, sink)
    elif fmt == "parquet":
        parquet.write_parquet(rows, sink)
    elif fmt == "md":
        markdown.write_markdown(rows, sink)
    else:
        raise ValueError(f"not a format of rows: {fmt}")
