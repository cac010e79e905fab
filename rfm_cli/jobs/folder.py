"""The folder of a job: its whole runs, and a link to the current one.

    out/nightly/2026-11-20/      a finished run: its files and manifest.json
    out/nightly/2026-11-20.2/    another one of that date
    out/nightly/current          -> 2026-11-20.2
    out/nightly/.unfinished-.../ a run that is being made, or was killed
    out/nightly/.lock

A run is written whole and brought to the disk before it gets its name; only then one rename turns `current` to it. So
`current` leads to a whole run, even where the program is killed or the power fails.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from rfm_cli import files, stopping
from rfm_cli.errors import LockedError, as_output_error
from rfm_cli.jobs.manifest import NAME, job_in

CURRENT, LOCK = "current", ".lock"
UNFINISHED = ".unfinished-"
FINISHED = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.(\d+))?")


@contextlib.contextmanager
def locked(folder: Path, wait: float = 0) -> Iterator[None]:
    """Keep other runs of the job out of the block; `LockedError` where one is still at work after `wait` seconds.

    The folder is created where it is missing, and what killed runs have left in it is removed.
    """
    with as_output_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
    busy = LockedError(f"{folder}: another run of this job is at work", "try again when it has ended, or --wait")
    with files.locked(folder / LOCK, busy, wait):
        with as_output_error(folder):
            _clear(folder)
        yield


def _clear(folder: Path) -> None:
    """Remove what killed runs have left."""
    # The lock is held, so that no run at work can have an unfinished folder here.
    for entry in folder.iterdir():
        if entry.name.startswith(UNFINISHED) and entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
    files.clear_links(folder)


def current_of(folder: Path) -> Path | None:
    """Return the current run, None where there is none."""
    link = folder / CURRENT
    # A link leads nowhere where a user has removed the run.
    return link.resolve() if link.is_symlink() and link.exists() else None


@contextlib.contextmanager
def new_run(folder: Path) -> Iterator[Path]:
    """Give an unfinished folder to write into; it is gone after the block, unless it was finished or set aside."""
    with contextlib.ExitStack() as stack:
        with as_output_error(folder):
            made = stack.enter_context(files.unfinished_folder(files.unused_name(folder, UNFINISHED)))
        yield made


def sync_run(made: Path) -> None:
    """Bring all files of the unfinished folder to the disk, which takes its time; the steps after it are renames."""
    with as_output_error(made.parent):
        files.sync_all(made)


def finish(made: Path, as_of: str) -> Path:
    """Bring the unfinished folder to the disk and give it the name of its date; returns the finished run."""
    folder = made.parent
    sync_run(made)
    with as_output_error(folder):
        # No other run can take the name meanwhile: the folder is locked.
        finished = _free_name(folder, as_of)
        made.rename(finished)
        files.sync(folder)
    return finished


def set_aside(made: Path, name: str) -> Path:
    """Give the unfinished folder a name that is no date's, in place of an earlier run of that name."""
    folder, place = made.parent, made.parent / name
    gone: Path | None = None
    with as_output_error(folder), stopping.deferred():
        # A folder of the user's own stays: renaming onto a folder that holds files is an error of the system.
        if files.is_folder(place) and not place.is_symlink() and (place / NAME).is_file():
            gone = _hide(place)
        made.rename(place)
    with as_output_error(folder):
        # Signals are let through again: removing takes its time, and the old run is noted as temporary.
        if gone:
            _remove(gone)
        files.sync(folder)
    return place


def publish(finished: Path) -> None:
    """Turn `current` to the finished run, by one rename."""
    folder = finished.parent
    with as_output_error(folder), stopping.deferred():
        files.replace_link(folder / CURRENT, finished.name)
        files.sync(folder)


def drop_older(folder: Path, job: str, keep: int) -> list[str]:
    """Remove older finished runs until `keep` are left, and return their names; the current run always stays.

    A folder is a run of the job if its name is a date and its manifest names the job; no other folder is touched.
    """
    current = current_of(folder)
    others = [entry for entry in folder.iterdir() if _is_run(entry, job) and entry.resolve() != current]
    # The current run is one of those that are kept.
    surplus = sorted(others, key=_age, reverse=True)[max(keep - 1, 0) :]
    with as_output_error(folder):
        for entry in surplus:
            # Renamed first, since a run must not be found while only a part of it is left.
            with stopping.deferred():
                gone = _hide(entry)
            _remove(gone)
    return sorted(entry.name for entry in surplus)


def _hide(run: Path) -> Path:
    """Give a run the name of an unfinished one, and note it as temporary; returns its new path."""
    gone = files.unused_name(run.parent, UNFINISHED)
    run.rename(gone)
    stopping.temporary(gone)
    return gone


def _remove(gone: Path) -> None:
    """Remove a hidden run, and raise what the system refuses."""
    shutil.rmtree(gone)
    stopping.settled(gone)


def _is_run(entry: Path, job: str) -> bool:
    """Return whether a path is a finished run of the job."""
    named = FINISHED.fullmatch(entry.name) is not None
    return named and entry.is_dir() and not entry.is_symlink() and job_in(entry) == job


def _age(entry: Path) -> tuple[str, int]:
    """Return the date and the number of a finished run."""
    found = FINISHED.fullmatch(entry.name)
    assert found is not None
    # The number as a number, since as text the tenth run would come before the second.
    return entry.name[:10], int(found[1] or 1)


def _free_name(folder: Path, as_of: str) -> Path:
    """Return the name after all of that date, whatever has them: a later run has a greater number."""
    named = [FINISHED.fullmatch(entry.name) for entry in folder.iterdir() if entry.name[:10] == as_of]
    # Not the first free number: where an older run has been dropped, a new one would pass for older than the rest.
    number = max((int(found[1] or 1) for found in named if found), default=0) + 1
    return folder / (as_of if number == 1 else f"{as_of}.{number}")
