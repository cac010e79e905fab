"""The columns of a table on screen: their text, their widths, and which of them find room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rfm_cli.messages import Words
from rfm_cli.output.look import Look
from rfm_cli.output.text import formatter, plain

if TYPE_CHECKING:
    import polars as pl

GAP = 2
_WIDEST_TEXT = 40
_NARROWEST_WRAP = 24
_SHORTEST_BAR, _LONGEST_BAR = 8, 20
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Layout:
    """How a view is drawn: headings by column (a line break makes two lines of one), columns that get a bar,
    what goes first where room is short (`drop`; the bar of a column is called `NAME bar`), the decimals that
    are enough for the eye where a column carries more, and what a row is.

    Columns in `drop` that stand in one text (`"r f m"`) leave together. Texts of `wrap` break into lines where
    other columns are cut. The rows of one value of `group` stand under it as a title; a column in `once` says
    a value only where it changes. The texts of `told` are the tool's own, and are said in the reader's language.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    bars: Sequence[str] = ()
    drop: Sequence[str] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    noun: str = "rows"
    wrap: Sequence[str] = ()
    group: str = ""
    once: Sequence[str] = ()
    told: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    """One column as it will be drawn; a bar has `parts` of its greatest value instead of texts.

    `natural` is the width that nothing in it is cut at.
    """

    name: str
    head: tuple[str, ...]
    texts: tuple[str, ...]
    total: str
    width: int
    right: bool
    parts: tuple[float, ...] | None = None
    natural: int = 0
    wrap: bool = False


def make_columns(
    rows: pl.DataFrame, layout: Layout, totals: Mapping[str, object] | None, *, look: Look
) -> list[Column]:
    """The columns of the rows in the words of the look, each bar behind the column it draws."""
    columns: list[Column] = []
    for series in rows:
        if series.name == layout.group:
            continue
        show = _shower(series, layout, look)
        head = layout.heads.get(series.name, series.name.replace("_", " "))
        total = (totals or {}).get(series.name)
        columns.append(_text_column(series, look.words.said(head), total, show, layout, look.words))
        if series.name in layout.bars:
            columns.append(_bar_column(series))
    return columns


def _shower(series: pl.Series, layout: Layout, look: Look) -> Callable[[object], str]:
    """The function that shows the values of a column: names of segments and the tool's own words in the words of the
    look, numbers and days with its marks, and other texts as they are."""
    name, w = series.name, look.words
    show = formatter(name, series.dtype, unicode=look.unicode, decimals=layout.decimals.get(name))
    if w.lang == "en":
        return show
    if name.endswith("segment"):
        return lambda value: show(w.segment(str(value)) if value is not None else None)
    is_told = name in layout.told or series.dtype.is_numeric() or series.dtype.is_temporal()
    return (lambda value: w.said(show(value))) if is_told else show


def _text_column(
    series: pl.Series, head: str, total: object, show: Callable[[object], str], layout: Layout, w: Words
) -> Column:
    """The column with its values as text; a total may be a word such as Total."""
    texts = tuple(show(value) for value in series)
    last = plain(w.said(total)) if isinstance(total, str) else show(total)
    lines = tuple(plain(line) for line in head.split("\n"))
    natural = max(map(wide, (*lines, *texts, last)))
    wrap = series.name in layout.wrap
    width = min(natural, _NARROWEST_WRAP if wrap else _WIDEST_TEXT)
    right = series.dtype.is_numeric()
    return Column(series.name, lines, texts, last, width, right, natural=natural, wrap=wrap)


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
    kept, gone = list(columns), list[tuple[str, ...]]()
    for names in _leaving(columns, drop):
        if taken(kept) <= width:
            break
        kept = [column for column in kept if column.name not in names]
        gone.append(names)
    for names in reversed(gone):
        more = [column for column in columns if column in kept or column.name in names]
        kept = more if taken(more) <= width else kept
    if kept and taken(kept) > width:
        kept[0] = replace(kept[0], width=max(width, 1))
    grown = _with_whole_texts(kept, width - taken(kept))
    return _with_longer_bars(grown, width - taken(grown))


def _leaving(columns: Sequence[Column], drop: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of all columns but the first, the least important ahead, those that leave together in one."""
    together = [tuple(name.split()) if name not in {c.name for c in columns} else (name,) for name in drop]
    named = {name for names in together for name in names}
    rest = [column for column in reversed(columns[1:]) if column.name not in named]
    bars = [(column.name,) for column in rest if column.parts is not None]
    return [*together, *bars, *((column.name,) for column in rest if column.parts is None)]


def _with_whole_texts(columns: list[Column], room: int) -> list[Column]:
    """The columns with what room is left given to texts that are cut, those that lack least ahead."""
    grown = list(columns)
    lacking = [place for place, column in enumerate(columns) if column.natural > column.width]
    lacking.sort(key=lambda place: columns[place].natural - columns[place].width)
    for left, place in zip(range(len(lacking), 0, -1), lacking, strict=True):
        column = columns[place]
        more = min(column.natural - column.width, max(room, 0) // left)
        grown[place] = replace(column, width=column.width + more)
        room -= more
    return grown


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


def wrapped(text: str, width: int) -> list[str]:
    """The text as lines that find room in the width, broken between words, and within those that are too long.

    >>> wrapped("win back in person: call", 10), wrapped("abcdefgh", 3)
    (['win back', 'in person:', 'call'], ['abc', 'def', 'gh'])
    """
    if wide(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if wide(joined) <= width:
            lines[-1] = joined
        else:
            lines += _chopped(word, width)
    return [line for line in lines if line]


def _chopped(word: str, width: int) -> list[str]:
    """The word in pieces of the width."""
    if wide(word) <= width:
        return [word]
    from rich.cells import chop_cells

    return chop_cells(word, width)
