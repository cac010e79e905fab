"""The answers of `rfm select` as a terminal shows them: customers, counts, clauses, changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rfm_cli.messages import Share, message
from rfm_cli.output.cells import with_joined_lists
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import Fact, colors, footer, rows_screen
from rfm_cli.tables.money import decimal_of

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.model import Scored
    from rfm_cli.views.select import Headline
    from rfm_cli.views.view import View

SELECTED = Layout(heads={"customer_id": message("customer")}, more=message("{n} more customers"))
CHANGES = by_key(message("entered"), message("stayed"), message("left"))
CHANGED = Layout(
    heads={"customer_id": message("customer")}, more=message("{n} more customers"), words={"change": worded(CHANGES)}
)
CLAUSES = Layout(drop=("line", "depth"), wrap=("clause",))


def _facts(scored: Scored, text: str) -> list[Fact]:
    """Return the facts above every answer."""
    return [
        (message("as of"), scored.as_of or message("unknown")),
        (message("scheme"), scored.scheme.name),
        (message("where"), text),
    ]


def headline(scored: Scored, found: Headline) -> list[Fact]:
    """Return the figures of an answer."""
    facts: list[Fact] = [(message("customers"), message("{n} of {of}", n=found.customers, of=found.of))]
    if found.share is not None:
        facts.append((message("share"), Share(found.share)))
    if found.reachable is not None:
        facts.append((message("reachable"), found.reachable))
    if found.revenue is not None:
        facts.append((message("revenue"), decimal_of(found.revenue, scored.scale or 0)))
    return [*facts, (message("undecided"), found.undecided)]


def select_screen(
    scored: Scored, rows: pl.DataFrame, text: str, found: Headline, *, look: Look, limit: int
) -> list[RenderableType]:
    """Draw the first customers below the figures."""
    facts = [*_facts(scored, text), *headline(scored, found)]
    return rows_screen(
        with_joined_lists(rows),
        look=look,
        header=facts,
        footer=footer(scored),
        layout=SELECTED,
        limit=limit,
        colors=colors(scored),
    )


def count_screen(scored: Scored, rows: pl.DataFrame, text: str, *, look: Look) -> list[RenderableType]:
    """Draw the row of counts."""
    return rows_screen(rows, look=look, header=_facts(scored, text), footer=footer(scored))


def clauses_screen(scored: Scored, rows: pl.DataFrame, found: Headline, *, look: Look) -> list[RenderableType]:
    """Draw the clauses, each under its chain."""
    return rows_screen(
        rows,
        look=look,
        header=[*_facts(scored, "")[:2], *headline(scored, found)],
        footer=footer(scored),
        layout=CLAUSES,
    )


def changes_screen(scored: Scored, view: View, then: date, *, look: Look, limit: int) -> list[RenderableType]:
    """Draw the first customers with what became of them, below the counts."""
    counts: list[Fact] = [(CHANGES[name], int(str(view.meta[name]))) for name in ("entered", "stayed", "left")]
    facts = [*_facts(scored, str(view.meta["expression"])), (message("against"), then), *counts]
    return rows_screen(
        with_joined_lists(view.rows),
        look=look,
        header=facts,
        footer=footer(scored),
        layout=CHANGED,
        limit=limit,
        colors=colors(scored),
    )
