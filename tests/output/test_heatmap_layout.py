"""The layout of shaded cells: what is given up, in turn, as the terminal gets narrower."""

from __future__ import annotations

import pytest

from rfm_cli.output.heatmap_layout import Cell, HeatMap, broken_label, layout_of, map_wide, total_width
from rfm_cli.output.look import Look

MAP = HeatMap(
    corner="",
    rows=["Champions", "At risk"],
    columns=["Champions", "At risk"],
    cells=[[Cell(("12",)), Cell(("3",))], [Cell(("4",)), Cell(("567",))]],
    short=["1", "2"],
    row_totals=("all", ["15", "571"]),
    column_totals=("all", ["16", "570"]),
)


@pytest.mark.parametrize(
    ("width", "headings", "total"),
    [(80, ["Champions", "At risk"], 3), (30, ["1", "2"], 3), (18, ["1", "2"], 0), (12, ["1"], 0)],
)
def test_names_go_first_then_totals_then_columns(width: int, headings: list[str], total: int) -> None:
    layout = layout_of(MAP, Look(width))
    assert (layout.headings, layout.total) == (headings, total)


def test_widths_are_those_of_the_widest_text() -> None:
    assert (map_wide(["a", "客户"]), map_wide([]), total_width(MAP)) == (4, 0, 3)
    assert broken_label("1-2 orders", 6) == ["1- 2", "orders"]


def test_a_column_is_hidden_before_a_word_of_13_letters_breaks() -> None:
    words = ["Чемпионы", "Перспективные", "Спящие", "Новые"]
    wide = HeatMap(corner="", rows=["a"], columns=words, cells=[[Cell(("12",))] * 4])
    layout = layout_of(wide, Look(48))
    assert (layout.headings, layout.cell) == (words[:3], 13)
