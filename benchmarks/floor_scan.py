"""Read the columns that a score needs and do nothing with them: no program can be faster by Polars.

python floor_scan.py ORDERS NOTHING [--refunds] [--ids=text|whole|small]

The words are those of the peers; nothing is written.
"""

from __future__ import annotations

import sys

import polars as pl
from peer_input import PeerInput, parse_words
from peer_polars import csv_schema


def scan(facts: PeerInput) -> pl.LazyFrame:
    """Return the needed columns as they are stored; the dates of CSV stay text."""
    rows = pl.scan_csv(facts.source, schema=csv_schema(facts)) if facts.is_csv else pl.scan_parquet(facts.source)
    return rows if facts.refunds else rows.select(pl.exclude("status"))


def main(facts: PeerInput) -> None:
    """Decode every value; of text only the lengths are compared, as comparing texts would cost more."""
    text = pl.col(pl.String).str.len_bytes().max()
    scan(facts).select(pl.exclude(pl.String).max(), text).collect(engine="streaming")


if __name__ == "__main__":
    main(parse_words(sys.argv[1:]))
