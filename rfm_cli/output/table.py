"""A table for the terminal: columns that fit, and a line on what is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import Listed, Message, message
from rfm_cli.output.columns import GAP, Column, Layout, bar, fit, make_columns, shower, taken
from rfm_cli.output.look import ACCENT, Look, plain
from rfm_cli.output.wrapping import wide, wrapped

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
    """Draw the first `limit` rows (None: all): title, headings, rows, totals, and what is hidden.

    `totals` are values by column. `colors` are styles by segment name, for columns of segments and the bars
    beside them.
    """
    from rich.console import Group

    shown = rows if limit is None else rows.head(limit)
    # Rows have the names of segments in the language of the reader when they are drawn.
    colors = {look.words.segment(name): style for name, style in (colors or {}).items()}
    columns = fit(make_columns(shown, layout, totals, look=look), layout.drop, look.width)
    lines = [line("bold", plain(title))] if title else []
    lines += _heading(columns, look)
    titles = list(map(shower(shown[layout.group], layout, look), shown[layout.group])) if layout.group else []
    for place in range(shown.height):
        # A group begins where its title differs from that of the row above.
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


def message_line(style: str, one: Message, look: Look) -> Text:
    """Return a message in a style, in the language of the reader."""
    return line(style, plain(look.words(one)))


def line(style: str, text: str) -> Text:
    """Return the text in a style, without any markup read in it; it breaks between words where it is too long."""
    from rich.text import Text

    return Text(text, style=style)


def _heading(columns: Sequence[Column], look: Look) -> list[Text]:
    """Return the headings, aligned at the bottom, and a rule below them; no line where no column has one."""
    if not any(text for column in columns for text in column.head):
        return []
    tall = max((len(column.head) for column in columns), default=0)
    heads = [("",) * (tall - len(column.head)) + column.head for column in columns]
    rows = [_row(columns, "bold", [head[place] for head in heads], look) for place in range(tall)]
    return [*rows, _rule(columns, look)]


def _rule(columns: Sequence[Column], look: Look) -> Text:
    """Draw a line as wide as the table."""
    return line("dim", ("─" if look.unicode else "-") * taken(columns))


def _title(text: str, look: Look, *, first: bool) -> list[Text]:
    """Return the title of a group of rows, set apart from the group above."""
    return [*([] if first else [line("", "")]), line(f"bold {ACCENT}" if look.color else "bold", text)]


def _lines(columns: Sequence[Column], texts: Sequence[str], look: Look, colors: Mapping[str, str]) -> list[Text]:
    """Draw one row, in as many lines as its longest text takes, colored where it names a segment."""
    cells = [
        wrapped(text, column.width) if column.wrap else [text] for column, text in zip(columns, texts, strict=True)
    ]
    height = max(map(len, cells))
    return [
        _row(columns, "", [lines[place] if place < len(lines) else "" for lines in cells], look, colors)
        for place in range(height)
    ]


def _cell(column: Column, place: int, look: Look, *, once: bool) -> str:
    """Return the text of one cell, or its bar; empty where it repeats the row above and is shown `once`."""
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
    """Draw one line of the table. The cells are plain text under spans of style, so that no text is read as markup."""
    from rich.text import Span, Text

    parts: list[str] = []
    spans: list[Span] = []
    start, segment = 0, ACCENT
    for column, text in zip(columns, texts, strict=True):
        # Only columns of segments have colors; bars take the color of the segment to their left.
        own = colors.get(text, "") if colors and column.name.endswith("segment") else ""
        segment = own or segment
        parts.append(_padded(text, column, look))
        if text and (color := own if column.parts is None else segment):
            spans.append(Span(start, start + len(parts[-1]), color))
        start += len(parts[-1]) + GAP
    return Text((" " * GAP).join(parts), style, no_wrap=True, overflow="ignore", spans=spans)


def _padded(text: str, column: Column, look: Look) -> str:
    """Return the text in exactly the width of the column: cut with an ellipsis, or filled with spaces."""
    spare = column.width - wide(text)
    if spare >= 0:
        return " " * spare + text if column.right else text + " " * spare
    from rich.cells import set_cell_size

    return set_cell_size(text, column.width - 1) + ("…" if look.unicode else "~")


def _hidden(rows: pl.DataFrame, shown: int, columns: Sequence[Column], layout: Layout, look: Look) -> list[Text]:
    """Tell what is hidden and how to see it; no line where all is shown."""
    more = rows.height - shown
    # Bars are no columns of the view, and the column of the group is shown as titles.
    missing = rows.width - bool(layout.group) - sum(column.parts is None for column in columns)
    if not (more or missing):
        return []
    hidden = [layout.more.filled(n=more)] if more else []
    hidden += [message("{n|column|columns} hidden", n=missing)] if missing else []
    mark = "…" if look.unicode else "..."
    how = _ways_to_see(rows=bool(more), columns=bool(missing))
    return [
        message_line("dim", message("{mark} {what}: use {how}", mark=mark, what=Listed(tuple(hidden)), how=how), look)
    ]


def _ways_to_see(*, rows: bool, columns: bool) -> Message:
    """Return how to see hidden rows, hidden columns, or both."""
    if rows and columns:
        return message("--limit, -o FILE or a wider terminal")
    return message("--limit or -o FILE") if rows else message("-o FILE or a wider terminal")
