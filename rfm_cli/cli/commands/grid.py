"""`rfm grid`: how full each cell of two scores is."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, ScoringOptions, TableOptions


@command
def grid(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    running: RunOptions,
    by: Annotated[
        opt.Text, opt.keep("--by", help="Two scores: r,f or r,m or f,m. [r,f]", metavar="AXES", values=values.PAIRS)
    ] = None,
    metric: opt.Metric = None,
) -> None:
    """Show the grid of two scores with the segments on it.

    On a terminal a heat map; in a file one row per cell.

    \b
    rfm grid orders.csv
    rfm grid --by r,m --metric revenue
    """
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.header import footer, header
    from rfm_cli.cli.session import aside, begin, deliver, scored
    from rfm_cli.cli.settings import metric_of, require_money
    from rfm_cli.output.screens.grid import grid_screen
    from rfm_cli.views.grid import grid_view, parse_pair

    run = begin(ctx, Given(running, tables, scoring, answer))
    pair, shade = parse_pair(by or "r,f"), metric_of(metric)
    result = scored(run)
    require_money(shade, result.scale)
    view = grid_view(result, pair)
    deliver(
        run,
        view,
        lambda look: grid_screen(view, pair, shade, look=look, header=header(result), footer=footer(result)),
    )
    aside(run, result)
