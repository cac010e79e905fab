"""`rfm score`: every customer with measures, scores, segment and VIP mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.session import Run
    from rfm_cli.model import Scored
    from rfm_cli.output.look import Look
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.views.view import View


@command
def score(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    segment: Annotated[
        opt.Texts,
        opt.keep(
            "--segment",
            help='Only these segments: "At risk", or several with commas.',
            metavar="NAME",
            values=values.segments,
        ),
    ] = None,
    vip: Annotated[opt.Switch, opt.keep("--vip", help="Only VIPs.")] = None,
    with_: Annotated[
        opt.Texts,
        opt.keep("--with", help="Add attributes or measures: email,city,aov.", metavar="NAMES", values=values.MEASURES),
    ] = None,
    history: Annotated[
        opt.Switch, opt.keep("--history", help="Add since when the segment holds, and the one before.")
    ] = None,
    limit: opt.Limit = None,
) -> None:
    """Score every customer, and name the segment: one row per customer.

    On a terminal: the segments, then the first customers. In a pipe or a file: all customers, by id.

    \b
    rfm score orders.csv
    rfm score orders.csv -o scores.parquet
    rfm score --segment "At risk" --with email,city -o at_risk.csv
    """
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import aside, begin, deliver, scored
    from rfm_cli.views.score import score_view

    run = begin(ctx, Given(running, tables, scoring, answer, engagement))
    result = scored(run)
    extra = _extra(run, result, with_ or ())
    if history:
        extra = _with_history(run, result, extra)
    view = score_view(result, only_segments=segment or (), only_vip=bool(vip), extra=extra)
    deliver(run, view, lambda look: _screen(result, view, look, limit or 10), sheets=lambda: _sheets(run, result))
    aside(run, result)


def _extra(run: Run, result: Scored, names: Sequence[str]) -> pl.DataFrame | None:
    """The columns of `--with` by customer_id, None without any; what they are is said."""
    if not names:
        return None
    from rfm_cli.cli.settings import engagement_of
    from rfm_cli.views.extras import extras, told

    days, engaging = engagement_of(run.settings, result.as_of)
    extra = extras(result, names, engagement_days=days, engagement_events=engaging)
    run.narrator.say(told(result, extra))
    return extra


def _with_history(run: Run, result: Scored, extra: pl.DataFrame | None) -> pl.DataFrame:
    from rfm_cli.cli.dates import history_of

    past = history_of(run, result)
    return past if extra is None else extra.join(past, on="customer_id", how="left")


def _sheets(run: Run, result: Scored) -> Sequence[Sheet]:
    """All views of the date, a sheet for each, beside the customers."""
    from rfm_cli.cli.settings import engagement_of
    from rfm_cli.messages import words
    from rfm_cli.report.figures import figures_at
    from rfm_cli.report.sheets import sheets
    from rfm_cli.views.axes import Asking

    days, events = engagement_of(run.settings, result.as_of)
    figures = figures_at(result, Asking(engagement_days=days, engagement_events=events))
    return sheets(figures, words(), worded=False)


def _screen(result: Scored, view: View, look: Look, limit: int) -> Sequence[RenderableType]:
    from rfm_cli.cli.header import colors, footer, header
    from rfm_cli.output.screens.customers import scored_screen
    from rfm_cli.views.segments import segments_view

    return scored_screen(
        segments_view(result).rows,
        view.rows,
        look=look,
        header=header(result),
        footer=footer(result),
        limit=limit,
        colors=colors(result),
    )
