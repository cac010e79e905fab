"""The findings of `rfm check` as a terminal shows them, table by table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.model import Finding
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import rows_screen
from rfm_cli.views.check import ways_to_change

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

WORDS = by_key(
    message("column"),
    message("currency"),
    message("customers"),
    message("days"),
    message("event"),
    message("events"),
    message("example"),
    message("file"),
    message("lines"),
    message("money"),
    message("money not used"),
    message("orders"),
    message("products"),
    message("purchases"),
    message("rates"),
    message("rejected"),
    message("repeated rows"),
    message("roll-up"),
    message("rows"),
    message("status"),
    message("type"),
)
"""What findings are of: tables and topics."""
CHECK = Layout(
    heads={"topic": message(""), "item": message(""), "found": message("")},
    drop=("rows", "item"),
    wrap=("item", "found"),
    group="table",
    once=("topic",),
    more=message("{n} more findings"),
    words={"table": worded(WORDS), "topic": worded(WORDS)},
)


def check_screen(rows: pl.DataFrame, findings: Sequence[Finding], *, look: Look) -> list[RenderableType]:
    """Draw the findings as the rows that `check_view` made of them, with the options that change a guess below."""
    shown = rows.select("table", "topic", "item", "rows", "found")
    return rows_screen(shown, look=look, layout=CHECK, footer=ways_to_change(findings))
