"""A table of a roll-up as Parquet: one file, or a folder with a file a part, most of which stay as they are."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.rollup.store import ROLLUP, keep, write_file

GROUP_ROWS = 131_072
"""The size of a row group; Polars would choose it by the number of threads, and the bytes would differ with it."""


def written(frame: pl.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file, the same for the same rows."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, row_group_size=GROUP_ROWS)
    return buffer.getvalue()


def write_whole(place: Path, frame: pl.DataFrame) -> None:
    """The table as one file."""
    write_file(place, written(frame))


def write_parts(place: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Parts of the table in its folder, which is made where there is none; parts without rows are left out."""
    place.mkdir(exist_ok=True)
    for name, frame in frames.items():
        if frame.height:
            write_file(place / f"{name}.parquet", written(frame))


def keep_parts(old: Path, new: Path, names: Iterable[str]) -> None:
    """Parts of the table of another version stand in that of a new one as well."""
    new.mkdir(exist_ok=True)
    for name in names:
        keep(old / f"{name}.parquet", new / f"{name}.parquet")


def is_parted(folder: Path) -> bool:
    """Whether the tables of a version are parted."""
    return (folder / ROLLUP).is_dir()


def parts_of(place: Path) -> list[str]:
    """The names of the parts, ascending; none where the table is one file."""
    return sorted(file.stem for file in place.glob("*.parquet")) if place.is_dir() else []


def scan(place: Path, schema: pl.Schema, names: Iterable[str] | None = None) -> pl.LazyFrame:
    """The rows of the table, or of some of its parts, in the order of their names."""
    if not place.is_dir():
        return pl.scan_parquet(place, glob=False)
    files = [place / f"{name}.parquet" for name in (parts_of(place) if names is None else names)]
    return pl.scan_parquet(files, glob=False) if files else pl.LazyFrame(schema=schema)


def by_day(frame: pl.DataFrame, day: pl.Expr) -> dict[date, pl.DataFrame]:
    """The rows by what `day` gives each of them."""
    dated = frame.with_columns(day.alias("(part)"))
    parts = dated.partition_by("(part)", as_dict=True, include_key=False)
    return {own: part for (own,), part in parts.items()}
