"""Result tables as tables of Markdown."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from rfm_cli.output.cells import cells, pieces, with_joined_lists
from rfm_cli.output.look import BREAKS, UNSEEN
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl


# Besides emphasis, links, code, tags and cells: entities (&), mentions and mail (@), maths ($), strike (~).
_MARKUP = r"([\\`*_<>\[\]#|&@$~])"
_OWN_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def write_markdown(rows: pl.DataFrame, sink: Sink) -> None:
    """Write the rows to the sink as one table, numbers to the right, values as in CSV.

    Text is on one line without control characters; characters of markup are escaped.
    """
    import polars as pl

    ready = cells(with_joined_lists(rows))
    # A colon at the right end of the rule aligns numbers to the right.
    marks = ["---:" if dtype.is_numeric() else "---" for dtype in ready.dtypes]
    heads = f"| {' | '.join(map(_head, ready.columns))} |\n| {' | '.join(marks)} |\n"
    sink.write(heads.encode("utf-8", "backslashreplace"))
    values = [_cell(name, dtype).fill_null("") for name, dtype in ready.schema.items()]
    lines = pl.concat_str(pl.lit("| "), pl.concat_str(values, separator=" | "), pl.lit(" |"))
    for piece in pieces(ready) if rows.height else []:
        buffer = io.BytesIO()
        piece.select(line=lines).write_csv(buffer, include_header=False, quote_style="never")
        sink.write(buffer.getvalue())


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the value as CSV has it, and text without markup."""
    import polars as pl

    return escaped(pl.col(name)) if dtype == pl.String else pl.col(name).cast(pl.String)


def _head(name: str) -> str:
    """Return the column name, escaped unless it is one like `customers_share`, which holds no markup."""
    import polars as pl

    return name if _OWN_NAME.fullmatch(name) else str(pl.select(escaped(pl.lit(name))).item())


def escaped(text: pl.Expr) -> pl.Expr:
    """Return the text with a backslash before all that Markdown would read as markup, addresses included.

    >>> import polars as pl
    >>> print(pl.select(escaped(pl.lit("a|b *c* <i> https://x.y"))).item())
    a\\|b \\*c\\* \\<i\\> https\\://x.y
    """
    shown = text.str.replace_all(BREAKS, " ").str.replace_all(UNSEEN, "").str.strip_chars()
    # Readers of Markdown make links of bare addresses, too.
    marked = shown.str.replace_all(_MARKUP, r"\$1")
    return marked.str.replace_all("://", r"\://", literal=True).str.replace_all(r"(?i)(www)\.", r"$1\.")
