"""The named segments as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import Fact, Footer, below, facts
from rfm_cli.output.screens.segments import SEGMENTS, drawn_steps
from rfm_cli.output.table import table

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

NAMED = Layout(
    heads={
        **SEGMENTS.heads,
        "of": message("part of"),
        "share_of_parent": message("share of\nparent"),
        "revenue_per_customer": message("revenue per\ncustomer"),
    },
    bars=("customers_share",),
    drop=("orders", "median_frequency", "median_monetary", "median_recency_days", "aov", "revenue_share", "undecided"),
    decimals={**SEGMENTS.decimals, "revenue_per_customer": 2},
    more=SEGMENTS.more,
)


def named_screen(
    rows: pl.DataFrame,
    *,
    look: Look,
    header: Sequence[Fact] = (),
    footer: Footer = (),
    steps: Sequence[tuple[str, str]] = (),
) -> list[RenderableType]:
    """Draw the named segments without totals, since they overlap, and below them what to do next."""
    return [
        facts(header, look),
        "",
        table(rows, look=look, layout=NAMED),
        *drawn_steps(steps, look),
        *below(footer, look),
    ]
