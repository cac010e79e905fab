"""What a file is, from its name and its first bytes: its kind, how it is packed, and the layout of a text file."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from rfm_cli.errors import InputError

Kind = Literal["csv", "ndjson", "parquet", "arrow", "frame", "workbook"]
SUFFIXES: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".feather": "arrow",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xlsb": "workbook",
    ".xls": "workbook",
    ".ods": "workbook",
}
ARCHIVE = ".zip"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of zip archives, new workbooks among them, and of old workbooks."""


def suffix_of(name: str) -> str | None:
    """Return the known suffix of a file name, ignoring `.gz`, `.zst` and upper case; None for other files.

    >>> suffix_of("ORDERS.CSV.gz"), suffix_of("orders.csv.zst"), suffix_of("notes.md")
    ('.csv', '.csv', None)
    """
    suffix = Path(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    return suffix if suffix in SUFFIXES else None


def is_data(name: str) -> bool:
    """Return whether a file of a folder is data by its name: a known suffix, and no file that Excel keeps while it has
    a workbook open."""
    return (suffix_of(name) is not None or name.lower().endswith(ARCHIVE)) and not name.startswith("~$")


NOT_READ = {
    b"SQLite format 3\0": ("an SQLite database, which is not read", "export its table as CSV or Parquet"),
    b"Obj\x01": ("an Avro file, which is not read", "write it as Parquet"),
    b"ORC": ("an ORC file, which is not read", "write it as Parquet"),
    b"%PDF-": ("a PDF, which is not read", "export the table itself, as CSV or as a workbook"),
    b"{\\rtf": ("a text document (RTF), which is not read", "export the table itself, as CSV or as a workbook"),
    b"BZh91AY&SY": ("packed by bzip2, which is not read", "unpack it, or pack it by gzip or zstd"),
    b"\xfd7zXZ\0": ("packed by xz, which is not read", "unpack it, or pack it by gzip or zstd"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive, which is not read", "unpack it, or pack it as zip"),
    b"Rar!\x1a\x07": ("a RAR archive, which is not read", "unpack it, or pack it as zip"),
    b"\x89PNG\r\n": ("an image, which is not read", "export the table itself, as CSV or as a workbook"),
    b"\xff\xd8\xff": ("an image, which is not read", "export the table itself, as CSV or as a workbook"),
}
"""First bytes of files that are not read: what such a file is, and what to do."""
DUCKDB = ("a DuckDB database, which is not read", "export its table: COPY orders TO 'orders.parquet'")
MARKUP = {
    rb"<(!doctype html|html|head|body|meta|table|div|style)\b": (
        "a web page (HTML), which is not read, whatever its name says",
        "export the table itself as CSV; or open the page in a spreadsheet and save it as .xlsx",
    ),
    rb"mime-version:": (
        "a saved web page (MHTML), which is not read, whatever its name says",
        "open it in a spreadsheet and save it as .xlsx",
    ),
    rb"<(\?xml|workbook)\b": (
        "an XML file, which is not read",
        "export the table as CSV; a spreadsheet that opens the file can save it as .xlsx",
    ),
}
"""Patterns of how texts begin that are no tables, in lower case: what such a file is, and what to do."""
MARKS = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks of encodings that are read as if they were given."""


def kind_by_bytes(start: bytes, where: str) -> Kind | None:
    """Return what a file is by its first bytes, None where they do not show it. Raises `InputError` for a kind that is
    not read."""
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"ARROW1"):
        return "arrow"
    if start.startswith((ZIP, OLE)):
        return "workbook"
    _refuse_others(start, where)
    first = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"\[\s*\{", first):
        raise InputError(f"{where}: a JSON array", "write one object a line (NDJSON), for example with jq -c '.[]'")
    return "ndjson" if first.startswith(b"{") else None


def _refuse_others(start: bytes, where: str) -> None:
    """Raise `InputError` for a kind that is not read, which the CSV reader would report as broken text."""
    found = next((known for magic, known in NOT_READ.items() if start.startswith(magic)), None)
    if start[8:12] == b"DUCK":
        found = DUCKDB
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = found or next((known for pattern, known in MARKUP.items() if re.match(pattern, text)), None)
    if found:
        raise InputError(f"{where}: {found[0]}", found[1])


def mark_of(start: bytes) -> str | None:
    """Return the encoding that the first bytes of a text name by their mark, None for UTF-8 and for texts without."""
    return next((encoding for mark, encoding in MARKS.items() if start.startswith(mark)), None)


def is_binary(start: bytes) -> bool:
    """Return whether the first bytes are those of a table that is no text, or of an archive."""
    return start.startswith((b"PAR1", b"ARRO", ZIP, OLE))


Packing = Literal["gzip", "zstd"]
MAGIC: dict[bytes, Packing] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
CHUNK = 1 << 20
DAMAGED = ("gzip", "deflate", "unexpected end of file", "incomplete frame", "frame descriptor", "zstd", "truncated")
"""Words in the errors that unpackers raise, in lower case."""


def packing_of(path: Path) -> Packing | None:
    """Return how a file is packed; None if it is not."""
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), None)


def open_unpacked(path: Path) -> io.BufferedReader | gzip.GzipFile:
    """Open the bytes of a file, unpacked. A file of several packed parts is read as one."""
    packing = packing_of(path)
    if packing == "gzip":
        return gzip.open(path)
    # Python reads gzip itself; for zstd it takes pyarrow, whose streams have the same methods.
    if packing == "zstd":
        import pyarrow as pa  # type: ignore[import-untyped]

        stream: io.BufferedReader = pa.input_stream(str(path), compression="zstd")
        return stream
    return path.open("rb")


def is_padded(path: Path) -> bool:
    """Return whether zero bytes follow the last part of a gzip file, as tapes and some servers leave them.

    Polars takes them for a damaged part. A file ends in a zero byte anyway where its last part holds less than 16 MB,
    so few files have to be unpacked to find out.
    """
    if packing_of(path) != "gzip":
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        if file.read(1) != b"\0":
            return False
        file.seek(0)
        return _ends_behind_its_parts(file)


def _ends_behind_its_parts(file: BinaryIO) -> bool:
    """Return whether only zero bytes, one or more, follow the last whole gzip part of a file."""
    rest = b""
    while rest := rest or file.read(CHUNK):
        if not rest.startswith(b"\x1f"):
            return not (rest.strip(b"\0") or any(block.strip(b"\0") for block in iter(lambda: file.read(CHUNK), b"")))
        part = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not part.eof:
            if not (rest := rest or file.read(CHUNK)):
                return False
            part.decompress(rest, 16 * CHUNK)
            rest = part.unused_data if part.eof else part.unconsumed_tail
    return False


def is_damage(error: OSError) -> bool:
    """Return whether an error without a number comes from a packed file that is cut short or damaged."""
    return error.errno is None and any(word in str(error).lower() for word in DAMAGED)


SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SNIFF = 1 << 18
LINES_AT_MOST = 1 << 24
"""The first lines are looked for in this many bytes, and in a sixteenth of them first."""
LONGEST_FIELD = 1 << 30
"""The most characters of a CSV field; Python's own limit is 128 K."""


@dataclass(frozen=True)
class Layout:
    """The separator and the headings of a CSV file, in its order.

    `above` is the number of lines above the headings, `skip` the number of line feeds among them.
    """

    separator: str
    header: tuple[str, ...]
    above: int = 0
    skip: int = 0

    def in_words(self, encoding: str) -> str:
        """Return the layout in words, for `rfm check`."""
        mark = SEPARATORS.get(self.separator, repr(self.separator))
        return f"csv, {mark} separated, {encoding}"


def first_bytes(path: Path, count: int) -> bytes:
    """Return the first bytes of a file, unpacked."""
    with open_unpacked(path) as file:
        return file.read(count)


def first_text(path: Path) -> str:
    """Return the first lines of a UTF-8 file with whole headings; a character cut at the end is replaced."""
    with open_unpacked(path) as file:
        start = file.read(SNIFF)
        while not _ends_a_row(start) and len(start) < LINES_AT_MOST and (more := file.read(len(start))):
            start += more
    return start.decode("utf-8-sig", errors="replace")


def _ends_a_row(start: bytes) -> bool:
    """Return whether a line that is not blank ends, outside of quotes, before the last byte of `start`."""
    rows = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:-1]
    return any(b"\n" in part or b"\r" in part for part in rows.split(b'"')[::2])


def ends_in_returns(start: str) -> bool:
    """Return whether the headings of a file end in a carriage return alone, as lines of old Macs do."""
    parts = start.lstrip("\ufeff\r\n \t").split('"')
    ends = (match[0] for part in parts[::2] for match in re.finditer(r"\r\n|\r|\n", part))
    return next(ends, "") == "\r"


def first_lines(path: Path, count: int) -> bytes | None:
    """Return whole lines from the start of a file, more than `count`.

    Returns None where the file has no more, where they take too many bytes, or where they seem to end within a quoted
    field. A row may take several lines.
    """
    start = first_bytes(path, LINES_AT_MOST // 16)
    if start.count(b"\n") <= count:
        start = first_bytes(path, LINES_AT_MOST)
    whole = start[: start.rfind(b"\n") + 1]
    # An odd number of quotes means that the last line feed is inside of a field.
    is_cut_in_a_field = whole.count(b'"') % 2 == 1
    return None if whole.count(b"\n") <= count or is_cut_in_a_field else whole


def shows_utf8(path: Path) -> bool:
    """Return whether a file is UTF-8 throughout and shows it, by a byte order mark or by letters beyond ASCII."""
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    with open_unpacked(path) as file:
        try:
            while block := file.read(CHUNK):
                is_ascii = is_ascii and block.isascii()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return not is_ascii


def csv_layout(start: str, separator: str | None, where: str) -> Layout:
    """Return separator and headings from the first lines of a file. Raises `InputError` where it has none."""
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
