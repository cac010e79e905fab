"""`rfm segments`: how full each segment is and what it is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import EngagementOptions, RunOptions, ScoredOptions, ScoringOptions, TableOptions


@command
def segments(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    scoring: ScoringOptions,
    answer: ScoredOptions,
    engagement: EngagementOptions,
    running: RunOptions,
    by: Annotated[
        opt.Text,
        opt.keep("--by", help="For each value of an attribute or axis: city.", metavar="NAME", values=values.AXIS),
    ] = None,
    against: Annotated[
        opt.Text,
        opt.keep(
            "--against", help="Beside those of another date, by the same cutoffs.", metavar="WHEN", values=values.DATES
        ),
    ] = None,
    next_steps: Annotated[
        opt.Switch,
        opt.keep("--next-steps/--no-next-steps", help="What to do next with each segment. [on the terminal]"),
    ] = None,
) -> None:
    """Show how full each segment is, and what it is worth.

    One row per segment, by rank.

    \b
    rfm segments orders.csv
    rfm segments orders.csv --as-of 2024-Q1 -o segments.csv
    rfm segments --as-of 2024-12 --against 2024-09
    rfm segments --by city
    """
    from rfm_cli.cli.comparing import segments_of
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.header import colors, footer, header, steps
    from rfm_cli.cli.session import aside, begin, deliver, scored
    from rfm_cli.errors import UsageError
    from rfm_cli.output.screens.customers import segments_screen

    run = begin(ctx, Given(running, tables, scoring, answer, engagement))
    if by and against:
        raise UsageError("--by and --against do not go together", "ask for one of them at a time")
    result = scored(run)
    view = segments_of(run, result, by, against, next_steps=bool(next_steps))
    deliver(
        run,
        view,
        lambda look: segments_screen(
            view.rows.drop("next_step", strict=False),
            look=look,
            header=[*header(result), *([("against", str(view.meta["against"]))] if against else [])],
            footer=footer(result),
            colors=colors(result),
            steps=steps(result) if next_steps is not False else (),
            by=by or "",
        ),
    )
    aside(run, result)
