"""`rfm report`: all views on one page to hand on, or in one workbook."""

from __future__ import annotations

from typing import Annotated

import click

from rfm_cli import options as opt
from rfm_cli.commands.shop import shop_command


@shop_command
def report(
    ctx: click.Context,
    against: Annotated[
        opt.Text,
        opt.keep("--against", help="The date that changes are held against. [a quarter earlier]", metavar="WHEN"),
    ] = None,
    title: Annotated[opt.Text, opt.keep("--title", help="What stands on top of the page.", metavar="TEXT")] = None,
    engagement_window: opt.EngagementWindow = None,
    engagement_events: opt.EngagementEvents = None,
) -> None:
    """Make one page of all views, to hand on.

    One file, which opens anywhere and asks for nothing: figures with their changes, segments, grid, VIPs, matrices,
    moves, who is slipping. As .xlsx: a sheet for each.

    \b
    rfm report -o report.html
    rfm report --as-of 2024-12 --against 2024-09 --lang ru -o report.html
    rfm report -o report.xlsx
    """
    from rfm_cli.commands import reporting
    from rfm_cli.commands.run import begin

    reporting.write(begin(ctx, reporting.FORMATS))
