"""Cells of two axes as a terminal shows them: grids and matrices as heat maps with margins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rfm_cli.output.heatmap import Cell, HeatMap, heatmap
from rfm_cli.output.look import Look
from rfm_cli.output.screens.customers import below, facts
from rfm_cli.output.table import said
from rfm_cli.output.text import formatter, percent

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

METRICS = {
    "customers": "customers",
    "revenue": "revenue",
    "aov": "aov",
    "share": "customers_share",
}
"""What a map can be shaded by, and the column that holds it."""
DECIMALS = {"aov": 2}


@dataclass(frozen=True)
class Plane:
    """Cells as rows with `row` and `column` labels, what names each, and what is drawn: labels in order, the metric,
    the number of customers under which a cell is flagged, how many rows are shown (0: none, and all), and whether the
    labels are the tool's own words, as those of attributes are not."""

    cells: pl.DataFrame
    rows: Sequence[str]
    columns: Sequence[str]
    corner: str
    metric: str
    names: bool = False
    least: int = 0
    shown: int = 0
    told: tuple[bool, bool] = (True, True)


def cells_screen(
    plane: Plane,
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
    beside: Sequence[tuple[str, str]] = (),
) -> list[RenderableType]:
    """The plane as a heat map with the customers of its rows and columns, what stands beside it, and a legend."""
    legend: list[RenderableType] = [said("dim", _legend(plane), look)]
    flagged = _flagged(plane)
    if flagged:
        legend.append(
            said(
                "dim",
                f"! fewer than {plane.least:,} customers: {flagged:,} cell{'s' if flagged > 1 else ''} (--min-cell)",
                look,
            )
        )
    more = len(plane.rows) - plane.shown if plane.shown else 0
    if more > 0:
        mark = "…" if look.unicode else "..."
        legend.insert(0, said("dim", f"{mark} {more:,} more rows: use --limit or -o FILE", look))
    apart: list[RenderableType] = [facts(beside, look)] if beside else []
    return [facts(header, look), "", heatmap(_map(plane, look), look=look), *apart, *legend, *below(footer, look)]


def _legend(plane: Plane) -> str:
    """What the shade stands for."""
    column = METRICS[plane.metric]
    top = _top(plane)
    if not top:
        return f"shade: {plane.metric}"
    show = _show(plane, column)
    return f"shade: {plane.metric}, the darkest is {show(_greatest(plane))}"


def _greatest(plane: Plane) -> object:
    return plane.cells[METRICS[plane.metric]].max()


def _show(plane: Plane, column: str) -> Callable[[object], str]:
    return formatter(column, plane.cells.schema[column], unicode=True, decimals=DECIMALS.get(column))


def _top(plane: Plane) -> float:
    """The greatest figure, 0 where none is above."""
    top = _greatest(plane)
    return max(float(top), 0.0) if isinstance(top, (int, float, Decimal)) else 0.0


def _map(plane: Plane, look: Look) -> HeatMap:
    column = METRICS[plane.metric]
    show, top = _show(plane, column), _top(plane)
    cells: dict[tuple[str, str], Cell] = {}
    by_row: dict[str, int] = dict.fromkeys(plane.rows, 0)
    by_column: dict[str, int] = dict.fromkeys(plane.columns, 0)
    for row in plane.cells.iter_rows(named=True):
        cells[row["row"], row["column"]] = _cell(row, plane, show(row[column]), top, "·" if look.unicode else ".")
        by_row[row["row"]] += row["customers"]
        by_column[row["column"]] += row["customers"]
    rows = plane.rows[: plane.shown] if plane.shown else plane.rows
    return HeatMap(
        corner=plane.corner,
        rows=rows,
        columns=plane.columns,
        cells=[[cells.get((row, name), Cell()) for name in plane.columns] for row in rows],
        row_totals=("all", [f"{by_row[row]:,}" for row in rows]),
        column_totals=("all", [f"{by_column[name]:,}" for name in plane.columns]),
        corner_total=f"{sum(by_row.values()):,}",
        told=plane.told,
    )


def _cell(row: dict[str, object], plane: Plane, told: str, top: float, nobody: str) -> Cell:
    """The name of the cell where cells have names, its figure, and its share of the customers; or `nobody`."""
    name = [str(row["segment"])] if plane.names and row["segment"] else []
    customers = int(str(row["customers"]))
    if not customers:
        return Cell((*name, nobody) if name else ())
    share = percent(float(str(row["customers_share"]))) if row["customers_share"] is not None else ""
    figures = [told] if plane.metric == "share" else [told, share]
    value = row[METRICS[plane.metric]]
    part = max(float(str(value)), 0.0) / top if value is not None and top else None
    return Cell(tuple(name + figures), part, flag=0 < customers < plane.least)


def _flagged(plane: Plane) -> int:
    counts = plane.cells["customers"]
    return int(((counts > 0) & (counts < plane.least)).sum())
