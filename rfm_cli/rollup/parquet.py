"""The Parquet tables of a roll-up: each is one file, or a folder of parts if there are many rows.

The bytes depend on the rows alone. A part of a settled month is named after the month, `2024-11.parquet`; a part of a
later day after the day, `2024-12-31.parquet`. A new day therefore changes only a few small parts.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.rollup.manifest import COLUMNS, Manifest
from rfm_cli.rollup.store import ROLLUP, keep, write_file

MOST_IN_ONE = 1_000_000
"""The largest number of rows that are written as one file."""
GROUP_ROWS = 131_072
"""The size of a row group; Polars would choose it by the number of threads, and the bytes would differ with it."""
SCHEMA = pl.Schema(
    {
        "customer_id": pl.String(),
        "period": pl.Date(),
        "first_order": pl.Date(),
        "last_order": pl.Date(),
        "orders": pl.Int32(),
        "revenue": pl.Int64(),
        "lines": pl.Int32(),
    }
)


@dataclass(frozen=True)
class Replacement:
    """New rows for all periods that end on `since` or later, or only for the periods in `days` if these are given."""

    rows: pl.DataFrame
    since: date
    days: Collection[date] | None = None

    def replaces(self, period: date) -> bool:
        """Return whether the old rows of a period are replaced."""
        return period in self.days if self.days is not None else period >= self.since

    def keep(self, old: pl.DataFrame) -> pl.DataFrame:
        """Return the old rows that are not replaced."""
        gone = pl.col("period") >= self.since
        if self.days is not None:
            gone &= pl.col("period").is_in(list(self.days))
        return old.filter(~gone)


def scan_rows(folder: Path, after: date | None = None) -> pl.LazyFrame:
    """Return the rows of a version; with `after`, the last day of a settled month, only periods that end later."""
    place = folder / ROLLUP
    if after is None:
        return scan_table(place, SCHEMA)
    # Names sort like their dates, and `2024-11` comes before `2024-11-01`: later months and days are greater as texts.
    later = [name for name in part_names(place) if name > month_of(after)]
    return scan_table(place, SCHEMA, later).filter(pl.col("period") > after)


def write_rows(folder: Path, rows: pl.DataFrame, manifest: Manifest) -> None:
    """Write all rows of a version; they may come in any order, with ids of any type, but each names its period."""
    if rows.height <= MOST_IN_ONE:
        write_table(folder / ROLLUP, _sorted(rows))
        return
    _write_row_parts(folder / ROLLUP, rows, manifest)


def write_replaced(old: Path, new: Path, replacement: Replacement, manifest: Manifest, factor: int) -> None:
    """Write the rows of the version `old` with the replacement to `new`, a version with this manifest.

    Money of old rows is multiplied by `factor`, which is more than 1 if the scale became finer.
    """
    place = old / ROLLUP
    fresh = replacement.rows.select(COLUMNS).cast(SCHEMA)
    # Finer money changes every row, and one file cannot be replaced in part.
    if not place.is_dir() or factor != 1:
        kept = replacement.keep(scan_table(place, SCHEMA).collect())
        write_rows(new, pl.concat([kept.with_columns(pl.col("revenue") * factor), fresh]), manifest)
        return
    # A settled month lies before the watermark, where no row can be added.
    names = [name for name in part_names(place) if _is_month(name) or not replacement.replaces(_day(name))]
    # Days of a month that has just been settled move into the part of the month; all other parts stay as they are.
    settled = [name for name in names if not _is_month(name) and _day(name) <= manifest.settled]
    keep_parts(place, new / ROLLUP, [name for name in names if name not in settled])
    _write_row_parts(new / ROLLUP, pl.concat([scan_table(place, SCHEMA, settled).collect(), fresh]), manifest)


def month_of(day: date) -> str:
    """Return the name of a day's month.

    >>> month_of(date(2024, 1, 31))
    '2024-01'
    """
    return f"{day:%Y-%m}"


def write_table(place: Path, frame: pl.DataFrame) -> None:
    """Write a table as one file; equal rows in equal order give equal bytes."""
    # Through memory: an error of Polars' own file writing carries no number of the system's error.
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, row_group_size=GROUP_ROWS)
    write_file(place, buffer.getvalue())


def write_parts(place: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write parts of a table into its folder, which is made if needed; parts without rows are left out."""
    place.mkdir(exist_ok=True)
    for name, frame in frames.items():
        if frame.height:
            write_table(place / f"{name}.parquet", frame)


def keep_parts(old: Path, new: Path, names: Iterable[str]) -> None:
    """Share these parts of a table with a new version of it."""
    new.mkdir(exist_ok=True)
    for name in names:
        keep(old / f"{name}.parquet", new / f"{name}.parquet")


def has_parts(folder: Path) -> bool:
    """Return whether the tables of a version are folders of parts."""
    return (folder / ROLLUP).is_dir()


def part_names(place: Path) -> list[str]:
    """Return the names of a table's parts, ascending; none if the table is one file."""
    # The system lists a folder in any order, and the order of parts is that of the rows.
    return sorted(file.stem for file in place.glob("*.parquet")) if place.is_dir() else []


def scan_table(place: Path, schema: pl.Schema, names: Iterable[str] | None = None) -> pl.LazyFrame:
    """Return the rows of a table, or of the named parts of it, in the order of the names."""
    if not place.is_dir():
        return pl.scan_parquet(place, glob=False)
    # No glob: a folder of the user may have brackets in its name. Polars cannot scan an empty list of files.
    files = [place / f"{name}.parquet" for name in (part_names(place) if names is None else names)]
    return pl.scan_parquet(files, glob=False) if files else pl.LazyFrame(schema=schema)


def split_by_day(frame: pl.DataFrame, day: pl.Expr) -> dict[date, pl.DataFrame]:
    """Split rows by the day that the expression gives for each of them."""
    dated = frame.with_columns(day.alias("(part)"))
    parts = dated.partition_by("(part)", as_dict=True, include_key=False)
    return {own: part for (own,), part in parts.items()}


def _is_month(name: str) -> bool:
    return len(name) == len("2024-01")


def _day(name: str) -> date:
    return date.fromisoformat(name)


def _write_row_parts(place: Path, rows: pl.DataFrame, manifest: Manifest) -> None:
    """Write rows to the parts that they belong to: months up to the settled day, single days after it."""
    period = pl.col("period")
    day = pl.when(period <= manifest.settled).then(period.dt.month_start()).otherwise(period)
    for begin, part in split_by_day(rows, day).items():
        name = month_of(begin) if begin <= manifest.settled else str(begin)
        write_parts(place, {name: _sorted(part)})


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a roll-up with their types, sorted by customer and period."""
    return rows.select(COLUMNS).cast(SCHEMA).sort("customer_id", "period")
