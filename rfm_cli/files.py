"""Files, folders and links that appear whole or not at all, and that one run at a time changes.

- A file is replaced in two steps. `replacement` gives a hidden file beside the place to write into; `publish` renames
  it when it is whole and on the disk. So readers find the old file or the new one, after a power cut too.
- A folder is made under a name that no reader looks at (`hidden_folder`, `unfinished_folder`), brought to the disk
  (`sync_all`), and then renamed by its maker, or reached by a link (`replace_link`).
- `locked` lets one run at a time change a folder.

All that is hidden or temporary is removed where its block fails, and by `stopping` where a signal ends the run. A run
that is killed outright can remove nothing. But it holds no lock any more: that is how `clear_dead` tells what it has
left over from what another run is still writing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rfm_cli import stopping
from rfm_cli.errors import CHECK_FOLDER, Advice, LockedError, as_output_error

PREFIX, SUFFIX = ".rfm-", ".part"
"""The name of a hidden file or folder beside its place."""
LINK = ".current-"
"""The name of a link before it gets its own."""
PAUSE = 0.1
"""Seconds between two attempts to get a lock."""


def is_file(path: str | os.PathLike[str]) -> bool:
    """Return whether a file or a pipe has this name; False for a name that no file system takes."""
    mode = _mode(path)
    return mode is not None and not stat.S_ISDIR(mode)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Return whether a folder has this name; False for a name that no file system takes."""
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def _mode(path: str | os.PathLike[str]) -> int | None:
    """Return the kind and permissions of what the name leads to, None where it leads nowhere."""
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError):  # such as a name that is too long, or has the character NUL
        return None


def unused_name(folder: Path, prefix: str, suffix: str = "") -> Path:
    """Return a path in the folder that is not taken: eight random bytes between prefix and suffix."""
    return folder / f"{prefix}{os.urandom(8).hex()}{suffix}"


def sync(place: Path) -> None:
    """Return when the file's bytes, or the folder's names, are on the disk and not only on their way to it."""
    file = os.open(place, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_all(folder: Path) -> None:
    """Bring a new folder to the disk with all that is in it; a file that has another name as well is there already."""
    for place in sorted(folder.rglob("*")):
        if place.is_dir() or place.stat().st_nlink == 1:
            sync(place)
    sync(folder)


@dataclass(frozen=True)
class Replacement:
    """A hidden file, the place that it is to take, and the name of that place in messages.

    Its descriptor stays open, since it holds the lock by which other runs know that this one is alive.
    """

    hidden: Path
    place: Path
    name: str
    descriptor: int

    def discard(self) -> None:
        """Let go of the hidden file, and remove it if it is still there."""
        with contextlib.suppress(OSError):
            self.hidden.unlink(missing_ok=True)
        stopping.settled(self.hidden)
        os.close(self.descriptor)


@contextlib.contextmanager
def replacement(place: Path, name: str) -> Iterator[Replacement]:
    """Give a hidden file to write; after the block it is on the disk, and waits for `publish` and `discard`.

    It has the mode, and where possible the owner, of the file that it replaces. It is gone where the block fails.
    """
    # A rename would replace even a file that this user may not write.
    if os.path.lexists(place) and not os.access(place, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    clear_dead(place.parent)
    hidden, descriptor = new_file(place.parent)
    made = Replacement(hidden, place, name, descriptor)
    try:
        _copy_mode(place, descriptor)
        yield made
        os.fsync(descriptor)
    except BaseException:  # Ctrl-C and an exit leave no file behind either
        made.discard()
        raise


def publish(replacements: Sequence[Replacement], advice: Advice = CHECK_FOLDER) -> None:
    """Rename all hidden files to their places in one step, which no signal cuts in two.

    `OutputError` where one of them cannot be renamed; the usual reason, a folder of that name, is found before the
    first is renamed.
    """
    with stopping.deferred():
        # Looked at before the first rename, since renames cannot be taken back.
        for one in replacements:
            with as_output_error(one.name, advice):
                if one.place.is_dir():
                    raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        for one in replacements:
            with as_output_error(one.name, advice):
                one.hidden.replace(one.place)
            stopping.settled(one.hidden)
    # Until the folder is on the disk, a power cut could bring the old names back.
    for folder in {one.place.parent for one in replacements}:
        with contextlib.suppress(OSError):  # a file system that cannot do this for folders
            sync(folder)


def _copy_mode(old: Path, descriptor: int) -> None:
    """Give the new file the owner and the mode of the old one, if there is an old one."""
    try:
        status = old.stat()
    except FileNotFoundError:
        return
    with contextlib.suppress(PermissionError):  # only root may give a file away
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def new_file(folder: Path) -> tuple[Path, int]:
    """Create a hidden file; returns its path and its open descriptor, which holds the lock."""
    # Between its creation and its lock another run may take it for left over, and remove it: then it is made again.
    while True:
        with stopping.deferred():
            path = unused_name(folder, PREFIX, SUFFIX)
            # 0o666 less the umask is the mode of any new file; mkstemp would give 0o600.
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            stopping.temporary(path)
        if _is_held(file):
            return path, file
        os.close(file)


@contextlib.contextmanager
def hidden_folder(folder: Path) -> Iterator[Path]:
    """Create a hidden folder and hold its lock; after the block it is gone, unless it was settled."""
    while True:  # for the same reason as a file
        with stopping.deferred():
            path = unused_name(folder, PREFIX, SUFFIX)
            path.mkdir()
            stopping.temporary(path)
        file = os.open(path, os.O_RDONLY)
        if _is_held(file):
            break
        os.close(file)
    try:
        yield path
    finally:
        _remove_unsettled(path)
        os.close(file)


def _is_held(file: int) -> bool:
    """Lock the file and return whether it is still there: another run may have cleared it before the lock was set."""
    with contextlib.suppress(OSError):  # a file system without locks, on which no file is cleared either
        fcntl.flock(file, fcntl.LOCK_EX)
    return os.fstat(file).st_nlink > 0


def clear_dead(folder: Path) -> None:
    """Remove the hidden files and folders of runs that are dead, as far as this user may."""
    with contextlib.suppress(OSError):
        found = [entry for entry in os.scandir(folder) if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX)]
        for entry in found:
            with contextlib.suppress(OSError):
                _clear_if_dead(Path(entry.path))


def _clear_if_dead(path: Path) -> None:
    """Remove one of them while its lock is held here, so that a run that has just made it sees that it is gone."""
    # Opening must neither follow a link out of the folder nor wait for the other end of a pipe.
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error where another process holds it
        if path.is_dir():
            _remove_tree(path)
        else:
            path.unlink()
    finally:
        os.close(file)


@contextlib.contextmanager
def unfinished_folder(path: Path) -> Iterator[Path]:
    """Create a folder to fill; after the block it is gone, unless it was renamed or settled."""
    with stopping.deferred():
        path.mkdir()
        stopping.temporary(path)
    try:
        yield path
    finally:
        _remove_unsettled(path)


def temporary_folder(prefix: str, place: str | None = None) -> Path:
    """Create a folder of this user alone, for `remove_folder`; in `place`, else in the system's temporary folder."""
    import tempfile

    with stopping.deferred():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        stopping.temporary(folder)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a temporary folder with all that is in it."""
    _remove_tree(folder)
    stopping.settled(folder)


def _remove_unsettled(path: Path) -> None:
    """Remove a folder unless it was settled: it got a name under which it stays."""
    if stopping.is_temporary(path):
        remove_folder(path)


def _remove_tree(folder: Path) -> None:
    """Remove a folder as far as this user may."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def replace_link(link: Path, target: str | Path) -> None:
    """Turn a link to another target by one rename: readers find the old target or the new one."""
    with stopping.deferred():
        new = unused_name(link.parent, LINK)
        new.symlink_to(target)
        new.replace(link)


def clear_links(folder: Path) -> None:
    """Remove the links of killed runs that have not got their own names; the lock of the folder must be held."""
    for entry in folder.iterdir():
        if entry.name.startswith(LINK) and entry.is_symlink():
            entry.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(file: Path, busy: LockedError, wait: float = 0) -> Iterator[None]:
    """Hold the lock of a file inside the block; raise `busy` where another run still holds it after `wait` seconds.

    The file is created where it is missing, and stays. A run that was killed holds no lock.
    """
    with as_output_error(file):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        # The lock is tried again and again, since waiting for it inside the system could not end after `wait`.
        end = time.monotonic() + wait
        while not _take(descriptor, file):
            if time.monotonic() >= end:
                raise busy
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, file: Path) -> bool:
    """Take the lock and return whether that was possible: False where another run holds it."""
    with as_output_error(file):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
