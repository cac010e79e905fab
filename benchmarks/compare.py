"""Say whether two Parquet files hold the same table: names, types, values, and the order of rows.

python benchmarks/compare.py EXPECTED.parquet ACTUAL.parquet [--part]

Prints the first difference and exits 1 if there is one. How a column is stored does not count: text kept as
a dictionary (Enum, Categorical) is text. With --part ACTUAL may have fewer columns and any order of rows; rows
belong together by their first column.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with dictionary columns turned into text."""
    return frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))


def first_difference(expected: pl.DataFrame, actual: pl.DataFrame) -> str | None:
    """Return what differs first, or None: columns, types, number of rows, then the first row that differs."""
    if expected.columns != actual.columns:
        return f"columns are {actual.columns}, expected {expected.columns}"
    for name, dtype in expected.schema.items():
        if actual.schema[name] != dtype:
            return f"column {name} is {actual.schema[name]}, expected {dtype}"
    if len(expected) != len(actual):
        return f"{len(actual):,} rows, expected {len(expected):,}"
    differs = {name: expected[name].ne_missing(actual[name]).arg_true() for name in expected.columns}
    row, name = min(((int(rows[0]), name) for name, rows in differs.items() if len(rows)), default=(-1, ""))
    if row < 0:
        return None
    counts = ", ".join(f"{name} {len(rows):,}" for name, rows in differs.items() if len(rows))
    values = f"{actual[row, name]!r}, expected {expected[row, name]!r}"
    return f"row {row:,}, {name}: {values} (rows that differ: {counts})"


def part_of(expected: pl.DataFrame, actual: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with the columns of the second, its columns in the order of the first, and rows by the first column."""
    names = [name for name in expected.columns if name in actual.columns]
    strange = [name for name in actual.columns if name not in names]
    return expected.select(names).sort(names[0]), actual.select(*names, *strange).sort(names[0])


def main(expected: Path, actual: Path, part: bool) -> int:
    """0 if the files agree, else 1 after printing the first difference."""
    frames = as_text(pl.read_parquet(expected)), as_text(pl.read_parquet(actual))
    difference = first_difference(*(part_of(*frames) if part else frames))
    if difference:
        print(difference)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--part" in sys.argv[3:]))
