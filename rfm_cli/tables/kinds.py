"""The kinds of file that can be read, by their names, and the files of a folder that bear a table's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from rfm_cli.errors import InputError
from rfm_cli.tables.fields import TABLES

Kind = Literal["csv", "ndjson", "parquet", "arrow", "frame"]

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
}


def suffix_of(name: str) -> str | None:
    """The known suffix of a file name, `.gz`, `.zst` and upper case aside; None for other files.

    >>> suffix_of("ORDERS.CSV.gz"), suffix_of("orders.csv.zst"), suffix_of("notes.md")
    ('.csv', '.csv', None)
    """
    suffix = Path(name.lower().removesuffix(".gz").removesuffix(".zst")).suffix
    return suffix if suffix in SUFFIXES else None


OTHERS = {
    b"PK\x03\x04": ("a workbook or another zip archive, which is not read", "export its sheet as CSV, or unpack it"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an old workbook (.xls), which is not read", "export its sheet as CSV"),
    b"SQLite format 3\0": ("an SQLite database, which is not read", "export its table as CSV or Parquet"),
    b"Obj\x01": ("an Avro file, which is not read", "write it as Parquet"),
    b"BZh91AY&SY": ("packed by bzip2, which is not read", "unpack it, or pack it by gzip or zstd"),
    b"\xfd7zXZ\0": ("packed by xz, which is not read", "unpack it, or pack it by gzip or zstd"),
    b"\xff\xfe": ("not UTF-8 text", "it begins as UTF-16 does: --encoding utf-16"),
    b"\xfe\xff": ("not UTF-8 text", "it begins as UTF-16 does: --encoding utf-16"),
}
"""First bytes of files that are not read as they are: what such a file is, and what to do."""


def kind_by_bytes(start: bytes, where: str) -> Kind | None:
    """What a file is by its first bytes, None where they tell nothing; `InputError` for a kind that is not read."""
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"ARROW1"):
        return "arrow"
    for magic, (said, way_out) in OTHERS.items():
        if start.startswith(magic):
            raise InputError(f"{where}: {said}", way_out)
    first = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"\[\s*\{", first):
        raise InputError(f"{where}: a JSON array", "write one object a line (NDJSON), for example with jq -c '.[]'")
    return "ndjson" if first.startswith(b"{") else None


def discover(folder: Path) -> dict[str, str]:
    """Table -> file or folder of `folder` that bears its name: `orders.csv`, `customers.parquet`, `orders/`.

    Two that could be one table are an `InputError` that lists both. Rates are never found by name: money is
    converted only where that is asked for.
    """
    found = {}
    for table in TABLES:
        if table == "rates":
            continue
        named = sorted(path.name for path in folder.glob(f"{table}*") if _bears(path, table))
        if len(named) > 1:
            raise InputError(
                f"{len(named)} places could be the {table}: {', '.join(named)}", "name the one that is meant"
            )
        if named:
            found[table] = named[0] if folder == Path() else str(folder / named[0])
    return found


def _bears(path: Path, table: str) -> bool:
    """Whether a file or a folder has a table's name: engines write folders that are called `orders.csv`."""
    return (path.is_dir() and path.name == table) or (
        path.name.startswith(f"{table}.") and suffix_of(path.name) is not None
    )


def is_folder(path: str) -> bool:
    """Whether there is such a folder; a path that the system takes for none, since it is too long, is none."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False
