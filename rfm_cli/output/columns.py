"""The columns of a table on screen: their texts, their widths, and the ones that fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rfm_cli.messages import Message, Value, Words, message
from rfm_cli.output.look import Look, formatter, plain
from rfm_cli.output.wrapping import wide

if TYPE_CHECKING:
    import polars as pl

GAP = 2
_WIDEST_TEXT = 40
_NARROWEST_WRAP = 24
_SHORTEST_BAR, _LONGEST_BAR = 8, 20
_EIGHTHS = " ▏▎▍▌▋▊▉"


def by_key(*messages: Message) -> dict[str, Message]:
    """Return messages by their keys, for columns whose values are words of the tool."""
    return {one.key: one for one in messages}


def worded(known: Mapping[str, Message]) -> Callable[[str], Value]:
    """Return the function that words a value of a column; an unknown value stays as it is."""
    return lambda value: known.get(value, value)


HEADS = {
    key.replace(" ", "_"): one
    for key, one in by_key(
        message("aov"),
        message("bins"),
        message("branch"),
        message("buyers"),
        message("by"),
        message("change"),
        message("channel"),
        message("clause"),
        message("customers"),
        message("cutoffs"),
        message("depth"),
        message("direction"),
        message("engagement"),
        message("f"),
        message("first order"),
        message("found"),
        message("frequency"),
        message("from segment"),
        message("in"),
        message("inputs"),
        message("items"),
        message("kept"),
        message("last event"),
        message("last order"),
        message("line"),
        message("m"),
        message("monetary"),
        message("moves"),
        message("name"),
        message("net"),
        message("new"),
        message("next step"),
        message("of"),
        message("orders"),
        message("out"),
        message("path"),
        message("previous segment"),
        message("r"),
        message("reachable"),
        message("revenue"),
        message("rfm"),
        message("rows"),
        message("scheme"),
        message("segment"),
        message("segment since"),
        message("segments"),
        message("share"),
        message("tenure days"),
        message("title"),
        message("to segment"),
        message("undecided"),
        message("version"),
        message("vip"),
        message("vips"),
    ).items()
}
"""Headings of columns that are called alike in files and on screens. Other columns are the user's own."""

MORE_ROWS = message("{n} more rows")


@dataclass(frozen=True)
class Layout:
    """How a view is drawn.

    `heads` are headings by column; a line break makes two lines of one. `bars` are columns with a bar. `drop` lists
    what goes first where room is short; the bar of a column is called `NAME bar`, and columns in one tuple leave
    together. `decimals` are enough for the eye where a column carries more. `more` counts hidden rows.
    Texts of `wrap` break into lines where other columns are cut. `group` is a column whose values are titles over
    their rows. A column in `once` shows a value only where it changes. `words` turn values of a column into messages.
    """

    heads: Mapping[str, Message] = field(default_factory=dict)
    bars: Sequence[str] = ()
    drop: Sequence[str | tuple[str, ...]] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    more: Message = MORE_ROWS
    wrap: Sequence[str] = ()
    group: str = ""
    once: Sequence[str] = ()
    words: Mapping[str, Callable[[str], Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """One column as it is drawn; a bar has `parts` of its greatest value instead of texts.

    `natural` is the width at which no text is cut.
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
    """Return the columns of the rows in the language of the look, each bar behind the column it draws.

    A total may be a message, such as Total.
    """
    columns: list[Column] = []
    for series in rows:
        if series.name == layout.group:
            continue
        columns.append(_text_column(series, (totals or {}).get(series.name), layout, look))
        if series.name in layout.bars:
            columns.append(_bar_column(series))
    return columns


def shower(series: pl.Series, layout: Layout, look: Look) -> Callable[[object], str]:
    """Return the function that shows the values of a column.

    Names of segments and words of the tool are translated; numbers and days have the marks of the language.
    """
    name, w = series.name, look.words
    if worded := layout.words.get(name):
        return lambda value: "" if value is None else plain(w(worded(str(value))))
    show = formatter(name, series.dtype, w, unicode=look.unicode, decimals=layout.decimals.get(name))
    if name.endswith("segment"):
        return lambda value: show(None if value is None else w.segment(str(value)))
    return show


def _text_column(series: pl.Series, total: object, layout: Layout, look: Look) -> Column:
    """Return the column with its values as text."""
    w, show = look.words, shower(series, layout, look)
    texts = tuple(show(value) for value in series)
    last = plain(w(total)) if isinstance(total, Message) else show(total)
    lines = tuple(plain(line) for line in heading(series.name, layout, w).split("\n"))
    natural = max(map(wide, (*lines, *texts, last)))
    wrap = series.name in layout.wrap
    # A text starts narrow and gets more room when all columns have found theirs.
    width = min(natural, _NARROWEST_WRAP if wrap else _WIDEST_TEXT)
    right = series.dtype.is_numeric()
    return Column(series.name, lines, texts, last, width, right, natural=natural, wrap=wrap)


def heading(name: str, layout: Layout, w: Words) -> str:
    """Return the heading of a column; one of the user's own is its name."""
    # A heading of the view wins over the common one.
    known = layout.heads.get(name, HEADS.get(name))
    return name.replace("_", " ") if known is None else w(known)


def _bar_column(series: pl.Series) -> Column:
    """Return the column of bars: each value as a part of the greatest, none for nulls and values below zero."""
    values = [float(value or 0) for value in series]
    top = max([value for value in values if value > 0], default=1.0)
    parts = tuple(max(value, 0.0) / top for value in values)
    return Column(f"{series.name} bar", ("",), (), "", _SHORTEST_BAR, right=False, parts=parts)


def fit(columns: Sequence[Column], drop: Sequence[str | tuple[str, ...]], width: int) -> list[Column]:
    """Return the columns that fit the width, with the bars grown into the room that is left.

    Columns of `drop` go first, in its order, then the other bars, then columns from the right. Columns that fit after
    all come back. The first column stays, and is cut to the width if need be.
    """
    kept, gone = list(columns), list[tuple[str, ...]]()
    for names in _leaving(columns, drop):
        if taken(kept) <= width:
            break
        kept = [column for column in kept if column.name not in names]
        gone.append(names)
    # A wide column may have left late, so that narrower ones which left before it fit again.
    for names in reversed(gone):
        more = [column for column in columns if column in kept or column.name in names]
        kept = more if taken(more) <= width else kept
    if kept and taken(kept) > width:
        kept[0] = replace(kept[0], width=max(width, 1))
    grown = _with_whole_texts(kept, width - taken(kept))
    return _with_longer_bars(grown, width - taken(grown))


def _leaving(columns: Sequence[Column], drop: Sequence[str | tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the names of all columns but the first, the least important ahead; names in one tuple leave together."""
    together = [(name,) if isinstance(name, str) else name for name in drop]
    named = {name for names in together for name in names}
    rest = [column for column in reversed(columns[1:]) if column.name not in named]
    bars = [(column.name,) for column in rest if column.parts is not None]
    return [*together, *bars, *((column.name,) for column in rest if column.parts is None)]


def _with_whole_texts(columns: list[Column], room: int) -> list[Column]:
    """Give the room that is left to columns whose texts are cut, the nearly whole ones first."""
    grown = list(columns)
    lacking = [place for place, column in enumerate(columns) if column.natural > column.width]
    lacking.sort(key=lambda place: columns[place].natural - columns[place].width)
    # Each text takes its part of the room at most; what it leaves goes to the longer ones after it.
    for left, place in zip(range(len(lacking), 0, -1), lacking, strict=True):
        column = columns[place]
        more = min(column.natural - column.width, max(room, 0) // left)
        grown[place] = replace(column, width=column.width + more)
        room -= more
    return grown


def _with_longer_bars(columns: list[Column], room: int) -> list[Column]:
    """Share the room that is left among the bars."""
    bars = sum(column.parts is not None for column in columns)
    if not bars:
        return columns
    longer = min(_SHORTEST_BAR + room // bars, _LONGEST_BAR)
    return [column if column.parts is None else replace(column, width=longer) for column in columns]


def taken(columns: Sequence[Column]) -> int:
    """Return the width of the columns with the gaps between them."""
    return sum(column.width for column in columns) + GAP * max(len(columns) - 1, 0)


def bar(part: float, width: int, *, unicode: bool) -> str:
    """Draw a bar as long as that part of the width, in eighths of a character, and never shorter than one mark.

    >>> bar(0.5, 5, unicode=True), bar(0.5, 4, unicode=False), bar(0.001, 8, unicode=True)
    ('██▌', '##', '▏')
    """
    if part <= 0:
        return ""
    if not unicode:
        return "#" * max(round(part * width), 1)
    # At least one eighth shows, so that a small value is not taken for none.
    whole, eighth = divmod(max(round(part * width * 8), 1), 8)
    return "█" * whole + _EIGHTHS[eighth].strip()
