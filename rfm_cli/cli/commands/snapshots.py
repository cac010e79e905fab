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

    Snapshots of one ruler have the same cutoffs, which are named by the first digits of their SHA-256.

    \b
    rfm snapshots
    rfm snapshots --store snapshots --format json
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import store_folder
    from rfm_cli.output.screens.snapshots import snapshots_screen
    from rfm_cli.snapshots.store import days_in, read
    from rfm_cli.snapshots.tables import snapshots_view

    session = open_session(ctx, running, answer=answer, store=store)
    folder = store_folder(session.settings)
    view = snapshots_view([read(folder, day).metadata for day in days_in(folder)])
    session.deliver(view, lambda look: snapshots_screen(view.rows, look=look))
