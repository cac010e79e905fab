"""The cells of a column on a sheet: each value by its type, in the number format of its column."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from rfm_cli.output.figures import is_share

if TYPE_CHECKING:
    import polars as pl
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MAX_TEXT = 32_767
_FIRST_DAY = datetime.date(1900, 3, 1)  # before it Excel's calendar has a day too many, or none at all


def write_column(sheet: Worksheet, place: int, column: pl.Series, cell_format: Format, top: int = 1) -> None:
    """Nothing: the values that are not null from the line `top` on, each by the method for its type and never by a
    guess."""
    for line, value in enumerate(column.to_list(), start=top):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value, cell_format)
        elif isinstance(value, datetime.date) and not _is_before_excel(value):
            sheet.write_datetime(line, place, value, cell_format)
        elif column.dtype.is_numeric() and abs(value) <= 1e308:  # no cell for an infinity
            sheet.write_number(line, place, value, cell_format)
        else:
            sheet.write_string(line, place, str(value)[:MAX_TEXT], cell_format)


def _is_before_excel(day: datetime.date) -> bool:
    """Whether the day (or the day of the timestamp) is one that Excel cannot count."""
    return datetime.date(day.year, day.month, day.day) < _FIRST_DAY


def number_format(column: pl.Series) -> dict[str, str]:
    """The number format of a column, by its type and name."""
    import polars as pl

    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):
        return {"num_format": "#,##0" + "." * (dtype.scale > 0) + "0" * dtype.scale}
    if is_share(column.name) and dtype.is_float():
        return {"num_format": "0.0%"}
    if dtype == pl.Date:
        return {"num_format": "yyyy-mm-dd"}
    if isinstance(dtype, pl.Datetime):
        return {"num_format": "yyyy-mm-dd hh:mm:ss"}
    if dtype.is_integer():
        return {"num_format": "#,##0"}
    return {"num_format": "@"} if dtype == pl.String else {}
