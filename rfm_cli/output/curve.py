"""A curve in a few lines of the terminal, in dots of Braille or in plain characters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.output.look import ACCENT, GRAY, Look
from rfm_cli.output.table import line, said

if TYPE_CHECKING:
    from rich.text import Text

Points = Sequence[tuple[float, float]]
HEIGHT, WIDEST = 11, 56
_AXIS = 7
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a Braille character, by row and column."""


def lorenz(points: Points, *, look: Look, mark: tuple[float, float] | None = None) -> list[Text]:
    """The curve of `points` (parts of buyers and of money, ascending) and the line of equal shares, as lines.

    `mark` is a point of the curve that is pointed out. Nothing where there are no points.
    """
    if not points:
        return []
    width = max(min(look.width - _AXIS - 1, WIDEST), 8)
    cells = _curve(points, width, look)
    if mark:
        column, row = min(int(mark[0] * width), width - 1), _row_of(mark[1], HEIGHT)
        cells[row][column] = ("●" if look.unicode else "O", "mark")
    labels = {0: "100 %", HEIGHT // 2: "50 %", HEIGHT - 1: "0 %"}
    upright = "│" if look.unicode else "|"
    lines = [said("dim", "share of revenue", look)]
    for number, characters in enumerate(cells):
        lines.append(_drawn(f"{labels.get(number, ''):>{_AXIS - 1}}{upright}", characters, look))
    corner, level = ("└", "─") if look.unicode else ("+", "-")
    lines.append(line("dim", " " * (_AXIS - 1) + corner + level * width))
    ends = f"{'0 %':<{width // 2 - 2}}{'50 %':<{width - width // 2 - 3}}100 %"
    lines.append(line("dim", " " * _AXIS + ends))
    lines.append(line("dim", " " * _AXIS + look.words.said("share of buyers, those who brought most first")))
    lines.append(line("dim", " " * _AXIS + look.words.said("(the straight line: if all brought the same)")))
    return lines


def _drawn(label: str, row: Sequence[tuple[str, str]], look: Look) -> Text:
    from rich.text import Text

    styles = {"curve": ACCENT, "equal": GRAY, "mark": f"bold {ACCENT}"} if look.color else {"mark": "bold"}
    text = Text(label, no_wrap=True, overflow="ignore")
    for character, kind in row:
        text.append(character, styles.get(kind, ""))
    return text


def _row_of(value: float, rows: int) -> int:
    """The row from the top in which a part of the whole lies; what is beyond 0 or 1 at the edge."""
    return min(max(int((1 - value) * rows), 0), rows - 1)


def _curve(points: Points, width: int, look: Look) -> list[list[tuple[str, str]]]:
    """The characters of the chart by row, each with what it shows."""
    if not look.unicode:
        rows = [[(" ", "")] * width for _ in range(HEIGHT)]
        for column in range(width):
            part = (column + 0.5) / width
            rows[_row_of(part, HEIGHT)][column] = (".", "equal")
            rows[_row_of(_at(points, part), HEIGHT)][column] = ("*", "curve")
        return rows
    bits = [[0] * width for _ in range(HEIGHT)]
    kinds = [["equal"] * width for _ in range(HEIGHT)]
    for dot in range(width * 2):
        part = (dot + 0.5) / (width * 2)
        own = _at(points, part)
        before = _at(points, max(part - 0.5 / width, 0.0))
        for value, kind in [(part, "equal"), *((v, "curve") for v in _between(before, own))]:
            place = _row_of(value, HEIGHT * 4)
            if kind == "equal" and dot % 3:
                continue
            bits[place // 4][dot // 2] |= _DOTS[place % 4][dot % 2]
            if kind == "curve":
                kinds[place // 4][dot // 2] = kind
    return [
        [(chr(0x2800 + bit) if bit else " ", kind) for bit, kind in zip(row, own, strict=True)]
        for row, own in zip(bits, kinds, strict=True)
    ]


def _between(low: float, high: float) -> list[float]:
    """Values from one to the other, close enough that no row of dots is left out where the curve is steep."""
    steps = max(int(abs(high - low) * HEIGHT * 4), 1)
    return [low + (high - low) * step / steps for step in range(1, steps + 1)]


def _at(points: Points, part: float) -> float:
    """The height of the curve at a part of the buyers, straight between two points."""
    place = min(max(bisect_left(points, (part, float("-inf"))), 1), len(points) - 1)
    (left, low), (right, high) = points[place - 1], points[place]
    return high if right <= left else low + (high - low) * (part - left) / (right - left)
