"""`rfm diff`: who entered, left and moved between two snapshots."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import QuietOptions, RowsOptions


@command
def diff(
    ctx: typer.Context,
    *,
    first: Annotated[str, opt.argument("A", "The date of the earlier snapshot.")],
    last: Annotated[str, opt.argument("B", "The date of the later one; last is the newest.", values.LAST)],
    answer: RowsOptions,
    running: QuietOptions,
    store: opt.StoreFolder = None,
    rescore: Annotated[
        opt.Switch, opt.keep("--rescore", help="Each by its own cutoffs, where they have different ones.")
    ] = None,
    limit: opt.Limit = None,
) -> None:
    """List who entered, left and moved between two snapshots.

    One row per customer whose segment or VIP mark is another, or who is in one of them only.

    \b
    rfm diff 2024-09 2024-12
    rfm diff 2024-09 last -o changed.csv
    """
    from rfm_cli.cli import snapshotting
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin

    run = begin(ctx, Given(running, answer=answer, settings={"store": store}))
    snapshotting.compare(run, first, last, rescore=bool(rescore), limit=limit)
