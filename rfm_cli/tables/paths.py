"""Paths as users write them become files: folders and globs are expanded, tables are found by their names."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath
from urllib.parse import urlsplit

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.safe_text import printable
from rfm_cli.tables.fields import TABLES
from rfm_cli.tables.file_kinds import SUFFIXES, is_data
from rfm_cli.tables.lakes import GLOB, refuse_around, refuse_within
from rfm_cli.tables.names import listed, sorted_out, table_named
from rfm_cli.tables.read_errors import input_errors

Given = str | pl.LazyFrame | pl.DataFrame
"""What a table can be given as: a path (a glob, a folder, `-`, a URL), or in Python a frame."""


def find(paths: Sequence[Given], table: str | None = None) -> list[Given]:
    """Return the files that paths name, with folders and globs expanded in name order; frames are returned as they are.

    With `table`, what is called like another table is left out of folders and globs. Raises `InputError` where there is
    none, `UsageError` where one is given twice.
    """
    files: list[Given] = []
    for path in paths:
        if not isinstance(path, str):
            files.append(path)
            continue
        with input_errors(printable(path)):
            files += _expanded(path, table)
    # Compared by real paths: a link and its target are one file.
    named = [file if is_url(file) else os.path.realpath(file) for file in files if isinstance(file, str)]
    if twice := [file for file, count in Counter(named).items() if count > 1]:
        raise UsageError(f"{Path(twice[0]).name} is given twice", "its rows would count twice")
    return files


def there(paths: Sequence[str]) -> list[str]:
    """Return the paths that `find` would find something at."""
    return [path for path in paths if path == "-" or is_url(path) or parted(path)[1] or _exists(path) or _matches(path)]


def _expanded(path: str, table: str | None) -> list[str]:
    if not path:
        raise UsageError("an empty path was given", "is a shell variable empty?")
    if path == "-" or is_url(path) or parted(path)[1]:
        return [path]
    # Before any wildcard is looked for: a file may be called orders[1].csv.
    if Path(path).is_file() or _is_pipe(path):
        refuse_around([Path(path)])
        return [path]
    if Path(path).is_dir():
        return _of_table(path, _inside(path), table)
    found = _matches(path)
    refuse_around(Path(file) for file in found if Path(file).is_file())
    if not found:
        raise InputError(f"{path}: no such file", "check the path, or run rfm check")
    own = [one for one in found if table_named(Path(one).name) in (None, table)] if table else found
    # A pattern that matches other names alone is meant.
    return sorted(file for one in own or found for file in (_inside(one) if Path(one).is_dir() else [one]))


def _matches(pattern: str) -> list[str]:
    """Return the files that a pattern matches, and the folders that are called as a file is: engines write folders such
    as orders.csv, with a file for each part."""
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 - the pattern may be absolute, and keeps its form
    folders = {one for one in found if Path(one).is_dir() and is_data(Path(one).name)}
    within = tuple(f"{folder}{os.sep}" for folder in folders)
    files = {one for one in found if Path(one).is_file() and not one.startswith(within)}
    return sorted(folders | files)


def _inside(folder: str) -> list[str]:
    """List the data files of a folder and of the folders below it."""
    entries = list(Path(folder).rglob("*"))
    refuse_within(Path(folder), entries)
    inside = sorted(str(file) for file in entries if file.is_file() and _is_data(file, Path(folder)))
    if not inside:
        raise InputError(
            f"{folder}: no data file in this folder", f"it takes {', '.join(SUFFIXES)}, also with .gz or .zst, and .zip"
        )
    return inside


def _of_table(folder: str, files: Sequence[str], table: str | None) -> list[str]:
    """Return those of a folder's files that are a table, all of them where none is asked for."""
    if table is None or table_named(Path(folder).name) == table:
        return list(files)
    within = {os.path.relpath(file, folder): file for file in files}
    own = sorted_out(list(within)).of(table)
    if not own:
        raise InputError(f"{folder}: no {table} in this folder, by their names", "name the file that is meant")
    return [within[name] for name in own]


def _is_data(file: Path, folder: Path) -> bool:
    """Return whether a file of a folder is data by its name, and no part of its path is hidden."""
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return is_data(file.name) and not hidden


def tables_at(path: str) -> list[str]:
    """Return the tables that a path among the arguments has, by names: what is called like no table is orders."""
    if not path:  # an error later, and not the working directory
        return ["orders"]
    if is_url(path):
        return [table_named(PurePath(urlsplit(path).path).name) or "orders"]
    file, part = parted(path)
    if own := table_named(part) or table_named(Path(file).name):
        return [own]
    if is_folder(path):
        entries = [one for one in Path(path).rglob("*") if one.is_file() and _is_data(one, Path(path))]
        found = sorted_out([os.path.relpath(one, path) for one in entries])
        # Rates are taken only on request, because they convert money.
        named = [table for table in TABLES if table in found.files and table != "rates"]
        return named if "orders" in named or (named and not found.others) else ["orders", *named]
    matched = [] if part or _is_file(path) or not GLOB.search(path) else _matches(path)
    return list(dict.fromkeys(table_named(Path(one).name) or "orders" for one in matched)) or ["orders"]


def taken_and_left(folder: str, tables: Sequence[str]) -> str:
    """Return which places of a folder were taken as which of these tables and which files were left; empty where it has
    neither."""
    if table_named(Path(folder).name) in tables:
        return ""
    visible = [one for one in Path(folder).rglob("*") if one.is_file() and _is_shown(one, Path(folder))]
    data = sorted(os.path.relpath(one, folder) for one in visible if _is_data(one, Path(folder)))
    found = sorted_out(data)
    taken = {file for table in tables for file in found.of(table)}
    left = sorted(name for one in visible if (name := os.path.relpath(one, folder)) not in taken)
    shown = {table: listed(found.places.get(table) or found.others) for table in tables}
    if not left and set(tables) == {"orders"} and "orders" not in found.places:
        return ""
    said = "; ".join(f"{table} = {names}" for table, names in shown.items())
    return f"taken: {said}" + (f"; left: {listed(left)}" if left else "")


def _is_shown(file: Path, folder: Path) -> bool:
    return not any(part.startswith((".", "_", "~$")) for part in file.relative_to(folder).parts)


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


def is_folder(path: str) -> bool:
    """Return whether there is such a folder; False for a path that is too long for the system."""
    try:
        return Path(path).is_dir()
    except OSError:
        return False
