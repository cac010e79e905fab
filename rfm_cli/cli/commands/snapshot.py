"""`rfm snapshot`: the scored customers of a date, kept as they are."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions, ScoringOptions, TableOptions


@command
def snapshot(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    running: RunOptions,
    store: opt.StoreFolder = None,
    replace: Annotated[opt.Switch, opt.this_run("--replace", help="In place of another snapshot of that date.")] = None,
) -> None:
    """Keep the scored customers of a date as they are.

    One Parquet file a date, which tells its scheme, its cutoffs and its inputs. Under one ruler (--cuts FILE) later
    snapshots can be compared with it: rfm diff, rfm migrate --store, rfm vip --watch --store.

    \b
    rfm snapshot --as-of 2024-09 --store snapshots
    rfm snapshot --as-of yesterday --cuts ruler.toml
    """
    from rfm_cli.cli import snapshotting
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin

    run = begin(ctx, Given(running, tables, scoring, settings={"store": store}))
    snapshotting.take(run, anew=bool(replace))
