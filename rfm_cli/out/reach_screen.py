"""Reach as a terminal shows it: a tree with bars, then the channels, then what was used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.out.columns import Layout
from rfm_cli.out.look import Look
from rfm_cli.out.screen import below, facts
from rfm_cli.out.table import line, table
from rfm_cli.out.text import plain

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

REACH = Layout(
    heads={"customers_share": "share", "of_branch_share": "of branch", "revenue_share": "share"},
    bars=("customers_share",),
    drop=("customers_share bar", "of_branch_share", "revenue_share"),
    noun="branches",
)
_STEP = " > "
CHANNEL = "By "


def reach_screen(
    rows: pl.DataFrame,
    used: Sequence[str],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
) -> list[RenderableType]:
    """The tree of all customers, the branches of the channels, and what was used for them."""
    import polars as pl

    by_channel = pl.col("branch").str.starts_with(CHANNEL)
    tree, channels = rows.filter(~by_channel), rows.filter(by_channel)
    return [
        facts(header, look),
        "",
        table(_drawn(tree, look), look=look, layout=REACH),
        "",
        line("bold", "By channel (they overlap: many customers have several)"),
        table(_drawn(channels, look), look=look, layout=REACH),
        "",
        *(line("dim", plain(text)) for text in used),
        *below(footer, look),
    ]


def _drawn(rows: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The rows with their branches drawn as a tree, and the share that each has of the branch it grows from."""
    import polars as pl

    names = rows["branch"].to_list()
    counts = dict(zip(names, rows["customers"].to_list(), strict=True))
    labels, shares = [], []
    for place, name in enumerate(names):
        following = names[place + 1 :]
        labels.append(_label(name, following, look, root=names[0] == "All"))
        above = counts.get(name.rsplit(_STEP, 1)[0] if _STEP in name else "All")
        shares.append(counts[name] / above if above and name != "All" else None)
    drawn = rows.with_columns(branch=pl.Series(labels), of_branch_share=pl.Series(shares, dtype=pl.Float64))
    return drawn.select("branch", "customers", "customers_share", "of_branch_share", "revenue", "revenue_share")


def _label(name: str, following: Sequence[str], look: Look, *, root: bool) -> str:
    """The last part of a branch's name behind the lines that join it to the tree."""
    tee, corner, bar = ("├ ", "└ ", "│ ") if look.unicode else ("+ ", "` ", "| ")
    if name == "All" or (not root and _STEP not in name):
        return name
    parent, _, leaf = name.rpartition(_STEP)
    if not parent:
        return (tee if any(_STEP not in other for other in following) else corner) + name
    stem = (bar if any(_STEP not in other for other in following) else "  ") if root else ""
    more = any(other.startswith(parent + _STEP) for other in following)
    return stem + (tee if more else corner) + leaf
