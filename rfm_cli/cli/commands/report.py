"""`rfm report`: all views on one page to hand on, or in one workbook."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions


@command
def report(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    against: Annotated[
        opt.Text,
        opt.keep(
            "--against",
            help="The date that changes are held against. [a quarter earlier]",
            metavar="WHEN",
            values=values.DATES,
        ),
    ] = None,
    title: Annotated[opt.Text, opt.keep("--title", help="The title of the page.", metavar="TEXT")] = None,
) -> None:
    """Make one page of all views, to hand on.

    One file, which opens anywhere and asks for nothing: figures with their changes, segments, grid, VIPs, matrices,
    moves, who is slipping. As .xlsx: a sheet for each.

    \b
    rfm report -o report.html
    rfm report --as-of 2024-12 --against 2024-09 --lang ru -o report.html
    rfm report -o report.xlsx
    """
    from rfm_cli.cli import reporting
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin

    given = Given(running, tables, scoring, answer, engagement)
    reporting.write(begin(ctx, given, formats=reporting.FORMATS), against, title or "")
