"""Scored customers as a terminal shows them: the segments, then the first customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import Fact, Footer, below
from rfm_cli.output.screens.segments import segments_screen
from rfm_cli.output.table import table

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

DIRECTION = by_key(message("up"), message("down"), message("same"), message("new"))
CUSTOMERS = Layout(
    heads={"customer_id": message("customer"), "recency_days": message("recency")},
    drop=("first_order", ("r", "f", "m"), "last_order", "vip", "recency_days", "frequency", "rfm"),
    more=message("{n} more customers"),
    words={"direction": worded(DIRECTION)},
)
"""Any list of customers."""


def scored_screen(
    segments: pl.DataFrame,
    customers: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[Fact] = (),
    footer: Footer = (),
    limit: int | None = 10,
    colors: Mapping[str, str] | None = None,
) -> list[RenderableType]:
    """Draw the segments, the first `limit` customers, and the footer."""
    return [
        *segments_screen(segments, look=look, header=header, colors=colors),
        "",
        table(customers, look=look, limit=limit, layout=CUSTOMERS, colors=colors),
        *below(footer, look),
    ]
