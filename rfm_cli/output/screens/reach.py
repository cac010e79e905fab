"""Reach as a terminal shows it: a tree with bars, the channels, why others are not reached, and what was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.output.columns import Layout, wrapped
from rfm_cli.output.look import GRAY, Look
from rfm_cli.output.screens.customers import below, facts
from rfm_cli.output.table import line, said, table
from rfm_cli.output.text import percent, plain

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

REACH = Layout(
    heads={
        # The texts of a column of segments are colored, and with them the bars beside it.
        "branch_segment": "branch",
        "customers_share": "of all",
        "branch_share": "of\nbranch",
        "revenue_share": "of all",
    },
    bars=("customers_share",),
    drop=("revenue_share", "branch_share", "customers_share bar"),
    decimals={"revenue": 2},
    group="block",
    noun="branches",
    told=("block",),
)
WHY = Layout(
    heads={
        "no_address": "no\naddress",
        "no_consent": "no\nconsent",
        "unsubscribed_or_bounced": "unsubscribed\nor bounced",
    },
    noun="channels",
)
SHARES = ("customers_share", "revenue_share")
ALL, STEP, BY = "All", " > ", "By "
SHORT = {"Two or more purchases": "Two or more"}
"""What a narrow tree says in place of a leaf's name; `--list` takes the beginning of a name too."""
WHOLE = "All customers, each in one leaf"
PARTED, OVERLAP = "By channel", "By channel; they overlap, since customers have several"
INDENT = 2
NARROW = 100
"""On fewer columns than this the short names leave room for the bars."""


def reach_screen(
    rows: pl.DataFrame,
    standings: pl.DataFrame,
    used: Sequence[str],
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
) -> list[RenderableType]:
    """The tree of all customers with the branches of the channels, the standings by channel, and what was used."""
    drawn, colors = _drawn(rows, look)
    return [
        facts(header, look),
        "",
        said("bold", sentence(rows), look),
        "",
        table(drawn, look=look, layout=REACH, colors=colors),
        "",
        said("bold", "Why others are not reached: the first that holds", look),
        table(standings, look=look, layout=WHY),
        "",
        said("bold", "What was used", look),
        *(line("", text) for one in used for text in _hanging(plain(one), look.width)),
        *below(footer, look),
    ]


def sentence(rows: pl.DataFrame) -> str:
    """The headline in words, as in `72.9 % of customers can be reached; they bring 69.4 % of revenue`."""
    of = {name: (part, money) for name, part, money in rows.select("branch", *SHARES).iter_rows()}
    part, money = of["Reachable"]
    if part is None:
        return "no customers"
    told = f"{percent(part)} of customers can be reached"
    return told if money is None else f"{told}; they bring {percent(money)} of revenue"


def _hanging(text: str, width: int) -> list[str]:
    """The text as lines of the width, all but the first indented."""
    first, *rest = wrapped(text, max(width - INDENT, 1))
    return [first, *(" " * INDENT + one for one in rest)]


def _drawn(rows: pl.DataFrame, look: Look) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The rows with their branches drawn as a tree and the part that each is of the branch it grows from, and the
    colors of labels: those who are not reached are gray."""
    import polars as pl

    names, counts = rows["branch"].to_list(), rows["customers"].to_list()
    tree = [name for name in names if not name.startswith(BY)]
    rest = names[len(tree) :]
    several = OVERLAP if sum(STEP not in name for name in rest) > 1 else PARTED
    labels = [*_labels(tree, look, below_all=True), *_labels(rest, look, below_all=False)]
    drawn = rows.select(
        pl.Series("block", [WHOLE] * len(tree) + [several] * len(rest)),
        pl.Series("branch_segment", labels),
        "customers",
        "customers_share",
        pl.Series("branch_share", _of_branch(names, counts), dtype=pl.Float64),
        "revenue",
        "revenue_share",
    )
    empty = [column for column in ("revenue", "revenue_share") if not rows[column].count()]
    return drawn.drop(empty), {
        label: GRAY for name, label in zip(names, labels, strict=True) if name.startswith("Not reachable")
    }


def _of_branch(names: Sequence[str], counts: Sequence[int]) -> list[float | None]:
    """Each branch as a part of the one that it grows from, None for All and where that one is empty."""
    by_name = dict(zip(names, counts, strict=True))
    above = [by_name[name.rpartition(STEP)[0] or ALL] if name != ALL else 0 for name in names]
    return [count / whole if whole else None for count, whole in zip(counts, above, strict=True)]


def _labels(names: Sequence[str], look: Look, *, below_all: bool) -> list[str]:
    """The last part of each name behind the lines that join it to its branch, and that to All where it is there."""
    tee, corner, bar = ("├ ", "└ ", "│ ") if look.unicode else ("|-", "`-", "| ")
    narrow = look.width < NARROW
    tops = [name for name in names if STEP not in name and name != ALL]
    w, labels = look.words, []
    for place, name in enumerate(names):
        top, _, leaf = name.rpartition(STEP)
        last = (top or name) == tops[-1] if tops else True
        if name == ALL or (not top and not below_all):
            labels.append(w.said(name))
        elif not top:
            labels.append((corner if last else tee) + w.said(name))
        else:
            more = place + 1 < len(names) and names[place + 1].startswith(top + STEP)
            stem = ("  " if last else bar) if below_all else ""
            labels.append(stem + (tee if more else corner) + w.said(SHORT.get(leaf, leaf) if narrow else leaf))
    return labels
