"""Grids and matrices made ready for the screen: labels of rows and columns, and what stands beside the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.output.screens.cells import Plane
from rfm_cli.output.text import shown_value
from rfm_cli.views.axes import AXES

if TYPE_CHECKING:
    from rfm_cli.views.grid import Pair
    from rfm_cli.views.view import View


def grid_plane(view: View, pair: Pair, metric: str) -> Plane:
    """The cells of a grid, the second score from the top down as rows and the first as columns."""
    across, down = pair
    cells = view.rows.drop_nulls([across, down]).with_columns(row=_label(down), column=_label(across))
    rows = cells.sort(down, descending=True)["row"].unique(maintain_order=True)
    columns = cells.sort(across)["column"].unique(maintain_order=True)
    return Plane(cells, rows.to_list(), columns.to_list(), "", metric, names=True)


def _label(axis: str) -> pl.Expr:
    return pl.concat_str(pl.lit(axis.upper()), pl.col(axis).cast(pl.String))


def beside_grid(view: View, pair: Pair) -> list[tuple[str, str]]:
    """The customers that have no place on the grid: label and number."""
    outside = view.rows.filter(pl.col(pair[0]).is_null())
    return [(name, f"{count:,}") for name, count in outside.select("segment", "customers").iter_rows()]


def matrix_plane(view: View, axes: Sequence[str], metric: str, least: int, shown: int) -> Plane:
    """The cells of a matrix, its first axis as rows and its second as columns, in their order."""
    row, column = (shown_value(view.rows[axis]) for axis in axes)
    cells = view.rows.with_columns(row.alias("row"), column.alias("column"))
    labels = [cells[name].unique(maintain_order=True).to_list() for name in ("row", "column")]
    told = (axes[0] in AXES, axes[1] in AXES)
    return Plane(cells, labels[0], labels[1], f"{axes[0]} / {axes[1]}", metric, least=least, shown=shown, told=told)
