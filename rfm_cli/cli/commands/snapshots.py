"""`rfm snapshots`: what a store has."""

from __future__ import annotations

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import QuietOptions, RowsOptions


@command
def snapshots(
    ctx: typer.Context,
    *,
    answer: RowsOptions,
    running: QuietOptions,
    store: opt.StoreFolder = None,
) -> None:
    """List the snapshots of a store: one row per date.

    Snapshots of one ruler have the same cutoffs, which are told by the first digits of their SHA-256.

    \b
    rfm snapshots
    rfm snapshots --store snapshots --format json
    """
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin, deliver
    from rfm_cli.cli.stored import store_of
    from rfm_cli.output.screens.customers import SNAPSHOTS, rows_screen
    from rfm_cli.snapshots.store import days_in, read
    from rfm_cli.snapshots.tables import snapshots_view

    run = begin(ctx, Given(running, answer=answer, settings={"store": store}))
    folder = store_of(run)
    view = snapshots_view([read(folder, day).metadata for day in days_in(folder)])
    deliver(run, view, lambda look: rows_screen(view.rows, look=look, layout=SNAPSHOTS))
