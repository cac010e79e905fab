"""`rfm report`: all views on one page to hand on, or in one workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.cli.where import query_where
from rfm_cli.errors import UnansweredError, UsageError

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.cli.where import Everybody
    from rfm_cli.messages import Message
    from rfm_cli.model import Past, PastRequest, Question, ScoreRequest, Shop
    from rfm_cli.output.target import Target
    from rfm_cli.report.figures import Figures

T = TypeVar("T")
FORMATS = ("html", "xlsx")
BACK = ("went", "speed", "watch")
"""The sections that look back."""

MOST_WATCHED = 1_000
"""The rows of the watch-list in a workbook that has no room for all customers of the shop."""

Against = Annotated[
    opt.Text,
    opt.keep(
        "--against",
        help="The date to compare with. [a quarter earlier]",
        metavar="WHEN",
        values=values.DATES,
    ),
]
Title = Annotated[opt.Text, opt.keep("--title", help="The title of the page.", metavar="TEXT")]


@command
def report(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    against: Against = None,
    title: Title = None,
    where: opt.Where = None,
) -> Pausing:
    """Make one page of all views, to hand on.

    One file that opens anywhere and loads nothing else: figures with their changes, segments, grid, VIPs, matrices,
    moves, customers who are slipping. As .xlsx it has a sheet for each.

    \b
    rfm report -o report.html
    rfm report --as-of 2024-12 --against 2024-09 --lang ru -o report.html
    rfm report -o report.xlsx
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.progress import step

    session = open_session(ctx, running, tables, scoring, answer, engagement, formats=FORMATS)
    query = query_where(session, where)
    request = _request(session, against)
    query.check(request.score.shop)
    session.expect(request.score, query.past(request.score.shop, request.score.question), *request.pasts())
    yield
    figures = _shared_figures(session, request, query, (against, where))
    output = session.delivery.options.output
    with step("drawing the report"):
        session.delivery.out.write(output, lambda target: _draw(session, figures, title or "", target))
    if output not in (None, "-") and not session.job:
        session.delivery.out.afterward(lambda: _print_size(session, str(output)))
    session.delivery.beside(figures.scored)


@dataclass(frozen=True)
class Request:
    """The requests and the dates of a report.

    `day` is None for a file of one row per customer without dates, which has no `against`. `before` is as long before
    `against` as that is before the day.
    """

    score: ScoreRequest
    day: date | None = None
    against: date | None = None
    before: date | None = None

    def days(self, since: date) -> list[date]:
        """Return the dates of the report that are not before a day, ascending."""
        return [day for day in (self.before, self.against, self.day) if day is not None and day >= since]

    def past(self, since: date) -> PastRequest | Message:
        """Return the request for the past at the dates, or why there is none."""
        from rfm_cli.history.requests import request_at

        shop, question = self.score.shop, self.score.question
        return _tried(question, lambda: request_at(shop, question, self.days(since)))

    def between(self, build: Callable[[Shop, Question, date, date], PastRequest]) -> PastRequest | Message:
        """Return the request that is built for the past between both dates, or why there is none."""
        shop, question, first, last = self.score.shop, self.score.question, self.against, self.day
        assert first is not None
        assert last is not None
        return _tried(question, lambda: build(shop, question, first, last))

    def pasts(self) -> list[PastRequest]:
        """Return all requests for the past that can be made."""
        from datetime import date

        from rfm_cli.model import PastRequest
        from rfm_cli.views.speed import speed_request
        from rfm_cli.views.watch import watch_request

        if self.against is None:
            return []
        found = (self.past(date.min), self.between(speed_request), self.between(watch_request))
        return [one for one in found if isinstance(one, PastRequest)]


def _request(session: Session, text: str | None) -> Request:
    """Return the request, `text` being the date of `--against`; `UsageError` if the dates make no sense."""
    from rfm_cli.cli.dates import QUARTER, day_of, last_day
    from rfm_cli.clock import Window, days_before, stepped

    score = session.score_request()
    shop, question = score.shop, score.question
    if not shop.has_history:
        if text:
            raise UsageError("--against needs orders", "a file of one row per customer has no history")
        return Request(score, question.as_of)
    day = question.as_of or last_day(session, shop)
    quarter = Window(months=QUARTER)
    against = day_of(session, shop, "--against", text) or stepped(day, quarter, -1)
    if against >= day:
        raise UsageError(f"--against {against} is not before {day}", "give an earlier --against or a later --as-of")
    before = days_before(against, (day - against).days) if text else stepped(against, quarter, -1)
    score = replace(score, question=replace(question, as_of=day))
    return Request(score, day, against, before if before != against else None)


def _draw(session: Session, figures: Figures, title: str, target: Target) -> None:
    """Write the page, or the workbook of the same figures."""
    from datetime import date

    from rfm_cli.messages import words
    from rfm_cli.output.workbook import write_workbook
    from rfm_cli.report.page import page, sheets
    from rfm_cli.version import __version__

    reader = words(session.delivery.language)
    if session.format == "html":
        target.write(page(figures, reader, __version__, title))
    else:
        shown = _for_a_workbook(session, figures)
        write_workbook(sheets(shown, reader), figures.scored.as_of or date(2000, 1, 1), target)


def _for_a_workbook(session: Session, figures: Figures) -> Figures:
    """Cut the watch-list if a workbook has no room for all customers of the shop, and print that it is cut."""
    from rfm_cli.cli.deliver import MOST_IN_WORKBOOK
    from rfm_cli.notes import note

    watch = figures.watch
    if watch is None or figures.scored.frame.height <= MOST_IN_WORKBOOK or watch.rows.height <= MOST_WATCHED:
        return figures
    cut = f"the workbook has {MOST_WATCHED:,} of {watch.rows.height:,} on the watch-list: rfm vip --watch has all"
    session.narrator.say([note(cut)])
    return replace(figures, watch=replace(watch, rows=watch.rows.head(MOST_WATCHED)))


def _print_size(session: Session, output: str) -> None:
    """Print how large the file is."""
    from pathlib import Path

    from rfm_cli.notes import note

    session.narrator.say([note(f"{output}: {Path(output).stat().st_size / 1000:,.0f} kB")])


def _shared_figures(
    session: Session, request: Request, query: Query | Everybody, own: tuple[str | None, ...]
) -> Figures:
    """Return the figures; a page and a workbook of one job with the same settings are made of the same ones.

    `own` are the values of the command's own options that decide on figures.
    """
    if session.job is None:
        return _figures(session, request, query)
    # The language changes words only, never figures.
    settings = {name: value for name, value in session.settings.values.items() if name != "lang"}
    key = (tuple(sorted(settings.items())), own)
    if key not in session.job.figures:
        session.job.figures[key] = _figures(session, request, query)
    return session.job.figures[key]


def _figures(session: Session, request: Request, query: Query | Everybody) -> Figures:
    """Return all that the report shows; the remarks are printed, and the run is held to `--strict`."""
    from rfm_cli.cli.engagement import OF_EVENTS, engagement_of
    from rfm_cli.report.figures import figures_at
    from rfm_cli.views.axes import AxisSettings

    scored = query.only(session.score(request.score))
    days, events = engagement_of(session, scored, OF_EVENTS)
    # The page repeats the warnings, those from before the scores as well.
    earlier = [one for one in session.narrator.warnings if one not in scored.notes]
    scored = replace(scored, notes=(*earlier, *scored.notes))
    figures = figures_at(scored, AxisSettings(engagement_days=days, engagement_events=events))
    return _with_the_past(session, figures, request)


def _with_the_past(session: Session, figures: Figures, request: Request) -> Figures:
    """Return the figures with what looks back to earlier dates, or why it is missing."""
    from datetime import date

    from rfm_cli.messages import Message, message
    from rfm_cli.report.figures import beside_earlier

    against = request.against
    if against is None:
        return _without(session, figures, BACK, message("a file of one row per customer has no history"))
    # Dates before the first purchase have no customers to compare with.
    whole = figures.scored.where.everybody if figures.scored.where else figures.scored
    began = whole.frame["first_order"].min()
    if not isinstance(began, date) or began > against:
        return _without(session, figures, BACK, message("no customer had bought by {day}", day=against))
    past = _read(session, request.past(began), lambda past: past)
    if isinstance(past, Message):
        return _without(session, figures, BACK, past)
    figures = beside_earlier(figures, past, request.days(began))
    if figures.went is None:
        scheme = figures.scored.scheme.name
        return _without(session, figures, BACK, message("the scheme {scheme} has no segments", scheme=scheme))
    return _with_watch(session, _with_speed(session, figures, request, against), request, against)


def _with_speed(session: Session, figures: Figures, request: Request, against: date) -> Figures:
    """Return the figures with the speeds of moves, or why they are missing."""
    from rfm_cli.messages import Message
    from rfm_cli.report.figures import Speed
    from rfm_cli.views.speed import falls_by_waiting, speed_request, speeds_of

    found = _read(session, request.between(speed_request), lambda past: speeds_of(past, against, among=_among(figures)))
    if isinstance(found, Message):
        return _without(session, figures, ["speed"], found)
    return replace(figures, speed=Speed(found.rows, falls_by_waiting(found.rows, found.first.states)))


def _with_watch(session: Session, figures: Figures, request: Request, against: date) -> Figures:
    """Return the figures with the watch-list, or why it is missing."""
    from rfm_cli.messages import Message
    from rfm_cli.report.figures import Watch
    from rfm_cli.views.watch import watch_list, watch_request

    found = _read(session, request.between(watch_request), lambda past: watch_list(past, against, _among(figures)))
    if isinstance(found, Message):
        return _without(session, figures, ["watch"], found)
    return replace(figures, watch=Watch(against, found.rows))


def _among(figures: Figures) -> pl.DataFrame | None:
    """Return the customers that `--where` shows, None where everybody is shown."""
    return figures.scored.frame.select("customer") if figures.scored.where else None


def _read(session: Session, request: PastRequest | Message, answer: Callable[[Past], T]) -> T | Message:
    """Return the answer from the past of a request, or why there is none."""
    from rfm_cli.messages import Message

    return request if isinstance(request, Message) else _tried(request.question, lambda: answer(session.past(request)))


def _without(session: Session, figures: Figures, sections: Sequence[str], why: Message) -> Figures:
    """Return the figures with the reason why some sections are missing, and print it."""
    from rfm_cli.notes import note
    from rfm_cli.report.figures import HEADS

    missing = ", ".join(str(HEADS[name]).lower() for name in sections)
    session.narrator.say([note(f"the report is without {missing}: {why}")])
    return replace(figures, absent={**figures.absent, **dict.fromkeys(sections, why)})


def _tried(question: Question, read: Callable[[], T]) -> T | Message:
    """Return what is read, or why it cannot be: a window, a roll-up of months, a date that a roll-up cannot answer."""
    from rfm_cli.messages import message

    try:
        return read()
    except UnansweredError:
        return message("the roll-up has no single days, or not the dates")
    except UsageError as error:
        if question.window:
            return message("days cannot be counted under a window")
        return message("{reason}", reason=error.message)
