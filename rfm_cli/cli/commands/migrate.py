"""`rfm migrate`: where customers went between two dates, and how fast."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    MoveOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)
from rfm_cli.cli.where import query_where
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.history.states import NamedStates


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
    moves: MoveOptions,
    snapshots_in: opt.Store = None,
    where: opt.Where = None,
) -> Pausing:
    """Show where customers went between two dates, and how fast.

    Both dates are scored with the cutoffs of the first, so that a move means that the customer changed.

    \b
    rfm migrate --from 2024-01 --to 2024-04
    rfm migrate --from 2024-01 --to 2024-04 --list "Champions>At risk" --with email
    rfm migrate --from 2023-12 --to 2024-12 --every month -o moves.csv
    rfm migrate --from 2024-01 --to 2024-12 --speed
    """
    from rfm_cli.cli.dates import by_cutoffs_of, two_dates
    from rfm_cli.cli.move_answers import ANSWERS
    from rfm_cli.cli.move_request import MoveRequest
    from rfm_cli.cli.session import Store, open_session

    snapshots = Store(Path(snapshots_in), moves.kind, bool(moves.rescore)) if snapshots_in else None
    session = open_session(ctx, running, tables, scoring, answer, engagement, snapshots=snapshots)
    _check(session, moves, listing)
    named, query = _named(session, moves), query_where(session, where)
    shop, question = session.history_shop()
    query.check(shop)
    if named:
        named.check(shop)
    states = _states(named) if named else moves.kind
    request = MoveRequest(moves, listing, *two_dates(session, shop, moves.from_, moves.to), states, query)
    if moves.kind == "named":
        session.narrator.say([by_cutoffs_of(request.first)])
    wanted = request.past(shop, question)
    session.expect(wanted, query.past(shop, replace(question, as_of=request.last)))
    yield
    ANSWERS[moves.answer](session, request, session.past(wanted))


def _named(session: Session, options: MoveOptions) -> Query | None:
    """Return the query of the named axis or segment that customers move between; None for other states.

    Raises `UsageError` for a name that there is not.
    """
    if options.kind != "named":
        return None
    from rfm_cli.cli.asking import query_of

    name = str(options.by)
    query = query_of(session, None, axes=[name])
    if not query.axes:
        raise options.unknown()
    given = {"speed": options.speed, "rescore": options.rescore, "store": session.snapshots}
    if wrong := next((option for option, value in given.items() if value), None):
        raise UsageError(f"--by {name} does not go with --{wrong}", "leave one of them out")
    return query


def _states(named: Query) -> NamedStates:
    """Return the values of a named axis or segment as states."""
    from rfm_cli.cli.named_axes import named_states

    return named_states(named)


def _check(session: Session, options: MoveOptions, listing: ListOptions) -> None:
    """Raise `UsageError`, before a file is read, for options that do not go together or are not understood."""
    from rfm_cli.clock import parse_every
    from rfm_cli.views.speed import parse_horizons

    what = options.answer
    if options.every and what not in ("chain", "paths"):
        raise UsageError(f"--every does not go with --{what}", "leave one of them out")
    if options.every:
        parse_every(options.every)
    if options.horizons and what != "speed":
        raise UsageError("--horizons is for --speed")
    if listing.with_ and what != "list":
        raise UsageError("--with is for --list")
    if session.snapshots and listing.with_:
        raise UsageError("--with does not go with --store", "snapshots have measures alone")
    if what == "speed" and (options.rescore or session.settings.text("window")):
        other = "--rescore" if options.rescore else "--window"
        raise UsageError(f"--speed does not go with {other}", "spells need one ruler over all of history")
    if options.rescore and session.settings.texts("cuts"):
        raise UsageError("--rescore does not go with --cuts", "leave one of them out")
    parse_horizons(options.horizons)
