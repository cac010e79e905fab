"""The answers of `rfm migrate`, one function each: the past -> rows -> out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.cli.customer_list import SHOWN, deliver_list
from rfm_cli.cli.dates import asked_shop, say_of, two_dates
from rfm_cli.cli.header import colors, footer
from rfm_cli.cli.looking_back import speed_of
from rfm_cli.cli.option_groups import ListOptions
from rfm_cli.cli.session import Run, aside, deliver
from rfm_cli.clock import chain as chain_of
from rfm_cli.clock import parse_every
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.history.moves import Moves, StatesAt, moves_between, scored_at, states_at
from rfm_cli.history.states import BYS, NOT_YET, By
from rfm_cli.model import Past
from rfm_cli.output.screens import migrate as screens
from rfm_cli.output.screens.customers import CUSTOMERS, rows_screen
from rfm_cli.output.workbook import Sheet
from rfm_cli.views import migrate as view
from rfm_cli.views import speed as speed_view
from rfm_cli.views.view import View, meta_between, meta_of

if TYPE_CHECKING:
    from rfm_cli.model import Question, Scored, Shop

ALL_PATHS = 20


@dataclass(frozen=True)
class Asked:
    """What a run of `rfm migrate` is to answer, from which shop, between which dates."""

    what: str
    by: By
    shop: Shop
    question: Question
    first: date
    last: date
    every: str | None
    horizons: tuple[int, ...]
    listing: ListOptions
    rescore: bool

    @property
    def ruler(self) -> date:
        """The date that the cutoffs of the answer come from."""
        return self.last if self.rescore else self.first


@dataclass(frozen=True)
class Dates:
    """The dates as they are given: `--from`, `--to` and `--every`."""

    first: str | None
    last: str | None
    every: str | None


def asked_of(
    run: Run,
    wanted: Sequence[str],
    dates: Dates,
    by: str,
    horizons: str | None,
    listing: ListOptions,
    *,
    rescore: bool,
) -> Asked:
    """Return the request; `UsageError` for options that do not go together, before a file is read.

    `wanted` are the answers that options name.
    """
    if len(wanted) > 1:
        raise UsageError(f"--{wanted[0]} and --{wanted[1]} are two answers", "ask for one of them at a time")
    what = wanted[0] if wanted else ("chain" if dates.every else "matrix")
    every = dates.every or ("month" if what == "paths" else None)
    if every and what not in ("chain", "paths"):
        raise UsageError(f"--every does not go with --{what}", "leave one of them out")
    if every:
        parse_every(every)
    if by not in BYS:
        raise UsageError(f"--by {by}: not known", did_you_mean(by, BYS))
    if horizons and what != "speed":
        raise UsageError("--horizons is for --speed")
    if listing.with_ and what != "list":
        raise UsageError("--with is for --list")
    if run.snapshots and listing.with_:
        raise UsageError("--with does not go with --store", "snapshots have measures alone")
    _require_one_ruler(run, what, rescore=rescore)
    days = _horizons(horizons)
    shop, question = asked_shop(run)
    first, last = two_dates(run, shop, dates.first, dates.last)
    return Asked(what, by, shop, question, first, last, every, days, listing, rescore)


def _require_one_ruler(run: Run, what: str, *, rescore: bool) -> None:
    """Raise `UsageError` where options ask for several rulers and the answer needs one."""
    if what == "speed" and (rescore or run.settings.text("window")):
        other = "--rescore" if rescore else "--window"
        raise UsageError(f"--speed does not go with {other}", "spells need one ruler over all of history")
    if rescore and run.settings.texts("cuts"):
        raise UsageError("--rescore does not go with --cuts", "leave one of them out")


def _horizons(text: str | None) -> tuple[int, ...]:
    """Whole days, as written."""
    if text is None:
        return speed_view.HORIZONS
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and 0 < int(part) < 100_000 for part in parts):
        raise UsageError(f"--horizons {text}: not days", "write whole numbers, such as 30,60,90")
    return tuple(dict.fromkeys(int(part) for part in parts))


def _between(run: Run, asked: Asked) -> tuple[Past, StatesAt, StatesAt, Moves, Scored]:
    """The moves between the two dates, with all that was learned on the way."""
    dates = [asked.first, asked.last]
    past = run.reading.past_at(asked.shop, asked.question, dates)
    first, last = states_at(past, dates, asked.by, rescore=asked.rescore)
    result = say_of(run, past, [first, last])
    return past, first, last, moves_between(first, last), result


def _meta(asked: Asked, result: Scored, **more: object) -> dict[str, object]:
    return meta_of(result, **_asked_meta(asked), **more)


def _asked_meta(asked: Asked) -> dict[str, object]:
    ruler = "each date's own" if asked.rescore else str(asked.first)
    return {"from": asked.first, "to": asked.last, "by": asked.by, "ruler": ruler}


def _header(asked: Asked, result: Scored) -> list[tuple[str, str]]:
    """Name the dates, the date of the cutoffs, and the customers of the later date."""
    return [*_asked_header(asked, result), ("customers", f"{result.frame.height:,}")]


def _asked_header(asked: Asked, result: Scored) -> list[tuple[str, str]]:
    facts = [("from", str(asked.first)), ("to", str(asked.last)), ("scheme", result.scheme.name)]
    return [*facts, ("cutoffs", "of each date" if asked.rescore else f"of {asked.first}")]


def matrix(run: Run, asked: Asked) -> None:
    """The matrix of moves, with in, out and net, the directions, and a reading."""
    _, _, _, between, result = _between(run, asked)
    rows, flows = view.matrix_rows(between), view.flow_rows(between)
    ways, reading = view.directions(between), view.reading(between)
    meta = _meta(asked, result, directions=ways, flows=flows.to_dicts(), reading=reading)
    deliver(
        run,
        View("migrate", rows, meta),
        lambda look: screens.matrix_screen(
            rows,
            flows,
            ways,
            reading,
            look=look,
            header=_header(asked, result),
            footer=footer(result),
            colors=colors(result),
        ),
        sheets=lambda: [Sheet("flows", flows)],
    )
    aside(run, result, asked.ruler)


def flows(run: Run, asked: Asked) -> None:
    """In, out and net of each segment."""
    _, _, _, between, result = _between(run, asked)
    rows, ways = view.flow_rows(between), view.directions(between)
    answer = View("flows", rows, _meta(asked, result, directions=ways))
    deliver(
        run,
        answer,
        lambda look: screens.flows_screen(
            rows, ways, look=look, header=_header(asked, result), footer=footer(result), colors=colors(result)
        ),
    )
    aside(run, result, asked.ruler)


def moves(run: Run, asked: Asked) -> None:
    """A row a customer."""
    _, _, _, between, result = _between(run, asked)
    rows = view.customer_rows(between)
    answer = View("moves", rows, _meta(asked, result, directions=view.directions(between)))
    limit = asked.listing.limit or SHOWN
    deliver(
        run,
        answer,
        lambda look: rows_screen(
            rows, look=look, header=_header(asked, result), footer=footer(result), layout=CUSTOMERS, limit=limit
        ),
    )
    aside(run, result, asked.ruler)


def customers(run: Run, asked: Asked, move: str) -> None:
    """The customers of one move as `rfm score` has them at the later date, and from_segment."""
    past, _, last, between, result = _between(run, asked)
    before, after = _move(move, between)
    kept = between.customers.filter(pl.col("before").eq_missing(before), pl.col("after") == after)
    scored = scored_at(last, past)
    chosen = replace(scored, frame=scored.frame.join(kept.select("customer"), on="customer", how="semi"))
    name = NOT_YET if before is None else between.states.names[before]
    column = pl.lit(name).alias("from_segment")
    deliver_list(run, chosen, result, asked.listing, [column], _header(asked, result), asked.ruler)


def _move(text: str, between: Moves) -> tuple[int | None, int]:
    """The states before and after that `FROM>TO` names; `UsageError` where it names none."""
    names = between.states.names
    for place in [place for place, mark in enumerate(text) if mark == ">"]:
        try:
            before = view.state_called(text[:place], between.states)
            after = view.state_called(text[place + 1 :], between.states)
        except KeyError:
            continue
        if after is not None:
            return before, after
    valid = ", ".join((*names, NOT_YET))
    raise UsageError(f"--list {text}: no such move", f'write it as "{names[0]}>{names[1]}" with two of: {valid}')


def _links(past: Past, asked: Asked, dates: Sequence[date], seen: list[StatesAt]) -> Iterator[Moves]:
    """Yield the moves from each date to the next, keeping all stands in `seen`.

    Only those of the first and the latest date keep their customers.
    """
    for first, last in pairwise(states_at(past, dates, asked.by, rescore=asked.rescore)):
        bare = [replace(one, customers=one.customers.clear()) for one in seen[-1:] if len(seen) > 1]
        seen[:] = [*(seen[: len(seen) - len(bare)] or [first]), *bare, last]
        yield moves_between(first, last)


def chain(run: Run, asked: Asked) -> None:
    """The matrices of a chain of dates, one below the other."""
    dates = chain_of(asked.first, asked.last, parse_every(str(asked.every)))
    past = run.reading.past_at(asked.shop, asked.question, dates)
    seen: list[StatesAt] = []
    tables, ways = [], []
    for link in _links(past, asked, dates, seen):
        tables.append(view.link_rows(link))
        ways.append({"from": link.first.day, "to": link.last.day, **view.directions(link)})
    rows = pl.concat(tables)
    result = say_of(run, past, seen)
    answer = View("migrate", rows, _meta(asked, result, every=asked.every, directions=ways))
    deliver(
        run,
        answer,
        lambda look: screens.chain_screen(rows, ways, look=look, header=_header(asked, result), footer=footer(result)),
    )
    aside(run, result, asked.ruler)


def paths(run: Run, asked: Asked) -> None:
    """The commonest paths over a chain of dates."""
    dates = chain_of(asked.first, asked.last, parse_every(str(asked.every)))
    past = run.reading.past_at(asked.shop, asked.question, dates)
    seen: list[StatesAt] = []
    rows = view.path_rows(_links(past, asked, dates, seen))
    result = say_of(run, past, seen)
    answer = View("paths", rows, _meta(asked, result, every=asked.every, dates=dates))
    limit = asked.listing.limit or ALL_PATHS
    deliver(
        run,
        answer,
        lambda look: rows_screen(
            rows,
            look=look,
            header=[*_header(asked, result), ("dates", f"{len(dates)}")],
            footer=footer(result),
            layout=screens.PATHS,
            limit=limit,
        ),
    )
    aside(run, result, asked.ruler)


def speed(run: Run, asked: Asked) -> None:
    """How fast each move is made, from the spells entered between the dates."""
    told = speed_of(run.reading, asked.shop, asked.question, (asked.first, asked.last), asked.by, asked.horizons)
    result, rows = say_of(run, told.past, [told.ruler]), told.rows
    assert told.stays is not None
    states, count = told.ruler.states, int(told.stays["spells"].sum())
    reading = speed_view.reading(rows, told.stays, states, (asked.last - asked.first).days)
    falls = speed_view.falls_by_waiting(rows, states)
    more = {**_asked_meta(asked), "horizons": list(asked.horizons), "stays": count, "reading": reading}
    deliver(
        run,
        View("speed", rows, meta_between(result, asked.last, **more)),
        lambda look: screens.speed_screen(
            speed_view.without_falls(rows, falls),
            falls,
            reading,
            look=look,
            header=[*_asked_header(asked, result), ("stays", f"{count:,}")],
            footer=footer(result),
            colors=colors(result),
        ),
    )
    aside(run, result, asked.ruler)
