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
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from rfm_cli.errors import InputError, UsageError

UTF8 = ("utf-8", "ascii")
CHUNK = 1 << 20


class Spool:
    """A temporary file that is removed when the object dies or the program ends."""

    def __init__(self, name: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="rfm-"))
        self.path = folder / name
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)


def lay_down(path: str, encoding: str) -> Spool | None:
    """A UTF-8 copy of what Polars cannot read in place, or None where it can."""
    name = known_encoding(encoding)
    if path == "-":
        return _copied(sys.stdin.buffer, name, "stdin")
    file = Path(path)
    if not file.is_file():
        with file.open("rb") as pipe:
            return _copied(pipe, name, "pipe")
    if name in UTF8 or _is_binary(file):
        return None
    opened = gzip.open(file) if _is_gzip(file) else file.open("rb")
    with opened as stream:
        return _copied(cast(BinaryIO, stream), name, "text")


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


def _copied(stream: BinaryIO, encoding: str, name: str) -> Spool:
    spool = Spool(name)
    with spool.path.open("wb") as copy:
        if encoding in UTF8:
            shutil.copyfileobj(stream, copy, CHUNK)
        else:
            _transcode(stream, copy, encoding)
    return spool


def _transcode(stream: BinaryIO, copy: BinaryIO, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(CHUNK):
            copy.write(decoder.decode(block).encode())
        copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeDecodeError as error:
        raise InputError(f"the file is not {encoding} text: {error.reason}", "say its true --encoding") from error


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
