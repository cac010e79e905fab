"""`rfm grid`: how full each cell of two scores is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Steps, command
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, ScoringOptions, TableOptions

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rfm_cli.model import Scored
    from rfm_cli.output.look import Look
    from rfm_cli.views.grid import Pair
    from rfm_cli.views.view import View

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
) -> Steps:
    """Show the grid of two scores with the segments on it.

    On a terminal a heat map; in a file one row per cell.

    \b
    rfm grid orders.csv
    rfm grid --by r,m --metric revenue
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import metric_of, require_money
    from rfm_cli.views.grid import grid_view, parse_pair

    session = open_session(ctx, running, tables, scoring, answer)
    pair, shade = parse_pair(by or "r,f"), metric_of(metric)
    scored = yield from session.scored()
    require_money(shade, scored.scale)
    view = grid_view(scored, pair)
    session.deliver(view, lambda look: _screen(scored, view, pair, shade, look), scored)


def _screen(scored: Scored, view: View, pair: Pair, shade: str, look: Look) -> Sequence[RenderableType]:
    """Draw the heat map, with the customers that have no place on it beside it."""
    from rfm_cli.cli.header import footer, header
    from rfm_cli.cli.planes import beside_grid, grid_plane
    from rfm_cli.output.screens.cells import cells_screen

    return cells_screen(
        grid_plane(view, pair, shade),
        look=look,
        header=header(scored),
        footer=footer(scored),
        beside=beside_grid(view, pair),
    )
