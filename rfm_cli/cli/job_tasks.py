"""The outputs of a job as commands that are ready to run, with what each reads and writes, and its snapshot."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

import typer

from rfm_cli import stopping
from rfm_cli.cli.app import command_called
from rfm_cli.cli.declare import Command, Pausing
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, ScoringOptions, TableOptions, values_given
from rfm_cli.cli.question import is_axis_cutoffs
from rfm_cli.cli.settings import table_paths
from rfm_cli.cli.values import type_of_usage_errors
from rfm_cli.config import Settings
from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.jobs import manifest
from rfm_cli.jobs.job import Job, Output, slugs
from rfm_cli.snapshots.store import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rfm_cli.cli.session import Session
    from rfm_cli.fingerprints import Inputs
    from rfm_cli.model import PastRequest, Scored, ScoreRequest

T = TypeVar("T")
RUN_BY_JOBS = ("select", "score", "segments", "grid", "matrix", "vip", "migrate", "reach", "report")
"""Commands that a job may run."""


@dataclass(frozen=True)
class Shared:
    """Options of a job that hold for each of its outputs, unless the output has its own."""

    lang: str | None = None
    memory: str | None = None
    config: str | None = None
    known: list[str] | None = None
    as_of: str | None = None


@dataclass(frozen=True)
class Task:
    """A command with its options; `own` are those that no other command has, and `files` are what it writes.

    Files are by option, and relative to the folder of the run.
    """

    output: Output
    command: Command
    tables: TableOptions
    scoring: ScoringOptions
    answer: ScoredOptions
    running: RunOptions
    own: Mapping[str, object]
    files: Mapping[str, str]

    @property
    def file(self) -> str:
        """The file of the answer."""
        return self.files["output"]

    @property
    def store(self) -> str | None:
        """The folder of snapshots that it reads in place of orders, if it does."""
        folder = self.own.get("snapshots_in")
        return folder if isinstance(folder, str) else None

    def values_given(self) -> dict[str, object]:
        """Return the values of its options by the names of settings."""
        return values_given(self.running, self.tables, self.scoring, self.answer)

    def is_called(self, name: str) -> bool:
        """Return whether a name of `--only` means it: the command, or the file as it is or as rfm.toml has it."""
        written = self.output.words[self.output.words.index("-o") + 1] if "-o" in self.output.words else None
        return name in (self.output.command, self.file, PurePosixPath(self.file).stem, written)

    def run(self, folder: Path, obj: object) -> Pausing:
        """Run the command up to its pause, and then to its end; it writes into the folder."""
        place = {option: str(folder / file) for option, file in self.files.items()}
        answer = replace(self.answer, output=place["output"], save_cuts=place.get("save_cuts"))
        tables = replace(self.tables, rejects=place.get("rejects"))
        groups = {"tables": tables, "scoring": self.scoring, "answer": answer, "running": self.running}
        # The context is closed at the end of the generator: the files of the output appear then, or never.
        with typer.Context(self.command, info_name=f"rfm {self.output.command}", obj=obj) as ctx:
            yield from self.command.function(ctx, **groups, **self.own) or ()


def tasks_of(job: Job, shared: Shared, as_of: str, segments: Sequence[str]) -> list[Task]:
    """Return the outputs of the job, in its order; `shared` are options of the job for all of them.

    An output with `{segment}` in its file name is made once per segment. Raises `UsageError` for what is not
    understood, and for two outputs in one place.
    """
    tasks = [task for output in job.outputs for task in _tasks(job, output, shared, as_of, segments)]
    # The manifest is a file of the folder too.
    taken: set[str] = {manifest.NAME, manifest.CHANGE_TIMES}
    for task in tasks:
        for file in task.files.values():
            if file in taken:
                raise _wrong(job, task.output, f"{file} is written twice", "give each output a file of its own")
            taken.add(file)
    return tasks


def _tasks(job: Job, output: Output, shared: Shared, as_of: str, segments: Sequence[str]) -> Iterator[Task]:
    task = _with_shared(_task(job, output), shared)
    if task.files.get("output") in (None, "-"):
        raise _wrong(job, output, "no file to write", "add -o FILE")
    parts: list[tuple[str | None, str]] = [(None, "")]
    if any("{segment}" in file for file in task.files.values()):
        # Only a list of customers has segments to choose from, and a chosen one leaves no others.
        if "segment" not in task.own or task.own["segment"]:
            raise _wrong(job, output, "{segment} is for rfm score without --segment")
        parts = list(slugs(list(segments)).items())
    for segment, part in parts:
        own = task.own if segment is None else {**task.own, "segment": [segment]}
        named = {option: _place(job, output, file, as_of, part) for option, file in task.files.items()}
        yield replace(task, own=own, files=named)


def _with_shared(task: Task, shared: Shared) -> Task:
    """Return the task with the options of the job that it does not have itself."""
    running = replace(
        task.running,
        memory=_else(task.running.memory, shared.memory),
        known=_else(task.running.known, shared.known),
        config=shared.config,
    )
    scoring = replace(task.scoring, as_of=_else(task.scoring.as_of, shared.as_of))
    return replace(
        task, running=running, scoring=scoring, answer=replace(task.answer, lang=_else(task.answer.lang, shared.lang))
    )


def _else(own: T | None, shared: T | None) -> T | None:
    return shared if own is None else own


def _task(job: Job, output: Output) -> Task:
    """Return an output as the command line has it, with the files as they are written there."""
    command = command_called(output.command) if output.command in RUN_BY_JOBS else None
    if command is None:
        raise _wrong(job, output, f"a job cannot run {output.command!r}", did_you_mean(output.command, RUN_BY_JOBS))
    try:
        with redirect_stdout(io.StringIO()):  # for the help that it may ask for
            read = command.read(f"rfm {output.command}", list(output.words[1:]))
    except type_of_usage_errors() as error:
        raise _wrong(job, output, error.format_message()) from error
    except typer.Exit as error:
        raise _wrong(job, output, "it asks for help, and makes no file", "leave --help out") from error
    groups = (read.pop(name) for name in ("tables", "scoring", "answer", "running"))
    tables, scoring, answer, running = groups
    task = Task(output, command, tables, scoring, answer, running, read, _files(tables, answer))
    # Options of the run as a whole would hold for one output alone.
    of_the_run = (running.config, running.quiet, running.verbose, running.strict, running.known)
    if any(value not in (None, []) for value in of_the_run):
        raise _wrong(job, output, "--config, -q, -v, --strict and --known are options of rfm run")
    return task


def _files(tables: TableOptions, answer: ScoredOptions) -> dict[str, str]:
    """Return the files that a command writes, by option."""
    named = {"output": answer.output, "rejects": tables.rejects, "save_cuts": answer.save_cuts}
    return {option: file for option, file in named.items() if file is not None}


def _place(job: Job, output: Output, file: str, as_of: str, segment: str) -> str:
    """Return the place of a file in the folder of the run; `UsageError` for one outside of it."""
    named = file.replace("{as_of}", as_of).replace("{segment}", segment)
    # A typing error in a placeholder would make the same file name every night.
    if left := re.search(r"\{\w*\}", named.replace(as_of, "") if as_of else named):
        raise _wrong(job, output, f"{left[0]} means nothing in a file name", "there are {as_of} and {segment}")
    place = PurePosixPath(named)
    if (
        place.is_absolute()
        or ".." in place.parts
        or any(part.startswith(".") for part in place.parts)
        or not place.parts
    ):
        raise _wrong(job, output, f"{file} is outside of the folder of the run", "name a file, or folder/file")
    return str(place)


def _wrong(job: Job, output: Output, why: str, hint: str = "") -> UsageError:
    return UsageError(f"{_place_in(job, output)}: {why}", hint)


def _place_in(job: Job, output: Output) -> str:
    """Return where an output is written."""
    return f"{job.file}: [jobs.{job.name}] {output.text!r}"


@contextmanager
def naming(job: Job, output: Output) -> Iterator[None]:
    """Name the output in an error of usage, and in one that points at its expression."""
    try:
        yield
    except UsageError as error:
        message = f"{_place_in(job, output)}: {error.message}"
        raise UsageError(message, error.hint, has_lines=error.has_lines) from error
    except InputError as error:
        if not error.has_lines:  # a file that cannot be read is no matter of one output
            raise
        message = f"{_place_in(job, output)}: {error.message}"
        raise InputError(message, error.hint, has_lines=True) from error


def inputs_of(runs: Sequence[Settings]) -> tuple[list[str], list[str]]:
    """Return the files that runs with these settings read (tables, schemes, cutoffs), sorted, and the URLs.

    Files can be watched for changes, and URLs cannot. Raises `UsageError` for standard input, which cannot be read
    twice.
    """
    from rfm_cli.rollup.store import is_rollup, manifest_in
    from rfm_cli.tables.paths import find, is_url, parted, there

    found: dict[str, None] = {}
    for one in runs:
        tables = table_paths(one, Path())
        given = [*tables.files(), *(there(table) for table in tables.linked_files())]
        found |= dict.fromkeys(path for table in given for path in table)
        scheme = one.text("scheme") or ""
        found |= dict.fromkeys([scheme] if scheme.endswith(".toml") else [])
        found |= dict.fromkeys(text for text in one.texts("cuts") if not is_axis_cutoffs(text))
    if "-" in found:
        raise UsageError("standard input cannot be read twice", "give a file")
    urls = sorted(path for path in found if is_url(path))
    # The manifest of a roll-up changes whenever its rows do, and is much quicker to read.
    rollups = [path for path in found if path not in urls and is_rollup(path)]
    others = find([path for path in found if path not in urls and path not in rollups])
    # Of a sheet, the workbook is watched.
    files = {parted(str(path))[0] for path in others}
    return sorted({*files, *(str(manifest_in(Path(path))) for path in rollups)}), urls


@dataclass(frozen=True)
class OwnSnapshot:
    """The snapshot that a run takes before its outputs, which may read it; it stays only if the run is published.

    `store` is None for a run that takes none. `new` are the paths that it brings into the store; a process that is
    stopped removes them.
    """

    store: Path | None
    inputs: Inputs
    new: list[Path] = field(default_factory=list)

    def take(self, session: Session, request: ScoreRequest, scored: Scored, year: PastRequest | None) -> None:
        """Take the snapshot if the run wants one and all inputs are what they were."""
        if self.store is None or not self.inputs.are_unchanged():
            return
        place = place_of(self.store, scored.as_of or date.max)
        # The file goes before its folder, which can hold other files.
        self.new.extend(path for path in (place, place.parent) if not path.exists())
        for path in self.new:
            stopping.temporary(path)
        from rfm_cli.cli.snapshot_keeping import keep_snapshot  # most jobs keep none

        keep_snapshot(session, self.store, request, scored, year, self.inputs.seen)
        session.narrator.check_strict()

    def stay(self) -> None:
        """Let the snapshot outlive the run, which is published."""
        for path in self.new:
            stopping.settled(path)
        self.new.clear()

    def undo(self) -> None:
        """Remove the snapshot that outputs have read: their run was not published."""
        for path in self.new:
            with suppress(OSError):  # it may not be there yet, or hold other files
                path.rmdir() if path.is_dir() else path.unlink()
        self.stay()
