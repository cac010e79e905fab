"""Paths as users write them become files: folders and globs are expanded, tables are found by their names.

Delta Lake, Apache Iceberg and Apache Hudi keep a table as a folder with a log, which says which of its files count.
Read as plain files, such a folder would give back rows that the table has removed or replaced, so it is refused.
"""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.safe_text import printable
from rfm_cli.tables.fields import TABLES
from rfm_cli.tables.file_kinds import SUFFIXES, suffix_of
from rfm_cli.tables.read_errors import input_errors

Given = str | pl.LazyFrame | pl.DataFrame
"""What a table can be given as: a path (a glob, a folder, `-`, a URL), or in Python a frame."""


@dataclass(frozen=True)
class Lake:
    """A kind of table with a log: its name, the pattern of what its folder holds, and how to write it as one file."""

    name: str
    pattern: str
    way_out: str


def find(paths: Sequence[Given], table: str | None = None) -> list[Given]:
    """Return the files that paths name, with folders and globs expanded in name order; frames are returned as they are.

    Raises `InputError` where there is none, `UsageError` where one is given twice.
    """
    files: list[Given] = []
    for path in paths:
        if not isinstance(path, str):
            files.append(path)
            continue
        with input_errors(printable(path)):
            files += _expanded(path)
    # Compared by real paths: a link and its target are one file.
    named = [file if is_url(file) else os.path.realpath(file) for file in files if isinstance(file, str)]
    if twice := [file for file, count in Counter(named).items() if count > 1]:
        raise UsageError(f"{Path(twice[0]).name} is given twice", "its rows would count twice")
    return files


def _expanded(path: str) -> list[str]:
    if not path:
        raise UsageError("an empty path was given", "is a shell variable empty?")
    if path == "-" or is_url(path):
        return [path]
    if parted(path)[1]:
        return [path]
    # Before any wildcard is looked for: a file may be called orders[1].csv.
    if Path(path).is_file() or _is_pipe(path):
        refuse_around([Path(path)])
        return [path]
    if Path(path).is_dir():
        return _inside(path)
    matches = glob.glob(path, recursive=True)  # noqa: PTH207 - the pattern may be absolute, and keeps its form
    found = {file for file in matches if Path(file).is_file()}
    refuse_around(Path(file) for file in found)
    # Engines write folders that are called as a file is: orders.csv, with a file for each part.
    folders = [folder for folder in matches if suffix_of(Path(folder).name) and Path(folder).is_dir()]
    found |= {file for folder in folders for file in _inside(folder)}
    if not found:
        raise InputError(f"{path}: no such file", "check the path, or run rfm check")
    return sorted(found)


def _inside(folder: str) -> list[str]:
    """List the data files of a folder and of the folders below it."""
    entries = list(Path(folder).rglob("*"))
    refuse_within(Path(folder), entries)
    inside = sorted(str(file) for file in entries if file.is_file() and _is_data(file, Path(folder)))
    if not inside:
        raise InputError(
            f"{folder}: no data file in this folder", f"it takes {', '.join(SUFFIXES)}, also with .gz or .zst"
        )
    return inside


def _is_data(file: Path, folder: Path) -> bool:
    """Return whether a file of a folder is data: it has a known suffix, and no part of its path is hidden."""
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return suffix_of(file.name) is not None and not hidden


def _is_pipe(path: str) -> bool:
    return Path(path).exists() and not Path(path).is_dir()


def parted(path: str) -> tuple[str, str]:
    """Return a path as a file and the part of it that is meant, a sheet or a file of an archive: FILE#PART.

    A file that is really called so is a whole file.
    """
    if "#" not in path or path == "-" or is_url(path) or _exists(path):
        return path, ""
    places = [match.start() for match in re.finditer("#", path)][::-1]
    found = next((place for place in places if path[place + 1 :] and _is_file(path[:place])), None)
    return (path, "") if found is None else (path[:found], path[found + 1 :])


def _exists(path: str) -> bool:
    return os.path.lexists(path)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises where a name is too long


def is_url(path: str) -> bool:
    """Return whether Polars fetches the path: `s3://`, `gs://`, `az://`, `https://` and the like."""
    return re.match(r"^[a-z][a-z0-9+.-]+://", path) is not None


def discover(folder: Path) -> dict[str, str]:
    """Find the file or folder of each table by its name: `orders.csv`, `customers.parquet`, `orders/`. Returns table ->
    path.

    Raises `InputError` that lists both where two could be one table. Rates are never found by name, because money is
    converted only on request.
    """
    found = {}
    for table in TABLES:
        if table == "rates":
            continue
        named = sorted(path.name for path in folder.glob(f"{table}*") if _is_named_after(path, table))
        if len(named) > 1:
            raise InputError(
                f"{len(named)} places could be the {table}: {', '.join(named)}", "name the one that is meant"
            )
        if named:
            found[table] = named[0] if folder == Path() else str(folder / named[0])
    return found


def _is_named_after(path: Path, table: str) -> bool:
    """Return whether a file or folder has a table's name; engines write folders that are called `orders.csv`."""
    return (path.is_dir() and path.name == table) or (
        path.name.startswith(f"{table}.") and suffix_of(path.name) is not None
    )


def is_folder(path: str) -> bool:
    """Return whether there is such a folder; False for a path that is too long for the system."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False


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
