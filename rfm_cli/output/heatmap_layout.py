"""The layout of a table of shaded cells: what it shows, and how wide its labels, cells and totals are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rfm_cli.output.look import Look
from rfm_cli.output.wrapping import wide, wrapped

GAP = 1
WIDEST_LABEL = 24
MOST_LINES = 3
LONGEST_HEADING = 13
"""Words of headings up to this length stay whole, as long as those of segments in each language."""
LONGEST_WORD = 10
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
class MapLayout:
    """The layout of a map: the widths of labels, cells and totals, the headings of columns, and the labels of rows."""

    label: int
    cell: int
    total: int
    headings: Sequence[str]
    rows: Sequence[str]


def layout_of(map: HeatMap, look: Look) -> MapLayout:
    """Return the widest layout that fits.

    In turn: whole headings, broken ones, short ones, no totals, broken words in cells, fewer columns.
    """
    cells, labels = _content(map, look), map_wide(map.columns)
    whole = max(labels, _content(map, look, unbroken=True), total_width(map))
    # Whole headings first, then ever more is given up until a plan fits.
    plans = [(map.columns, [*map.rows], True, whole)]
    plans.append((map.columns, [*map.rows], True, max(labels, cells, total_width(map))))
    if _fits(map.columns, longest := _longest_word(map.columns)):
        plans.append((map.columns, [*map.rows], True, max(longest, cells)))
    short = map.short or map.columns
    rows = _numbered(map.rows, map.short) if map.short else [*map.rows]
    heads = map_wide(short) if map.short else min(longest, LONGEST_HEADING)
    plans += [(short, rows, with_total, max(heads, cells)) for with_total in (True, False)]
    least = max(heads, _content(map, look, longest=LONGEST_WORD))
    plans += [(short, rows, with_total, least) for with_total in (True, False)]
    for headings, names, with_total, need in plans:
        layout, room = _sides(map, names, look, with_total=with_total)
        share = room // max(len(headings), 1) - GAP
        if share >= need:
            return replace(layout, cell=min(share, max(whole, need)), headings=headings)
    need = max(min(least, room - GAP), 1)
    # No plan fits: columns at the right are hidden.
    shown = min(len(short), max(room // (need + GAP), 0))
    return replace(layout, cell=need, headings=short[:shown])


def _sides(map: HeatMap, labels: list[str], look: Look, *, with_total: bool) -> tuple[MapLayout, int]:
    """Return the layout without the width of cells, and the room that is left for them."""
    below = [map.column_totals[0]] if map.column_totals else []
    label = min(
        max(map_wide([map.corner, *labels, *below]), 1), WIDEST_LABEL, max(look.width // 4, min(look.width // 2, 8))
    )
    total = 0
    if map.row_totals and with_total:
        total = map_wide([map.row_totals[0], *map.row_totals[1], map.corner_total])
    return MapLayout(label, 0, total, (), labels), look.width - label - (total + GAP if total else 0)


def _numbered(labels: Sequence[str], short: Sequence[str]) -> list[str]:
    """Put the short label of the column of the same place before each label of a row."""
    width = map_wide(short)
    return [f"{(short[place] if place < len(short) else '').rjust(width)} {text}" for place, text in enumerate(labels)]


def total_width(map: HeatMap) -> int:
    """Return the terminal cells that the widest total of a column takes."""
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
    return all(len(broken_label(text, width)) <= MOST_LINES for text in texts)


def broken_label(text: str, width: int) -> list[str]:
    """Break a label that is too long between words and behind the dash of a range."""
    return [text] if wide(text) <= width else wrapped(text.replace("-", "- "), width)
