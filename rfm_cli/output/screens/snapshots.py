"""Snapshots as a terminal shows them: the list of a store, and the customers who differ between two dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import Fact, rows_screen
from rfm_cli.output.screens.score import DIRECTION

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.views.view import DiffView

SNAPSHOTS = Layout(
    heads={"as_of": message("as of")},
    drop=("version", "inputs", "vips", "buyers"),
    more=message("{n} more snapshots"),
)
CHANGES = by_key(message("entered"), message("left"), message("moved"), message("vip"))
DIFF = Layout(
    heads={
        "customer_id": message("customer"),
        "from_segment": message("from"),
        "to_segment": message("to"),
        "vip_from": message("VIP then"),
        "vip_to": message("VIP now"),
        "monetary_change": message("monetary\nchange"),
    },
    drop=("monetary_change", "direction", "vip_from", "vip_to"),
    more=message("{n} more customers"),
    words={"change": worded(CHANGES), "direction": worded(DIRECTION)},
)


def snapshots_screen(rows: pl.DataFrame, *, look: Look) -> list[RenderableType]:
    """Draw the list of snapshots."""
    return rows_screen(rows, look=look, layout=SNAPSHOTS)


def diff_screen(view: DiffView, *, look: Look, limit: int) -> list[RenderableType]:
    """Draw the first `limit` customers who differ between two dates, with both dates and counts above."""
    counts = view.counts
    header: list[Fact] = [
        (message("from#date"), view.first),
        (message("to#date"), view.last),
        (message("scheme"), view.scheme),
        (message("entered"), counts.entered),
        (message("left"), counts.left),
        (message("up"), counts.up),
        (message("down"), counts.down),
        (message("vip"), counts.vip),
    ]
    return rows_screen(view.rows, look=look, header=header, layout=DIFF, limit=limit)
