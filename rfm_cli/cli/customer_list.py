"""Lists of customers that several commands give: rows of `rfm score`, a part of them, with further columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.engagement import engagement_of
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Session
from rfm_cli.pipeline import counts
from rfm_cli.views.score import extras, notes_on, score_view
from rfm_cli.views.view import View

if TYPE_CHECKING:
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.model import Scored
    from rfm_cli.output.look import Look
    from rfm_cli.output.screens.parts import Fact

SHOWN = 10
"""The rows of a list that a terminal shows without `--limit`."""


def further_columns(session: Session, scored: Scored, names: Sequence[str]) -> pl.DataFrame | None:
    """Return the columns of `--with` by customer_id, None without any; what was read from orders is printed."""
    asked = [name.strip() for text in names for name in text.split(",")]
    days, events = engagement_of(session, scored, asked)
    extra = extras(scored, names, engagement_days=days, engagement_events=events)
    session.narrator.say(notes_on(scored, extra))
    return extra


def deliver_list(
    session: Session,
    chosen: Scored,
    scored: Scored,
    listing: ListOptions,
    more: Sequence[pl.Expr] = (),
    facts: Sequence[Fact] = (),
    cutoffs_from: date | None = None,
) -> None:
    """Write the `chosen` of the scored customers, with `more` columns behind.

    The facts above the list, its counts and the files beside it are of all scored customers.
    """
    extra = further_columns(session, chosen, listing.with_ or ())
    view = score_view(chosen, extra=extra)
    # A list of a few customers still belongs to a shop: its counts are those of the whole.
    view = View(view.name, view.rows.with_columns(more), {**view.meta, "counts": dict(counts(scored))})

    def screen(look: Look) -> Sequence[RenderableType]:
        from rfm_cli.output.screens.parts import colors, footer, header, rows_screen
        from rfm_cli.output.screens.score import CUSTOMERS

        return rows_screen(
            view.rows,
            look=look,
            header=facts or header(scored),
            footer=footer(scored),
            layout=CUSTOMERS,
            limit=listing.limit or SHOWN,
            colors=colors(scored),
        )

    session.deliver(view, screen, scored, cutoffs_from=cutoffs_from)
