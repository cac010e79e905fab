"""Columns of texts read as dates and as numbers, as the dates and amounts of their file are read."""

from __future__ import annotations

import polars as pl

from rfm_cli.tables import days, money
from rfm_cli.tables.date_parsing import DateFormats, as_text, parse_moments, typed_moments
from rfm_cli.tables.date_zones import zone_of_heading
from rfm_cli.tables.options import ReadOptions


def moments(frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str, options: ReadOptions) -> pl.Expr:
    """Return the moments in a column of `frame`, null where a value is no date; a day alone is its begin.

    Raises `InputError` where the column could be read in two ways.
    """
    zone = zone_of_heading(column, options.times_in, where)
    typed = typed_moments(pl.col(column), dtype, options.zone, zone)
    if typed is not None:
        return typed
    text = as_text(pl.col(column), dtype)
    seen = days.shape_table(frame, text)
    given = options.date_format
    formats = days.date_formats(seen, seen, where, given, zone) if given else DateFormats()
    if not given or not days.reads_any(frame, text, formats, options.zone):
        formats = days.date_formats(seen, seen, where, None, zone)
    return parse_moments(text, formats, options.zone, zone)


def numbers(frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str, options: ReadOptions) -> pl.Expr:
    """Return the numbers in a column of `frame` as floats, null where a value is none.

    Raises `InputError` where the decimal mark of the column is in doubt.
    """
    if dtype.is_numeric():
        return pl.col(column).cast(pl.Float64)
    text = as_text(pl.col(column), dtype)
    found = money.evidence_in(frame, text)
    return money.parse_amounts(text, money.amount_format(found, where, options.decimal))
