"""Where bytes go: the format that the user wants, and a sink for a file, a pipe, a device or standard output.

A regular file appears whole, under its name, when all outputs of the run are written (`files.publish`); the other
kinds are written through.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rfm_cli import files
from rfm_cli.errors import Advice, UsageError, as_output_error, did_you_mean, refusal
from rfm_cli.files import Replacement

FORMATS = ("table", "csv", "json", "ndjson", "parquet", "xlsx", "md")
"""The formats of a view; the format of a report's page is html."""
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
ADVICE = Advice(
    "write elsewhere with -o",
    {
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
        errno.EBADF: "no file is open there: write to a file with -o",
    },
)
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class Sink(Protocol):
    """An object that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Write all of the bytes, or raise an error; returns their number."""
        ...


class Target:
    """A sink over a file descriptor; `path` is the hidden file of a regular target, for Polars' own writers."""

    def __init__(self, descriptor: int, name: str, path: str | None = None) -> None:
        self._descriptor = descriptor
        self._name = name
        self.path = path

    def write(self, data: bytes, /) -> int:
        """Write all of the bytes and return their number; `OutputError` where they cannot be written.

        A write to a full disk or a slow pipe may take only a part of them, and shows that by its length alone.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            # Any program that shares the pipe may have made it non-blocking for all.
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            # A reader such as `head` has seen enough, which is no error to report.
            except BrokenPipeError:
                raise
            except OSError as error:
                raise refusal(self._name, error, ADVICE) from error
        return len(data)


class Outputs:
    """The outputs of one run, which appear together or not at all.

    Regular files are written to hidden files at once. What went into a stream (standard output, a pipe, a device)
    cannot be taken back, so streams wait until all files are on the disk, and only after them do the files get their
    names: a disk that is full or a reader that has gone leaves no file.
    """

    def __init__(self) -> None:
        self._streams: list[tuple[str | None, Callable[[Target], None]]] = []
        self._files: list[Replacement] = []
        self._after: list[Callable[[], None]] = []

    def write(self, output: str | None, writing: Callable[[Target], None]) -> None:
        """Write an output: now if it is a regular file, else when all files are written."""
        if is_stream(output):
            self._streams.append((output, writing))
            return
        with _opened(output) as (target, file):
            writing(target)
        if file:
            self._files.append(file)

    def afterward(self, act: Callable[[], None]) -> None:
        """Call a function once the outputs have appeared."""
        self._after.append(act)

    def send(self) -> None:
        """Write the streams that are waiting."""
        while self._streams:
            output, writing = self._streams.pop(0)
            with open_target(output) as target:
                writing(target)

    def __enter__(self) -> Outputs:
        """Return the outputs; none has appeared yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """Let the outputs appear, or remove the hidden files where the run has failed."""
        try:
            if kind is None:
                self.send()
                files.publish(self._files, ADVICE)
        finally:
            for file in self._files:
                file.discard()
        if kind is None:
            for act in self._after:
                act()


def choose_format(format: str | None, output: str | None, stdout_is_tty: bool, formats: Sequence[str] = FORMATS) -> str:
    """Return one of `formats`: the one that was named, else that of the file's suffix, else table or csv.

    A terminal gets a table, every other kind of standard output gets csv.

    >>> choose_format(None, "a.jsonl", True), choose_format(None, None, True), choose_format("md", "-", True)
    ('ndjson', 'table', 'md')
    """
    to_stdout = output in (None, "-")
    chosen = _by_name(format, formats) if format is not None else None
    if chosen is None and output is not None and not to_stdout:
        chosen = _by_suffix(output, formats)
    if chosen is None:
        chosen = "table" if stdout_is_tty else "csv"
        if chosen not in formats:
            raise UsageError("no file to write", f"give one: -o FILE.{formats[0]}")
    # Bytes of these would only upset a terminal.
    if chosen in ("parquet", "xlsx", "html") and to_stdout and stdout_is_tty:
        raise UsageError(f"{chosen} is not for a terminal", f"write it to a file: -o FILE.{chosen}")
    return chosen


def _by_name(format: str, formats: Sequence[str]) -> str:
    """Return the format of that name; `UsageError` with the nearest name where there is none."""
    name = format.strip().casefold()
    if name not in formats:
        raise UsageError(f"unknown format {format!r}", did_you_mean(name, formats))
    return name


def _by_suffix(output: str, formats: Sequence[str]) -> str:
    """Return the format of the file's suffix, csv without a suffix; `UsageError` with the valid suffixes."""
    suffix = Path(output).suffix.casefold()
    valid = {ending: fmt for ending, fmt in SUFFIXES.items() if fmt in formats}
    if suffix not in valid and (suffix or "csv" not in formats):
        hint = f"valid: {', '.join(valid)}; or give --format"
        why = f"from its suffix {suffix}" if suffix else "without a suffix"
        raise UsageError(f"cannot tell the format of {output} {why}", hint)
    return valid.get(suffix, "csv")


def check_folder(output: str) -> None:
    """Raise `OutputError` where the folder of the target does not exist, or the target is a folder."""
    folder = Path(output).parent
    with as_output_error(output, ADVICE):
        if not folder.is_dir():
            number = errno.ENOTDIR if folder.exists() else errno.ENOENT
            raise OSError(number, os.strerror(number))
        _is_regular_or_new(output)  # for its errors


@contextlib.contextmanager
def open_target(output: str | None) -> Iterator[Target]:
    """Give a sink for a path, or for standard output (None or `-`).

    A regular file, or one that does not exist yet, appears under its name only when the block has ended well;
    pipes and devices are written through. Errors of writing are `OutputError`; a reader that has gone away
    stays `BrokenPipeError`.
    """
    with _opened(output) as (target, file):
        yield target
    if file:
        try:
            files.publish([file], ADVICE)
        finally:
            file.discard()


def is_stream(output: str | None) -> bool:
    """Return whether an output is written through: standard output, a pipe, a device."""
    with as_output_error(_name_of(output), ADVICE):
        return _descriptor(output) is not None or not _is_regular_or_new(os.path.realpath(str(output)))


def _name_of(output: str | None) -> str:
    """Return the name of an output in messages."""
    return "standard output" if output in (None, "-") else str(output)


@contextlib.contextmanager
def _opened(output: str | None) -> Iterator[tuple[Target, Replacement | None]]:
    """Give a sink, and for a regular file what is to be published when the block has ended well."""
    if output == "":
        raise UsageError("-o needs the name of a file", "give - for standard output")
    name = _name_of(output)
    with as_output_error(name, ADVICE):
        descriptor = _descriptor(output)
        if descriptor is not None:
            yield Target(descriptor, name), None
            return
        # Else the slash would get lost below, and a file of that name would appear.
        if str(output).endswith("/"):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        real = os.path.realpath(str(output))
        if _is_regular_or_new(real):
            with files.replacement(Path(real), name) as file:
                yield Target(file.descriptor, name, str(file.hidden)), file
        else:
            with _written_through(real, name) as target:
                yield target, None


def _descriptor(output: str | None) -> int | None:
    """Return the open descriptor that the target means (stdout, /dev/stdout, /dev/fd/63), None for a file.

    Opening /dev/stdout anew would start at the file's first byte, and replacing it would lose what
    `>>` meant to keep; so the links are followed one by one, and the open descriptor itself is used.
    """
    if output in (None, "-"):
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        with contextlib.suppress(ValueError):
            sys.stdout.flush()  # what was printed before comes first
        return 1
    step = os.path.abspath(str(output))  # noqa: PTH100 - resolving links is what must not happen yet
    own = re.compile(rf"(?:/dev/fd|/proc/(?:self|thread-self|{os.getpid()})/fd)/(\d+)")
    for _ in range(40):  # as many links as Linux itself follows
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
    """Return whether the path is a regular file or does not exist yet; a folder is an error."""
    try:
        mode = Path(real).stat().st_mode
    except FileNotFoundError:
        return True
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    return stat.S_ISREG(mode)


@contextlib.contextmanager
def _written_through(real: str, name: str) -> Iterator[Target]:
    """Give a sink that writes straight into a device or a pipe."""
    descriptor = os.open(real, os.O_WRONLY)
    try:
        yield Target(descriptor, name)
    finally:
        os.close(descriptor)
