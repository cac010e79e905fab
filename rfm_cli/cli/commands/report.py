"""`rfm report`: all views on one page to hand on, or in one workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.errors import UnansweredError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.reading import Reading
    from rfm_cli.cli.session import Session
    from rfm_cli.history.past import Past
    from rfm_cli.model import Question, Shop
    from rfm_cli.output.target import Target
    from rfm_cli.report.figures import Figures, Speed, Watch, Why

T = TypeVar("T")
FORMATS = ("html", "xlsx")
BACK = ("went", "speed", "watch")
"""The sections that look back."""

MOST_WATCHED = 1_000
"""The rows of the watch-list in a workbook that has no room for all customers of the shop."""


@command
def report(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    against: Annotated[
        opt.Text,
        opt.keep(
            "--against",
            help="The date that changes are held against. [a quarter earlier]",
            metavar="WHEN",
            values=values.DATES,
        ),
    ] = None,
    title: Annotated[opt.Text, opt.keep("--title", help="The title of the page.", metavar="TEXT")] = None,
) -> None:
    """Make one page of all views, to hand on.

    One file, which opens anywhere and asks for nothing: figures with their changes, segments, grid, VIPs, matrices,
    moves, who is slipping. As .xlsx: a sheet for each.

    \b
    rfm report -o report.html
    rfm report --as-of 2024-12 --against 2024-09 --lang ru -o report.html
    rfm report -o report.xlsx
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.progress import step

    session = open_session(ctx, running, tables, scoring, answer, engagement, formats=FORMATS)
    figures = _shared_figures(session, against)
    output = session.delivery.options.output
    with step("drawing the report"):
        session.delivery.out.write(output, lambda target: _draw(session, figures, title or "", target))
    if output not in (None, "-") and not session.job:
        session.delivery.out.afterward(lambda: _print_size(session, str(output)))
    session.delivery.beside(figures.scored)


@dataclass(frozen=True)
class Request:
    """The shop and the dates of a report.

    `day` is None for a file of one row per customer without dates, which has no `against`. `before` is as long before
    `against` as that is before the day.
    """

    shop: Shop
    question: Question
    day: date | None
    against: date | None
    before: date | None

    @property
    def dates(self) -> list[date]:
        """The dates of the report, ascending."""
        return [day for day in (self.before, self.against, self.day) if day is not None]

    @property
    def between(self) -> tuple[date, date]:
        """The dates between which customers moved."""
        assert self.against is not None
        assert self.day is not None
        return self.against, self.day


def _request(session: Session, text: str | None) -> Request:
    """Return the request, `text` being the date of `--against`; `UsageError` if the dates make no sense."""
    from rfm_cli.cli.dates import QUARTER, day_of, last_day
    from rfm_cli.cli.settings import check_question, question_of
    from rfm_cli.clock import Window, days_before, stepped

    check_question(session.settings)
    shop = session.open_shop()
    question = question_of(session.settings, shop)
    if not shop.has_history:
        if text:
            raise UsageError("--against needs orders", "a file of one row per customer has no history")
        return Request(shop, question, question.as_of, None, None)
    day = question.as_of or last_day(session, shop)
    quarter = Window(months=QUARTER)
    against = day_of(session, shop, "--against", text) or stepped(day, quarter, -1)
    if against >= day:
        raise UsageError(f"--against {against} is not before {day}", "give an earlier --against or a later --as-of")
    before = days_before(against, (day - against).days) if text else stepped(against, quarter, -1)
    return Request(shop, replace(question, as_of=day), day, against, before if before != against else None)


def _draw(session: Session, figures: Figures, title: str, target: Target) -> None:
    """Write the page, or the workbook of the same figures."""
    from datetime import date

    from rfm_cli.messages import words
    from rfm_cli.output.workbook import write_workbook
    from rfm_cli.report.page import page
    from rfm_cli.report.sheets import sheets
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


def _shared_figures(session: Session, against: str | None) -> Figures:
    """Return the figures; a page and a workbook of one job with the same settings are made of the same ones."""
    if session.job is None:
        return _figures(session, against)
    settings = {name: value for name, value in session.settings.values.items() if name != "lang"}
    key = (tuple(sorted(settings.items())), against)
    if key not in session.job.figures:
        session.job.figures[key] = _figures(session, against)
    return session.job.figures[key]


def _figures(session: Session, against: str | None) -> Figures:
    """Return all that the report shows; the remarks are printed, and the run is held to `--strict`."""
    from rfm_cli.cli.reading import shared
    from rfm_cli.cli.settings import engagement_of
    from rfm_cli.report.figures import figures_at
    from rfm_cli.views.axes import Asking

    request = _request(session, against)
    reading = shared(session.reading, _wishes(request))
    scored = reading.scored(request.shop, request.question)
    session.remark_on(scored)
    # The page repeats the warnings, those from before the scores as well.
    earlier = [one for one in session.narrator.warnings if one not in scored.notes]
    scored = replace(scored, notes=(*earlier, *scored.notes))
    days, events = engagement_of(session.settings, scored.as_of)
    figures = figures_at(scored, Asking(engagement_days=days, engagement_events=events))
    return _with_the_past(session, figures, request, reading)


def _wishes(request: Request) -> list[Callable[[Reading], object]]:
    """Return all that is going to be asked of the reading."""
    wishes: list[Callable[[Reading], object]] = [lambda reading: reading.scored(request.shop, request.question)]
    if request.against and request.day:
        wishes += [partial(read, request) for read in (_past, _speed, _watch)]
    return wishes


def _past(request: Request, reading: Reading, since: date | None = None) -> Past:
    dates = [day for day in request.dates if since is None or day >= since]
    return reading.past_at(request.shop, request.question, dates)


def _speed(request: Request, reading: Reading) -> Speed:
    from rfm_cli.cli.looking_back import speed_of
    from rfm_cli.report.figures import Speed
    from rfm_cli.views.speed import falls_by_waiting

    found = speed_of(reading, request.shop, request.question, request.between)
    return Speed(found.rows, falls_by_waiting(found.rows, found.ruler.states))


def _watch(request: Request, reading: Reading) -> Watch:
    from rfm_cli.cli.looking_back import watch_of
    from rfm_cli.report.figures import Watch

    since, last = request.between
    return Watch(since, watch_of(reading, request.shop, request.question, since, last).rows)


def _with_the_past(session: Session, figures: Figures, request: Request, reading: Reading) -> Figures:
    """Return the figures with what looks back to earlier dates, or why it is missing."""
    from datetime import date

    from rfm_cli.report.figures import Why, beside_earlier

    if request.against is None:
        return _without(session, figures, BACK, Why("a file of one row a customer has no history"))
    began = figures.scored.frame["first_order"].min()
    if not isinstance(began, date) or began > request.against:
        return _without(session, figures, BACK, Why("nobody had bought by {day}", {"day": request.against}))
    past = _tried(request, lambda: _past(request, reading, began))
    if isinstance(past, Why):
        return _without(session, figures, BACK, past)
    figures = beside_earlier(figures, past, [day for day in request.dates if day >= began])
    if figures.went is None:
        scheme = figures.scored.scheme.name
        return _without(session, figures, BACK, Why("the scheme {scheme} has no segments", {"scheme": scheme}))
    speed = _tried(request, lambda: _speed(request, reading))
    watch = _tried(request, lambda: _watch(request, reading))
    figures = _without(session, figures, ["speed"], speed) if isinstance(speed, Why) else replace(figures, speed=speed)
    return _without(session, figures, ["watch"], watch) if isinstance(watch, Why) else replace(figures, watch=watch)


def _without(session: Session, figures: Figures, sections: Sequence[str], why: Why) -> Figures:
    """Return the figures with the reason why some sections are missing, and print it."""
    from rfm_cli.notes import note
    from rfm_cli.report.figures import HEADS

    missing = ", ".join(HEADS[name].lower() for name in sections)
    session.narrator.say([note(f"the report is without {missing}: {why.text()}")])
    return replace(figures, absent={**figures.absent, **dict.fromkeys(sections, why)})


def _tried(request: Request, read: Callable[[], T]) -> T | Why:
    """Return what is read, or why it cannot be: a window, a roll-up of months, a date that a roll-up cannot answer."""
    from rfm_cli.report.figures import Why

    try:
        return read()
    except UnansweredError:
        return Why("the roll-up has no single days, or not the dates")
    except UsageError as error:
        if request.question.window:
            return Why("days are not told under a window")
        return Why("{reason}", {"reason": error.message})
