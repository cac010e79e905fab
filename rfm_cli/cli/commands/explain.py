"""`rfm explain CUSTOMER`: one customer's story."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, ScoringOptions, TableOptions

Customer = Annotated[str, opt.argument("CUSTOMER", "The customer's id, as text.")]


@command
def explain(
    ctx: typer.Context,
    *,
    customer: Customer,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    running: RunOptions,
) -> None:
    """Tell one customer's story: orders, scores, and what comes next.

    Orders, measures, scores with the cutoffs that gave them, segment, and the next one up and down.

    \b
    rfm explain 00042 orders.csv
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.output.screens.explain import explain_screen
    from rfm_cli.views.explain import explain_view

    session = open_session(ctx, running, tables, scoring, answer)
    scored = session.score(session.score_request())
    view = explain_view(scored, customer)
    session.deliver(view, lambda look: explain_screen(view, look=look), scored)
