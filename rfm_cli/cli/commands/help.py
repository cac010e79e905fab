"""`rfm help`: the help of a command, which `rfm COMMAND --help` shows as well."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command

Name = Annotated[opt.Text, opt.argument("COMMAND", "The command; all are listed without one.", values.commands)]


@command
def help(
    ctx: typer.Context,
    *,
    name: Name = None,
) -> None:
    """Show the help of a command.

    \b
    rfm help
    rfm help score
    """
    root = ctx.find_root()
    if name:
        root.command.invoke(root.command.make_context("rfm", [name, "--help"]))
    typer.echo(root.get_help())
