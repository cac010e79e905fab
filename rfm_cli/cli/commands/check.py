"""`rfm check`: what the tables are like, and what was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import AnswerOptions, PeopleOptions, RunOptions
from rfm_cli.tables.fields import TABLES

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import TablePaths

Save = Annotated[opt.Switch, opt.keep("--save", help="Write tables, maps and reading options to rfm.toml here.")]
Force = Annotated[opt.Switch, opt.this_run("--force", help="With --save: replace rfm.toml; the old one is kept.")]


@command
def check(
    ctx: typer.Context,
    *,
    tables: PeopleOptions,
    answer: AnswerOptions,
    running: RunOptions,
    save: Save = None,
    force: Force = None,
) -> None:
    """Show what was found in the files, and which rows are left out.

    Also why, and what to pass where a guess is wrong. `--save` writes that to rfm.toml.

    \b
    rfm check orders.csv customers.csv
    rfm check orders.csv --rejects rejected.csv
    rfm check orders.csv --map amount=Total --save
    """
    from pathlib import Path

    from rfm_cli.cli.looking import look_through_tables
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import read_options, table_paths
    from rfm_cli.cli.written_config import map_lines, refuse_existing, write_config
    from rfm_cli.errors import InputError
    from rfm_cli.notes import note
    from rfm_cli.output.screens.check import check_screen
    from rfm_cli.views.check import check_view

    if save:
        refuse_existing(force=bool(force))
    session = open_session(ctx, running, tables, answer=answer)
    paths, options = table_paths(session.settings, Path()), read_options(session.settings)
    session.spare_inputs(paths)
    if not any(paths.files()):
        raise InputError(
            "no tables to look at", "give files; or rfm init finds those of this folder and writes rfm.toml"
        )
    _look_at_definitions(session)
    looked_at = _named(session, paths) if tables.orders else paths
    findings, shop = look_through_tables(session, looked_at, options)
    view = check_view(findings)
    to_keep = [] if save else map_lines(session.settings)
    session.deliver(view, lambda look: check_screen(view.rows, findings, look=look, to_keep=to_keep))
    if to_keep and session.format != "table":
        session.narrator.say([note(f"to keep the map: --save, or in rfm.toml {' | '.join(to_keep)}")])
    if save:
        write_config(session, looked_at, findings, force=bool(force))
    if tables.rejects:
        session.delivery.rejected_rows(tables.rejects, shop)


def _look_at_definitions(session: Session) -> None:
    """Raise `UsageError` for what is wrong with the named segments and axes of rfm.toml, if it has any."""
    if session.settings.file is None:
        return
    from rfm_cli.language.definitions import names_in

    if any(names_in(session.settings.file)):
        from rfm_cli.cli.asking import all_named

        all_named(session)


def _named(session: Session, paths: TablePaths) -> TablePaths:
    """Return the files named on the command line alone, without those of rfm.toml and of the folder."""
    from dataclasses import replace

    given = session.settings.given & frozenset(TABLES)
    return replace(paths, **{name: () for name in TABLES if name not in given}) if given else paths
