"""`rfm score`: every customer with measures, scores, segment and VIP mark."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.cli.where import Everybody, query_where

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.session import Session
    from rfm_cli.model import PastRequest, Scored, ScoreRequest
    from rfm_cli.output.look import Look
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.views.view import View

Segment = Annotated[
    opt.Texts,
    opt.keep(
        "--segment",
        help='Only these segments: "At risk", or several with commas; those of rfm.toml too.',
        metavar="NAME",
        values=values.segments,
    ),
]
Vip = Annotated[opt.Switch, opt.keep("--vip", help="Only VIPs.")]
With = Annotated[
    opt.Texts,
    opt.keep("--with", help="Add attributes or measures: email,city,aov.", metavar="NAMES", values=values.MEASURES),
]
History = Annotated[opt.Switch, opt.keep("--history", help="Add the day the segment began, and the segment before it.")]


@command
def score(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    segment: Segment = None,
    vip: Vip = None,
    with_: With = None,
    history: History = None,
    where: opt.Where = None,
    limit: opt.Limit = None,
) -> Pausing:
    """Score every customer, and name the segment: one row per customer.

    On a terminal: the segments, then the first customers. In a pipe or a file: all customers, by id.

    \b
    rfm score orders.csv
    rfm score orders.csv -o scores.parquet
    rfm score --segment "At risk" --with email,city -o at_risk.csv
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.views.score import score_view

    session = open_session(ctx, running, tables, scoring, answer, engagement)
    query = query_where(session, where, segments=[one.strip() for text in segment or () for one in text.split(",")])
    request = session.score_request()
    query.check(request.shop)
    past = _history_request(request) if history else None
    session.expect(request, past, query.past(request.shop, request.question))
    yield
    everybody = session.score(request)
    scored = query.only(everybody)
    beside = _further_columns(session, scored, with_ or ())
    extra = _with_history(session, everybody, past, beside) if history else beside
    of_scheme, also = _segments(query, scored, segment or ())
    view = score_view(scored, only_segments=of_scheme, only_vip=bool(vip), extra=extra, also=also)
    screen = partial(_screen, scored, view, limit=limit or 10)
    session.deliver(view, screen, scored, sheets=partial(_sheets, session, scored))


def _further_columns(session: Session, scored: Scored, names: Sequence[str]) -> pl.DataFrame | None:
    """Return the columns of `--with` by customer_id, None without any."""
    if not names:
        return None
    from rfm_cli.cli.customer_list import further_columns

    return further_columns(session, scored, names)


def _segments(query: Query | Everybody, scored: Scored, texts: Sequence[str]) -> tuple[Sequence[str], pl.Series | None]:
    """Return the segments of the scheme among those of `--segment`, and who is in one of the named ones."""
    if isinstance(query, Everybody):
        return texts, None
    from rfm_cli.cli.named_axes import in_one_of

    return in_one_of(query, scored, texts)


def _history_request(request: ScoreRequest) -> PastRequest | None:
    """Return the request for the spells of `--history`, None if only the scores can tell its last day."""
    from rfm_cli.selection.history import history_request

    return history_request(request.shop, request.question) if request.question.as_of else None


def _with_history(
    session: Session, scored: Scored, request: PastRequest | None, extra: pl.DataFrame | None
) -> pl.DataFrame:
    """Return the columns of `--history` by customer_id, behind those of `--with`."""
    from dataclasses import replace

    from rfm_cli.cli.question import build_question
    from rfm_cli.selection.history import history_of, history_request

    # Without --as-of the last day of the orders is known only now.
    if request is None:
        question = replace(build_question(session.settings, scored.shop), as_of=scored.as_of)
        request = history_request(scored.shop, question)
    past = history_of(scored, session.past(request))
    return past if extra is None else extra.join(past, on="customer_id", how="left")


def _sheets(session: Session, scored: Scored) -> Sequence[Sheet]:
    """Return all views of the date as sheets beside the customers."""
    from rfm_cli.cli.engagement import OF_EVENTS, engagement_of
    from rfm_cli.messages import words
    from rfm_cli.report.figures import figures_at
    from rfm_cli.report.page import sheets
    from rfm_cli.views.axes import AxisSettings

    days, events = engagement_of(session, scored, OF_EVENTS)
    figures = figures_at(scored, AxisSettings(engagement_days=days, engagement_events=events))
    return sheets(figures, words(), worded=False)


def _screen(scored: Scored, view: View, look: Look, limit: int) -> Sequence[RenderableType]:
    """Draw the segments above the first customers."""
    from rfm_cli.output.screens.parts import colors, footer, header
    from rfm_cli.output.screens.score import scored_screen
    from rfm_cli.views.segments import segments_view

    return scored_screen(
        segments_view(scored).rows,
        view.rows,
        look=look,
        header=header(scored),
        footer=footer(scored),
        limit=limit,
        colors=colors(scored),
    )
