"""The figures of a report, with those that look back, or why they are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from rfm_cli.cli.report_request import ReportRequest, tried

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.cli.where import Everybody
    from rfm_cli.messages import Message
    from rfm_cli.model import Past, PastRequest
    from rfm_cli.report.figures import Figures

T = TypeVar("T")
BACK = ("went", "speed", "watch")
"""The sections that look back."""


def shared_figures(
    session: Session, request: ReportRequest, query: Query | Everybody, own: tuple[str | None, ...]
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


def _figures(session: Session, request: ReportRequest, query: Query | Everybody) -> Figures:
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


def _with_the_past(session: Session, figures: Figures, request: ReportRequest) -> Figures:
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


def _with_speed(session: Session, figures: Figures, request: ReportRequest, against: date) -> Figures:
    """Return the figures with the speeds of moves, or why they are missing."""
    from rfm_cli.messages import Message
    from rfm_cli.report.figures import Speed
    from rfm_cli.views.speed import falls_by_waiting, speed_request, speeds_of

    found = _read(session, request.between(speed_request), lambda past: speeds_of(past, against, among=_among(figures)))
    if isinstance(found, Message):
        return _without(session, figures, ["speed"], found)
    return replace(figures, speed=Speed(found.rows, falls_by_waiting(found.rows, found.first.states)))


def _with_watch(session: Session, figures: Figures, request: ReportRequest, against: date) -> Figures:
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

    return request if isinstance(request, Message) else tried(request.question, lambda: answer(session.past(request)))


def _without(session: Session, figures: Figures, sections: Sequence[str], why: Message) -> Figures:
    """Return the figures with the reason why some sections are missing, and print it."""
    from rfm_cli.notes import note
    from rfm_cli.report.figures import HEADS

    missing = ", ".join(str(HEADS[name]).lower() for name in sections)
    session.narrator.say([note(f"the report is without {missing}: {why}")])
    return replace(figures, absent={**figures.absent, **dict.fromkeys(sections, why)})
