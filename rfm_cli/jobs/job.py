"""A job as `rfm.toml` tells it: its outputs, where they go, and how many runs are kept."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.toml_tables import NotTomlError, parse

KEYS = ("outputs", "folder", "keep", "fail_on", "snapshot")
MOST_PARTS = 255
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Output:
    """One line of `outputs`, as written and as words: a command with its options."""

    text: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command."""
        return self.words[0]


@dataclass(frozen=True)
class Job:
    """A job. `folder` holds its runs; `keep` of them, all where it is None. With `snapshot` the store gets one of each
    date."""

    name: str
    file: Path
    folder: Path
    outputs: tuple[Output, ...]
    keep: int | None = None
    fail_on: tuple[str, ...] = ()
    snapshot: bool = False


def jobs_in(file: Path) -> dict[str, object]:
    """The jobs of a configuration file by name, not looked at yet; `UsageError` where it cannot be read."""
    try:
        found = parse(file.read_bytes()).get("jobs", {})
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except NotTomlError as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file}: jobs is a table of jobs", "write [jobs.nightly] above its keys")
    return found


def job_of(file: Path | None, name: str) -> Job:
    """The job of that name; `UsageError` for one that there is none of, and for what is not understood of it."""
    if file is None:
        raise UsageError("no rfm.toml here, and jobs are written in it", "write [jobs.nightly] with outputs = [...]")
    jobs = jobs_in(file)
    if name not in jobs:
        hint = did_you_mean(name, jobs) or "write [jobs.nightly] with outputs = [...]"
        raise UsageError(f"{file}: no job is called {name!r}", hint)
    table = jobs[name]
    if not NAME.fullmatch(name):
        raise UsageError(f"{file}: {name!r} is no name for a job", "write letters, digits, - and _")
    if not isinstance(table, dict):
        raise UsageError(f"{file}: jobs.{name} is a table, not a value", f"write [jobs.{name}] above its keys")
    for key in table:
        if key not in KEYS:
            raise UsageError(f"{file}: unknown key {key!r} in [jobs.{name}]", did_you_mean(key, KEYS))
    return _job(file, name, table)


def _job(file: Path, name: str, table: Mapping[str, object]) -> Job:
    where = f"{file}: jobs.{name}"
    folder = table.get("folder", f"out/{name}")
    if not isinstance(folder, str) or not folder:
        raise UsageError(f"{where}.folder is a path, not {folder!r}")
    _require_own_folder(where, file, folder)
    keep = table.get("keep")
    if keep is not None and (isinstance(keep, bool) or not isinstance(keep, int) or keep < 1):
        raise UsageError(f"{where}.keep is a whole number of 1 or more, not {keep!r}")
    snapshot = table.get("snapshot", False)
    if not isinstance(snapshot, bool):
        raise UsageError(f"{where}.snapshot is true or false, not {snapshot!r}")
    outputs = tuple(_output(where, text) for text in _texts(where, "outputs", table.get("outputs")))
    if not outputs:
        raise UsageError(f"{where}: no outputs", 'write outputs = ["score -o scores.parquet", ...]')
    return Job(
        name,
        file,
        _seen_from_here(file.parent / folder),
        outputs,
        keep,
        tuple(_texts(where, "fail_on", table.get("fail_on"))),
        snapshot,
    )


def _require_own_folder(where: str, file: Path, folder: str) -> None:
    """Raise `UsageError` where runs would lie among the files of the shop, which they would be taken for and clear."""
    if "\0" in folder or len(Path(folder).parts) > MOST_PARTS:
        raise UsageError(f"{where}.folder is no path that a system takes", "write a shorter one, such as out/nightly")
    if file.parent.resolve().is_relative_to((file.parent / folder).resolve()):
        raise UsageError(
            f"{where}.folder: {folder} holds {file.name} itself, and runs need a folder of their own",
            "name one beside it, such as out/nightly",
        )


def _seen_from_here(path: Path) -> Path:
    """A path as the run sees it: relative, where it lies in the working folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _texts(where: str, key: str, value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{where}.{key} is a list of texts", f'write {key} = ["...", "..."]')
    if any("\0" in str(one) for one in value):
        raise UsageError(f"{where}.{key}: a text holds the character NUL", "leave it out")
    return [str(one) for one in value]


def _output(where: str, text: str) -> Output:
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"{where}.outputs: {text!r}: {error}") from error
    words = words[1:] if words[:1] == ("rfm",) else words
    if not words:
        raise UsageError(f"{where}.outputs: an empty output", "write a command with its options")
    return Output(text, words)


def slug(name: str) -> str:
    """A name as a part of a file name: what is not `[a-z0-9]` becomes a hyphen.

    >>> slug("At risk"), slug("Can't lose"), slug("Спящие")
    ('at-risk', 'can-t-lose', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower().encode("ascii", "replace").decode()).strip("-")


def slugs(names: list[str]) -> dict[str, str]:
    """The names of segments as parts of file names, all different: what is left empty, or taken, gets its rank.

    >>> slugs(["Lost", "Спящие", "lost"])
    {'Lost': 'lost', 'Спящие': 'segment-2', 'lost': 'lost-3'}
    """
    found: dict[str, str] = {}
    for rank, name in enumerate(names, start=1):
        reduced = slug(name) or "segment"
        taken = reduced in found.values() or reduced == "segment"
        found[name] = f"{reduced}-{rank}" if taken else reduced
    return found
