"""Folders that keep a table with a log, which no run reads as plain files.

Delta Lake, Apache Iceberg and Apache Hudi keep a table as a folder with a log, which says which of its files count.
Read as plain files, such a folder would give back rows that the table has removed or replaced, so it is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError


@dataclass(frozen=True)
class Lake:
    """A kind of table with a log: its name, the pattern of what its folder holds, and how to write it as one file."""

    name: str
    pattern: str
    way_out: str


LAKES = (
    Lake("a Delta table", "_delta_log", "for example with DuckDB: COPY (FROM delta_scan('{0}')) TO 'rows.parquet'"),
    Lake(
        "an Iceberg table",
        "metadata/*.metadata.json*",
        "for example with DuckDB: COPY (FROM iceberg_scan('{0}')) TO 'rows.parquet'",
    ),
    Lake("a Hudi table", ".hoodie", "for example with Spark: spark.read.format('hudi').load('{0}')"),
)
OF_LAKES = (".parquet",)
"""The suffix of the files in such tables; a CSV file beside them is a file of its own."""
GLOB = re.compile(r"[*?\[]")


def refuse_within(folder: Path, entries: Iterable[Path]) -> None:
    """Raise `InputError` where a folder is a table with a log, lies in one, or has one below it."""
    refuse_around([folder / "any"], suffixes=("",))
    for entry in entries:
        inside = entry.relative_to(folder).parts
        for lake in LAKES:
            depth = lake.pattern.count("/") + 1
            is_hidden = any(part.startswith(".") for part in inside[:-depth])
            if len(inside) >= depth and not is_hidden and entry.match(lake.pattern):
                raise _refused(lake, str(entry.parents[depth - 1]))


def refuse_around(files: Iterable[Path], suffixes: tuple[str, ...] = OF_LAKES) -> None:
    """Raise `InputError` where a file belongs to a table with a log, whose folder is above it."""
    # Thousands of files share a few folders; each folder is looked at once.
    seen: set[Path] = set()
    for file in files:
        if file.suffix.lower() not in suffixes:
            continue
        for known in (Path(os.path.abspath(file)), Path(os.path.realpath(file))):  # noqa: PTH100 - links are kept
            for folder in known.parents:
                if folder in seen:
                    break
                seen.add(folder)
                _refuse(folder)


def _refuse(folder: Path) -> None:
    for lake in LAKES:
        if next(folder.glob(lake.pattern), None) is not None:
            raise _refused(lake, str(folder))


def refuse_url(url: str) -> None:
    """Raise `InputError` where a URL is a table with a log; one that cannot be listed is taken for none."""
    protocol, _, rest = url.partition("://")
    if protocol == "file":
        refuse_around([Path(rest) / "any" if Path(rest).is_dir() else Path(rest)], suffixes=("", *OF_LAKES))
    # A web server does not list its files.
    elif protocol not in ("http", "https") and (GLOB.search(rest) or not Path(rest).suffix):
        found = GLOB.search(rest)
        base = rest[: rest.rfind("/", 0, found.start())] if found else rest.rstrip("/")
        for lake in LAKES:
            if _lists(f"{protocol}://{base}/{lake.pattern}{'' if '/' in lake.pattern else '/*'}"):
                raise _refused(lake, f"{protocol}://{base}")


def _lists(pattern: str) -> bool:
    """Return whether a URL pattern matches a file; False where that cannot be found out."""
    try:
        return pl.scan_lines(pattern).head(1).collect().height > 0
    except (pl.exceptions.PolarsError, OSError):
        return False


def _refused(lake: Lake, place: str) -> InputError:
    return InputError(
        f"{place}: {lake.name}, whose files may hold rows that it has removed or replaced",
        f"write its present rows to a file and give that, {lake.way_out.format(place)}",
    )
