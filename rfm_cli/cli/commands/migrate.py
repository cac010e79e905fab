"""`rfm migrate`: where customers went between two dates, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
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
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.deliver import Sheets
    from rfm_cli.cli.session import Session
    from rfm_cli.cli.where import Everybody
    from rfm_cli.history.states import By, Moves, NamedStates
    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop
    from rfm_cli.output.screens.parts import Fact

ALL_PATHS = 20
"""The paths that a terminal shows, without `--limit`."""


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
    request = Request(moves, listing, *two_dates(session, shop, moves.from_, moves.to), states, query)
    if moves.kind == "named":
        session.narrator.say([by_cutoffs_of(request.first)])
    wanted = request.past(shop, question)
    session.expect(wanted)
    yield
    ANSWERS[moves.answer](session, request, session.past(wanted))


@dataclass(frozen=True)
class Request:
    """The moves to show between two dates, or over a chain of dates that begins and ends with them."""

    options: MoveOptions
    listing: ListOptions
    first: date
    last: date
    states: By | NamedStates
    query: Query | Everybody

    @property
    def by(self) -> str:
        """What customers move between, as the user calls it."""
        return str(self.options.by) if self.options.kind == "named" else self.options.kind

    @property
    def rescore(self) -> bool:
        """Whether each date has cutoffs of its own, in place of those of the first."""
        return bool(self.options.rescore)

    def shown(self, past: Past) -> Scored | None:
        """Return the customers of the last date that `--where` shows, None where it shows everybody."""
        return self.query.only_at(past, [self.first, self.last], rescore=self.rescore)

    @property
    def cutoffs_from(self) -> date:
        """The date that the cutoffs of the answer come from."""
        return self.last if self.rescore else self.first

    @property
    def every(self) -> str | None:
        """The step of the chain, None for two dates alone."""
        return self.options.every or ("month" if self.options.paths else None)

    def dates(self) -> list[date]:
        """Return the dates of the chain, or both dates without one."""
        from rfm_cli.clock import chain, parse_every

        return list(chain(self.first, self.last, parse_every(self.every))) if self.every else [self.first, self.last]

    def past(self, shop: Shop, question: Question) -> PastRequest:
        """Return the request for the past that shows the moves."""
        from rfm_cli.history.requests import request_at
        from rfm_cli.views.migrate import speed_request

        if self.options.speed:
            return speed_request(shop, question, self.first, self.last, self.options.kind)
        return request_at(shop, question, self.dates())


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
    from rfm_cli.views.migrate import parse_horizons

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


def _between(session: Session, request: Request, past: Past) -> tuple[Moves, Scored]:
    """Return the moves between the two dates, and the customers of the later date."""
    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.history.states import moves_between, only_those, states_at

    first, last = states_at(past, request.dates(), request.states, rescore=request.rescore)
    scored = remark_on_past(session, past, [first, last])
    shown = request.shown(past)
    among = _among(shown)
    return moves_between(only_those(first, among), only_those(last, among)), _with_shown(scored, shown)


def _among(shown: Scored | None) -> pl.DataFrame | None:
    """Return the customers that `--where` shows (customer), None where it shows everybody."""
    return None if shown is None else shown.frame.select("customer")


def _with_shown(scored: Scored, shown: Scored | None) -> Scored:
    """Return the customers that `--where` shows, among those without scores."""
    if shown is None:
        return scored
    frame = scored.frame.join(shown.frame.select("customer"), on="customer", how="semi", maintain_order="left")
    return replace(scored, frame=frame, where=shown.where)


def _matrix(session: Session, request: Request, past: Past) -> None:
    """Write the matrix of moves, with in, out and net, the directions, and what it says in words."""
    from rfm_cli.output.screens.migrate import matrix_screen
    from rfm_cli.output.screens.parts import colors
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.views.insights.moves import in_english, matrix_insights
    from rfm_cli.views.migrate import directions, flow_rows, matrix_rows

    moves, scored = _between(session, request, past)
    rows, flows = matrix_rows(moves), flow_rows(moves)
    ways = directions(moves)
    insights = matrix_insights(rows, moves.states.names, (request.last - request.first).days)
    meta = {"directions": asdict(ways), "flows": flows.to_dicts(), "reading": in_english(insights)}
    screen = partial(matrix_screen, rows, flows, ways, insights, colors=colors(scored))
    _deliver(session, request, scored, "migrate", rows, meta, screen, sheets=lambda: [Sheet("flows", flows)])


def _flows(session: Session, request: Request, past: Past) -> None:
    """Write in, out and net of each segment."""
    from rfm_cli.output.screens.migrate import flows_screen
    from rfm_cli.output.screens.parts import colors
    from rfm_cli.views.migrate import directions, flow_rows

    moves, scored = _between(session, request, past)
    rows, ways = flow_rows(moves), directions(moves)
    screen = partial(flows_screen, rows, ways, colors=colors(scored))
    _deliver(session, request, scored, "flows", rows, {"directions": asdict(ways)}, screen)


def _moves(session: Session, request: Request, past: Past) -> None:
    """Write one row per customer: from where, to where."""
    from rfm_cli.cli.customer_list import SHOWN
    from rfm_cli.output.screens.parts import rows_screen
    from rfm_cli.output.screens.score import CUSTOMERS
    from rfm_cli.views.migrate import customer_rows, directions

    moves, scored = _between(session, request, past)
    rows = customer_rows(moves)
    screen = partial(rows_screen, rows, layout=CUSTOMERS, limit=request.listing.limit or SHOWN)
    _deliver(session, request, scored, "moves", rows, {"directions": asdict(directions(moves))}, screen)


def _customers(session: Session, request: Request, past: Past) -> None:
    """Write the customers of one move as `rfm score` has them at the later date, with from_segment behind."""
    import polars as pl

    from rfm_cli.cli.customer_list import deliver_list
    from rfm_cli.history.states import NOT_YET, scored_at
    from rfm_cli.messages import message
    from rfm_cli.views.migrate import parse_move

    moves, scored = _between(session, request, past)
    before, after = parse_move(request.options.list_ or "", moves.states)
    # Not yet a customer is a null, which equals only itself here.
    kept = moves.customers.filter(pl.col("before").eq_missing(before), pl.col("after") == after)
    whole = replace(scored_at(moves.last, past), where=scored.where)
    chosen = replace(whole, frame=whole.frame.join(kept.select("customer"), on="customer", how="semi"))
    column = pl.lit(NOT_YET if before is None else moves.states.names[before]).alias("from_segment")
    facts = _facts(request, scored, [(message("customers"), scored.frame.height)])
    deliver_list(session, chosen, scored, request.listing, [column], facts, request.cutoffs_from)


def _chain(session: Session, request: Request, past: Past) -> None:
    """Write the matrices of a chain of dates, one below the other."""
    import polars as pl

    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.history.states import StatesAt, moves_along
    from rfm_cli.output.screens.migrate import chain_screen
    from rfm_cli.views.migrate import directions, link_rows

    shown = request.shown(past)
    seen: list[StatesAt] = []
    tables, links = [], []
    for link in moves_along(past, request.dates(), request.states, seen, rescore=request.rescore, among=_among(shown)):
        tables.append(link_rows(link))
        links.append((link.first.day, link.last.day, directions(link)))
    ways = [{"from": first, "to": last, **asdict(found)} for first, last, found in links]
    rows, meta = pl.concat(tables), {"every": request.every, "directions": ways}
    scored = _with_shown(remark_on_past(session, past, seen), shown)
    _deliver(session, request, scored, "migrate", rows, meta, partial(chain_screen, rows, links))


def _paths(session: Session, request: Request, past: Past) -> None:
    """Write the most common paths over a chain of dates."""
    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.history.states import StatesAt, moves_along
    from rfm_cli.messages import message
    from rfm_cli.output.screens.migrate import paths_screen
    from rfm_cli.views.migrate import paths_along

    dates, those = request.dates(), request.shown(past)
    seen: list[StatesAt] = []
    links = moves_along(past, dates, request.states, seen, rescore=request.rescore, among=_among(those))
    paths = paths_along(links)
    scored = _with_shown(remark_on_past(session, past, seen), those)
    meta = {"every": request.every, "dates": dates}
    screen = partial(paths_screen, paths, limit=request.listing.limit or ALL_PATHS)
    shown = [(message("customers"), scored.frame.height), (message("dates"), len(dates))]
    _deliver(session, request, scored, "paths", paths.rows, meta, screen, shown=shown)


def _speed(session: Session, request: Request, past: Past) -> None:
    """Write how fast each move is made, from the spells entered between the dates."""
    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.messages import message
    from rfm_cli.output.screens.migrate import speed_screen
    from rfm_cli.output.screens.parts import colors
    from rfm_cli.views.insights.moves import in_english, speed_insights
    from rfm_cli.views.migrate import falls_by_waiting, parse_horizons, speeds_of, without_falls

    horizons = parse_horizons(request.options.horizons)
    those = request.shown(past)
    found = speeds_of(past, request.first, request.options.kind, horizons, _among(those))
    scored = _with_shown(remark_on_past(session, past, [found.first]), those)
    states, rows = found.first.states, found.rows
    falls = falls_by_waiting(rows, states)
    insights = speed_insights(rows, falls, found.stays, states, (request.last - request.first).days)
    stays = int(found.stays["spells"].sum())
    meta = {"horizons": list(horizons), "stays": stays, "reading": in_english(insights)}
    screen = partial(speed_screen, without_falls(rows, falls), falls, insights, colors=colors(scored))
    _deliver(session, request, scored, "speed", rows, meta, screen, shown=[(message("stays"), stays)])


def _facts(request: Request, scored: Scored, more: Sequence[Fact]) -> list[Fact]:
    """Return the facts above an answer: both dates, the scheme, where the cutoffs come from, `more`, and `--where`."""
    from rfm_cli.messages import message
    from rfm_cli.output.screens.parts import shown_where

    return [
        (message("from#date"), request.first),
        (message("to#date"), request.last),
        (message("scheme"), scored.scheme.name),
        (message("cutoffs"), message("of each date") if request.rescore else message("of {day}", day=request.first)),
        *more,
        *shown_where(scored),
    ]


def _deliver(
    session: Session,
    request: Request,
    scored: Scored,
    name: str,
    rows: pl.DataFrame,
    figures: Mapping[str, object],
    screen: Callable[..., Sequence[RenderableType]],
    sheets: Sheets = list,
    shown: Sequence[Fact] = (),
) -> None:
    """Write an answer, with what the meta and the screen of every answer have.

    `shown` are the last facts above the answer, in place of the number of customers.
    """
    from rfm_cli.messages import message
    from rfm_cli.output.screens.parts import footer
    from rfm_cli.views.view import View, meta_between, meta_of

    ruler = "each date's own" if request.rescore else str(request.first)
    figures = {"from": request.first, "to": request.last, "by": request.by, "ruler": ruler, **figures}
    # Stays lie between the dates: the customers of neither date are those of the answer.
    meta = meta_between(scored, request.last, **figures) if name == "speed" else meta_of(scored, **figures)
    more = shown or [(message("customers"), scored.frame.height)]
    session.deliver(
        View(name, rows, meta),
        lambda look: screen(look=look, header=_facts(request, scored, more), footer=footer(scored)),
        scored,
        cutoffs_from=request.cutoffs_from,
        sheets=sheets,
    )


ANSWERS = {
    "matrix": _matrix,
    "chain": _chain,
    "flows": _flows,
    "moves": _moves,
    "list": _customers,
    "paths": _paths,
    "speed": _speed,
}
"""The answers by name: the options of the same name ask for them."""
