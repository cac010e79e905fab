"""`rfm segments`: how full each segment is and what it is worth."""

from __future__ import annotations

import typer


def segments(ctx: typer.Context) -> None:
    """Show how full each segment is, and what it is worth.

    A row a segment, by rank.

    \b
    rfm segments orders.csv
    rfm segments orders.csv --as-of 2024-Q1 -o segments.csv
    """
    from rfm_cli.commands.run import aside, begin, deliver, scored
    from rfm_cli.commands.summary import colours, footer, header
    from rfm_cli.out.screen import segments_screen
    from rfm_cli.views.segments import segments_view

    run = begin(ctx)
    result = scored(run)
    view = segments_view(result)
    deliver(
        run,
        view,
        lambda look: segments_screen(
            view.rows, look=look, header=header(result), footer=footer(result), colours=colours(result)
        ),
    )
    aside(run, result)
