"""What a file is opened as: here by its first bytes before its name, in a cloud by its name before its first line."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import file_kinds
from rfm_cli.tables.file_kinds import ARCHIVE, SUFFIXES, Kind, kind_by_bytes, suffix_of


def kind_in_a_cloud(url: str) -> Kind:
    """Return what a file behind a URL is: by its suffix before the query, else by its first line."""
    name = urlsplit(url).path
    if name.lower().endswith(ARCHIVE) or SUFFIXES.get(suffix_of(name) or "") == "workbook":
        raise InputError(f"{url}: workbooks and zip archives are not read from URLs", "download it, and give the file")
    if suffix := suffix_of(name):
        return SUFFIXES[suffix]
    start = _first_line(url)
    return "parquet" if start is None else kind_by_bytes(start.encode(), url) or "csv"


def _first_line(url: str) -> str | None:
    """Return the first line of a text behind a URL, None for a folder and for a file that is no text."""
    with contextlib.suppress(pl.exceptions.PolarsError, OSError):
        lines = pl.scan_lines(url).head(1).collect()
        return str(lines.item()) if lines.height else None
    return None


def kind_here(local: Path, path: str, where: str) -> Kind:
    """Return what a file is; its first bytes count more than its name."""
    start = file_kinds.first_bytes(local, 64)
    if not start:
        raise pl.exceptions.NoDataError(path)
    # Tables with types are sure by their bytes; CSV and NDJSON go by their name first.
    found, named = kind_by_bytes(start, where), SUFFIXES.get(suffix_of(path) or "")
    if found in ("parquet", "arrow", "workbook"):
        return found
    if named in ("parquet", "arrow"):
        raise InputError(f"{where}: not a {named} file, whatever its name says", "export it again")
    # Many shops call a text with tabs .xls, so that a spreadsheet opens it.
    return (None if named == "workbook" else named) or found or "csv"
