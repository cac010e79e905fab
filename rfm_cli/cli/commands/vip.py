"""`rfm vip`: the few who bring most of the money, and those of them who are slipping."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)


@command
def vip(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    revenue: Annotated[
        opt.Text,
        opt.keep("--revenue", help="The other way: as many VIPs as bring this part of the revenue.", metavar="SHARE"),
    ] = None,
    list_: Annotated[opt.Switch, opt.keep("--list", help="The VIPs, one row per customer.")] = None,
    watch: Annotated[
        opt.Switch, opt.keep("--watch", help="VIPs and the best segment who have slipped since --since.")
    ] = None,
    since: Annotated[
        opt.Text,
        opt.keep(
            "--since", help="The date that --watch compares with. [90 days before]", metavar="WHEN", values=values.DATES
        ),
    ] = None,
    snapshots_in: opt.Store = None,
    rescore: Annotated[
        opt.Switch, opt.keep("--rescore", help="With --store: though the snapshots have different cutoffs.")
    ] = None,
) -> None:
    """Show the few customers who bring most of the money.

    A VIP is a buyer with money at or over that of the buyer at --share from the top, and at least --min-orders
    purchases.

    \b
    rfm vip orders.csv
    rfm vip --revenue 66% --list -o vips.csv
    rfm vip --watch --since 2024-09
    """
    from rfm_cli.cli import viping
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin
    from rfm_cli.cli.stored import reading_of

    asked = viping.Asked(revenue, since, listing, listed=bool(list_), watched=bool(watch))
    given = Given(running, tables, scoring, answer, engagement)
    run = begin(ctx, given, snapshots=reading_of(snapshots_in, rescore=rescore))
    viping.check(run, asked, rescore=bool(rescore))
    (viping.watch if watch else viping.listed if list_ else viping.tops)(run, asked)
