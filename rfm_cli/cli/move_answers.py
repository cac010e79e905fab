"""The answers of `rfm migrate`: each is read from a past and delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.deliver import Sheets
    from rfm_cli.cli.move_request import MoveRequest
    from rfm_cli.cli.session import Session
    from rfm_cli.history.states import Moves
    from rfm_cli.model import Past, Scored
    from rfm_cli.output.screens.parts import Fact


ALL_PATHS = 20
"""The paths that a terminal shows, without `--limit`."""


@dataclass(frozen=True)
class Answer:
    """An answer as it is delivered: its name and rows, the figures of its meta, its screen, and further sheets.

    `shown` are the last facts above it, in place of the number of customers.
    """

    name: str
    rows: pl.DataFrame
    figures: Mapping[str, object]
    screen: Callable[..., Sequence[RenderableType]]
    sheets: Sheets = list
    shown: Sequence[Fact] = ()


def _between(session: Session, request: MoveRequest, past: Past) -> tuple[Moves, Scored]:
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


def _matrix(session: Session, request: MoveRequest, past: Past) -> None:
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
    _deliver(session, request, scored, Answer("migrate", rows, meta, screen, sheets=lambda: [Sheet("flows", flows)]))


def _flows(session: Session, request: MoveRequest, past: Past) -> None:
    """Write in, out and net of each segment."""
    from rfm_cli.output.screens.migrate import flows_screen
    from rfm_cli.output.screens.parts import colors
    from rfm_cli.views.migrate import directions, flow_rows

    moves, scored = _between(session, request, past)
    rows, ways = flow_rows(moves), directions(moves)
    screen = partial(flows_screen, rows, ways, colors=colors(scored))
    _deliver(session, request, scored, Answer("flows", rows, {"directions": asdict(ways)}, screen))


def _moves(session: Session, request: MoveRequest, past: Past) -> None:
    """Write one row per customer: from where, to where."""
    from rfm_cli.cli.customer_list import SHOWN
    from rfm_cli.output.screens.parts import rows_screen
    from rfm_cli.output.screens.score import CUSTOMERS
    from rfm_cli.views.migrate import customer_rows, directions

    moves, scored = _between(session, request, past)
    rows = customer_rows(moves)
    screen = partial(rows_screen, rows, layout=CUSTOMERS, limit=request.listing.limit or SHOWN)
    _deliver(session, request, scored, Answer("moves", rows, {"directions": asdict(directions(moves))}, screen))


def _customers(session: Session, request: MoveRequest, past: Past) -> None:
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


def _chain(session: Session, request: MoveRequest, past: Past) -> None:
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
    _deliver(session, request, scored, Answer("migrate", rows, meta, partial(chain_screen, rows, links)))


def _paths(session: Session, request: MoveRequest, past: Past) -> None:
    """Write the most common paths over a chain of dates."""
    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.history.states import StatesAt, moves_along
    from rfm_cli.messages import message
    from rfm_cli.output.screens.migrate import paths_screen
    from rfm_cli.views.paths import paths_along

    dates, those = request.dates(), request.shown(past)
    seen: list[StatesAt] = []
    links = moves_along(past, dates, request.states, seen, rescore=request.rescore, among=_among(those))
    paths = paths_along(links)
    scored = _with_shown(remark_on_past(session, past, seen), those)
    meta = {"every": request.every, "dates": dates}
    screen = partial(paths_screen, paths, limit=request.listing.limit or ALL_PATHS)
    shown = [(message("customers"), scored.frame.height), (message("dates"), len(dates))]
    _deliver(session, request, scored, Answer("paths", paths.rows, meta, screen, shown=shown))


def _speed(session: Session, request: MoveRequest, past: Past) -> None:
    """Write how fast each move is made, from the spells entered between the dates."""
    from rfm_cli.cli.dates import remark_on_past
    from rfm_cli.messages import message
    from rfm_cli.output.screens.migrate import speed_screen
    from rfm_cli.output.screens.parts import colors
    from rfm_cli.views.insights.moves import in_english, speed_insights
    from rfm_cli.views.speed import falls_by_waiting, parse_horizons, speeds_of, without_falls

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
    _deliver(session, request, scored, Answer("speed", rows, meta, screen, shown=[(message("stays"), stays)]))


def _facts(request: MoveRequest, scored: Scored, more: Sequence[Fact]) -> list[Fact]:
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


def _deliver(session: Session, request: MoveRequest, scored: Scored, answer: Answer) -> None:
    """Write an answer, with what the meta and the screen of every answer have."""
    from rfm_cli.messages import message
    from rfm_cli.output.screens.parts import footer
    from rfm_cli.views.view import View, meta_between, meta_of

    ruler = "each date's own" if request.rescore else str(request.first)
    figures = {"from": request.first, "to": request.last, "by": request.by, "ruler": ruler, **answer.figures}
    # Stays lie between the dates: the customers of neither date are those of the answer.
    is_between = answer.name == "speed"
    meta = meta_between(scored, request.last, **figures) if is_between else meta_of(scored, **figures)
    more = answer.shown or [(message("customers"), scored.frame.height)]
    session.deliver(
        View(answer.name, answer.rows, meta),
        lambda look: answer.screen(look=look, header=_facts(request, scored, more), footer=footer(scored)),
        scored,
        cutoffs_from=request.cutoffs_from,
        sheets=answer.sheets,
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
