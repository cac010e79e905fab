"""Copies of inputs that cannot be read in place: standard input, pipes, other encodings, padded gzip, odd CSV, what is
in a zip archive.

A copy is in a folder of the system's temporary directory and is removed with the object that holds it.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import shutil
import sys
import weakref
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from rfm_cli import files
from rfm_cli.errors import InputError, UsageError
from rfm_cli.safe_text import is_utf8
from rfm_cli.tables import file_kinds
from rfm_cli.tables.read_errors import not_utf8

UTF8 = ("utf-8", "ascii")
CHUNK = 1 << 20


class Spool:
    """A temporary file that is removed when the object dies or the program ends; `encoding` is that of its origin."""

    def __init__(self, name: str, encoding: str = "utf-8") -> None:
        folder = files.temporary_folder("rfm-")
        self.path = folder / name
        self.encoding = encoding
        # Also when the program ends, which `__del__` does not promise.
        self._finalizer = weakref.finalize(self, files.remove_folder, folder)


def utf8_copy(path: str, encoding: str, where: str | None = None) -> Spool | None:
    """Make a UTF-8 copy of what Polars cannot read in place; None where it can. `where` names the file in messages."""
    known_encoding(encoding)
    file = Path(path)
    if path == "-" or not file.is_file():
        copy = _streamed(path)
        return _readable(copy.path, encoding, path) or copy
    return _readable(file, encoding, where or path)


def _readable(file: Path, encoding: str, where: str) -> Spool | None:
    """Make a copy of a file that Polars can read; None where it can read the file itself."""
    # In this order: a copy of another encoding is unpacked and has a plain name already.
    start = file_kinds.first_bytes(file, 8)
    if (mark := file_kinds.mark_of(start)) and _reads(file, mark):
        return _translated(file, mark, where)
    if not _needs_no_change(file, start, known_encoding(encoding)):
        return _translated(file, encoding, where)
    is_packed = file_kinds.packing_of(file) is not None
    if file_kinds.is_padded(file) or (is_packed and file_kinds.is_binary(start)):
        return _unpacked(file)
    return None if is_utf8(str(file)) else _linked(file)


def _reads(file: Path, encoding: str) -> bool:
    """Return whether the first bytes of a file can be read in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(file_kinds.first_bytes(file, CHUNK))
    except UnicodeError:
        return False
    return True


def _linked(file: Path) -> Spool:
    """Make a link with a plain name to a file whose own name is not UTF-8, which Polars cannot open."""
    spool = Spool("link")
    spool.path.symlink_to(file.absolute())
    return spool


def _unpacked(file: Path) -> Spool:
    """Copy what is in a packed file."""
    spool = Spool("unpacked")
    with file_kinds.open_unpacked(file) as stream, spool.path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)
    return spool


def _needs_no_change(file: Path, start: bytes, encoding: str) -> bool:
    """Return whether Polars can read a file as it is; the given encoding may be that of another table."""
    return encoding in UTF8 or file_kinds.is_binary(start) or file_kinds.shows_utf8(file)


def _streamed(path: str) -> Spool:
    """Copy what comes through standard input or a pipe."""
    if path == "-" and sys.stdin is None:
        raise InputError("standard input is closed", "give a file, or send one into it: rfm score - < orders.csv")
    spool = Spool("stdin" if path == "-" else "pipe")
    opened = nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb")  # noqa: SIM115 - closed below
    with opened as stream, spool.path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)
    return spool


def _translated(file: Path, encoding: str, where: str) -> Spool:
    """Copy a file of another encoding, packed or not, as plain UTF-8."""
    spool = Spool("text", encoding)
    with file_kinds.open_unpacked(file) as stream, spool.path.open("wb") as copy:
        _transcode(stream, copy, known_encoding(encoding), where)
    return spool


def known_encoding(encoding: str) -> str:
    """Return Python's name of an encoding. Raises `UsageError` for an unknown one and for one that is not of texts."""
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)  # rot13 and base64 are codecs as well
    except (LookupError, ValueError) as error:
        raise UsageError(
            f"--encoding {encoding}: no such encoding", "for example utf-8, cp1251, cp1252, utf-16"
        ) from error
    return "utf-8" if name == "utf-8-sig" else name


def _transcode(stream: io.BufferedReader | gzip.GzipFile, copy: BinaryIO, encoding: str, where: str) -> None:
    # Incremental, since a character may begin in one block and end in the next.
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(CHUNK):
            copy.write(decoder.decode(block).encode())
        copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeError as error:
        raise InputError(
            f"{where}: not {encoding} text: {getattr(error, 'reason', error)}", "say its true --encoding"
        ) from error


def with_line_feeds(path: Path, separator: str, origin: Spool | None = None, above: int = 0) -> Spool:
    """Copy a CSV file whose lines end in carriage returns alone; all lines of the copy end in line feeds.

    The copy leaves out the lines `above` the headings.
    """
    spool = Spool("lines.csv", origin.encoding if origin else "utf-8")
    with _text(path) as source, spool.path.open("w", encoding="utf-8", newline="") as copy:
        rows = _records(islice(source, above, None), separator, path)
        csv.writer(copy, delimiter=separator, lineterminator="\n").writerows(rows)
    return spool


def repair(path: Path, separator: str, width: int, surplus: str, skip: int = 0) -> Spool | None:
    """Copy a file with every row cut to `width` fields and the rest in a last column; None if no row is too long.

    Empty fields beyond the header (a separator at the end of each line) are no surplus. A carriage return alone ends a
    row here, as a line feed does: a row that seemed too long may be several. The copy leaves out the text before
    `skip` line feeds, which is above the headings.
    """
    spool, found, odd = Spool("repaired.csv"), False, _Returns()
    with _text(path, skip) as source, spool.path.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, delimiter=separator, lineterminator="\n")
        for number, row in enumerate(_records(odd.seen(source), separator, path)):
            beyond = row[width:]
            # Noted even if all are empty: Polars counts separators, so that it would fail on the row.
            found = found or bool(beyond)
            last = surplus if number == 0 else separator.join(beyond) if any(beyond) else ""
            writer.writerow([*row[:width], *[""] * (width - len(row)), last])
    return spool if found or odd.found else None


class _Returns:
    """Lines on their way to a reader, and whether one of them ended in a carriage return alone."""

    def __init__(self) -> None:
        self.found = False

    def seen(self, lines: Iterable[str]) -> Iterator[str]:
        """Pass the lines on, and note how they end."""
        for line in lines:
            self.found = self.found or line.endswith("\r")
            yield line


def _text(path: Path, skip: int = 0) -> TextIO:
    stream = file_kinds.open_unpacked(path)
    for _line in range(skip):
        stream.readline()
    # `newline=""` as the module csv asks for: a quoted field may hold line ends, which must stay as they are.
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def _records(source: Iterable[str], separator: str, where: Path) -> Iterator[list[str]]:
    csv.field_size_limit(file_kinds.LONGEST_FIELD)
    try:
        for row in csv.reader(source, delimiter=separator):
            if row:
                yield row
    except csv.Error as error:
        raise InputError(f"{where}: broken quotes or fields: {error}", "export the file again") from error
    except UnicodeDecodeError as error:
        raise not_utf8(str(where)) from error
