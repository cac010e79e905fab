"""The form of a text file, seen from its first lines: separator and headings."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import InputError
from rfm_cli.tables.packed import CHUNK, opened

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SNIFF = 1 << 18
LINES_AT_MOST = 1 << 24
"""First lines are looked for in so many bytes, and in a sixteenth of them first."""
LONGEST_FIELD = 1 << 30
"""The most characters of a CSV field; Python's own limit is 128 K."""


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
    """The first bytes of a file, unpacked where it is packed."""
    with opened(path) as file:
        return file.read(count)


def first_text(path: Path) -> str:
    """The first lines of a UTF-8 file, its headings whole; a character cut at the end is left out."""
    with opened(path) as file:
        start = file.read(SNIFF)
        while not _ends_a_row(start) and len(start) < LINES_AT_MOST and (more := file.read(len(start))):
            start += more
    return start.decode("utf-8-sig", errors="replace")


def _ends_a_row(start: bytes) -> bool:
    """Whether a line that is not blank ends before the last of some first bytes, outside of quotes."""
    rows = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:-1]
    return any(b"\n" in part or b"\r" in part for part in rows.split(b'"')[::2])


def ends_in_returns(start: str) -> bool:
    """Whether the headings of a file end in a carriage return alone, as lines of old Macs do."""
    parts = start.lstrip("\ufeff\r\n \t").split('"')
    ends = (match[0] for part in parts[::2] for match in re.finditer(r"\r\n|\r|\n", part))
    return next(ends, "") == "\r"


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
    """Whether a file is UTF-8 throughout, and shows it: a byte order mark or letters beyond ASCII stand somewhere."""
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    with opened(path) as file:
        try:
            while block := file.read(CHUNK):
                is_ascii = is_ascii and block.isascii()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return not is_ascii


def layout(start: str, separator: str | None, where: str) -> Layout:
    """Separator and headings, from a file's first lines; `InputError` where it has none."""
    line = next((line for line in re.split(r"[\r\n]", start.lstrip("\ufeff")) if line.strip()), "")
    if not line:
        raise InputError(f"{where}: the file is empty", "export it again, with its header")
    csv.field_size_limit(LONGEST_FIELD)
    # A separator that was given for one table need not part the columns of another.
    mark = separator if separator and separator in line else max(SEPARATORS, key=lambda known: _fields(line, known))
    record = next(csv.reader(io.StringIO(start.lstrip("\ufeff").lstrip("\r\n"), newline=""), delimiter=mark))
    return Layout(mark, tuple(heading.strip() for heading in record))


def _fields(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator)))
