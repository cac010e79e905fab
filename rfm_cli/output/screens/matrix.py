"""Two axes crossed as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import by_key
from rfm_cli.output.look import Look, shown_value
from rfm_cli.output.screens.grid import CellMap, cells_screen
from rfm_cli.output.screens.parts import Fact, Footer

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.views.axes import AxisOf
    from rfm_cli.views.view import View

AXIS_WORDS = by_key(
    message("recency"),
    message("frequency"),
    message("monetary"),
    message("tenure"),
    message("engagement"),
    message("last_event"),
    message("r"),
    message("f"),
    message("m"),
    message("segment"),
    message("vip"),
)
"""The names of the axes of the tool's own; others are attributes."""


def matrix_screen(
    view: View,
    axes: Sequence[AxisOf],
    metric: str,
    *,
    least: int,
    shown: int,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
) -> list[RenderableType]:
    """Draw the matrix with its first axis as rows, the first `shown` of them, and its second as columns.

    Cells of fewer than `least` customers are flagged.
    """
    w = look.words
    names = [axis.name for axis in axes]
    row, column = (_labels(view.rows[axis.name], axis, look) for axis in axes)
    cells = view.rows.with_columns(row.alias("row"), column.alias("column"))
    labels = [cells[name].unique(maintain_order=True).to_list() for name in ("row", "column")]
    corner = " / ".join(w(AXIS_WORDS[name]) if name in AXIS_WORDS else name for name in names)
    drawn = CellMap(cells, labels[0], labels[1], corner, metric, least=least, shown=shown)
    return cells_screen(drawn, look=look, header=header, footer=footer)


def _labels(values: pl.Series, axis: AxisOf, look: Look) -> pl.Series:
    """Return the labels of an axis in the language of the reader; a missing value has a word of its own."""
    # Labels of the tool's own are translated; those of attributes are shown as they are.
    known = {label: look.words(shown) for label, shown in zip(axis.order, axis.shown, strict=True) if label is not None}
    return shown_value(values.replace(known), look.words)
