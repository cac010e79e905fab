"""`rfm snapshot`: the scored customers of a date, kept as they are."""

from __future__ import annotations

from typing import Annotated

import click

from rfm_cli import options as opt
from rfm_cli.commands.shop import scoring_command


@scoring_command
def snapshot(
    ctx: click.Context,
    store: Annotated[
        opt.Text, opt.this_run("--store", help="The folder of snapshots. [snapshots]", metavar="DIR")
    ] = None,
    replace: Annotated[opt.Switch, opt.this_run("--replace", help="In place of another snapshot of that date.")] = None,
) -> None:
    """Keep the scored customers of a date as they are.

    One Parquet file a date, which tells its scheme, its cutoffs and its inputs. Under one ruler (--cuts FILE) later
    snapshots can be compared with it: rfm diff, rfm migrate --store, rfm vip --watch --store.

    \b
    rfm snapshot --as-of 2024-09 --store snapshots
    rfm snapshot --as-of yesterday --cuts ruler.toml
    """
    from rfm_cli.commands import snapshotting
    from rfm_cli.commands.run import begin

    snapshotting.take(begin(ctx))
