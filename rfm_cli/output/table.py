"""A table for the terminal: what fits is drawn, and what is hidden is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.output.columns import GAP, Column, Layout, bar, fit, make_columns, taken, wide, wrapped
from rfm_cli.output.look import ACCENT, Look
from rfm_cli.output.text import plain

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Group
    from rich.text import Text


def table(
    rows: pl.DataFrame,
    *,
    look: Look,
    title: str = "",
    limit: int | None = None,
    totals: Mapping[str, object] | None = None,
    layout: Layout = Layout(),  # noqa: B008 - frozen
    colors: Mapping[str, str] | None = None,
) -> Group:
    """The first `limit` rows (None: all) as lines: title, headings, rows, totals, and what is hidden.

    `totals` are values by column. `colors` are styles by segment name, for columns of segments and the bars
    beside them.
    """
    from rich.console import Group

    shown = rows if limit is None else rows.head(limit)
    colors = {look.words.segment(name): style for name, style in (colors or {}).items()}
    columns = fit(make_columns(shown, layout, totals, look=look), layout.drop, look.width)
    lines = [line("bold", plain(title))] if title else []
    lines += _heading(columns, look)
    titles = [_named(value, layout, look) for value in shown[layout.group]] if layout.group else []
    for place in range(shown.height):
        begins = not place or (bool(titles) and titles[place] != titles[place - 1])
        if titles and begins:
            lines += _title(titles[place], look, first=not place)
        once = () if begins else layout.once
        texts = [_cell(column, place, look, once=column.name in once) for column in columns]
        lines += _lines(columns, texts, look, colors)
    if totals is not None:
        lines += [_rule(columns, look), _row(columns, "bold", [column.total for column in columns], look)]
    lines += _hidden(rows, shown.height, columns, layout, look)
    return Group(*lines)


def said(style: str, text: str, look: Look) -> Text:
    """What the tool itself says, in the reader's language."""
    return line(style, look.words.said(text))


def _named(value: object, layout: Layout, look: Look) -> str:
    """The title of a group: the tool's own word for it, or the value as it is."""
    return plain(look.words.said(str(value)) if layout.group in layout.told else str(value))


def line(style: str, text: str) -> Text:
    """The text in that style: text only, whatever it holds. It breaks between words where it is too long."""
    from rich.text import Text

    return Text(text, style=style)


def _heading(columns: Sequence[Column], look: Look) -> list[Text]:
    """The headings, aligned at the bottom, and a rule below them; nothing where no column has one."""
    if not any(text for column in columns for text in column.head):
        return []
    tall = max((len(column.head) for column in columns), default=0)
    heads = [("",) * (tall - len(column.head)) + column.head for column in columns]
    rows = [_row(columns, "bold", [head[place] for head in heads], look) for place in range(tall)]
    return [*rows, _rule(columns, look)]


def _rule(columns: Sequence[Column], look: Look) -> Text:
    """A line as wide as the table."""
    return line("dim", ("─" if look.unicode else "-") * taken(columns))


def _title(text: str, look: Look, *, first: bool) -> list[Text]:
    """The title of a group of rows, set apart from the group above."""
    return [*([] if first else [line("", "")]), line(f"bold {ACCENT}" if look.color else "bold", text)]


def _lines(columns: Sequence[Column], texts: Sequence[str], look: Look, colors: Mapping[str, str]) -> list[Text]:
    """One row, in as many lines as its longest text takes, colored where it names a segment."""
    cells = [
        wrapped(text, column.width) if column.wrap else [text] for column, text in zip(columns, texts, strict=True)
    ]
    height = max(map(len, cells))
    return [
        _row(columns, "", [lines[place] if place < len(lines) else "" for lines in cells], look, colors)
        for place in range(height)
    ]


def _cell(column: Column, place: int, look: Look, *, once: bool) -> str:
    """The text of one cell, or its bar; nothing where it repeats the row above and is said `once`."""
    if column.parts is not None:
        return bar(column.parts[place], column.width, unicode=look.unicode)
    repeats = once and place > 0 and column.texts[place] == column.texts[place - 1]
    return "" if repeats else column.texts[place]


def _row(
    columns: Sequence[Column],
    style: str,
    texts: Sequence[str],
    look: Look,
    colors: Mapping[str, str] | None = None,
) -> Text:
    """One line of the table. The cells are plain text under spans of style: nothing in them is markup."""
    from rich.text import Span, Text

    parts: list[str] = []
    spans: list[Span] = []
    start, segment = 0, ACCENT
    for column, text in zip(columns, texts, strict=True):
        own = colors.get(text, "") if colors and column.name.endswith("segment") else ""
        segment = own or segment
        parts.append(_padded(text, column, look))
        if text and (color := own if column.parts is None else segment):
            spans.append(Span(start, start + len(parts[-1]), color))
        start += len(parts[-1]) + GAP
    return Text((" " * GAP).join(parts), style, no_wrap=True, overflow="ignore", spans=spans)


def _padded(text: str, column: Column, look: Look) -> str:
    """The text in exactly the column's width: cut with an ellipsis, or filled with spaces."""
    spare = column.width - wide(text)
    if spare >= 0:
        return " " * spare + text if column.right else text + " " * spare
    from rich.cells import set_cell_size

    return set_cell_size(text, column.width - 1) + ("…" if look.unicode else "~")


def _hidden(rows: pl.DataFrame, shown: int, columns: Sequence[Column], layout: Layout, look: Look) -> list[Text]:
    """What is not shown and how to see it, or no line where all is."""
    more = rows.height - shown
    missing = rows.width - bool(layout.group) - sum(column.parts is None for column in columns)
    if not (more or missing):
        return []
    told = [f"{more:,} more {layout.noun}"] if more else []
    told += [f"{missing} column{'s' if missing > 1 else ''} hidden"] if missing else []
    ways = ["--limit"] if more else []
    ways += ["-o FILE", "a wider terminal"] if missing else ["-o FILE"]
    *firsts, last = ways
    use = f"{', '.join(firsts)} or {last}" if firsts else last
    mark = "…" if look.unicode else "..."
    return [said("dim", f"{mark} {', '.join(told)}: use {use}", look)]
