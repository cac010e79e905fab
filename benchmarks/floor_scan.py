"""Read the columns that a score needs and do nothing with them: no program can be faster by Polars.

python floor_scan.py ORDERS [--refunds]
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from peer_polars import CSV_TYPES


def scan(source: Path, refunds: bool) -> pl.LazyFrame:
    """The needed columns as they are stored; the dates of CSV stay text."""
    if source.suffix == ".csv":
        with source.open(encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        rows = pl.scan_csv(source, schema={name: CSV_TYPES[name] for name in names})
    else:
        rows = pl.scan_parquet(source)
    return rows if refunds else rows.select(pl.exclude("status"))


def main(source: Path, refunds: bool) -> None:
    """Decode every value; of text only the lengths are compared, as comparing texts would cost more."""
    rows = scan(source, refunds)
    text = pl.col(pl.String).str.len_bytes().max()
    rows.select(pl.exclude(pl.String).max(), text).collect(engine="streaming")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--refunds" in sys.argv[2:])
