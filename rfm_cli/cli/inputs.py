"""The files that runs are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from rfm_cli.cli import settings
from rfm_cli.config import Settings
from rfm_cli.errors import UsageError
from rfm_cli.rollup.store import is_rollup, manifest_in
from rfm_cli.tables.paths import find, is_url


def inputs_of(runs: Sequence[Settings]) -> tuple[list[str], list[str]]:
    """The tables, schemes and cutoffs that runs with these settings read, in the order of their names; and addresses,
    which nobody can watch. `UsageError` for standard input, which nobody can read twice."""
    found: dict[str, None] = {}
    for one in runs:
        tables = astuple(settings.paths_of(one, Path()))
        found |= dict.fromkeys(path for table in tables for path in table)
        scheme = one.text("scheme") or ""
        found |= dict.fromkeys([scheme] if scheme.endswith(".toml") else [])
        found |= dict.fromkeys(text for text in one.texts("cuts") if not settings.is_given(text))
    if "-" in found:
        raise UsageError("standard input cannot be read twice", "give a file")
    urls = sorted(path for path in found if is_url(path))
    rollups = [path for path in found if path not in urls and is_rollup(path)]
    others = find([path for path in found if path not in urls and path not in rollups])
    return sorted({*map(str, others), *(str(manifest_in(Path(path))) for path in rollups)}), urls
