"""A job as `rfm.toml` defines it: its outputs, where they go, and how many runs are kept."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.toml_tables import Table, read_toml

KEYS = ("outputs", "folder", "keep", "fail_on", "snapshot")
MOST_PARTS = 255
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
EXAMPLE = "write [jobs.nightly] with outputs = [...]"


@dataclass(frozen=True)
class Output:
    """One line of `outputs`: a command with its options, as written and as words."""

    text: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command."""
        return self.words[0]


@dataclass(frozen=True)
class Job:
    """A job. `folder` holds its runs: the last `keep` of them, all where it is None.

    With `snapshot` the store gets a snapshot of each date.
    """

    name: str
    file: Path
    folder: Path
    outputs: tuple[Output, ...]
    keep: int | None = None
    fail_on: tuple[str, ...] = ()
    snapshot: bool = False


def job_names(file: Path) -> list[str]:
    """Return the names of the jobs of a configuration file; `UsageError` where it cannot be read."""
    return list(_jobs_in(file).values)


def _jobs_in(file: Path) -> Table:
    """Return the table of all jobs."""
    return read_toml(file).table("jobs")


def job_of(file: Path | None, name: str) -> Job:
    """Return the job of that name; `UsageError` where there is none, or where its table is not understood."""
    if file is None:
        raise UsageError("no rfm.toml here, and jobs are written in it", EXAMPLE)
    jobs = _jobs_in(file)
    if name not in jobs.values:
        raise UsageError(f"{file}: no job is called {name!r}", did_you_mean(name, jobs.values) or EXAMPLE)
    if not NAME.fullmatch(name):
        raise UsageError(f"{file}: {name!r} is no name for a job", "write letters, digits, - and _")
    table = jobs.table(name)
    table.check_keys(KEYS)
    folder = table.text("folder", f"out/{name}")
    _require_own_folder(table, file, folder)
    outputs = tuple(_output(table, text) for text in _texts(table, "outputs"))
    if not outputs:
        raise UsageError(f"{file}: no outputs in [{table.header}]", 'write outputs = ["score -o scores.parquet", ...]')
    return Job(
        name,
        file,
        _from_here(file.parent / folder),
        outputs,
        table.whole("keep", least=1) if "keep" in table.values else None,
        _texts(table, "fail_on"),
        table.switch("snapshot"),
    )


def _require_own_folder(table: Table, file: Path, folder: str) -> None:
    """Raise `UsageError` where the folder holds the files of the shop, which would be taken for runs and removed."""
    if not folder:
        raise table.wrong("folder", "a path")
    if "\0" in folder or len(Path(folder).parts) > MOST_PARTS:
        raise table.error("folder", "is no path that a system takes", "write a shorter one, such as out/nightly")
    # Links are resolved, since the folder may lead back to the files of the shop by one.
    if file.parent.resolve().is_relative_to((file.parent / folder).resolve()):
        raise table.error(
            "folder",
            f"is {folder}, which holds {file.name} itself: runs need a folder of their own",
            "name one beside it, such as out/nightly",
        )


def _from_here(path: Path) -> Path:
    """Return a path as the run sees it: relative, where it lies in the working folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _texts(table: Table, key: str) -> tuple[str, ...]:
    """Return the list of texts under a key; `UsageError` for the character that ends a text for the system."""
    texts = table.texts(key)
    if any("\0" in text for text in texts):
        raise table.error(key, "holds the character NUL", "leave it out")
    return texts


def _output(table: Table, text: str) -> Output:
    """Return one line of `outputs`, with or without the name of the program."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise table.error("outputs", f"has {text!r}: {error}") from error
    # Lines are often copied from a terminal, with the name of the program.
    words = words[1:] if words[:1] == ("rfm",) else words
    if not words:
        raise table.error("outputs", "has an empty output", "write a command with its options")
    return Output(text, words)


def slug(name: str) -> str:
    """Return a name as a part of a file name: what is not `[a-z0-9]` becomes a hyphen.

    >>> slug("At risk"), slug("Can't lose"), slug("Спящие")
    ('at-risk', 'can-t-lose', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower().encode("ascii", "replace").decode()).strip("-")


def slugs(names: list[str]) -> dict[str, str]:
    """Return the names of segments as parts of file names, all different: an empty or repeated part gets its rank.

    >>> slugs(["Lost", "Спящие", "lost"])
    {'Lost': 'lost', 'Спящие': 'segment-2', 'lost': 'lost-3'}
    """
    found: dict[str, str] = {}
    for rank, name in enumerate(names, start=1):
        part = slug(name) or "segment"
        # A rank makes the part unique: it ends in a number that no other segment has.
        taken = part in found.values() or part == "segment"
        found[name] = f"{part}-{rank}" if taken else part
    return found
