"""`rfm migrate`: where customers went between two dates, and how fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from rfm_cli.cli.session import Run


@command
def migrate(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    from_: Annotated[
        opt.Text,
        opt.keep(
            "--from",
            help="The first date, as --as-of takes it. [a quarter earlier]",
            metavar="WHEN",
            values=values.DATES,
        ),
    ] = None,
    to: Annotated[
        opt.Text, opt.keep("--to", help="The second date. [last]", metavar="WHEN", values=values.DATES)
    ] = None,
    by: Annotated[
        opt.Text,
        opt.keep(
            "--by", help="Moves between: segment, rf, r, f, m or vip. [segment]", metavar="WHAT", values=values.MOVES
        ),
    ] = None,
    rescore: Annotated[
        opt.Switch, opt.keep("--rescore", help="New cutoffs at each date, in place of those of --from.")
    ] = None,
    every: Annotated[
        opt.Text,
        opt.keep(
            "--every", help="A chain of dates: week, month, quarter, year, 30d.", metavar="STEP", values=values.STEPS
        ),
    ] = None,
    flows: Annotated[opt.Switch, opt.keep("--flows", help="In, out and net of each segment.")] = None,
    moves: Annotated[opt.Switch, opt.keep("--moves", help="One row per customer: from where, to where.")] = None,
    list_: Annotated[
        opt.Text, opt.keep("--list", help='The customers of one move: "Champions>At risk".', metavar="MOVE")
    ] = None,
    paths: Annotated[opt.Switch, opt.keep("--paths", help="The commonest paths over --every. [month]")] = None,
    speed: Annotated[opt.Switch, opt.keep("--speed", help="How fast each move is made, in days.")] = None,
    horizons: Annotated[
        opt.Text, opt.keep("--horizons", help="Shares within so many days. [30,60,90]", metavar="DAYS")
    ] = None,
    snapshots_in: opt.Store = None,
) -> None:
    """Show where customers went between two dates, and how fast.

    Both dates are scored with the cutoffs of the first, so that a move means that the customer changed.

    \b
    rfm migrate --from 2024-01 --to 2024-04
    rfm migrate --from 2024-01 --to 2024-04 --list "Champions>At risk" --with email
    rfm migrate --from 2023-12 --to 2024-12 --every month -o moves.csv
    rfm migrate --from 2024-01 --to 2024-12 --speed
    """
    from rfm_cli.cli import migrating
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin
    from rfm_cli.cli.stored import reading_of

    given = Given(running, tables, scoring, answer, engagement)
    run = begin(ctx, given, snapshots=reading_of(snapshots_in, by, rescore=rescore))
    named = {"flows": flows, "moves": moves, "list": list_, "paths": paths, "speed": speed}
    wanted = [name for name, value in named.items() if value not in (None, False)]
    dates = migrating.Dates(from_, to, every)
    asked = migrating.asked_of(run, wanted, dates, by or "segment", horizons, listing, rescore=bool(rescore))
    answers: dict[str, Callable[[Run, migrating.Asked], None]] = {
        "matrix": migrating.matrix,
        "chain": migrating.chain,
        "flows": migrating.flows,
        "moves": migrating.moves,
        "list": partial(migrating.customers, move=list_ or ""),
        "paths": migrating.paths,
        "speed": migrating.speed,
    }
    answers[asked.what](run, asked)
