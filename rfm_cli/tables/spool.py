"""Copies of inputs that cannot be read in place: standard input, pipes, other encodings, ragged CSV.

A copy lies in a folder of the system's temporary directory and goes away with the object that holds it.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from rfm_cli import stopping
from rfm_cli.errors import InputError, UsageError
from rfm_cli.printable import is_utf8
from rfm_cli.tables import text

UTF8 = ("utf-8", "ascii")
CHUNK = 1 << 20


class Spool:
    """A temporary file that is removed when the object dies or the program ends."""

    def __init__(self, name: str) -> None:
        with stopping.deferred():
            folder = tempfile.mkdtemp(prefix="rfm-")
            stopping.temporary(folder)
        self.path = Path(folder) / name
        self._finalizer = weakref.finalize(self, _remove, folder)


def _remove(folder: str) -> None:
    """Remove the folder of a copy."""
    shutil.rmtree(folder, ignore_errors=True)
    stopping.settled(folder)


def lay_down(path: str, encoding: str) -> Spool | None:
    """A UTF-8 copy of what Polars cannot read in place, or None where it can."""
    name = known_encoding(encoding)
    file = Path(path)
    if path == "-" or not file.is_file():
        laid = _streamed(path)
        return laid if _needs_no_change(laid.path, name) else _translated(laid.path, name, path)
    if not _needs_no_change(file, name):
        return _translated(file, name, path)
    return None if is_utf8(path) else _named_anew(file)


def _named_anew(file: Path) -> Spool:
    """A link of a plain name to a file whose own is not UTF-8, which Polars cannot open."""
    spool = Spool("link")
    spool.path.symlink_to(file.absolute())
    return spool


def _needs_no_change(file: Path, encoding: str) -> bool:
    """Whether Polars can read a file as it is; the encoding that was given may be that of another table."""
    return encoding in UTF8 or _is_binary(file) or text.speaks_utf8(file)


def _streamed(path: str) -> Spool:
    """What comes through standard input or a pipe, as it comes."""
    if path == "-" and sys.stdin is None:
        raise InputError("standard input is closed", "give a file, or send one into it: rfm score - < orders.csv")
    spool = Spool("stdin" if path == "-" else "pipe")
    opened = nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb")  # noqa: SIM115 - closed below
    with opened as stream, spool.path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)
    return spool


def _translated(file: Path, encoding: str, where: str) -> Spool:
    """A file of another encoding, packed or not, as plain UTF-8."""
    spool = Spool("text")
    with _opened(file) as stream, spool.path.open("wb") as copy:
        _transcode(stream, copy, encoding, where)
    return spool


def _opened(file: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(file)) if _is_gzip(file) else file.open("rb")


def known_encoding(encoding: str) -> str:
    """Python's own name of an encoding; `UsageError` for one that it does not know."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError(
            f"--encoding {encoding}: no such encoding", "for example utf-8, cp1251, cp1252, utf-16"
        ) from error
    return "utf-8" if name == "utf-8-sig" else name


def _is_gzip(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _is_binary(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(6)[:4] in (b"PAR1", b"ARRO")


def _transcode(stream: BinaryIO, copy: BinaryIO, encoding: str, where: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(CHUNK):
            copy.write(decoder.decode(block).encode())
        copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        raise InputError(
            f"{where}: not {encoding} text: {getattr(error, 'reason', error)}", "say its true --encoding"
        ) from error


def repair(path: Path, separator: str, width: int, surplus: str) -> Spool | None:
    """A copy with every row cut to `width` fields and what stood beyond in a last column; None if none is too long.

    Empty fields beyond the header (a separator at the end of each line) are no surplus.
    """
    spool, found = Spool("repaired.csv"), False
    with _text(path) as source, spool.path.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, delimiter=separator, lineterminator="\n")
        for number, row in enumerate(_records(source, separator)):
            beyond = row[width:]
            found = found or bool(beyond)
            last = surplus if number == 0 else separator.join(beyond) if any(beyond) else ""
            writer.writerow([*row[:width], *[""] * (width - len(row)), last])
    return spool if found else None


def _text(path: Path) -> TextIO:
    if _is_gzip(path):
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _records(source: TextIO, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 30)
    try:
        for row in csv.reader(source, delimiter=separator):
            if row:
                yield row
    except csv.Error as error:
        raise InputError(f"{source.name}: broken quotes or fields: {error}", "export the file again") from error
