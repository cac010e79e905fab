"""`rfm init`: an rfm.toml for the files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import PeopleOptions, RunOptions

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.config import Settings
    from rfm_cli.model import TablePaths

Force = Annotated[opt.Switch, opt.this_run("--force", help="Replace rfm.toml; the old one stays as rfm.toml.bak.")]


@command
def init(
    ctx: typer.Context,
    *,
    tables: PeopleOptions,
    running: RunOptions,
    force: Force = None,
) -> None:
    """Look at the files of this folder, and write an rfm.toml for them.

    It has the tables, and the options that you give here; what was found is in comments. Then no option is needed.

    \b
    rfm init
    rfm init exports/ --map amount=Total
    rfm init --encoding cp1251 --timezone Europe/Moscow
    """
    from dataclasses import replace

    from rfm_cli.cli.looking import look_through_readable
    from rfm_cli.cli.session import open_session
    from rfm_cli.cli.settings import read_options
    from rfm_cli.cli.written_config import refuse_existing, write_config

    session = open_session(ctx, running, tables)
    refuse_existing(force=bool(force))
    session = replace(session, settings=_with_encoding(session, _of_this_folder(session.settings)))
    paths = _paths(session)
    found = look_through_readable(session, paths, read_options(session.settings))
    write_config(session, paths, found.findings, force=bool(force), unread=found.unread)
    if tables.rejects:
        session.delivery.rejected_rows(tables.rejects, found.shop)


def _of_this_folder(settings: Settings) -> Settings:
    """Return the settings without those of a file in a folder above, which is about other files."""
    from dataclasses import replace
    from pathlib import Path

    if settings.file is None or settings.file.parent.resolve() == Path.cwd().resolve():
        return settings
    given = {name: value for name, value in settings.values.items() if name in settings.given}
    return replace(settings, values=given, file=None)


def _with_encoding(session: Session, settings: Settings) -> Settings:
    """Return the settings with the likeliest encoding of the files here that are not UTF-8, if they agree on one."""
    from dataclasses import replace
    from pathlib import Path

    from rfm_cli.config import TABLE_NAMES
    from rfm_cli.notes import note
    from rfm_cli.tables.encodings import likeliest_of

    if "encoding" in settings.values:
        return settings
    given = [str(path) for name in TABLE_NAMES for path in _listed(settings.values.get(name))]
    found = likeliest_of([Path(path) for path in given] or sorted(Path().iterdir()))
    encodings = {reading.encoding for reading in found.values()}
    if len(encodings) != 1:
        return settings
    name, reading = next(iter(found.items()))
    session.narrator.say([note(f"{name}: likely {reading.encoding}, which reads: {reading.line}")])
    return replace(settings, values={**settings.values, "encoding": reading.encoding})


def _listed(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _paths(session: Session) -> TablePaths:
    """Return the tables that are given, else those that names and headings of the files of the folder show."""
    from pathlib import Path

    from rfm_cli.cli.settings import read_options, table_paths
    from rfm_cli.config import TABLE_NAMES
    from rfm_cli.errors import InputError
    from rfm_cli.model import TablePaths
    from rfm_cli.notes import note
    from rfm_cli.tables.hints import quoted
    from rfm_cli.tables.names import discover
    from rfm_cli.tables.which_table import sorted_files

    if any(name in session.settings.values for name in TABLE_NAMES):
        return table_paths(session.settings, Path())
    named = discover(Path())
    found, left = sorted_files(Path(), read_options(session.settings), named)
    tables = {**{table: list(paths) for table, paths in named.items()}, **found}
    say = session.narrator.say
    say([note(f"{file}: taken as {table}") for table, files in tables.items() for file in files])
    say([note(f"{file}: left, {why}") for file, why in left.items()])
    if not tables:
        raise InputError("no tables in this folder", f"name the orders: rfm init {quoted(next(iter(left), 'FILE'))}")
    given: dict[str, Any] = {table: tuple(files) for table, files in tables.items()}
    return TablePaths(**given)
