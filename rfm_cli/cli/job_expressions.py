"""What the expressions of a job's outputs read beside the tables: files of customers and snapshots, and rfm.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.job_tasks import naming
from rfm_cli.cli.question import check_question
from rfm_cli.cli.select_options import SelectOptions
from rfm_cli.cli.settings import store_folder
from rfm_cli.errors import UsageError
from rfm_cli.snapshots.store import place_of
from rfm_cli.tables.fields import fold
from rfm_cli.toml_tables import read_toml

if TYPE_CHECKING:
    from rfm_cli.cli.job_tasks import Task
    from rfm_cli.config import Settings
    from rfm_cli.jobs.job import Job
    from rfm_cli.language.named import Named
    from rfm_cli.language.nodes import Node
    from rfm_cli.selection.columns import Further

TEXTS = ("expression", "where")
"""Options that are expressions."""
NAMES = ("by", "segment", "named")
"""Options that may name segments of rfm.toml, or ask for all of them."""
OF_THE_FILE = ("segments", "axes")
"""Tables of rfm.toml that decide on answers, and are no settings."""


def definitions_in(settings: Settings) -> dict[str, object]:
    """Return the definitions of rfm.toml as plain data: a job whose definitions change is run anew."""
    if settings.file is None:
        return {}
    top = read_toml(settings.file)
    return {name: _plain(top.table(name).values) for name in OF_THE_FILE if top.table(name).values}


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | bool) else str(value)


def files_asked(job: Job, tasks: Sequence[Task], settings: Settings, day: date | None) -> list[str]:
    """Return the files and snapshots that the expressions of outputs name; `day` is the date of the run if it is known.

    Raises `UsageError` for an expression that is not understood, with its output.
    """
    written = [(task.output, text) for task in tasks for text in _texts(task)]
    names = [name for task in tasks for name in _names(task)]
    if not written and not names:
        return []
    from rfm_cli.language.parse import parse_expression

    trees: list[Node] = []
    for output, text in written:
        with naming(job, output):
            trees.append(parse_expression(text).expr)
    for task in tasks:
        with naming(job, task.output):
            columns = _columns(task)
        trees += columns.trees() if columns else []
        names += columns.names() if columns else []
    named = _named(settings, trees, names)
    used = named.used_by(trees, names)
    store = store_folder(settings)
    asked = [*((tree, "") for tree in trees), *((one.expr, one.folder) for one in used)]
    return [file for tree, folder in asked for file in _files(tree, folder, store, day)]


def _columns(task: Task) -> Further | None:
    """Return the further columns of a selection, None for an output without such."""
    options = next((one for one in task.own.values() if isinstance(one, SelectOptions)), None)
    if options is None or not (options.with_ or options.items):
        return None
    from rfm_cli.selection.columns import further

    return further(options.with_ or (), next(iter(options.items or ()), None), options.k)


def _texts(task: Task) -> Iterator[str]:
    """Yield the expressions among the options of an output."""
    for name in TEXTS:
        if isinstance(text := task.own.get(name), str):
            yield text


def _names(task: Task) -> Iterator[str]:
    """Yield what may be names of segments and axes among the options of an output."""
    moves = task.own.get("moves")
    for value in (*(task.own.get(name) for name in NAMES), getattr(moves, "by", None)):
        texts = value if isinstance(value, list) else [value]
        for text in texts:
            yield from (text.split(",") if isinstance(text, str) else ["*"] if text is True else [])


def _named(settings: Settings, trees: Sequence[Node], names: Sequence[str]) -> Named:
    """Return the named segments of rfm.toml if the outputs may need one of them."""
    from rfm_cli.language.definitions import named_segments, names_in
    from rfm_cli.language.named import Named
    from rfm_cli.language.walk import names_of

    if settings.file is None:
        return Named()
    known = {fold(name) for found in names_in(settings.file) for name in found}
    wanted = {fold(name) for tree in trees for name in names_of(tree)} | {fold(name) for name in names}
    if "*" not in names and known.isdisjoint(wanted):
        return Named()
    return named_segments(settings.file, check_question(settings).scheme)


def _files(tree: Node, folder: str, store: Path, day: date | None) -> Iterator[str]:
    """Yield the files that a tree names, of customers and of snapshots; relative ones start at the folder."""
    from rfm_cli.language.calendar import days_of
    from rfm_cli.language.nodes import Days, InFile, InSnapshot
    from rfm_cli.language.walk import nodes_of
    from rfm_cli.tables import member_files
    from rfm_cli.tables.paths import find, parted

    for node in nodes_of(tree):
        if isinstance(node, InFile):
            place = member_files.place_of(node.path.value, folder)
            if place == "-":
                raise UsageError("standard input cannot be read twice", "give a file")
            yield from (parted(str(path))[0] for path in find([place]))
        if isinstance(node, InSnapshot) and (day is not None or isinstance(node.day, Days)):
            yield str(place_of(store, days_of(node.day, day or date.max)[1]))
