"""A run that is stopped from outside, by Ctrl-C, SIGTERM or a hang-up, ends soon and leaves no unfinished file.

Python runs a handler only between two steps of the main thread. While that thread is inside Polars, for minutes at
times, no handler would run. But C code of Python writes the number of the signal into a pipe at once
(`signal.set_wakeup_fd`). A thread reads the pipe: it gives the main thread `GRACE` seconds to end in good order, then
removes what must not stay and ends the process. A second signal ends it at once.

A child process that could be killed would work as well, but would copy all answers through a pipe. A mask with
`sigwait` would not interrupt a read that waits for its input.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 1.0
"""Seconds for the main thread to end by itself."""
PATIENCE = 10.0
"""Seconds for files to get their names, which must not be interrupted."""


class _State:
    """The state that handlers and the thread share.

    `depth` is the number of blocks that defer signals, `late` the signal that was put off, `first` the first signal of
    all, and `watched` whether the thread is there.
    """

    depth = 0
    late = 0
    first = 0
    watched = False


_state = _State()
# Reentrant, since one deferred block may lie within another.
_settling = _thread.RLock()
_temporary: dict[str, None] = {}


def heed() -> None:
    """Make signals end the process at once, as long as there is no file to remove; ignored signals stay ignored.

    For the entry point alone, before it imports what takes time.
    """
    for number in SIGNALS:
        # `nohup` ignores SIGHUP for the programs that it starts, and they have to leave it so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    # Where no more files may be opened, handlers have to do without the thread.
    with contextlib.suppress(OSError):
        reading, writing = os.pipe()
        # Python takes no other pipe here: a full one would block a handler.
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        _thread.start_new_thread(_watch, (reading,))
        _state.watched = True


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Let signals raise inside the block: KeyboardInterrupt for Ctrl-C, SystemExit for the others."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    _state.first = 0
    for number in before:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        if _state.first:  # else the run has ended by itself, and has removed its own files
            clear()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Put signals off until the block has ended, so that files are made and noted, or get their names, in one step."""
    # The thread takes this lock before it removes files and ends the process.
    with _settling:
        _state.depth += 1
        try:
            yield
        finally:
            _state.depth -= 1
    if _state.late and not _state.depth:
        number, _state.late = _state.late, 0
        _raise(number, None)


def temporary(path: str | os.PathLike[str]) -> None:
    """Note a file or a folder that must not outlive the process."""
    _temporary[os.fspath(path)] = None


def settled(path: str | os.PathLike[str]) -> None:
    """Forget a path that was noted: it is gone, or has a name under which it stays."""
    _temporary.pop(os.fspath(path), None)


def is_temporary(path: str | os.PathLike[str]) -> bool:
    """Return whether a path was noted and has not been settled."""
    return os.fspath(path) in _temporary


def clear() -> None:
    """Remove all files and folders that were noted and are still there."""
    # A copy, since `settled` removes what is gone.
    for path in list(_temporary):
        _remove(path)
        settled(path)


def _remove(path: str) -> None:
    """Remove a file or a folder as far as that is possible; Polars may still be writing into it."""
    try:
        os.unlink(path)  # noqa: PTH108 - pathlib is large, and is not needed here
    # For a folder POSIX demands EPERM, as macOS has it; Linux has EISDIR.
    except (IsADirectoryError, PermissionError):
        import shutil

        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return


def _leave(number: int, frame: FrameType | None) -> None:
    """End the process at once."""
    os._exit(128 + number)


def _raise(number: int, frame: FrameType | None) -> None:
    """Raise what ends the run in good order, or note the signal for the end of a step that is not to be cut."""
    if _state.depth:
        _state.late = number
    elif not (_state.first and _state.watched):  # the thread handles a second signal
        _state.first = number
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        # Shells report 128 and the number for a process that a signal has ended.
        raise SystemExit(128 + number)


def _watch(pipe: int) -> None:
    """Wait for a signal, and end the process where the main thread does not."""
    import select

    # Signals that other handlers care for are written into the pipe as well.
    number = 0
    while number not in SIGNALS:
        # Each signal is one byte, its number.
        number = os.read(pipe, 1)[0]
    # A second signal ends the wait. The lock is held while files get their names.
    select.select([pipe], [], [], GRACE)
    if _settling.acquire(timeout=PATIENCE):
        clear()
    os._exit(128 + number)
