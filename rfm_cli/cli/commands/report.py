"""`rfm report`: all views on one page to hand on, or in one workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import Pausing, command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions
from rfm_cli.cli.where import query_where

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.output.target import Target
    from rfm_cli.report.figures import Figures

FORMATS = ("html", "xlsx")

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
    from rfm_cli.cli.report_figures import shared_figures
    from rfm_cli.cli.report_request import report_request
    from rfm_cli.cli.session import open_session
    from rfm_cli.progress import step

    session = open_session(ctx, running, tables, scoring, answer, engagement, formats=FORMATS)
    query = query_where(session, where)
    request = report_request(session, against)
    query.check(request.score.shop)
    session.expect(request.score, query.past(request.score.shop, request.score.question), *request.pasts())
    yield
    figures = shared_figures(session, request, query, (against, where))
    output = session.delivery.options.output
    with step("drawing the report"):
        session.delivery.out.write(output, lambda target: _draw(session, figures, title or "", target))
    if output not in (None, "-") and not session.job:
        session.delivery.out.afterward(lambda: _print_size(session, str(output)))
    session.delivery.beside(figures.scored)


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
