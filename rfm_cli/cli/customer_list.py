"""Lists of customers that other commands give: rows of `rfm score`, some of them, with further columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.header import colors, footer, header
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Run, aside, deliver
from rfm_cli.cli.settings import engagement_of
from rfm_cli.output.screens.customers import CUSTOMERS, rows_screen
from rfm_cli.pipeline import counts
from rfm_cli.views.extras import extras, told
from rfm_cli.views.score import score_view
from rfm_cli.views.view import View

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from rfm_cli.model import Scored

SHOWN = 10


def list_view(run: Run, chosen: Scored, names: Sequence[str]) -> View:
    """The chosen customers as `rfm score` shows them, with the columns of `--with`; what these are is said."""
    days, engaging = engagement_of(run.settings, chosen.as_of)
    extra = extras(chosen, names, engagement_days=days, engagement_events=engaging)
    run.narrator.say(told(chosen, extra))
    return score_view(chosen, extra=extra)


def deliver_list(
    run: Run,
    chosen: Scored,
    result: Scored,
    listing: ListOptions,
    more: Sequence[pl.Expr] = (),
    facts: Sequence[tuple[str, str]] = (),
    ruler: date | None = None,
) -> None:
    """Write the list, with `more` columns behind; the facts above it and the files beside it are of `result`."""
    view = list_view(run, chosen, listing.with_ or ())
    # What was counted is told of everybody, whoever is listed.
    answer = View(view.name, view.rows.with_columns(more), {**view.meta, "counts": dict(counts(result))})
    deliver(
        run,
        answer,
        lambda look: rows_screen(
            answer.rows,
            look=look,
            header=facts or header(result),
            footer=footer(result),
            layout=CUSTOMERS,
            limit=listing.limit or SHOWN,
            colors=colors(result),
        ),
    )
    aside(run, result, ruler)
