"""The rows of a roll-up: one file, or where there are many of them a folder of parts by the time of their periods.

Either way the bytes depend on the rows alone. Parts are called by a month, `2024-11.parquet`, as far as months are
settled, and by a day, `2024-12-31.parquet`, after that: so a new day changes few and small ones of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.rollup import parts
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.periods import COLUMNS
from rfm_cli.rollup.store import ROLLUP

MOST_IN_ONE = 1_000_000
"""More rows than these are parted."""
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
class Fresh:
    """Rows that take the place of all periods that end on `since` or later; or, with `days`, of these periods alone."""

    rows: pl.DataFrame
    since: date
    days: Collection[date] | None = None

    def replaces(self, period: date) -> bool:
        """Whether the rows of a period are among the fresh ones."""
        return period in self.days if self.days is not None else period >= self.since

    def kept(self, old: pl.DataFrame) -> pl.DataFrame:
        """The old rows that stay."""
        gone = pl.col("period") >= self.since
        if self.days is not None:
            gone &= pl.col("period").is_in(list(self.days))
        return old.filter(~gone)


def scan(folder: Path, after: date | None = None) -> pl.LazyFrame:
    """The rows of a version; with `after`, the last day of a settled month, only periods that end later."""
    place = folder / ROLLUP
    if after is None:
        return parts.scan(place, SCHEMA)
    later = [name for name in parts.parts_of(place) if name > month_of(after)]
    return parts.scan(place, SCHEMA, later).filter(pl.col("period") > after)


def write_rows(folder: Path, rows: pl.DataFrame, manifest: Manifest) -> None:
    """All rows of a version, in any order and with ids of any type; periods are named."""
    if rows.height <= MOST_IN_ONE:
        parts.write_whole(folder / ROLLUP, _settled(rows))
        return
    _write_parts(folder / ROLLUP, rows, manifest)


def write_changed(old: Path, new: Path, fresh: Fresh, manifest: Manifest, times: int) -> None:
    """The rows of the version `old` with the fresh ones, under the manifest of the new version.

    Money of old rows is multiplied by `times`, which a finer scale makes more than 1.
    """
    place = old / ROLLUP
    if not place.is_dir() or times != 1:
        kept = fresh.kept(parts.scan(place, SCHEMA).collect())
        kept = kept.with_columns(pl.col("revenue") * times)
        write_rows(new, pl.concat([kept, fresh.rows.select(COLUMNS).cast(SCHEMA)]), manifest)
        return
    names = [name for name in parts.parts_of(place) if len(name) == len("2024-01") or not fresh.replaces(_day(name))]
    settled = [name for name in names if len(name) > len("2024-01") and _day(name) <= manifest.settled]
    parts.keep_parts(place, new / ROLLUP, [name for name in names if name not in settled])
    moved = parts.scan(place, SCHEMA, settled).collect()
    _write_parts(new / ROLLUP, pl.concat([moved, fresh.rows.select(COLUMNS).cast(SCHEMA)]), manifest)


def month_of(day: date) -> str:
    """The name of a day's month.

    >>> month_of(date(2024, 1, 31))
    '2024-01'
    """
    return f"{day:%Y-%m}"


def _day(name: str) -> date:
    return date.fromisoformat(name)


def _write_parts(place: Path, rows: pl.DataFrame, manifest: Manifest) -> None:
    """Rows as the parts that they belong to."""
    period = pl.col("period")
    day = pl.when(period <= manifest.settled).then(period.dt.month_start()).otherwise(period)
    for begin, part in parts.by_day(rows, day).items():
        name = month_of(begin) if begin <= manifest.settled else str(begin)
        parts.write_parts(place, {name: _settled(part)})


def _settled(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a roll-up with their types, by customer and period."""
    return rows.select(COLUMNS).cast(SCHEMA).sort("customer_id", "period")
