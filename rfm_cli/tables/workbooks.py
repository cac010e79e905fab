"""Workbooks: the sheet that fits a table, the row of its headings, and its cells with the types that they have.

A column of numbers, dates or flags has that type if all of its cells do; other columns are texts, in which a whole
number has no fraction and a date is written as ISO 8601 does.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.safe_text import printable
from rfm_cli.tables.headings import MOST_ABOVE, NUMBER, has_headings, has_least, tables_of
from rfm_cli.tables.names import table_named
from rfm_cli.tables.options import ReadOptions

if TYPE_CHECKING:
    from fastexcel import ExcelReader

LISTED = 6
"""The most sheets that a message lists."""
MOST_WHOLE = 2**53
"""Above this, neighboring integers are one float, so that such numbers stay floats."""
FIRST_DAY = date(1900, 1, 1)
"""Times of a day without a day are those of the day before this one."""


@dataclass(frozen=True)
class Sheet:
    """A sheet with cells: its name, and its first rows as texts, by their place in the sheet."""

    name: str
    is_hidden: bool
    lines: Sequence[Sequence[str]] = field(repr=False)


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet below its headings; the columns are called by their places.

    `above` is the number of rows above the headings, 0 where none is filled. `taken` names the sheet that was
    taken of several.
    """

    frame: pl.DataFrame
    header: tuple[str, ...]
    sheet: str
    above: int
    taken: str


def read_sheet(file: Path, where: str, given: str, part: str, table: str, options: ReadOptions) -> Rows:
    """Read the sheet of a workbook that `part` names, else the one that fits a table.

    `where` names the workbook in messages, `given` is its path as a user can write it. Raises `InputError` where the
    workbook cannot be read, or where no sheet fits or several do: they are listed.
    """
    book = _opened(file, where)
    sheets = _sheets(book)
    sheet = _named(sheets, book, part, where) if part else _fitting(sheets, table, options, where, given)
    row = _row_of_headings(sheet, options, where)
    frame = _typed(book, sheet.name, row + 1)
    header = [*sheet.lines[row], *[""] * (frame.width - len(sheet.lines[row]))]
    # A column without a heading and without a value is the rest of another table, or of its formats.
    kept = [place for place, name in enumerate(frame.columns) if header[place] or frame[name].null_count() < len(frame)]
    others = [one.name for one in sheets if one.name != sheet.name]
    taken = f"sheet {sheet.name!r} is taken, and {_listed(others)} {'is' if len(others) == 1 else 'are'} left"
    above = row if any(map(any, sheet.lines[:row])) else 0
    rows = frame.select(frame.columns[place] for place in kept)
    return Rows(rows, tuple(header[place] for place in kept), sheet.name, above, taken if others and not part else "")


def _opened(file: Path, where: str) -> ExcelReader:
    # Only workbooks need it. It logs columns without a value as warnings.
    import fastexcel

    logging.getLogger("fastexcel").setLevel(logging.ERROR)
    try:
        return fastexcel.read_excel(file.read_bytes())  # by its bytes, since its name may say another kind
    except fastexcel.FastExcelError as error:
        if "password" in str(error).lower():
            raise InputError(f"{where}: a workbook with a password", "save it without one") from error
        raise InputError(
            f"{where}: looks like a workbook and cannot be read as one", "save it anew as .xlsx, or export it as CSV"
        ) from error


def _sheets(book: ExcelReader) -> list[Sheet]:
    """Return the sheets that have cells, in their order."""
    found = []
    for name in book.sheet_names:
        # Rows are counted from the top of the sheet, empty ones included.
        loaded = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=MOST_ABOVE + 1, dtypes="string")
        lines = [tuple((text or "").strip() for text in row) for row in pl.DataFrame(loaded).rows()]
        if any(any(line) for line in lines):
            found.append(Sheet(name, loaded.visible != "visible", lines))
    return found


def _named(sheets: Sequence[Sheet], book: ExcelReader, name: str, where: str) -> Sheet:
    """Return the sheet of a name, whatever its case if no other differs by that."""
    found = [one for one in sheets if one.name == name] or [one for one in sheets if one.name.lower() == name.lower()]
    if len(found) == 1:
        return found[0]
    if name in book.sheet_names:
        raise InputError(f"{where}: sheet {name!r} is empty", did_you_mean(name, [one.name for one in sheets]))
    raise InputError(f"{where}: no sheet is called {name!r}", did_you_mean(name, book.sheet_names))


def _fitting(sheets: Sequence[Sheet], table: str, options: ReadOptions, where: str, given: str) -> Sheet:
    """Return the one sheet whose headings are those of a table, or the only sheet that has cells."""
    if not sheets:
        raise InputError(f"{where}: a workbook without a filled cell", "export it again")
    # A hidden sheet is taken only where it is named, or where no other has cells.
    shown = [one for one in sheets if not one.is_hidden] or list(sheets)
    found = _of_table(shown, table, options.maps)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{where}: {len(found)} sheets could be the {table}: {_listed([one.name for one in found])}",
            f"name the sheet that is meant: {_choices(given, found)}",
        )
    if len(shown) == 1:
        return shown[0]
    raise InputError(
        f"{where}: no sheet has the headings of {table}: {_listed([one.name for one in sheets])}",
        f"name the sheet, and the headings by --map: {_choices(given, shown)}",
    )


def _of_table(sheets: Sequence[Sheet], table: str, maps: Mapping[str, Mapping[str, str]]) -> list[Sheet]:
    """Return the sheets that can be a table: by their headings, and of several by their names."""
    lines = {one.name: [_filled(line) for line in one.lines] for one in sheets}
    tables = {name: set().union(*(tables_of(line, maps) for line in own)) for name, own in lines.items()}
    found = [one for one in sheets if table in tables[one.name]]
    if not found:
        # What is surely another table may have the few fields of this one as well.
        least = {name for name, own in lines.items() if any(has_least(table, line, maps) for line in own)}
        found = [one for one in sheets if one.name in least and not tables[one.name]]
    if len(found) < 2:
        return found
    named = [one for one in found if table_named(one.name) == table]
    alone = [one for one in found if table_named(one.name) is None and tables[one.name] <= {table}]
    return named or alone or found


def _filled(line: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in line if text)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(repr(printable(name)) for name in names[:LISTED]) + more


def _choices(given: str, sheets: Sequence[Sheet]) -> str:
    """Return the sheets as paths to copy."""
    if given == "-":
        return "save the workbook to a file, and give FILE#SHEET"
    return " ".join(shlex.quote(f"{printable(given)}#{one.name}") for one in sheets[:LISTED])


def _row_of_headings(sheet: Sheet, options: ReadOptions, where: str) -> int:
    """Return the row of the headings, counted from 0: the first filled one, or a later one with headings of a table."""
    lines = sheet.lines
    if options.header_row:
        row = options.header_row - 1
        if row >= len(lines) or not any(lines[row]):
            raise UsageError(
                f"--header-row {options.header_row}: sheet {sheet.name!r} of {where} has no such row among its first "
                f"{len(lines)}, or it is empty",
                "rows are counted from 1, as a spreadsheet shows them",
            )
        return row
    filled = [row for row, line in enumerate(lines) if any(line)]
    return next((row for row in filled if _is_header(lines[row], options.maps)), filled[0])


def _is_header(line: Sequence[str], maps: Mapping[str, Mapping[str, str]]) -> bool:
    return has_headings(_filled(line), maps) and not any(NUMBER.fullmatch(text) for text in line)


def _typed(book: ExcelReader, name: str, skipped: int) -> pl.DataFrame:
    """Return the rows of a sheet below the first ones, without empty rows, each column in the type of its cells."""
    frame = _loaded(book, name, skipped)
    # Numbers have null for a text such as NA, which may be an id beside whole numbers: such a column is one of texts.
    doubtful = [place for place, one in enumerate(frame) if one.null_count() and _is_whole(one)]
    if doubtful:
        texts = _as_texts(book, name, skipped, doubtful)
        lost = [one for one in texts if one.null_count() < frame[one.name].null_count()]
        frame = frame.with_columns(lost)
    frame = frame.with_columns(_plain(one) for one in frame)
    return frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame


def _loaded(book: ExcelReader, name: str, skipped: int) -> pl.DataFrame:
    """Return the cells below the first rows, with types that all rows show."""
    import fastexcel

    try:
        return pl.DataFrame(book.load_sheet(name, header_row=None, skip_rows=skipped, schema_sample_rows=None))
    except fastexcel.UnsupportedColumnTypeCombinationError:
        # Some column mixes spans of time with texts; only that one is read as texts.
        return _column_by_column(book, name, skipped)


def _column_by_column(book: ExcelReader, name: str, skipped: int) -> pl.DataFrame:
    import fastexcel

    columns = []
    for place, number in enumerate(_numbers(book, name)):
        try:
            one = book.load_sheet(
                name, header_row=None, skip_rows=skipped, schema_sample_rows=None, use_columns=[number]
            )
            columns += pl.DataFrame(one).get_columns()
        except fastexcel.UnsupportedColumnTypeCombinationError:
            columns += _as_texts(book, name, skipped, [place])
    return pl.DataFrame(columns)


def _numbers(book: ExcelReader, name: str) -> list[int]:
    """Return the numbers of the columns of a sheet, which begin at its first filled one."""
    first = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=1, dtypes="string")
    return [one.absolute_index for one in first.available_columns()]


def _as_texts(book: ExcelReader, name: str, skipped: int, places: Sequence[int]) -> list[pl.Series]:
    numbers = _numbers(book, name)
    wanted = [numbers[place] for place in places]
    loaded = book.load_sheet(name, header_row=None, skip_rows=skipped, dtypes="string", use_columns=wanted)
    return pl.DataFrame(loaded).get_columns()


def _plain(column: pl.Series) -> pl.Series:
    """Return a column in the type that its values have: whole numbers as integers, days as dates, spans as texts."""
    if column.dtype == pl.Null:
        return column.cast(pl.String)
    if column.dtype == pl.String:
        return column.replace("", None)
    if column.dtype == pl.Float64 and _is_whole(column):
        return column.cast(pl.Int64)
    if column.dtype == pl.Duration:
        return pl.select(_span(column.dt.total_seconds()).alias(column.name)).to_series()
    return _dated(column) if column.dtype == pl.Datetime else column


def _dated(column: pl.Series) -> pl.Series:
    """Return times without a day as texts, and times that are all at midnight as dates."""
    days = column.dt.date()
    if (days < FIRST_DAY).all() and column.null_count() < len(column):
        return column.dt.strftime("%H:%M:%S")
    return days if (days.cast(column.dtype) == column).all() else column


def _is_whole(column: pl.Series) -> bool:
    """Return whether a column has whole numbers alone, none too large for a float to tell it from the next."""
    if column.dtype != pl.Float64:
        return column.dtype == pl.Int64
    return bool(((column == column.floor()) & (column.abs() < MOST_WHOLE)).all())


def _span(seconds: pl.Series) -> pl.Expr:
    """Return spans of time as spreadsheets show them: 30:00:00."""
    whole = pl.lit(seconds)
    minute, second = (part.cast(pl.String).str.zfill(2) for part in (whole // 60 % 60, whole % 60))
    return pl.format("{}:{}:{}", whole // 3600, minute, second)
