"""`rfm select`: the customers who meet an expression, how many they are, and where the others were lost."""

from __future__ import annotations

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import EngagementOptions, PeopleOptions, RunOptions, ScoredOptions, ScoringOptions
from rfm_cli.cli.select_options import Expression, SelectOptions


@command
def select(
    ctx: typer.Context,
    *,
    expression: Expression = None,
    tables: PeopleOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    wanted: SelectOptions,
    store: opt.StoreFolder = None,
) -> Pausing:
    """Select the customers who meet an expression.

    On a terminal: the figures, then the first customers. In a pipe or a file: their ids, in the order of the ids.

    \b
    rfm select "has phone and vip" orders.csv customers.csv
    rfm select "last_order older than 90 days" --count
    rfm select "any events(event = 'cart') within 7 days without orders later" --with email -o carts.csv
    """
    from rfm_cli.cli.selecting import select_customers
    from rfm_cli.cli.session import open_session

    session = open_session(ctx, running, tables, scoring, answer, engagement, store=store)
    yield from select_customers(session, expression, wanted)
