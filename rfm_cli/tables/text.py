"""The form of a text file, seen from its first lines: separator and headings."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import InputError

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SNIFF = 1 << 18
LINES_AT_MOST = 1 << 24
"""First lines are looked for in so many bytes, and in a sixteenth of them first."""


@dataclass(frozen=True)
class Layout:
    """The separator and the headings of a CSV file, in its order."""

    separator: str
    header: tuple[str, ...]

    def said(self, encoding: str) -> str:
        """The form in words, for `rfm check`."""
        mark = SEPARATORS.get(self.separator, repr(self.separator))
        return f"csv, {mark} separated, {encoding}"


def first_bytes(path: Path, count: int) -> bytes:
    """The first bytes of a file, unpacked where it is gzip."""
    with path.open("rb") as file:
        start = file.read(count)
    if start.startswith(b"\x1f\x8b"):
        with gzip.open(path) as packed:
            return packed.read(count)
    return start


def first_text(path: Path) -> str:
    """The first lines of a UTF-8 file; a character cut at the end is left out."""
    return first_bytes(path, SNIFF).decode("utf-8-sig", errors="replace")


def first_lines(path: Path, count: int) -> bytes | None:
    """Whole lines from the start of a file, more than `count`; None where it has no more, where they take too many
    bytes, or where they seem to end within a quoted field. A row may take several lines."""
    start = first_bytes(path, LINES_AT_MOST // 16)
    if start.count(b"\n") <= count:
        start = first_bytes(path, LINES_AT_MOST)
    whole = start[: start.rfind(b"\n") + 1]
    is_cut_in_a_field = whole.count(b'"') % 2 == 1
    return None if whole.count(b"\n") <= count or is_cut_in_a_field else whole


def speaks_utf8(path: Path) -> bool:
    """Whether a file shows by its first megabyte that it is UTF-8: a byte-order mark, or valid letters beyond ASCII."""
    start = first_bytes(path, 1 << 20)
    if start.startswith(b"\xef\xbb\xbf"):
        return True
    try:
        return not start.isascii() and bool(codecs.getincrementaldecoder("utf-8")().decode(start))
    except UnicodeDecodeError:
        return False


def layout(start: str, separator: str | None, where: str) -> Layout:
    """Separator and headings, from a file's first lines; `InputError` where it has none."""
    if "\0" in start:
        raise InputError(
            f"{where}: not a text file", "it holds zero bytes: is it UTF-16 (--encoding utf-16) or a workbook?"
        )
    line = next((line for line in start.lstrip("\ufeff").splitlines() if line.strip()), "")
    if not line:
        raise InputError(f"{where}: the file is empty", "export it again, with its header")
    # A separator that was given for one table need not part the columns of another.
    mark = separator if separator and separator in line else max(SEPARATORS, key=lambda known: _fields(line, known))
    record = next(csv.reader(io.StringIO(start.lstrip("\ufeff").lstrip("\r\n")), delimiter=mark))
    return Layout(mark, tuple(heading.strip() for heading in record))


def _fields(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator)))
