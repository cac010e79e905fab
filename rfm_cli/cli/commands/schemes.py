"""`rfm schemes`: the shipped schemes, and the map of one."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import AnswerOptions

What = Annotated[opt.Texts, opt.argument("show NAME|FILE", "Draw the map of a scheme.", values.SHOW)]


@command
def schemes(
    ctx: typer.Context,
    *,
    answer: AnswerOptions,
    what: What = None,
    bins: opt.Bins = None,
) -> None:
    """List the shipped schemes, or draw the map of one.

    \b
    rfm schemes
    rfm schemes show rf12
    rfm schemes show my_scheme.toml
    rfm schemes show rf12 -o cells.csv
    """
    from rfm_cli.cli.session import open_session
    from rfm_cli.errors import UsageError
    from rfm_cli.output.screens.schemes import lines_screen, schemes_screen
    from rfm_cli.schemes import Bins, load_scheme
    from rfm_cli.schemes.draw import map_lines
    from rfm_cli.views.schemes import cells_view, schemes_view

    session = open_session(ctx, answer=answer, bins=bins)
    if not what:
        listed = schemes_view()
        session.deliver(listed, lambda look: schemes_screen(listed.rows, look=look))
        return
    if what[0] != "show" or len(what) != 2:
        raise UsageError(f"schemes {' '.join(what)}: not understood", "write rfm schemes, or rfm schemes show rf12")
    scheme = load_scheme(what[1], Bins.parse(bins) if bins else None)
    session.deliver(cells_view(scheme), lambda look: lines_screen(map_lines(scheme, look.words)))
