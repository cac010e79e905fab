"""`rfm matrix`: any two ways to look at customers, crossed."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import (
    EngagementOptions,
    ListOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)


@command
def matrix(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    listing: ListOptions,
    by: Annotated[
        opt.Text,
        opt.keep(
            "--by",
            help="Two of recency, frequency, monetary, engagement, last_event, tenure, r, f, m, segment, "
            "vip, or any attribute. [recency,engagement]",
            metavar="A,B",
            values=values.AXES,
        ),
    ] = None,
    edges: Annotated[
        opt.Texts, opt.keep("--edges", help="Bins of an axis: recency=30,90.", metavar="AXIS=EDGES")
    ] = None,
    metric: opt.Metric = None,
    min_cell: Annotated[
        opt.Text, opt.keep("--min-cell", help="Flag cells of fewer customers. [50 on the terminal]", metavar="N")
    ] = None,
    list_: Annotated[
        opt.Text, opt.keep("--list", help='The customers of one cell: "31-90,6-9".', metavar="A,B")
    ] = None,
) -> None:
    """Cross any two measures, scores or attributes of customers.

    On a terminal a heat map; in a file one row per cell.

    \b
    rfm matrix --by recency,engagement
    rfm matrix --by city,segment --metric revenue
    rfm matrix --by recency,monetary --edges recency=30,90 --list "31-90,200.00+" -o cell.csv
    """
    from rfm_cli.cli import crossing
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin

    run = begin(ctx, Given(running, tables, scoring, answer, engagement))
    crossing.answer(run, crossing.Asked.of(by, edges or (), metric, min_cell, list_, listing))
