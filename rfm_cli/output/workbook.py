"""Result tables as sheets of one Excel workbook."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rfm_cli.errors import OutputError
from rfm_cli.output.cells import cells
from rfm_cli.output.look import is_share
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

# Limits of a sheet, and of the text of one cell, in Excel 2007 and later.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
_FIRST_DAY = datetime.date(1900, 3, 1)  # before it Excel's calendar has a day too many, or none at all
LOW, HIGH = "#F2F7FC", "#6AA5D8"
"""From few to many, in one hue: black text is readable on both, and color-blind readers tell them apart."""
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDEST = 50
SHARE_BARS = {
    "type": "data_bar",
    "bar_color": "#9CC3E6",
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 1,
}
"""Shares have bars: a full cell is 100 %."""


@dataclass(frozen=True)
class CellTable:
    """A title and the cells below it: labels in the first column, figures (or names) in the others.

    Where the figures are shares they are shown as percent. All columns but the first are of one type.
    """

    title: str
    cells: pl.DataFrame
    is_share: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name and its rows, or tables of cells in their place.

    `headings` replace the names of columns, which decide how values are shown.
    """

    name: str
    rows: pl.DataFrame | None = None
    cell_tables: Sequence[CellTable] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def frames(self) -> list[pl.DataFrame]:
        """Return all frames of the sheet."""
        return [*([] if self.rows is None else [self.rows]), *(one.cells for one in self.cell_tables)]


def write_workbook(sheets: Sequence[Sheet], as_of: datetime.date, sink: Sink) -> None:
    """Write rows (or tables of cells) to the sink as sheets, in order, under their names.

    Text stays text: ids keep their zeros, no text is a formula or a link. Money shows its decimals, shares are
    percent, nulls and NaN are empty. The time of creation is midnight of `as_of`, so that the same sheets are the same
    bytes.
    """
    # All sheets are checked before the first is written, so that no half of a workbook is made.
    for one in sheets:
        for rows in one.frames():
            _check_size(one.name, rows)
    buffer = io.BytesIO()
    book = _new_workbook(buffer, as_of)
    taken: set[str] = set()
    for one in sheets:
        sheet = book.add_worksheet(_sheet_name(one.name, taken))
        if one.rows is not None:
            _write_sheet(book, sheet, cells(one.rows), one.headings)
        else:
            write_cell_tables(book, sheet, one.cell_tables)
    book.close()
    sink.write(buffer.getvalue())


def _check_size(name: str, rows: pl.DataFrame) -> None:
    """Raise `OutputError` for a frame that Excel has no room for."""
    if rows.height + 1 > MAX_ROWS or rows.width > MAX_COLUMNS:
        raise OutputError(
            f"sheet {name}: {rows.height:,} rows x {rows.width:,} columns are more than Excel holds "
            f"({MAX_ROWS - 1:,} x {MAX_COLUMNS:,})",
            "write csv or parquet, or keep fewer rows",
        )


def _new_workbook(buffer: io.BytesIO, as_of: datetime.date) -> Workbook:
    """Return an empty workbook in memory."""
    import xlsxwriter  # type: ignore[import-untyped]

    # Texts stay texts: an id is no number, and a text of the user is no formula or link.
    options = {
        "in_memory": True,
        "remove_timezone": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    # Without a fixed time the same sheets would be other bytes.
    book.set_properties({"created": datetime.datetime.combine(as_of, datetime.time())})
    return book


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel accepts (31 characters, a few forbidden, none twice), and add it to `taken`."""
    # Excel takes apostrophes within a name, but not at its ends.
    base = _NO_SHEET_NAME.sub(" ", name).strip("' ")[:31] or "Sheet"
    # Excel refuses two sheets of one name, whatever their case.
    chosen, number = base, 2
    while chosen.casefold() in taken:
        # Cut, so that the number still fits into 31 characters.
        chosen = f"{base[:27]} {number}"
        number += 1
    taken.add(chosen.casefold())
    return chosen


def _write_sheet(book: Workbook, sheet: Worksheet, rows: pl.DataFrame, headings: Mapping[str, str]) -> None:
    """Write a bold frozen header, filters, and each column by its type."""
    head = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(rows):
        cell_format = book.add_format(number_format(column))
        heading = headings.get(column.name, column.name)
        sheet.set_column(place, place, _width(column, heading), cell_format)
        sheet.write_string(0, place, heading[:MAX_TEXT], head)
        write_column(sheet, place, column, cell_format)
        if is_share(column.name) and column.dtype.is_float() and rows.height:
            sheet.conditional_format(1, place, rows.height, place, SHARE_BARS)
    sheet.freeze_panes(1, 0)
    if rows.width:
        sheet.autofilter(0, 0, rows.height, rows.width - 1)


def _width(column: pl.Series, heading: str) -> float:
    """Return a width that shows the first thousand values and the heading with its filter button."""
    import polars as pl

    # Enough to judge the width by; all values would cost a pass.
    shown = column.head(1000).cast(pl.String, strict=False).str.len_chars().max()
    longest = max(len(heading) + 3, shown if isinstance(shown, int) else 0)
    return min(max(longest + 2, 8), _WIDEST)


def write_column(sheet: Worksheet, place: int, column: pl.Series, cell_format: Format, top: int = 1) -> None:
    """Write the values that are not null from the line `top` on, each by the method for its type, never by a guess."""
    for line, value in enumerate(column.to_list(), start=top):
        # An empty cell, not a cell with an empty text.
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
    """Return whether Excel cannot count the day (or the day of the timestamp)."""
    return datetime.date(day.year, day.month, day.day) < _FIRST_DAY


def number_format(column: pl.Series) -> dict[str, str]:
    """Return the number format of a column, by its type and name."""
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


def write_cell_tables(book: Workbook, sheet: Worksheet, tables: Sequence[CellTable]) -> None:
    """Write tables of cells one below another, an empty line between; the first line and column stay in sight."""
    top = 0
    for one in tables:
        top = _write_cell_table(book, sheet, one, top) + 1
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, max(one.cells.width for one in tables) - 1, 16)


def _write_cell_table(book: Workbook, sheet: Worksheet, table: CellTable, top: int) -> int:
    """Write a table of cells and return the first line below it."""
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    sheet.write_string(top, 0, table.title[:MAX_TEXT], bold)
    for place, column in enumerate(table.cells):
        sheet.write_string(top + 1, place, column.name[:MAX_TEXT], head)
        look = {"num_format": "0.0%"} if table.is_share and place else number_format(column)
        write_column(sheet, place, column, book.add_format({**look, "bold": place == 0}), top + 2)
    last = top + 1 + table.cells.height
    if table.cells.width > 1 and table.cells.height and table.cells.dtypes[1].is_numeric():
        colors = {"type": "2_color_scale", "min_color": LOW, "max_color": HIGH}
        sheet.conditional_format(top + 2, 1, last, table.cells.width - 1, colors)
    return last + 1
