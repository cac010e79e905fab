"""The rows of a roll-up as Parquet: one file, or where there are many rows a folder with a file a calendar month.

Either way the bytes depend on the rows alone. A part of a folder is called by its month, `2024-01.parquet`, and holds
the periods that end in it; so what a new day changes is in the last few parts, and all others are kept as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.rollup.periods import COLUMNS
from rfm_cli.rollup.store import ROLLUP, keep, write_file

MOST_IN_ONE = 1_000_000
"""More rows than these are parted by month."""
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


def written(frame: pl.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file, the same for the same rows."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, row_group_size=GROUP_ROWS)
    return buffer.getvalue()


def parts_in(folder: Path) -> list[Path]:
    """The files with the rows of a version, in the order of their names."""
    place = folder / ROLLUP
    return sorted(place.glob("*.parquet")) if place.is_dir() else [place]


def scan(folder: Path, after: date | None = None) -> pl.LazyFrame:
    """The rows of a version; with `after`, the last day of a month, only periods that end later."""
    parts = parts_in(folder)
    if after is None or not (folder / ROLLUP).is_dir():
        rows = pl.scan_parquet(parts, glob=False)
        return rows if after is None else rows.filter(pl.col("period") > after)
    later = [part for part in parts if part.stem > month_of(after)]
    return pl.scan_parquet(later, glob=False) if later else pl.LazyFrame(schema=SCHEMA)


def write_rows(folder: Path, rows: pl.DataFrame) -> None:
    """All rows of a version, in any order and with ids of any type; periods are named."""
    if rows.height <= MOST_IN_ONE:
        write_file(folder / ROLLUP, written(_settled(rows)))
        return
    (folder / ROLLUP).mkdir()
    for month, part in _by_month(rows):
        write_file(folder / ROLLUP / f"{month}.parquet", written(_settled(part)))


def write_changed(old: Path, new: Path, fresh: pl.DataFrame, since: date, times: int) -> None:
    """The rows of the version `old` with `fresh` ones in place of all periods that end on `since` or later.

    Money is multiplied by `times`, which a finer scale makes more than 1; fresh rows have that scale already.
    """
    if not (old / ROLLUP).is_dir():
        kept = _scaled(pl.read_parquet(old / ROLLUP, glob=False).filter(pl.col("period") < since), times)
        write_rows(new, pl.concat([kept, fresh.select(kept.columns)]))
        return
    (new / ROLLUP).mkdir()
    later = dict(_by_month(fresh))
    for part in parts_in(old):
        name = part.stem
        if name < month_of(since) and times == 1:
            keep(part, new / ROLLUP / part.name)
        elif name <= month_of(since):
            kept = _scaled(pl.read_parquet(part, glob=False).filter(pl.col("period") < since), times)
            later[name] = pl.concat([kept, later.get(name, kept.clear()).select(kept.columns)])
    for name, rows in later.items():
        if rows.height:
            write_file(new / ROLLUP / f"{name}.parquet", written(_settled(rows)))


def month_of(day: date) -> str:
    """The name of a day's month.

    >>> month_of(date(2024, 1, 31))
    '2024-01'
    """
    return f"{day:%Y-%m}"


def _by_month(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    named = rows.with_columns(month=pl.col("period").dt.month_start())
    for (month,), part in named.partition_by("month", as_dict=True, include_key=False).items():
        yield month_of(month), part


def _settled(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a roll-up with their types, by customer and period."""
    return rows.select(COLUMNS).cast(SCHEMA).sort("customer_id", "period")


def _scaled(rows: pl.DataFrame, times: int) -> pl.DataFrame:
    return rows if times == 1 else rows.with_columns(pl.col("revenue") * times)
