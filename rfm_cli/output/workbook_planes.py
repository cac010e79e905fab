"""Two axes as a plane on a sheet of a workbook, coloured by its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rfm_cli.output.workbook_cells import MAX_TEXT, number_format, write_column

if TYPE_CHECKING:
    import polars as pl
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

LOW, HIGH = "#F2F7FC", "#6AA5D8"
"""From few to many, in one hue: black text reads on both, and eyes of every kind tell them apart."""


@dataclass(frozen=True)
class Plane:
    """A title and the cells below it: labels in the first column, figures (or names) in the others.

    Where the figures are shares they are shown as percent. All columns but the first are of one type.
    """

    title: str
    cells: pl.DataFrame
    is_share: bool = False


def write_planes(book: Workbook, sheet: Worksheet, planes: Sequence[Plane]) -> None:
    """Nothing: the planes stand one below another, an empty line between; the first line and column stay in sight."""
    top = 0
    for plane in planes:
        top = _write_plane(book, sheet, plane, top) + 1
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, max(plane.cells.width for plane in planes) - 1, 16)


def _write_plane(book: Workbook, sheet: Worksheet, plane: Plane, top: int) -> int:
    """The first line below the plane."""
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    sheet.write_string(top, 0, plane.title[:MAX_TEXT], bold)
    for place, column in enumerate(plane.cells):
        sheet.write_string(top + 1, place, column.name[:MAX_TEXT], head)
        look = {"num_format": "0.0%"} if plane.is_share and place else number_format(column)
        write_column(sheet, place, column, book.add_format({**look, "bold": place == 0}), top + 2)
    last = top + 1 + plane.cells.height
    if plane.cells.width > 1 and plane.cells.height and plane.cells.dtypes[1].is_numeric():
        colours = {"type": "2_color_scale", "min_color": LOW, "max_color": HIGH}
        sheet.conditional_format(top + 2, 1, last, plane.cells.width - 1, colours)
    return last + 1
