"""`rfm grid`: how full each cell of two scores is."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.cli.where import query_where, scored_where

By = Annotated[
    opt.Text, opt.keep("--by", help="Two scores: r,f or r,m or f,m. [r,f]", metavar="AXES", values=values.PAIRS)
]


@command
def grid(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    running: RunOptions,
    by: By = None,
    metric: opt.Metric = None,
    where: opt.Where = None,
) -> Pausing:
    """Show the grid of two scores with the segments on it.

    On a terminal a heat map; in a file one row per cell.

    \b
    rfm grid orders.csv
    rfm grid --by r,m --metric revenue
    rfm grid --where "city = 'Lyon'"
    """
    from rfm_cli.cli.metric import parse_metric, require_money
    from rfm_cli.cli.session import open_session
    from rfm_cli.output.screens.grid import grid_screen
    from rfm_cli.output.screens.parts import footer, header
    from rfm_cli.views.grid import grid_view, parse_pair

    session = open_session(ctx, running, tables, scoring, answer)
    pair, shade = parse_pair(by or "r,f"), parse_metric(metric)
    scored = yield from scored_where(session, query_where(session, where))
    require_money(shade, scored.scale)
    view = grid_view(scored, pair)
    session.deliver(
        view,
        lambda look: grid_screen(view, pair, shade, look=look, header=header(scored), footer=footer(scored)),
        scored,
    )
