"""VIPs as a terminal shows them: the headline, the tops, the Lorenz curve, and what to do; and the watch-list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import ACCENT, GRAY, Look
from rfm_cli.output.screens.parts import Fact, Footer, below, facts
from rfm_cli.output.table import line, message_line, table
from rfm_cli.views.insights.segments import ADVICE, headline_messages

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from rfm_cli.views.vip import VipView

TOPS = Layout(
    heads={
        "top_share": message("top"),
        "revenue_share": message("share"),
        "smallest_monetary": message("smallest\nmonetary"),
    },
    bars=("revenue_share",),
    drop=("revenue_share bar", "smallest_monetary"),
    more=message("{n} more shares"),
)
WATCHED = Layout(
    heads={
        "customer_id": message("customer"),
        "from_segment": message("was"),
        "to_segment": message("is"),
        "slipped_on": message("slipped on"),
        "days_below": message("days\nbelow"),
        "at_stake": message("at stake"),
    },
    drop=("monetary", "days_below", "vip"),
    more=message("{n} more customers"),
)
Points = Sequence[tuple[float, float]]
HEIGHT, WIDEST = 11, 56
_AXIS = 7
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a Braille character, by row and column."""


def vip_screen(view: VipView, *, look: Look, header: Sequence[Fact], footer: Footer) -> list[RenderableType]:
    """Draw the headline, the table of tops, the Lorenz curve, and advice."""
    found = view.headline
    # The headline itself is bold, and the lines that explain it are not.
    first, *rest = headline_messages(found)
    buyers, money = found.vip_customers_share, found.vip_revenue_share
    mark = (buyers, money) if buyers and money is not None else None
    # No curve where the buyers brought nothing.
    chart: list[RenderableType] = ["", *lorenz(view.curve, look=look, mark=mark)] if view.curve else []
    advice: list[RenderableType] = ["", message_line("", ADVICE, look)] if found.vip_customers else []
    return [
        facts(header, look),
        "",
        message_line("bold", first, look),
        *(message_line("", one, look) for one in rest),
        "",
        table(view.rows, look=look, layout=TOPS),
        *chart,
        *advice,
        *below(footer, look),
    ]


def lorenz(points: Points, *, look: Look, mark: tuple[float, float] | None = None) -> list[Text]:
    """Draw the curve of `points` (parts of buyers and of money, ascending) and the line of equal shares.

    `mark` is a point of the curve to point out. No line without points.
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
    lines = [message_line("dim", message("share of revenue"), look)]
    for number, characters in enumerate(cells):
        lines.append(_drawn(f"{labels.get(number, ''):>{_AXIS - 1}}{upright}", characters, look))
    corner, level = ("└", "─") if look.unicode else ("+", "-")
    lines.append(line("dim", " " * (_AXIS - 1) + corner + level * width))
    ends = f"{'0 %':<{width // 2 - 2}}{'50 %':<{width - width // 2 - 3}}100 %"
    lines.append(line("dim", " " * _AXIS + ends))
    captions = (
        message("share of buyers, those who brought most first"),
        message("(the straight line: if all brought the same)"),
    )
    lines += [line("dim", " " * _AXIS + look.words(caption)) for caption in captions]
    return lines


def _drawn(label: str, row: Sequence[tuple[str, str]], look: Look) -> Text:
    from rich.text import Text

    styles = {"curve": ACCENT, "equal": GRAY, "mark": f"bold {ACCENT}"} if look.color else {"mark": "bold"}
    text = Text(label, no_wrap=True, overflow="ignore")
    for character, kind in row:
        text.append(character, styles.get(kind, ""))
    return text


def _row_of(value: float, rows: int) -> int:
    """Return the row from the top in which a part of the whole lies; values beyond 0 or 1 are at the edge."""
    return min(max(int((1 - value) * rows), 0), rows - 1)


def _curve(points: Points, width: int, look: Look) -> list[list[tuple[str, str]]]:
    """Return the characters of the chart by row, each with what it shows."""
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
        # A steep curve skips rows between two dots: the rows between are filled.
        before = _at(points, max(part - 0.5 / width, 0.0))
        for value, kind in [(part, "equal"), *((v, "curve") for v in _between(before, own))]:
            place = _row_of(value, HEIGHT * 4)
            # The line of equal shares is dotted, so that the curve is seen first.
            if kind == "equal" and dot % 3:
                continue
            bits[place // 4][dot // 2] |= _DOTS[place % 4][dot % 2]
            if kind == "curve":
                kinds[place // 4][dot // 2] = kind
    return [
        # Braille patterns begin at U+2800, and each of their eight dots is one bit.
        [(chr(0x2800 + bit) if bit else " ", kind) for bit, kind in zip(row, own, strict=True)]
        for row, own in zip(bits, kinds, strict=True)
    ]


def _between(low: float, high: float) -> list[float]:
    """Return values from one to the other, so close that a steep curve leaves out no row of dots."""
    steps = max(int(abs(high - low) * HEIGHT * 4), 1)
    return [low + (high - low) * step / steps for step in range(1, steps + 1)]


def _at(points: Points, part: float) -> float:
    """Return the height of the curve at a part of the buyers, straight between two points."""
    place = min(max(bisect_left(points, (part, float("-inf"))), 1), len(points) - 1)
    (left, low), (right, high) = points[place - 1], points[place]
    return high if right <= left else low + (high - low) * (part - left) / (right - left)
