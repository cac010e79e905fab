"""The columns of a table on screen: their text, their widths, and which of them find room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rfm_cli.out.figures import formatter
from rfm_cli.out.text import plain

if TYPE_CHECKING:
    import polars as pl

GAP = 2
_WIDEST_TEXT = 40
_SHORTEST_BAR, _LONGEST_BAR = 8, 20
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Layout:
    """How a view is drawn: headings by column (a line break makes two lines of one), columns that get a bar,
    what goes first where room is short (`drop`; the bar of a column is called `NAME bar`), the decimals that
    are enough for the eye where a column carries more, and what a row is.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    bars: Sequence[str] = ()
    drop: Sequence[str] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    noun: str = "rows"


@dataclass(frozen=True)
class Column:
    """One column as it will be drawn; a bar has `parts` of its greatest value instead of texts."""

    name: str
    head: tuple[str, ...]
    texts: tuple[str, ...]
    total: str
    width: int
    right: bool
    parts: tuple[float, ...] | None = None


def make_columns(
    rows: pl.DataFrame, layout: Layout, totals: Mapping[str, object] | None, *, unicode: bool
) -> list[Column]:
    """The columns of the rows, each bar behind the column it draws."""
    columns: list[Column] = []
    for series in rows:
        show = formatter(
            series.name, series.dtype, unicode=unicode, decimals=layout.decimals.get(series.name)
        )
        head = layout.heads.get(series.name, series.name.replace("_", " "))
        columns.append(_text_column(series, head, (totals or {}).get(series.name), show))
        if series.name in layout.bars:
            columns.append(_bar_column(series))
    return columns


def _text_column(series: pl.Series, head: str, total: object, show: Callable[[object], str]) -> Column:
    """The column with its values as text; a total may be a word such as Total."""
    texts = tuple(show(value) for value in series)
    last = plain(total) if isinstance(total, str) else show(total)
    lines = tuple(plain(line) for line in head.split("\n"))
    width = max(map(wide, (*lines, *texts, last)))
    return Column(series.name, lines, texts, last, min(width, _WIDEST_TEXT), series.dtype.is_numeric())


def _bar_column(series: pl.Series) -> Column:
    """The column of bars: each value as a part of the greatest; nulls and what is below zero have none."""
    values = [float(value or 0) for value in series]
    top = max([value for value in values if value > 0], default=1.0)
    parts = tuple(max(value, 0.0) / top for value in values)
    return Column(f"{series.name} bar", ("",), (), "", _SHORTEST_BAR, right=False, parts=parts)


def fit(columns: Sequence[Column], drop: Sequence[str], width: int) -> list[Column]:
    """The columns that find room in the width, the bars grown into what is left.

    First go those named in `drop`, in its order; then the other bars, then columns from the right; what
    finds room after all comes back. The first column stays, cut to the width if need be.
    """
    kept, gone = list(columns), list[str]()
    for name in _leaving(columns, drop):
        if taken(kept) <= width:
            break
        kept = [column for column in kept if column.name != name]
        gone.append(name)
    for name in reversed(gone):
        more = [column for column in columns if column in kept or column.name == name]
        kept = more if taken(more) <= width else kept
    if kept and taken(kept) > width:
        kept[0] = replace(kept[0], width=max(width, 1))
    return _with_longer_bars(kept, width - taken(kept))


def _leaving(columns: Sequence[Column], drop: Sequence[str]) -> list[str]:
    """The names of all columns but the first, the least important ahead."""
    rest = [column for column in reversed(columns[1:]) if column.name not in drop]
    bars = [column.name for column in rest if column.parts is not None]
    return [*drop, *bars, *(column.name for column in rest if column.parts is None)]


def _with_longer_bars(columns: list[Column], room: int) -> list[Column]:
    """The columns with what room is left shared among the bars."""
    bars = sum(column.parts is not None for column in columns)
    if not bars:
        return columns
    longer = min(_SHORTEST_BAR + room // bars, _LONGEST_BAR)
    return [column if column.parts is None else replace(column, width=longer) for column in columns]


def taken(columns: Sequence[Column]) -> int:
    """The width of the columns with the gaps between them."""
    return sum(column.width for column in columns) + GAP * max(len(columns) - 1, 0)


def wide(text: str) -> int:
    """The terminal cells that the text takes: two for a Chinese character or an emoji."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def bar(part: float, width: int, *, unicode: bool) -> str:
    """A bar as long as that part of the width, in eighths of a character; something always shows.

    >>> bar(0.5, 5, unicode=True), bar(0.5, 4, unicode=False), bar(0.001, 8, unicode=True)
    ('██▌', '##', '▏')
    """
    if part <= 0:
        return ""
    if not unicode:
        return "#" * max(round(part * width), 1)
    whole, eighth = divmod(max(round(part * width * 8), 1), 8)
    return "█" * whole + _EIGHTHS[eighth].strip()
