"""The customers of a segment by DuckDB: python peer_select.py NAME FOLDER OUT.parquet; selects.py has the SQL."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from selects import SELECTS

TABLES = ("orders", "lines", "events", "customers", "products")


def main(name: str, folder: Path, target: Path) -> None:
    """Write the ids of the customers, as text and in order."""
    own = duckdb.connect()  # tests run other peers in the same process
    for table in TABLES:
        own.execute(f"CREATE VIEW {table} AS FROM '{folder / table}.parquet'")
    ids = f"SELECT customer_id::VARCHAR AS customer_id FROM ({SELECTS[name].sql}) ORDER BY ALL"
    own.execute(f"COPY ({ids}) TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
