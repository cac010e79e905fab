"""Result tables as bytes: one writer for each format, all of them the same on any number of threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rfm_cli.output.target import Sink

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
        from rfm_cli.output.delimited import write_csv

        write_csv(rows, sink, for_excel=for_excel)
    elif fmt == "json":
        from rfm_cli.output.jsonlines import write_json

        write_json(rows, meta, sink)
    elif fmt == "ndjson":
        from rfm_cli.output.jsonlines import write_ndjson

        write_ndjson(rows, sink)
    elif fmt == "parquet":
        from rfm_cli.output.parquet import write_parquet

        write_parquet(rows, sink)
    elif fmt == "md":
        from rfm_cli.output.markdown import write_markdown

        write_markdown(rows, sink)
    else:
        raise ValueError(f"not a format of rows: {fmt}")
