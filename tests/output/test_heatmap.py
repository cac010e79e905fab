"""Heat maps: shades with and without color, and never a line wider than the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.output.heatmap import heatmap
from rfm_cli.output.heatmap_layout import Cell, HeatMap
from rfm_cli.output.look import Look, render
from rfm_cli.output.wrapping import wide

PLAIN = Look(80, color=False)
LABEL = st.text(st.characters(codec="utf-8"), max_size=30)


def drawn(map: HeatMap, look: Look = PLAIN) -> list[str]:
    return render([heatmap(map, look=look)], look).splitlines()


def square(names: list[str], **more: object) -> HeatMap:
    cells = [
        [Cell((str(10 * row + column),), column / len(names)) for column in range(len(names))]
        for row in range(len(names))
    ]
    return HeatMap("from / to", names, names, cells, **more)  # type: ignore[arg-type]


def test_shades_read_without_color() -> None:
    cells = [[Cell(("a",), 0.0), Cell(("b",), 0.1), Cell(("c",), 0.3), Cell(("d",), 0.6), Cell(("e",), 1.0), Cell()]]
    map = HeatMap("", ["row"], list("123456"), cells)
    assert drawn(map)[1] == "row a   b ░ c ▒ d ▓ e █ ·"
    assert drawn(map, Look(80, color=False, unicode=False))[1] == "row a   b . c : d * e # ."


def test_shades_are_backgrounds_with_a_text_that_reads() -> None:
    cells = [[Cell(("low",), 0.0), Cell(("high",), 1.0), Cell(("none",))]]
    text = render(
        [heatmap(HeatMap("", ["r"], ["a", "b", "c"], cells), look=Look(40, color=True))], Look(40, color=True)
    )
    assert "\x1b[38;5;16;48;5;189mlow " in text
    assert "\x1b[38;5;231;48;5;18mhigh" in text


def test_short_labels_number_rows_and_columns_where_the_names_find_no_room() -> None:
    names = ["Champions", "Potential loyalist", "Needs attention", "About to sleep", "Hibernating", "Lost", "Gone"]
    lines = drawn(square(names, short=list("1234567")), Look(50, color=False))
    assert lines[0].split() == ["from", "/", "to", *"1234567"]
    assert lines[1].startswith("1 Champions")
    whole = drawn(square(names, short=list("1234567")), Look(200, color=False))
    assert "Potential loyalist" in whole[0]
    assert whole[-1].startswith("Gone")


def test_totals_stand_beside_and_below_and_leave_before_columns_do() -> None:
    names = ["one", "two"]
    map = square(names, row_totals=("all", ["12", "3,456"]), column_totals=("sum", ["7", "8"]), corner_total="15")
    lines = drawn(map)
    assert lines[0].split() == ["from", "/", "to", "one", "two", "all"]
    assert lines[2].split()[-1] == "3,456"
    assert lines[3].split() == ["sum", "7", "8", "15"]
    narrow = drawn(map, Look(20, color=False))
    assert "all" not in narrow[0]


def test_columns_without_room_are_hidden_and_said() -> None:
    lines = drawn(square([f"name{number}" for number in range(30)]), Look(40, color=False))
    told = " ".join(lines[-2:])
    assert "columns hidden: use -o FILE or a wider terminal" in told
    assert f"{30 - lines[0].count('name')} columns hidden" in told


def test_long_words_in_cells_are_broken_rather_than_have_a_column_hidden() -> None:
    names = ["Lieblingskunden", "重要なお客様グループ", "Champions", "Lost"]
    map = HeatMap("", ["row"], ["R1", "R2", "R3", "R4"], [[Cell((name, "1,234,567.89"), 1.0) for name in names]])
    for look in (Look(60, color=False), Look(60, color=True)):
        shown = re.sub("\x1b\\[[0-9;]*m", "", "\n".join(drawn(map, look)))
        assert "hidden" not in shown
        assert shown.count("1,234,567.89") == 4
    assert "Lieblingskunden" in drawn(map, Look(200, color=False))[1]


def test_flags_show_without_color() -> None:
    assert "7!" in drawn(HeatMap("", ["r"], ["c"], [[Cell(("7", "1 %"), 0.5, flag=True)]]))[1]


@pytest.mark.parametrize("map", [HeatMap("x", [], [], []), HeatMap("x", ["r"], [], [[]]), HeatMap("x", [], ["c"], [])])
def test_nothing_to_draw(map: HeatMap) -> None:
    assert drawn(map)


def test_hostile_labels_are_text() -> None:
    totals = ("\x1b[1m", ["\x1b[31m5"])
    map = HeatMap("\x1b", ["[red]x\x1b[31m"], ["a\nb"], [[Cell(("\x1b[0m[/]",))]], ["\x1b"], totals, totals, "\x1b")
    lines = drawn(map)
    assert "\x1b" not in "".join(lines)
    assert "[red]x[31m" in lines[1]


@settings(max_examples=80)
@given(
    st.lists(LABEL, min_size=1, max_size=5),
    st.lists(LABEL, min_size=1, max_size=8),
    LABEL,
    st.integers(6, 90),
    st.booleans(),
    st.booleans(),
)
def test_no_line_is_wider_than_the_terminal(
    rows: list[str], columns: list[str], text: str, width: int, unicode: bool, totals: bool
) -> None:
    cells = [[Cell((text, "1.0 %"), 0.5) for _ in columns] for _ in rows]
    map = HeatMap("corner", rows, columns, cells)
    if totals:
        sums = (text, [text] * len(rows))
        map = replace(map, row_totals=sums, column_totals=(text, [text] * len(columns)), corner_total=text)
    look = Look(width, color=False, unicode=unicode)
    for line in drawn(map, look):
        assert wide(line) <= width
    colored = Look(width, color=True, unicode=unicode)
    bare = re.sub("\x1b\\[[0-9;]*m", "", render([heatmap(map, look=colored)], colored))
    assert all(wide(line) <= width for line in bare.splitlines())
