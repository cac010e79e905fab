"""`rfm diff`: who entered, left and moved between two snapshots."""

from __future__ import annotations

from typing import Annotated

import click

from rfm_cli import options as opt
from rfm_cli.commands.declare import command


@command
def diff(
    ctx: click.Context,
    *,
    first: Annotated[str, opt.Argument("A", "The date of the earlier snapshot.")],
    last: Annotated[str, opt.Argument("B", "The date of the later one; last is the newest.")],
    store: Annotated[
        opt.Text, opt.this_run("--store", help="The folder of snapshots. [snapshots]", metavar="DIR")
    ] = None,
    rescore: Annotated[
        opt.Switch, opt.keep("--rescore", help="Each by its own cutoffs, where they have different ones.")
    ] = None,
    output: opt.Output = None,
    format: opt.Format = None,
    lang: opt.Lang = None,
    for_excel: opt.ForExcel = None,
    limit: opt.Limit = None,
    quiet: opt.Quiet = None,
    config: opt.Config = None,
) -> None:
    """List who entered, left and moved between two snapshots.

    A row a customer whose segment or VIP mark is another, or who is in one of them only.

    \b
    rfm diff 2024-09 2024-12
    rfm diff 2024-09 last -o changed.csv
    """
    from rfm_cli.commands import snapshotting
    from rfm_cli.commands.run import begin

    snapshotting.compare(begin(ctx), first, last)
