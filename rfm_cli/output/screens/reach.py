"""Reach as a terminal shows it: a tree with bars, the channels, why others are not reached, and what was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import message
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import GRAY, Look, plain
from rfm_cli.output.screens.parts import Fact, Footer, below, facts
from rfm_cli.output.table import line, message_line, table
from rfm_cli.output.wrapping import wrapped
from rfm_cli.views.insights.reach import reach_message
from rfm_cli.views.reach import ALL, BY, NOT_REACHABLE, STEP

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

WHOLE = message("All customers, each in one leaf")
ONE_CHANNEL, CHANNELS = message("By channel"), message("By channel; they overlap, since customers have several")
BLOCKS = by_key(WHOLE, ONE_CHANNEL, CHANNELS)
REACH = Layout(
    heads={
        # The texts of a column of segments are colored, and with them the bars beside it.
        "branch_segment": message("branch"),
        "customers_share": message("of all"),
        "branch_share": message("of\nbranch"),
        "revenue_share": message("of all"),
    },
    bars=("customers_share",),
    drop=("revenue_share", "branch_share", "customers_share bar"),
    decimals={"revenue": 2},
    group="block",
    more=message("{n} more branches"),
    words={"block": worded(BLOCKS)},
)
WHY = Layout(
    heads={
        "no_address": message("no\naddress"),
        "no_consent": message("no\nconsent"),
        "unsubscribed_or_bounced": message("unsubscribed\nor bounced"),
    },
    more=message("{n} more channels"),
)
BRANCHES = by_key(
    message("All"),
    message("Reachable"),
    message("Not reachable"),
    message("VIP"),
    message("Two or more purchases"),
    message("One purchase"),
    message("No purchase"),
)
SHORT = {"Two or more purchases": message("Two or more")}
"""The short form of a leaf in a narrow tree; `--list` takes the beginning of a name too."""
INDENT = 2
NARROW = 100
"""On fewer columns than this the short names leave room for the bars."""


def reach_screen(
    rows: pl.DataFrame,
    standings: pl.DataFrame,
    used: Sequence[str],
    *,
    look: Look,
    header: Sequence[Fact],
    footer: Footer,
) -> list[RenderableType]:
    """Draw the tree of all customers with the branches of the channels, the standings by channel, and what was used."""
    drawn, colors = _drawn(rows, look)
    return [
        facts(header, look),
        "",
        message_line("bold", reach_message(rows), look),
        "",
        table(drawn, look=look, layout=REACH, colors=colors),
        "",
        message_line("bold", message("Why others are not reached: the first that holds"), look),
        table(standings, look=look, layout=WHY),
        "",
        message_line("bold", message("What was used"), look),
        *(line("", text) for one in used for text in _hanging(plain(one), look.width)),
        *below(footer, look),
    ]


def _hanging(text: str, width: int) -> list[str]:
    """Return the text as lines of the width, all but the first indented."""
    first, *rest = wrapped(text, max(width - INDENT, 1))
    return [first, *(" " * INDENT + one for one in rest)]


def _drawn(rows: pl.DataFrame, look: Look) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Return the rows with branches drawn as a tree and each one's part of the branch above, and colors by label.

    The branches that are not reachable are gray.
    """
    import polars as pl

    names, counts = rows["branch"].to_list(), rows["customers"].to_list()
    # Branches of channels overlap, and are no part of the tree of all customers.
    tree = [name for name in names if not name.startswith(BY)]
    rest = names[len(tree) :]
    block = CHANNELS if sum(STEP not in name for name in rest) > 1 else ONE_CHANNEL
    labels = [*_labels(tree, look, below_all=True), *_labels(rest, look, below_all=False)]
    drawn = rows.select(
        pl.Series("block", [WHOLE.key] * len(tree) + [block.key] * len(rest)),
        pl.Series("branch_segment", labels),
        "customers",
        "customers_share",
        pl.Series("branch_share", _of_branch(names, counts), dtype=pl.Float64),
        "revenue",
        "revenue_share",
    )
    # Without amounts the money columns are empty.
    empty = [column for column in ("revenue", "revenue_share") if not rows[column].count()]
    colors = {label: GRAY for name, label in zip(names, labels, strict=True) if name.startswith(NOT_REACHABLE)}
    return drawn.drop(empty), colors


def _of_branch(names: Sequence[str], counts: Sequence[int]) -> list[float | None]:
    """Return each branch as a part of the one above it, None for All and where that one is empty."""
    by_name = dict(zip(names, counts, strict=True))
    # All has no branch above it.
    above = [by_name[name.rpartition(STEP)[0] or ALL] if name != ALL else 0 for name in names]
    return [count / whole if whole else None for count, whole in zip(counts, above, strict=True)]


def _labels(names: Sequence[str], look: Look, *, below_all: bool) -> list[str]:
    """Return the last part of each name behind the lines that join it to the branch above it."""
    tee, corner, bar = ("├ ", "└ ", "│ ") if look.unicode else ("|-", "`-", "| ")
    tops = [name for name in names if STEP not in name and name != ALL]
    labels = []
    for place, name in enumerate(names):
        top, _, leaf = name.rpartition(STEP)
        last = (top or name) == tops[-1] if tops else True
        if name == ALL or (not top and not below_all):
            labels.append(_branch(name, look))
        elif not top:
            labels.append((corner if last else tee) + _branch(name, look))
        else:
            more = place + 1 < len(names) and names[place + 1].startswith(top + STEP)
            stem = ("  " if last else bar) if below_all else ""
            labels.append(stem + (tee if more else corner) + _branch(leaf, look))
    return labels


def _branch(name: str, look: Look) -> str:
    """Return the name of a branch in the language of the reader, the short one on a narrow screen."""
    if name.startswith(BY):
        return look.words(message("By {channel}", channel=name.removeprefix(BY)))
    if name in SHORT and look.width < NARROW:
        return look.words(SHORT[name])
    return look.words(BRANCHES.get(name, name))
