"""Cells of two axes as a terminal shows them: the grid of two scores, and what a matrix shares with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rfm_cli.messages import Message, SchemeText, message
from rfm_cli.output.columns import by_key
from rfm_cli.output.heatmap import heatmap
from rfm_cli.output.heatmap_layout import Cell, HeatMap
from rfm_cli.output.look import Look, formatter
from rfm_cli.output.screens.parts import Fact, Footer, below, facts
from rfm_cli.output.table import message_line
from rfm_cli.views.view import METRICS, View

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.views.grid import Pair

METRIC_WORDS = by_key(message("customers"), message("revenue"), message("aov"), message("share"))
DECIMALS = {"aov": 2}


@dataclass(frozen=True)
class CellMap:
    """Cells of two axes and how they are drawn.

    `cells` are rows with `row` and `column`, labels in the language of the reader; `rows` and `columns` are the labels
    in order. Cells of fewer than `least` customers are flagged. `shown` is the number of rows drawn (0: all).
    """

    cells: pl.DataFrame
    rows: Sequence[str]
    columns: Sequence[str]
    corner: str
    metric: str
    names: bool = False
    least: int = 0
    shown: int = 0

    @property
    def column(self) -> str:
        """The column that holds the metric."""
        return METRICS[self.metric]

    def drawn_rows(self) -> Sequence[str]:
        """Return the labels of the rows that are drawn."""
        return self.rows[: self.shown] if self.shown else self.rows

    def greatest(self) -> object:
        """Return the greatest figure, None without any."""
        return self.cells[self.column].max()

    def top(self) -> float:
        """Return the greatest figure as a float, 0 where none is above."""
        top = self.greatest()
        return max(float(top), 0.0) if isinstance(top, (int, float, Decimal)) else 0.0

    def show(self, look: Look) -> Callable[[object], str]:
        """Return the function that shows a figure."""
        return formatter(self.column, self.cells.schema[self.column], look.words, decimals=DECIMALS.get(self.column))


def grid_screen(
    view: View, pair: Pair, metric: str, *, look: Look, header: Sequence[Fact], footer: Footer
) -> list[RenderableType]:
    """Draw the grid: the second score from the top down, the first across, customers without scores below."""
    import polars as pl

    across, down = pair
    labels = {axis: pl.concat_str(pl.lit(axis.upper()), pl.col(axis).cast(pl.String)) for axis in pair}
    # Customers without a purchase have no scores, and no cell.
    cells = view.rows.drop_nulls([across, down]).with_columns(row=labels[down], column=labels[across])
    rows = cells.sort(down, descending=True)["row"].unique(maintain_order=True)
    columns = cells.sort(across)["column"].unique(maintain_order=True)
    drawn = CellMap(cells, rows.to_list(), columns.to_list(), "", metric, names=True)
    outside = view.rows.filter(pl.col(across).is_null()).select("segment", "customers")
    beside: list[Fact] = [(SchemeText(name), count) for name, count in outside.iter_rows()]
    return cells_screen(drawn, look=look, header=header, footer=footer, beside=beside)


def cells_screen(
    drawn: CellMap,
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
    beside: Sequence[Fact] = (),
) -> list[RenderableType]:
    """Draw cells as a heat map with the customers of its rows and columns, the facts `beside` it, and a legend."""
    apart: list[RenderableType] = [facts(beside, look)] if beside else []
    # The legend comes below the map, where the eye goes after it.
    legend = [message_line("dim", one, look) for one in _legend(drawn, look)]
    return [facts(header, look), "", heatmap(_map(drawn, look), look=look), *apart, *legend, *below(footer, look)]


def _legend(drawn: CellMap, look: Look) -> list[Message]:
    """Return the lines below a map: hidden rows, the meaning of the shade, flagged cells."""
    lines = []
    if more := len(drawn.rows) - len(drawn.drawn_rows()):
        mark = "…" if look.unicode else "..."
        what, how = message("{n} more rows", n=more), message("--limit or -o FILE")
        lines.append(message("{mark} {what}: use {how}", mark=mark, what=what, how=how))
    metric = METRIC_WORDS[drawn.metric]
    if drawn.top():
        darkest = drawn.show(look)(drawn.greatest())
        lines.append(message("shade: {metric}, the darkest is {top}", metric=metric, top=darkest))
    else:
        lines.append(message("shade: {metric}", metric=metric))
    counts = drawn.cells["customers"]
    if few := int(((counts > 0) & (counts < drawn.least)).sum()):
        lines.append(message("! fewer than {n} customers: {few|cell|cells} (--min-cell)", n=drawn.least, few=few))
    return lines


def _map(drawn: CellMap, look: Look) -> HeatMap:
    w, show, top = look.words, drawn.show(look), drawn.top()
    cells: dict[tuple[str, str], Cell] = {}
    by_row: dict[str, int] = dict.fromkeys(drawn.rows, 0)
    by_column: dict[str, int] = dict.fromkeys(drawn.columns, 0)
    for row in drawn.cells.iter_rows(named=True):
        value, name = row[drawn.column], row["segment"] if drawn.names else None
        cells[row["row"], row["column"]] = _cell(
            drawn, name, show(value), row["customers"], row["customers_share"], _part(value, top), look=look
        )
        by_row[row["row"]] += row["customers"]
        by_column[row["column"]] += row["customers"]
    rows = drawn.drawn_rows()
    return HeatMap(
        corner=drawn.corner,
        rows=rows,
        columns=drawn.columns,
        cells=[[cells.get((row, name), Cell()) for name in drawn.columns] for row in rows],
        row_totals=(w(message("all")), [w(by_row[row]) for row in rows]),
        column_totals=(w(message("all")), [w(by_column[name]) for name in drawn.columns]),
        corner_total=w(sum(by_row.values())),
    )


def _cell(
    drawn: CellMap,
    name: str | None,
    figure: str,
    customers: int,
    share: float | None,
    part: float | None,
    *,
    look: Look,
) -> Cell:
    """Return a cell: the name of its segment where cells have names, its figure, and its share of the customers.

    `part` is the figure as a part of the greatest one, None for no shade.
    """
    names = [look.words.segment(name)] if name else []
    # A cell of the grid keeps its name without customers; a cell of a matrix has none.
    if not customers:
        return Cell((*names, "·" if look.unicode else ".") if names else ())
    shown = "" if share is None else look.words.share(share)
    figures = [figure] if drawn.metric == "share" else [figure, shown]
    return Cell(tuple(names + figures), part, flag=0 < customers < drawn.least)


def _part(value: float | Decimal | None, top: float) -> float | None:
    """Return a figure as a part of the greatest one, None without either; money below zero has no shade."""
    return max(float(value), 0.0) / top if value is not None and top else None
