"""The form of a text file, seen from its first lines: separator and headings."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SNIFF = 1 << 18


@dataclass(frozen=True)
class Layout:
    """The separator and the headings of a CSV file, in its order."""

    separator: str
    header: tuple[str, ...]

    def said(self, options: ReadOptions) -> str:
        """The form in words, for `rfm check`."""
        mark = SEPARATORS.get(self.separator, repr(self.separator))
        return f"csv, {mark} separated, {options.encoding}"


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


def layout(start: str, separator: str | None, where: str) -> Layout:
    """Separator and headings, from a file's first lines; `InputError` where it has none."""
    if "\0" in start:
        raise InputError(
            f"{where}: not a text file", "it holds zero bytes: is it UTF-16 (--encoding utf-16) or a workbook?"
        )
    line = next((line for line in start.lstrip("\ufeff").splitlines() if line.strip()), "")
    if not line:
        raise InputError(f"{where}: the file is empty", "export it again, with its header")
    mark = separator or max(SEPARATORS, key=lambda known: _fields(line, known))
    record = next(csv.reader(io.StringIO(start.lstrip("\ufeff").lstrip("\r\n")), delimiter=mark))
    return Layout(mark, tuple(heading.strip() for heading in record))


def _fields(line: str, separator: str) -> int:
    return len(next(csv.reader([line], delimiter=separator)))
