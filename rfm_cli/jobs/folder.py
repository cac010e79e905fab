"""The folder of a job: whole runs, one of which is current.

    out/nightly/2026-11-20/      a finished run: its files and manifest.json
    out/nightly/2026-11-20.2/    another one of that date
    out/nightly/current          -> 2026-11-20.2
    out/nightly/.unfinished-.../ a run that is being made, or was killed
    out/nightly/.lock

A run is written whole and made to last before it gets its name, and only then one rename turns `current` to it.
Whatever is killed when, `current` leads to a whole run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from rfm_cli import stopping
from rfm_cli.errors import LockedError, OutputError
from rfm_cli.jobs.manifest import NAME, job_in

CURRENT, LOCK = "current", ".lock"
UNFINISHED, TURNING = ".unfinished-", ".current-"
FINISHED = re.compile(r"\d{4}-\d{2}-\d{2}(?:\.(\d+))?")
PAUSE = 0.1


@contextlib.contextmanager
def locked(folder: Path, wait: float = 0) -> Iterator[None]:
    """Nobody else runs the job inside the block; `LockedError` where somebody still does after so many seconds.

    What killed runs left unfinished is cleared. The dead hold no lock.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        end = time.monotonic() + wait
        while not _take(file):
            if time.monotonic() >= end:
                raise LockedError(
                    f"{folder}: another run of this job is at work", "try again when it has ended, or --wait"
                )
            time.sleep(PAUSE)
        with writing(folder):
            clear(folder)
        yield
    finally:
        os.close(file)


def _take(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def clear(folder: Path) -> None:
    """Nothing: what killed runs left is gone."""
    for entry in folder.iterdir():
        if entry.name.startswith(UNFINISHED) and entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name.startswith(TURNING) and entry.is_symlink():
            entry.unlink()


def current_of(folder: Path) -> Path | None:
    """The current run, None where there is none."""
    link = folder / CURRENT
    return link.resolve() if link.is_symlink() and link.exists() else None


@contextlib.contextmanager
def new_run(folder: Path) -> Iterator[Path]:
    """An unfinished folder to write into; it is gone where the block does not end well, and where nothing took it."""
    made = folder / f"{UNFINISHED}{os.urandom(8).hex()}"
    with writing(folder), stopping.deferred():
        made.mkdir()
        stopping.temporary(made)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        stopping.settled(made)


def make_last(made: Path) -> None:
    """Put all files of the unfinished folder on the disk, which takes its time; what follows are mere renames."""
    with writing(made.parent):
        for place in sorted(made.rglob("*")):
            _sync(place)
        _sync(made)


def finish(made: Path, as_of: str) -> Path:
    """The finished run of that date, which the unfinished folder has become: all of it is on the disk."""
    folder = made.parent
    make_last(made)
    with writing(folder):
        finished = _free(folder, as_of)
        made.rename(finished)
        _sync(folder)
    return finished


def set_aside(made: Path, name: str) -> Path:
    """The unfinished folder under a name that is no date's, in place of what stood there."""
    place = made.parent / name
    gone: Path | None = None
    with writing(made.parent), stopping.deferred():
        if place.is_dir() and not place.is_symlink() and (place / NAME).is_file():
            gone = made.parent / f"{UNFINISHED}{os.urandom(8).hex()}"
            place.rename(gone)
            stopping.temporary(gone)
        made.rename(place)
    with writing(made.parent):
        if gone:
            shutil.rmtree(gone)
            stopping.settled(gone)
        _sync(made.parent)
    return place


def publish(finished: Path) -> None:
    """Nothing: `current` leads to the finished run, by one rename."""
    folder = finished.parent
    with writing(folder), stopping.deferred():
        new = folder / f"{TURNING}{os.urandom(8).hex()}"
        new.symlink_to(finished.name)
        new.replace(folder / CURRENT)
        _sync(folder)


def drop_older(folder: Path, job: str, keep: int) -> list[str]:
    """The names of older finished runs that are gone, so that `keep` are left; the current one always stays.

    A folder is a run of the job if it is called by a date and its manifest says so; nothing else is touched.
    """
    current = current_of(folder)
    others = [entry for entry in folder.iterdir() if is_run(entry, job) and entry.resolve() != current]
    surplus = sorted(others, key=_age, reverse=True)[max(keep - 1, 0) :]
    with writing(folder):
        for entry in surplus:
            # Out of sight first: a run that is half removed is none.
            gone = folder / f"{UNFINISHED}{os.urandom(8).hex()}"
            with stopping.deferred():
                entry.rename(gone)
                stopping.temporary(gone)
            shutil.rmtree(gone)
            stopping.settled(gone)
    return sorted(entry.name for entry in surplus)


def is_run(entry: Path, job: str) -> bool:
    """Whether a path is a finished run of the job."""
    named = FINISHED.fullmatch(entry.name) is not None
    return named and entry.is_dir() and not entry.is_symlink() and job_in(entry) == job


def _age(entry: Path) -> tuple[str, int]:
    found = FINISHED.fullmatch(entry.name)
    assert found is not None
    return entry.name[:10], int(found[1] or 1)


def _free(folder: Path, as_of: str) -> Path:
    """The name after all that are of that date, whatever bears them: a later run has a greater number."""
    named = [FINISHED.fullmatch(entry.name) for entry in folder.iterdir() if entry.name[:10] == as_of]
    number = max((int(found[1] or 1) for found in named if found), default=0) + 1
    return folder / (as_of if number == 1 else f"{as_of}.{number}")


def _sync(place: Path) -> None:
    file = os.open(place, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Nothing; what the system refuses inside the block is `OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write {folder}: {error.strerror or error}", "check the folder and its disk"
        ) from error
