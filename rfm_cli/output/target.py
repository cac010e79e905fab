"""Where bytes go: the format asked for, and a sink that leaves the old file or the new, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rfm_cli import files, stopping
from rfm_cli.errors import OutputError, RfmError, UsageError, did_you_mean

FORMATS = ("table", "csv", "json", "ndjson", "parquet", "xlsx", "md")
"""What a view can be written as; a page is html."""
SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".md": "md",
    ".txt": "table",
    ".html": "html",
}
_STEPS = {
    errno.ENOSPC: "free some space or write elsewhere with -o",
    errno.EDQUOT: "free some space or write elsewhere with -o",
    errno.EFBIG: "the system's limit on file size was met: raise it (ulimit -f) or write elsewhere with -o",
    errno.EACCES: "check the permissions of the file and its folder, or write elsewhere with -o",
    errno.EPERM: "check the permissions of the file and its folder, or write elsewhere with -o",
    errno.EROFS: "write to another disk with -o",
    errno.ENOENT: "create the folder first",
    errno.ENOTDIR: "a part of the path is a file: choose another path with -o",
    errno.EISDIR: "name a file inside it",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EBADF: "nothing is open there: write to a file with -o",
}
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class Sink(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """The number of bytes taken: all of them, or an error."""
        ...


class Target:
    """A sink over a file descriptor; `path` is the hidden file of a regular target, for native writers."""

    def __init__(self, fd: int, name: str, path: str | None = None) -> None:
        self._fd = fd
        self._name = name
        self.path = path

    def write(self, data: bytes, /) -> int:
        """The number of bytes taken: all of them; OutputError where they cannot be written.

        A write to a full disk or a slow pipe may take only a part and say so by its length alone.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                select.select([], [self._fd], [])
            except BrokenPipeError:
                raise
            except OSError as error:
                raise _refused(self._name, error) from error
        return len(data)


def choose_format(format: str | None, output: str | None, stdout_is_tty: bool, formats: Sequence[str] = FORMATS) -> str:
    """One of `formats`: the one asked for, else by the suffix of the file, else by what stdout is.

    >>> choose_format(None, "a.jsonl", True), choose_format(None, None, True), choose_format("md", "-", True)
    ('ndjson', 'table', 'md')
    """
    to_stdout = output in (None, "-")
    chosen = _asked(format, formats) if format is not None else None
    if chosen is None and output is not None and not to_stdout:
        chosen = _by_suffix(output, formats)
    if chosen is None:
        chosen = "table" if stdout_is_tty else "csv"
        if chosen not in formats:
            raise UsageError("no file to write", f"give one: -o FILE.{formats[0]}")
    if chosen in ("parquet", "xlsx", "html") and to_stdout and stdout_is_tty:
        raise UsageError(f"{chosen} is not for a terminal", f"write it to a file: -o FILE.{chosen}")
    return chosen


def _asked(format: str, formats: Sequence[str]) -> str:
    """The format of that name, or UsageError with the nearest."""
    name = format.strip().casefold()
    if name not in formats:
        raise UsageError(f"unknown format {format!r}", did_you_mean(name, formats))
    return name


def _by_suffix(output: str, formats: Sequence[str]) -> str:
    """The format that the file's suffix stands for (none: csv), or UsageError with the suffixes that do."""
    suffix = Path(output).suffix.casefold()
    valid = {ending: fmt for ending, fmt in SUFFIXES.items() if fmt in formats}
    if suffix not in valid and (suffix or "csv" not in formats):
        hint = f"valid: {', '.join(valid)}; or give --format"
        told = f"from its suffix {suffix}" if suffix else "without a suffix"
        raise UsageError(f"cannot tell the format of {output} {told}", hint)
    return valid.get(suffix, "csv")


def check_folder(output: str) -> None:
    """Nothing, or OutputError where the folder of the target is not there."""
    folder = Path(output).parent
    with _as_output_error(output):
        if not folder.is_dir():
            number = errno.ENOTDIR if folder.exists() else errno.ENOENT
            raise OSError(number, os.strerror(number))
        _is_regular_or_new(output)  # for its errors


@contextlib.contextmanager
def open_target(output: str | None) -> Iterator[Target]:
    """A sink for a path, or for stdout (None or `-`).

    A regular file, or one that is not there yet, appears under its name only when the block has ended well;
    pipes and devices are written through. Errors of writing are OutputError; a reader that has gone away
    stays BrokenPipeError.
    """
    with opened(output) as (target, ready):
        yield target
    if ready:
        try:
            publish([ready])
        finally:
            ready.discard()


@dataclass(frozen=True)
class Ready:
    """A hidden file that is whole and on the disk, and the name that it is to get.

    Its descriptor stays open, since it holds the lock by which other runs know that this one is alive.
    """

    hidden: Path
    real: Path
    name: str
    held: int

    def discard(self) -> None:
        """Let go of the hidden file, and remove it if it is still there."""
        with contextlib.suppress(OSError):
            self.hidden.unlink(missing_ok=True)
        stopping.settled(self.hidden)
        os.close(self.held)


def publish(files: Sequence[Ready]) -> None:
    """Give all files their names in one step, which no signal cuts in two; `OutputError` where one cannot have it."""
    with stopping.deferred():
        for file in files:
            with _as_output_error(file.name):
                if file.real.is_dir():
                    raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        for file in files:
            with _as_output_error(file.name):
                file.hidden.replace(file.real)
            stopping.settled(file.hidden)
    for folder in {file.real.parent for file in files}:
        _sync_folder(folder)


def is_stream(output: str | None) -> bool:
    """Whether an output is written through: stdout, a pipe, a device."""
    with _as_output_error(_name_of(output)):
        return _descriptor(output) is not None or not _is_regular_or_new(os.path.realpath(str(output)))


def _name_of(output: str | None) -> str:
    """An output as messages name it."""
    return "standard output" if output in (None, "-") else str(output)


@contextlib.contextmanager
def opened(output: str | None) -> Iterator[tuple[Target, Ready | None]]:
    """A sink, and for a regular file what is to be published when the block has ended well."""
    if output == "":
        raise UsageError("-o needs the name of a file", "give - for standard output")
    name = _name_of(output)
    with _as_output_error(name):
        fd = _descriptor(output)
        if fd is not None:
            yield Target(fd, name), None
            return
        if str(output).endswith("/"):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        real = os.path.realpath(str(output))
        if _is_regular_or_new(real):
            with _hidden(Path(real), name) as opened:
                yield opened
        else:
            with _through(real, name) as target:
                yield target, None


@contextlib.contextmanager
def _as_output_error(name: str) -> Iterator[None]:
    """Nothing; what the system refuses inside the block is OutputError, also where Polars says it."""
    try:
        yield
    except (RfmError, BrokenPipeError):
        raise
    except OSError as error:
        raise _refused(name, error) from error
    except Exception as error:
        # Polars wraps what the system said and drops its number, but keeps "(os error 28)" in the text.
        told = re.search(r"os error (\d+)", str(error))
        if told is None or not type(error).__module__.startswith("polars"):
            raise
        number = int(told[1])
        raise _refused(name, OSError(number, os.strerror(number))) from error


def _refused(name: str, error: OSError) -> OutputError:
    """The error to raise when the system refuses to write: what, why, and what to do next."""
    number = error.errno
    if number is None and (told := re.search(r"os error (\d+)", str(error))):
        number = int(told[1])
    reason = os.strerror(number) if number is not None else str(error)
    return OutputError(f"cannot write {name}: {reason}", _STEPS.get(number or 0, "write elsewhere with -o"))


def _descriptor(output: str | None) -> int | None:
    """The open descriptor that the target means (stdout, /dev/stdout, /dev/fd/63), or None for a file.

    Opening /dev/stdout anew would start at the file's first byte, and replacing it would lose what
    `>>` meant to keep; so each link of the way is looked at, and the open descriptor itself is used.
    """
    if output in (None, "-"):
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        with contextlib.suppress(ValueError):
            sys.stdout.flush()  # what was printed before comes first
        return 1
    step = os.path.abspath(str(output))  # noqa: PTH100 - resolving links is what must not happen yet
    own = re.compile(rf"(?:/dev/fd|/proc/(?:self|thread-self|{os.getpid()})/fd)/(\d+)")
    for _ in range(40):
        if step in _STANDARD:
            return _STANDARD[step]
        if match := own.fullmatch(step):
            return int(match[1])
        try:
            step = os.path.normpath(Path(step).parent / Path(step).readlink())
        except OSError:
            return None
    return None


def _is_regular_or_new(real: str) -> bool:
    """Whether the path is a regular file or nothing yet; a folder is an error."""
    try:
        mode = Path(real).stat().st_mode
    except FileNotFoundError:
        return True
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    return stat.S_ISREG(mode)


@contextlib.contextmanager
def _through(real: str, name: str) -> Iterator[Target]:
    """A sink that writes straight into a device or a pipe."""
    fd = os.open(real, os.O_WRONLY)
    try:
        yield Target(fd, name)
    finally:
        os.close(fd)


@contextlib.contextmanager
def _hidden(real: Path, name: str) -> Iterator[tuple[Target, Ready]]:
    """A sink over a hidden file beside the target; gone if anything went wrong."""
    if os.path.lexists(real) and not os.access(real, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    files.clear_dead(real.parent)
    hidden, fd = files.new_file(real.parent)
    ready = Ready(hidden, real, name, fd)
    try:
        _keep_mode(fd, str(real))
        yield Target(fd, name, str(hidden)), ready
        os.fsync(fd)
    except BaseException:  # Ctrl-C and an exit leave nothing behind either
        ready.discard()
        raise


def _keep_mode(fd: int, real: str) -> None:
    """Nothing: the new file gets the owner and the mode of the one it replaces, if there is one."""
    try:
        old = Path(real).stat()
    except FileNotFoundError:
        return
    with contextlib.suppress(PermissionError):  # only root may give a file away
        os.fchown(fd, old.st_uid, old.st_gid)
    os.fchmod(fd, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    """Nothing: the new name itself is made to last, where the file system can do that."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
