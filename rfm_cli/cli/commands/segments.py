"""`rfm segments`: how full each segment is and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.cli.where import query_where, scored_where
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.cli.where import Everybody
    from rfm_cli.model import Scored, ScoreRequest
    from rfm_cli.output.look import Look
    from rfm_cli.views.axes import AxisOf
    from rfm_cli.views.view import View

By = Annotated[
    opt.Text,
    opt.keep("--by", help="Break down by an attribute or axis: city.", metavar="NAME", values=values.AXIS),
]
Against = Annotated[
    opt.Text,
    opt.keep("--against", help="Compare with another date, by the same cutoffs.", metavar="WHEN", values=values.DATES),
]
Named = Annotated[opt.Switch, opt.keep("--named", help="The named segments of rfm.toml, which may overlap.")]
NextSteps = Annotated[
    opt.Switch,
    opt.keep("--next-steps/--no-next-steps", help="What to do next with each segment. [on the terminal]"),
]


@command
def segments(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    by: By = None,
    against: Against = None,
    named: Named = None,
    where: opt.Where = None,
    next_steps: NextSteps = None,
) -> Pausing:
    """Show how full each segment is, and what it is worth.

    One row per segment, by rank.

    \b
    rfm segments orders.csv
    rfm segments orders.csv --as-of 2024-Q1 -o segments.csv
    rfm segments --as-of 2024-12 --against 2024-09
    rfm segments --by city
    rfm segments --named
    """
    from rfm_cli.cli.axes import maybe_named
    from rfm_cli.cli.session import open_session

    session = open_session(ctx, running, tables, scoring, answer, engagement)
    given = [name for name, value in (("by", by), ("against", against), ("named", named)) if value]
    if len(given) > 1:
        raise UsageError(f"--{given[0]} and --{given[1]} do not go together", "ask for one of them at a time")
    if named:
        yield from _named_segments(session, where, next_steps=next_steps)
        return
    query = query_where(session, where, axes=maybe_named([by]) if by else ())
    request = session.score_request()
    query.check(request.shop)
    # Both dates are named before either is read, so that one pass answers both.
    other = _request_at(session, request, against) if against else None
    session.expect(request, other, query.past(request.shop, request.question))
    yield
    scored = session.score(request)
    then = _scored_by(session, scored, other) if other else None
    scored, then = _shown(query, scored, then)
    axis = _axis(session, scored, by, query) if by else None
    view = _view(scored, then, axis, next_steps=bool(next_steps))
    on_screen = next_steps is not False
    earlier = then.as_of if then else None
    session.deliver(view, lambda look: _screen(scored, view.rows, earlier, axis, look, next_steps=on_screen), scored)


def _shown(query: Query | Everybody, scored: Scored, then: Scored | None) -> tuple[Scored, Scored | None]:
    """Return the customers of both dates that `--where` shows; it is asked at the later one."""
    from rfm_cli.views.select import among

    if then is None:
        return query.only(scored), None
    if then.as_of is not None and scored.as_of is not None and then.as_of > scored.as_of:
        shown = query.only(then)
        return among(scored, shown), shown
    shown = query.only(scored)
    return shown, among(then, shown)


def _named_segments(session: Session, where: str | None, *, next_steps: bool | None) -> Pausing:
    """Write the named segments of rfm.toml, which may overlap."""
    from rfm_cli.cli.asking import query_of
    from rfm_cli.cli.named_axes import members
    from rfm_cli.messages import message
    from rfm_cli.output.screens.named import named_screen
    from rfm_cli.output.screens.parts import footer, header
    from rfm_cli.views.named import named_view, of_those, parents_first

    query = query_of(session, where, segments=["*"])
    named = query.named.segments
    if not named:
        raise UsageError("--named: rfm.toml names no segments", 'write [segments] with one, such as lapsed = "..."')
    scored = yield from scored_where(session, query)
    found = members(query, scored, [one.name for one in named.values()])
    session.narrator.check_strict()
    view = named_view(scored, of_those(parents_first(found), scored), next_steps=bool(next_steps))
    steps = [(one.name, one.next_step) for one in parents_first(found) if one.next_step]
    session.deliver(
        view,
        lambda look: named_screen(
            view.rows.drop("next_step", strict=False),
            look=look,
            header=[*header(scored), (message("named segments"), len(found))],
            footer=footer(scored),
            steps=steps if next_steps is not False else (),
        ),
        scored,
    )


def _view(scored: Scored, then: Scored | None, axis: AxisOf | None, *, next_steps: bool) -> View:
    """Return the segments: beside those of another date, or for each value of an axis, or alone."""
    from rfm_cli.views.segments import against_view, segments_view

    if then:
        return against_view(scored, then, next_steps=next_steps)
    return segments_view(scored, axis, next_steps=next_steps)


def _screen(
    scored: Scored, rows: pl.DataFrame, against: date | None, axis: AxisOf | None, look: Look, *, next_steps: bool
) -> Sequence[RenderableType]:
    """Draw the segments, and below them what to do next with each; `against` is the other date."""
    from rfm_cli.messages import Message, message
    from rfm_cli.output.screens.parts import colors, footer, header, steps_of_segments
    from rfm_cli.output.screens.segments import segments_screen

    labels = zip(axis.order, axis.shown, strict=True) if axis else ()
    return segments_screen(
        rows.drop("next_step", strict=False),
        look=look,
        header=[*header(scored), *([(message("against"), against)] if against else [])],
        footer=footer(scored),
        colors=colors(scored),
        steps=steps_of_segments(scored) if next_steps else (),
        by=axis.name if axis else "",
        values={label: text for label, text in labels if label is not None and isinstance(text, Message)},
    )


def _axis(session: Session, scored: Scored, name: str, query: Query | Everybody) -> AxisOf:
    """Return the axis of `--by`: an attribute, or another way to look at customers."""
    from rfm_cli.cli.axes import axes_of

    return axes_of(session, scored, [name], {}, query)[0]


def _request_at(session: Session, request: ScoreRequest, against: str) -> ScoreRequest:
    """Return the request for the same shop at the date of `--against`."""
    from dataclasses import replace

    from rfm_cli.cli.dates import day_of, last_day

    shop = request.shop
    if not shop.has_history:
        raise UsageError("--against needs orders", "a file of one row per customer has no history")
    day = day_of(session, shop, "--against", against) or last_day(session, shop)
    return replace(request, question=replace(request.question, as_of=day))


def _scored_by(session: Session, scored: Scored, request: ScoreRequest) -> Scored:
    """Score the customers of the other date by the cutoffs of the answer."""
    from dataclasses import replace

    question = request.question
    if question.as_of == scored.as_of:
        raise UsageError(f"--against {question.as_of}: that is the date of the answer", "give another date")
    return session.reader.score(replace(request, question=replace(question, cutoffs=scored.cutoffs)))
