"""NDJSON files scanned: every key is a column of texts."""

from __future__ import annotations

import glob

import polars as pl

from rfm_cli.tables.paths import is_url


def scan_ndjson(path: str) -> pl.LazyFrame:
    """Read every key of the file as text, so that numbers keep their digits and ids their zeros."""
    exact = path if is_url(path) else glob.escape(path)  # Polars takes every path for a glob here
    # All rows are searched for keys: a key may first appear in the last row.
    keys = list(pl.scan_ndjson(exact, infer_schema_length=None).collect_schema())
    return pl.scan_ndjson(exact, schema=dict.fromkeys(keys, pl.String))
