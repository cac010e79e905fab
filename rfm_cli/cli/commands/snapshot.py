"""`rfm snapshot`: the scored customers of a date, kept as they are."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions, ScoringOptions, TableOptions

Replace = Annotated[opt.Switch, opt.this_run("--replace", help="Replace another snapshot of that date.")]


@command
def snapshot(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    running: RunOptions,
    store: opt.StoreFolder = None,
    replace: Replace = None,
) -> None:
    """Keep the scored customers of a date as they are.

    One Parquet file per date, which holds its scheme, its cutoffs and its inputs. Under one ruler (--cuts FILE)
    later snapshots can be compared with it: rfm diff, rfm migrate --store, rfm vip --watch --store.

    \b
    rfm snapshot --as-of 2024-09 --store snapshots
    rfm snapshot --as-of yesterday --cuts ruler.toml
    """
    from rfm_cli.cli.dates import dated
    from rfm_cli.cli.job_tasks import inputs_of
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import store_folder
    from rfm_cli.cli.snapshot_keeping import keep_snapshot
    from rfm_cli.errors import InputError, OutputError
    from rfm_cli.fingerprints import change_marks, fingerprints
    from rfm_cli.snapshots.store import year_request

    session = open_session(ctx, running, tables, scoring, store=store)
    folder, request = store_folder(session.settings), session.score_request()
    files, _ = inputs_of([session.settings])
    # The digests of the inputs have to be those of what was scored.
    before = change_marks(files)
    request = dated(session, request)
    year = year_request(request.shop, request.question)
    session.expect(request, year)
    scored = session.score(request)
    seen = fingerprints(files)
    if change_marks(files) != before:
        raise InputError("an input changed while it was read", "take the snapshot when the files are complete")
    if not keep_snapshot(session, folder, request, scored, year, seen, anew=bool(replace)):
        why = f"{folder}: the snapshot of {scored.as_of} was not taken"
        raise OutputError(why, "--replace takes it anew; rfm migrate and rfm diff then tell another past")
