"""The outputs of a job as commands that are ready to run: each knows its file in the run's folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import typer

from rfm_cli.commands.declare import Command, type_of_usage_errors
from rfm_cli.commands.listed import command_called
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.jobs import manifest
from rfm_cli.jobs.job import Job, Output, slugs

if TYPE_CHECKING:
    from collections.abc import Mapping

MADE = ("score", "segments", "grid", "matrix", "vip", "migrate", "reach", "report")
"""Commands that a job may run."""
FILES = ("output", "rejects", "save_cuts")
"""Options that name a file to write."""
OWN = ("config", "quiet", "verbose", "strict", "memory")
"""Options that the job says for all of its outputs."""


@dataclass(frozen=True)
class Task:
    """A command with its parameters; `files` are what it writes, by option, relative to the folder of the run."""

    output: Output
    params: Mapping[str, object]
    files: Mapping[str, str]

    @property
    def file(self) -> str:
        """The file of the answer."""
        return self.files["output"]

    def is_called(self, name: str) -> bool:
        """Whether a name of `--only` means it: the command, or the file as it is or as it is written in rfm.toml."""
        said = self.output.words[self.output.words.index("-o") + 1] if "-o" in self.output.words else None
        return name in (self.output.command, self.file, PurePosixPath(self.file).stem, said)

    def invoke(self, folder: Path, obj: object) -> None:
        """Nothing: the command does its work, and writes into the folder."""
        command = _command(self.output)
        places = {option: str(folder / file) for option, file in self.files.items()}
        ctx = typer.Context(command, info_name=f"rfm {self.output.command}", obj=obj)
        ctx.params = {**self.params, **places}
        with ctx:
            command.invoke(ctx)


def tasks_of(job: Job, shared: Mapping[str, object], as_of: str, segments: Sequence[str]) -> list[Task]:
    """What the job has to run, in its order; `shared` are the job's own options for all outputs.

    An output whose file has `{segment}` in its name is made for each of the segments. `UsageError` for what is not
    understood, and for two outputs in one place.
    """
    tasks = [task for output in job.outputs for task in _tasks(job, output, shared, as_of, segments)]
    taken: set[str] = {manifest.NAME, manifest.MOMENTS}
    for task in tasks:
        for file in task.files.values():
            if file in taken:
                raise _wrong(job, task.output, f"{file} is written twice", "give each output a file of its own")
            taken.add(file)
    return tasks


def _tasks(
    job: Job, output: Output, shared: Mapping[str, object], as_of: str, segments: Sequence[str]
) -> Iterator[Task]:
    params = _params(job, output)
    files = {option: str(params[option]) for option in FILES if params.get(option) is not None}
    if files.get("output") in (None, "-"):
        raise _wrong(job, output, "no file to write", "add -o FILE")
    if any(params.get(name) is not None for name in OWN if name != "memory"):
        raise _wrong(job, output, "--config, -q, -v and --strict are options of rfm run")
    params |= {name: value for name, value in shared.items() if name in params and params[name] is None}
    parts: list[tuple[str | None, str]] = [(None, "")]
    if any("{segment}" in file for file in files.values()):
        if "segment" not in params or params["segment"]:
            raise _wrong(job, output, "{segment} is for rfm score without --segment")
        parts = list(slugs(list(segments)).items())
    for segment, part in parts:
        own = params if segment is None else {**params, "segment": (segment,)}
        named = {option: _place(job, output, file, as_of, part) for option, file in files.items()}
        yield Task(output, own, named)


def _command(output: Output) -> Command:
    command = command_called(output.command)
    assert command is not None
    return command


def _params(job: Job, output: Output) -> dict[str, object]:
    """The parameters of an output, as the command line takes them."""
    if output.command not in MADE or command_called(output.command) is None:
        raise _wrong(job, output, f"a job cannot run {output.command!r}", did_you_mean(output.command, MADE))
    command = _command(output)
    try:
        ctx = command.make_context(f"rfm {output.command}", list(output.words[1:]))
    except type_of_usage_errors() as error:
        raise _wrong(job, output, error.format_message()) from error
    except typer.Exit as error:
        raise _wrong(job, output, "asks for help, and nobody is there to read it") from error
    return dict(ctx.params)


def _place(job: Job, output: Output, file: str, as_of: str, segment: str) -> str:
    """A file's place in the folder of the run; `UsageError` for one outside of it."""
    named = file.replace("{as_of}", as_of).replace("{segment}", segment)
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
    return UsageError(f"{job.file}: [jobs.{job.name}] {output.text!r}: {why}", hint)
