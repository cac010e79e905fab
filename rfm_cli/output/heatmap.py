"""A table of cells shaded by a figure, for the terminal: by color, or by characters where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import wide, wrapped
from rfm_cli.output.look import Look, plain
from rfm_cli.output.table import line, message_line

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

# One hue from light to dark, all among the 256 colors of xterm; the text on the last two is white.
_RAMP = ("#d7d7ff", "#afd7ff", "#87afff", "#5f87ff", "#005fd7", "#000087")
_DARK = 4
_GLYPHS, _ASCII_GLYPHS = "░▒▓█", ".:*#"
_GAP = 1
_WIDEST_LABEL = 24
_STRIP = 3
"""This many characters of shade are enough beside a text."""
_MOST_LINES = 3
_LONGEST_WORD = 10
"""Words in cells break after this many characters before a column is hidden."""


@dataclass(frozen=True)
class Cell:
    """The lines of a cell, the part of the greatest figure that shades it (None: no shade), a flag drawn as `!`."""

    lines: tuple[str, ...] = ()
    part: float | None = None
    flag: bool = False


@dataclass(frozen=True)
class HeatMap:
    """Rows and columns of cells with their labels, and totals beside and below; all texts as they are shown.

    Where the labels of columns do not fit, `short` ones replace them, and come before the labels of the rows as well,
    so that a column is found by the row of its number.
    """

    corner: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    short: Sequence[str] | None = None
    row_totals: tuple[str, Sequence[str]] | None = None
    column_totals: tuple[str, Sequence[str]] | None = None
    corner_total: str = ""


@dataclass(frozen=True)
class _Frame:
    """The layout of a map: the widths of labels, cells and totals, the headings of columns, and the labels of rows."""

    label: int
    cell: int
    total: int
    headings: Sequence[str]
    rows: Sequence[str]


def heatmap(map: HeatMap, *, look: Look) -> Group:
    """Draw the map in the width: headings, rows, totals, and how many columns are hidden."""
    from rich.console import Group

    safe = _plain(map)
    frame = _frame(safe, look)
    lines = _heading(safe, frame, look)
    for label, cells, total in zip_longest(frame.rows, safe.cells, safe.row_totals[1] if safe.row_totals else ()):
        lines += _row(label or "", (cells or ())[: len(frame.headings)], total or "", frame, look)
    if safe.column_totals and _total_width(safe) <= frame.cell:
        lines += _totals(safe.column_totals, safe.corner_total, frame, look)
    # A map that hides columns must not be taken for the whole.
    hidden = len(safe.columns) - len(frame.headings)
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


def _frame(map: HeatMap, look: Look) -> _Frame:
    """Return the widest layout that fits.

    In turn: whole headings, broken ones, short ones, no totals, broken words in cells, fewer columns.
    """
    cells, labels = _content(map, look), map_wide(map.columns)
    whole = max(labels, _content(map, look, unbroken=True), _total_width(map))
    # Whole headings first, then ever more is given up until a plan fits.
    plans = [(map.columns, [*map.rows], True, whole)]
    plans.append((map.columns, [*map.rows], True, max(labels, cells, _total_width(map))))
    if _fits(map.columns, longest := _longest_word(map.columns)):
        plans.append((map.columns, [*map.rows], True, max(longest, cells)))
    short = map.short or map.columns
    rows = _numbered(map.rows, map.short) if map.short else [*map.rows]
    heads = map_wide(short) if map.short else min(longest, 12)
    plans += [(short, rows, with_total, max(heads, cells)) for with_total in (True, False)]
    least = max(heads, _content(map, look, longest=_LONGEST_WORD))
    plans += [(short, rows, with_total, least) for with_total in (True, False)]
    for headings, names, with_total, need in plans:
        frame, room = _sides(map, names, look, with_total=with_total)
        share = room // max(len(headings), 1) - _GAP
        if share >= need:
            return replace(frame, cell=min(share, max(whole, need)), headings=headings)
    need = max(min(least, room - _GAP), 1)
    # No plan fits: columns at the right are hidden.
    shown = min(len(short), max(room // (need + _GAP), 0))
    return replace(frame, cell=need, headings=short[:shown])


def _sides(map: HeatMap, labels: list[str], look: Look, *, with_total: bool) -> tuple[_Frame, int]:
    """Return the layout without the width of cells, and the room that is left for them."""
    below = [map.column_totals[0]] if map.column_totals else []
    label = min(
        max(map_wide([map.corner, *labels, *below]), 1), _WIDEST_LABEL, max(look.width // 4, min(look.width // 2, 8))
    )
    total = 0
    if map.row_totals and with_total:
        total = map_wide([map.row_totals[0], *map.row_totals[1], map.corner_total])
    return _Frame(label, 0, total, (), labels), look.width - label - (total + _GAP if total else 0)


def _numbered(labels: Sequence[str], short: Sequence[str]) -> list[str]:
    """Put the short label of the column of the same place before each label of a row."""
    width = map_wide(short)
    return [f"{(short[place] if place < len(short) else '').rjust(width)} {text}" for place, text in enumerate(labels)]


def _total_width(map: HeatMap) -> int:
    return map_wide(map.column_totals[1]) if map.column_totals else 0


def map_wide(texts: Sequence[str]) -> int:
    """Return the terminal cells that the widest of the texts takes."""
    return max((wide(text) for text in texts), default=0)


def _content(map: HeatMap, look: Look, *, unbroken: bool = False, longest: int | None = None) -> int:
    """Return the width at which no cell is cut.

    Texts break between words unless `unbroken`, and within words over `longest`. A flag takes one more; the shade
    without color takes one more, or two where there is room for whole texts.
    """
    flag = any(cell.flag for row in map.cells for cell in row)
    texts = [text for row in map.cells for cell in row for text in cell.lines]
    words = texts if unbroken else [word for text in texts for word in _unbroken(text, longest)]
    return max(map_wide(words) + flag + (0 if look.color else 1 + unbroken), 1)


def _unbroken(text: str, longest: int | None = None) -> list[str]:
    """Return the parts of a line that must not break: words, or pieces of those over `longest`; figures stay whole."""
    # A figure that breaks reads as two.
    if any(mark.isdigit() for mark in text) and not any(mark.isalpha() for mark in text):
        return [text]
    return text.split(" ") if longest is None else wrapped(text, longest)


def _longest_word(texts: Sequence[str]) -> int:
    return map_wide([word for text in texts for word in text.replace("-", "- ").split(" ")])


def _fits(texts: Sequence[str], width: int) -> bool:
    return all(len(_broken(text, width)) <= _MOST_LINES for text in texts)


def _broken(text: str, width: int) -> list[str]:
    """Break a label that is too long between words and behind the dash of a range."""
    return [text] if wide(text) <= width else wrapped(text.replace("-", "- "), width)


def _heading(map: HeatMap, frame: _Frame, look: Look) -> list[Text]:
    """Draw the headings of the columns, aligned at the bottom, with the corner and the heading of the totals."""
    # A heading of more lines would push the map off the screen.
    parts = [_broken(text, frame.cell)[:_MOST_LINES] for text in frame.headings]
    tall = max(map_len(parts), 1)
    lines = []
    for place in range(tall):
        last = place == tall - 1
        texts = [_at(part, place - (tall - len(part))) for part in parts]
        cells = [_placed(_cut(text, frame.cell, look), frame.cell, look) for text in texts]
        corner = _cut(map.corner if last else "", frame.label, look)
        total = map.row_totals[0] if map.row_totals and last else ""
        lines.append(line("bold", _joined(corner, cells, total, frame)))
    return lines


def map_len(parts: Sequence[Sequence[str]]) -> int:
    """Return the length of the longest part."""
    return max(map(len, parts), default=0)


def _at(part: Sequence[str], place: int) -> str:
    return part[place] if 0 <= place < len(part) else ""


def _joined(label: str, cells: Sequence[str], total: str, frame: _Frame) -> str:
    start = label + " " * (frame.label - wide(label))
    middle = "".join(" " * _GAP + cell for cell in cells)
    end = " " * _GAP + " " * (frame.total - wide(total)) + total if frame.total else ""
    return f"{start}{middle}{end}".rstrip()


def _row(label: str, cells: Sequence[Cell], total: str, frame: _Frame, look: Look) -> list[Text]:
    """Draw one row in as many lines as its tallest cell takes, each cell in its shade."""
    from rich.text import Text

    # Without color the strip of shade takes one column of each cell.
    inner = max(frame.cell - (0 if look.color else 1), 1)
    parts = [_lines(cell, inner, look) for cell in cells]
    lines = []
    for place in range(max(map_len(parts), 1)):
        text = Text(no_wrap=True, overflow="ignore")
        first = _cut(label, frame.label, look) if not place else ""
        text.append(first + " " * (frame.label - wide(first)))
        for cell, part in zip(cells, parts, strict=True):
            text.append(" " * _GAP)
            text.append(*_shaded(_at(part, place), map_wide(part), cell, frame.cell, look))
        if frame.total and not place:
            text.append(" " * (_GAP + frame.total - wide(total)) + total)
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


def _totals(totals: tuple[str, Sequence[str]], corner: str, frame: _Frame, look: Look) -> list[Text]:
    """Draw the line of totals below the map."""
    cells = [_placed(text, frame.cell, look) for text in totals[1][: len(frame.headings)]]
    return [line("bold", _joined(_cut(totals[0], frame.label, look), cells, corner if frame.total else "", frame))]
