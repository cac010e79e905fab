"""Rows of CSV files scanned as texts, under the headings that we have read ourselves."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from rfm_cli.tables import file_kinds
from rfm_cli.tables.fields import plain_name
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import is_url

HEAD = 10_000
"""This many rows are looked at before the first pass; the pass itself checks what they suggested."""
BLANK = "(blank)"
"""A column that tells an empty line from a row, while a CSV file is read."""


def layout_in_a_cloud(path: str, options: ReadOptions, name: str) -> file_kinds.Layout:
    """Return the layout of a file in a cloud, whose first line, or that of `--header-row`, has the headings."""
    above = (options.header_row or 1) - 1
    lines = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, n_rows=1, skip_lines=above)
    layout = file_kinds.csv_layout(str(lines.collect().item()), options.separator, name)
    return replace(layout, above=above, skip=above)


def first_rows(path: str, columns: Sequence[str], separator: str, skip: int) -> pl.LazyFrame:
    """Read HEAD rows of a CSV file. Of a large file Polars gets the first lines alone, because it would decode far
    more."""
    lines = None if is_url(path) else file_kinds.first_lines(Path(path), HEAD)
    if lines is not None:
        with contextlib.suppress(pl.exceptions.PolarsError):  # they end within a row after all, or the file is odd
            return scan_csv(lines, columns, separator, skip, HEAD).collect().lazy()
    return scan_csv(path, columns, separator, skip, HEAD)


def scan_csv(
    file: str | bytes,
    columns: Sequence[str],
    separator: str,
    skip: int,
    rows: int | None = None,
    *,
    ragged: bool = False,
) -> pl.LazyFrame:
    """Read the rows of a CSV file as texts; an empty line is no row. With `ragged` long rows are cut, and no error.

    We read the headings ourselves, because Polars renames repeated ones and we must see them. The filter looks at all
    columns on purpose: Polars sees that a row has too many fields only if it reads all of them, and what is accepted
    must not depend on the columns that an answer needs.
    """
    scanned = pl.scan_csv(
        file,
        separator=separator,
        new_columns=list(columns),
        glob=isinstance(file, str) and is_url(file),
        infer_schema=False,
        n_rows=rows,
        skip_lines=skip,
        truncate_ragged_lines=ragged,
    )
    # As a column of its own, since of a filter over many columns Polars makes as many filters within its reader.
    marked = scanned.with_columns(pl.all_horizontal(pl.all().is_null()).alias(BLANK))
    return marked.filter(~pl.col(BLANK)).drop(BLANK)


def unique_names(header: Sequence[str]) -> list[str]:
    """Return names for the columns of a frame: the headings, a repeated or empty one with its place.

    >>> unique_names(["id", "", "id"])
    ['id', 'column 2', 'id (column 3)']
    """
    names: dict[str, None] = {}
    for place, heading in enumerate(header, start=1):
        name = plain_name(heading) or f"column {place}"
        names[name if name not in names else f"{name} (column {place})"] = None
    return list(names)
