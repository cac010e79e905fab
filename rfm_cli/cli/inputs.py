"""The files of a run: which table each file on the command line is, and which files a job has to watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

from rfm_cli.cli import settings
from rfm_cli.config import Settings
from rfm_cli.errors import UsageError


def values_given(*groups: object | None, **own: str | None) -> dict[str, object]:
    """Return the values of option groups and of a command's own options, by the names of settings.

    Files among the arguments that are called like another table than orders move to that table:
    `rfm score orders.csv customers.csv` is `rfm score orders.csv --customers customers.csv`. A folder with files
    called orders.*, customers.*, ... is replaced by them.
    """
    from rfm_cli.tables.fields import TABLES
    from rfm_cli.tables.paths import discover, is_folder

    values = {name: value for group in groups if group for name, value in vars(group).items()} | own
    found: dict[str, list[str]] = {}
    for path in _paths(values, "orders"):
        inside = discover(Path(path)) if is_folder(path) else {}
        stem = Path(path).name.split(".")[0].lower()
        named = inside if "orders" in inside else {stem if stem in TABLES else "orders": path}
        for table, file in named.items():
            found.setdefault(table, []).append(file)
    values["orders"] = found.pop("orders", None)
    for table, files in found.items():
        values[table] = [*_paths(values, table), *files]
    return values


def _paths(values: Mapping[str, object], table: str) -> list[str]:
    """Return the paths that the values give for a table."""
    given = values.get(table)
    return [str(path) for path in given] if isinstance(given, list | tuple) else []


def inputs_of(runs: Sequence[Settings]) -> tuple[list[str], list[str]]:
    """Return the files that runs with these settings read (tables, schemes, cutoffs), sorted, and the URLs.

    Files can be watched for changes, and URLs cannot. Raises `UsageError` for standard input, which cannot be read
    twice.
    """
    from rfm_cli.rollup.store import is_rollup, manifest_in
    from rfm_cli.tables.paths import find, is_url

    found: dict[str, None] = {}
    for one in runs:
        tables = astuple(settings.table_paths(one, Path()))
        found |= dict.fromkeys(path for table in tables for path in table)
        scheme = one.text("scheme") or ""
        found |= dict.fromkeys([scheme] if scheme.endswith(".toml") else [])
        found |= dict.fromkeys(text for text in one.texts("cuts") if not settings.is_axis_cutoffs(text))
    if "-" in found:
        raise UsageError("standard input cannot be read twice", "give a file")
    urls = sorted(path for path in found if is_url(path))
    rollups = [path for path in found if path not in urls and is_rollup(path)]
    others = find([path for path in found if path not in urls and path not in rollups])
    return sorted({*map(str, others), *(str(manifest_in(Path(path))) for path in rollups)}), urls
