"""Hidden files and folders beside a target, which a run that was killed cannot remove.

Each is locked for as long as its run lives, and the dead hold no lock. So the next run that writes into the folder can
tell what is left over from what another run is still writing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from rfm_cli import stopping

PREFIX, SUFFIX = ".rfm-", ".part"


def new_file(folder: Path) -> tuple[Path, int]:
    """Create a hidden file, noted as temporary; returns its path and its open descriptor, which holds the lock."""
    while True:
        with stopping.deferred():
            path = _new_name(folder)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            stopping.temporary(path)
        if _is_held(file):
            return path, file
        os.close(file)


def new_folder(folder: Path) -> tuple[Path, int]:
    """Create a hidden folder likewise; the descriptor is to be closed when the folder is finished or gone."""
    while True:
        with stopping.deferred():
            path = _new_name(folder)
            path.mkdir()
            stopping.temporary(path)
        file = os.open(path, os.O_RDONLY)
        if _is_held(file):
            return path, file
        os.close(file)


def clear_dead(folder: Path) -> None:
    """Remove the hidden files and folders of runs that are dead, as far as this user may."""
    with contextlib.suppress(OSError):
        found = [entry for entry in os.scandir(folder) if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX)]
        for entry in found:
            with contextlib.suppress(OSError):
                _clear_if_dead(Path(entry.path))


def _clear_if_dead(path: Path) -> None:
    """Remove one of them while its lock is held here, so that a run that has just made it sees that it is gone."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error where another process holds it
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    finally:
        os.close(file)


def _new_name(folder: Path) -> Path:
    """A name that nothing has yet."""
    return folder / f"{PREFIX}{os.urandom(8).hex()}{SUFFIX}"


def _is_held(file: int) -> bool:
    """Whether the file is locked and still there: another run may have cleared it before the lock was set."""
    with contextlib.suppress(OSError):  # a file system without locks, on which nothing is cleared either
        fcntl.flock(file, fcntl.LOCK_EX)
    return os.fstat(file).st_nlink > 0
