"""The kinds of file that can be read, by their names, and the files of a folder that bear a table's name."""

from __future__ import annotations

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
    """The known suffix of a file name, `.gz` and upper case aside; None for other files.

    >>> suffix_of("ORDERS.CSV.gz"), suffix_of("notes.md")
    ('.csv', None)
    """
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    return suffix if suffix in SUFFIXES else None


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
    if path.is_dir():
        return path.name == table
    return path.name.startswith(f"{table}.") and suffix_of(path.name) is not None
