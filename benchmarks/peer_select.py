"""The customers of a segment by DuckDB: python peer_select.py NAME FOLDER OUT.parquet [FIGURES.json].

With the last argument also the figures of the headline of `rfm select`, as a list; selects.py has the SQL.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb
from selects import FIGURES, SELECTS

TABLES = ("orders", "lines", "events", "customers", "products")


def main(name: str, folder: Path, target: Path, figures: Path | None = None) -> None:
    """Write the ids of the customers, as text and in order."""
    own, select = duckdb.connect(), SELECTS[name]  # tests run other peers in the same process
    for table in TABLES:
        own.execute(f"CREATE VIEW {table} AS FROM '{folder / table}.parquet'")
    chosen = f"({select.sql})"
    if figures is not None:
        judged = select.judged or f"SELECT customer_id, true AS met FROM ({select.sql})"
        own.execute(f"CREATE TEMP TABLE judged AS {judged}")
        own.execute("CREATE TEMP VIEW chosen AS SELECT customer_id FROM judged WHERE met")
        chosen = "chosen"
    ids = f"SELECT customer_id::VARCHAR AS customer_id FROM {chosen} ORDER BY ALL"
    own.execute(f"COPY ({ids}) TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)")
    if figures is not None:
        found = own.execute(FIGURES).fetchone()
        figures.write_text(json.dumps([int(one or 0) for one in found or ()]))


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
