"""A table of cells shaded by a figure, for the terminal: by color, or by characters where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.heatmap_layout import (
    GAP,
    MOST_LINES,
    Cell,
    HeatMap,
    MapLayout,
    broken_label,
    layout_of,
    map_wide,
    total_width,
)
from rfm_cli.output.look import Look, plain
from rfm_cli.output.table import line, message_line
from rfm_cli.output.wrapping import wide, wrapped

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

# One hue from light to dark, all among the 256 colors of xterm; the text on the last two is white.
_RAMP = ("#d7d7ff", "#afd7ff", "#87afff", "#5f87ff", "#005fd7", "#000087")
_DARK = 4
_GLYPHS, _ASCII_GLYPHS = "░▒▓█", ".:*#"
_STRIP = 3
"""This many characters of shade are enough beside a text."""


def heatmap(map: HeatMap, *, look: Look) -> Group:
    """Draw the map in the width: headings, rows, totals, and how many columns are hidden."""
    from rich.console import Group

    safe = _plain(map)
    layout = layout_of(safe, look)
    lines = _heading(safe, layout, look)
    for label, cells, total in zip_longest(layout.rows, safe.cells, safe.row_totals[1] if safe.row_totals else ()):
        lines += _row(label or "", (cells or ())[: len(layout.headings)], total or "", layout, look)
    if safe.column_totals and total_width(safe) <= layout.cell:
        lines += _totals(safe.column_totals, safe.corner_total, layout, look)
    # A map that hides columns must not be taken for the whole.
    hidden = len(safe.columns) - len(layout.headings)
    if hidden:
        mark = "…" if look.unicode else "..."
        what, how = message("{n|column|columns} hidden", n=hidden), message("-o FILE or a wider terminal")
        lines.append(message_line("dim", message("{mark} {what}: use {how}", mark=mark, what=what, how=how), look))
    return Group(*lines)


def _plain(drawn: HeatMap) -> HeatMap:
    """Put every text of the map on one line, without control characters."""
    cells = [[replace(cell, lines=tuple(plain(text) for text in cell.lines)) for cell in row] for row in drawn.cells]
    return replace(
        drawn,
        corner=plain(drawn.corner),
        rows=list(map(plain, drawn.rows)),
        columns=list(map(plain, drawn.columns)),
        cells=cells,
        short=None if drawn.short is None else list(map(plain, drawn.short)),
        row_totals=_safe_totals(drawn.row_totals),
        column_totals=_safe_totals(drawn.column_totals),
        corner_total=plain(drawn.corner_total),
    )


def _safe_totals(totals: tuple[str, Sequence[str]] | None) -> tuple[str, Sequence[str]] | None:
    return None if totals is None else (plain(totals[0]), list(map(plain, totals[1])))


def _heading(map: HeatMap, layout: MapLayout, look: Look) -> list[Text]:
    """Draw the headings of the columns, aligned at the bottom, with the corner and the heading of the totals."""
    # A heading of more lines would push the map off the screen.
    parts = [broken_label(text, layout.cell)[:MOST_LINES] for text in layout.headings]
    tall = max(map_len(parts), 1)
    lines = []
    for place in range(tall):
        last = place == tall - 1
        texts = [_at(part, place - (tall - len(part))) for part in parts]
        cells = [_placed(_cut(text, layout.cell, look), layout.cell, look) for text in texts]
        corner = _cut(map.corner if last else "", layout.label, look)
        total = map.row_totals[0] if map.row_totals and last else ""
        lines.append(line("bold", _joined(corner, cells, total, layout)))
    return lines


def map_len(parts: Sequence[Sequence[str]]) -> int:
    """Return the length of the longest part."""
    return max(map(len, parts), default=0)


def _at(part: Sequence[str], place: int) -> str:
    return part[place] if 0 <= place < len(part) else ""


def _joined(label: str, cells: Sequence[str], total: str, layout: MapLayout) -> str:
    start = label + " " * (layout.label - wide(label))
    middle = "".join(" " * GAP + cell for cell in cells)
    end = " " * GAP + " " * (layout.total - wide(total)) + total if layout.total else ""
    return f"{start}{middle}{end}".rstrip()


def _row(label: str, cells: Sequence[Cell], total: str, layout: MapLayout, look: Look) -> list[Text]:
    """Draw one row in as many lines as its tallest cell takes, each cell in its shade."""
    from rich.text import Text

    # Without color the strip of shade takes one column of each cell.
    inner = max(layout.cell - (0 if look.color else 1), 1)
    parts = [_lines(cell, inner, look) for cell in cells]
    lines = []
    for place in range(max(map_len(parts), 1)):
        text = Text(no_wrap=True, overflow="ignore")
        first = _cut(label, layout.label, look) if not place else ""
        text.append(first + " " * (layout.label - wide(first)))
        for cell, part in zip(cells, parts, strict=True):
            text.append(" " * GAP)
            text.append(*_shaded(_at(part, place), map_wide(part), cell, layout.cell, look))
        if layout.total and not place:
            text.append(" " * (GAP + layout.total - wide(total)) + total)
        lines.append(text)
    return lines


def _lines(cell: Cell, width: int, look: Look) -> list[str]:
    """Return the lines of a cell, broken between words where they are too long."""
    if not cell.lines:
        return ["·" if look.unicode else "."]
    first, *rest = cell.lines
    lines = [first + ("!" if cell.flag else ""), *rest]
    return [part for text in lines for part in (wrapped(text, width) if wide(text) > width else [text])]


def _shaded(text: str, longest: int, cell: Cell, width: int, look: Look) -> tuple[str, str]:
    """Return a line of a cell in its full width, and its style: a background, or a strip of shade at the right.

    `longest` is the width of the longest line of the cell, beside which the strip is drawn.
    """
    if look.color:
        cut = _placed(_cut(text, width, look), width, look)
        if cell.part is None:
            return cut, "dim"
        # The text is white on the dark end of the ramp and black on the light one.
        step = _step(cell.part, len(_RAMP))
        return cut, f"{'#ffffff' if step >= _DARK else '#000000'} on {_RAMP[step]}"
    strip = min(max(width - longest - 1, 1), _STRIP) if cell.part else 0
    inner = _cut(text, width - strip, look)
    glyph = (_GLYPHS if look.unicode else _ASCII_GLYPHS)[_step(cell.part or 0, len(_GLYPHS))]
    return inner + " " * (width - strip - wide(inner)) + glyph * strip, ""


def _step(part: float, steps: int) -> int:
    """Return the step, from 0, that a part of the whole falls in."""
    return min(max(int(part * steps), 0), steps - 1)


def _placed(text: str, width: int, look: Look) -> str:
    """Fill the text up to a width: in the middle of a background, at the left without one."""
    spare = max(width - wide(text), 0)
    left = spare // 2 if look.color else 0
    return " " * left + text + " " * (spare - left)


def _cut(text: str, width: int, look: Look) -> str:
    """Cut the text to a width with an ellipsis."""
    if wide(text) <= width:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, max(width - 1, 0)) + ("…" if look.unicode else "~")


def _totals(totals: tuple[str, Sequence[str]], corner: str, layout: MapLayout, look: Look) -> list[Text]:
    """Draw the line of totals below the map."""
    cells = [_placed(text, layout.cell, look) for text in totals[1][: len(layout.headings)]]
    return [line("bold", _joined(_cut(totals[0], layout.label, look), cells, corner if layout.total else "", layout))]
