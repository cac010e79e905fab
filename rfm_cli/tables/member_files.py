"""Files that say who is in a set: the ids of customers, or the values of one of their attributes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import columns, ids, sources
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import is_url
from rfm_cli.tables.read_errors import input_errors


def place_of(path: str, folder: str) -> str:
    """Return a path as the run sees it: a relative one starts at the folder, empty for the working directory."""
    if not folder or is_url(path) or path == "-" or Path(path).is_absolute():
        return path
    place = Path(folder) / path
    here = Path.cwd()
    return str(place.relative_to(here)) if place.is_absolute() and place.is_relative_to(here) else str(place)


def members_in(path: str, folder: str, by: str | None, options: ReadOptions) -> pl.Series:
    """Return the different texts in a file: ids of customers, or values of the attribute `by`, without empty ones.

    The column is called so, or is the only one. Raises `InputError` where the file cannot be read or has no such
    column.
    """
    opened = sources.open_whole([place_of(path, folder)], options, "customers")
    found = [_texts(source, by, options) for source in opened]
    return pl.concat(found).drop_nulls().unique(maintain_order=True)


def _texts(source: sources.InputFile, by: str | None, options: ReadOptions) -> pl.Series:
    """Return the texts of the column in one file."""
    heading = _heading(source, by)
    column, dtype = pl.col(heading), source.schema[heading]
    if by is None:
        value = ids.id_in(heading, dtype, source.name, options).cast(pl.String)
    elif dtype.is_float():
        # As CSV prints it: a whole float by its digits.
        value = pl.when(column == column.round()).then(column.cast(pl.Int64, strict=False).cast(pl.String))
        value = value.otherwise(column.cast(pl.String))
    else:
        value = column.cast(pl.String)
    trimmed = value.str.strip_chars()
    with input_errors(source.name):
        return source.frame.select(text=pl.when(trimmed != "").then(trimmed)).collect()["text"]


def _heading(source: sources.InputFile, by: str | None) -> str:
    """Return the heading of the ids, or of the values of an attribute."""
    field = by or "customer_id"
    if len(source.header) == 1:
        return source.header[0]
    own = [heading for heading in source.header if fold(heading) == fold(field)]
    if len(own) == 1:
        return own[0]
    known = columns.detect("customers", source.header, {}, source.name)
    heading = next((one for name, one in known.headings.items() if fold(name) == fold(field)), None)
    if heading is None:
        hint = f"a set is a column of that name, or the only one of its file; there are {', '.join(source.header[:20])}"
        raise InputError(f"{source.name}: no column {field!r}", hint)
    return heading
