"""The headings of a file, without its rows: what completion offers.

A shell waits for the answer, so Polars is loaded only for files whose headings lie behind their rows.
"""

from __future__ import annotations

from pathlib import Path

from rfm_cli.tables.file_kinds import SNIFF, first_bytes, first_text, is_data, kind_by_bytes, mark_of
from rfm_cli.tables.headings import layout_of
from rfm_cli.tables.options import ReadOptions

UTF8 = "utf-8"


def first_headings(path: str, options: ReadOptions) -> tuple[str, ...]:
    """Return the headings of a file, or of the first file of a folder; empty where they are not to be had at once.

    Pipes are not touched, and neither are URLs. Workbooks and archives would have to be unpacked as a whole.
    """
    place = _first_file(Path(path))
    if place is None:
        return ()
    start = first_bytes(place, SNIFF)
    kind = kind_by_bytes(start, path)
    if kind == "workbook":
        return ()
    if kind in ("parquet", "arrow"):
        import polars as pl

        return tuple(pl.read_parquet_schema(place) if kind == "parquet" else pl.read_ipc_schema(place))
    if kind == "ndjson":
        import json

        return tuple(json.loads(start.splitlines()[0]))
    encoding = mark_of(start) or options.encoding
    text = first_text(place) if encoding == UTF8 else start.decode(encoding, errors="replace")
    return layout_of(text, options, path).header


def _first_file(place: Path) -> Path | None:
    """Return the file, or the first data file of a folder; None where there is none."""
    if place.is_file():
        return place
    inside = sorted(place.iterdir()) if place.is_dir() else []
    return next((one for one in inside if is_data(one.name) and one.is_file()), None)
