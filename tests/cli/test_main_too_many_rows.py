"""Files of more rows than the installed Polars counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

Here = Callable[..., Any]
HINT = "rfm: hint: pip install 'polars[rt64]' counts more; or read them in parts: rfm rollup OUT --add FILE\n"


@pytest.fixture
def huge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 5 x 2^30 rows: values that are all null take no bytes."""
    monkeypatch.chdir(tmp_path)
    schema = pa.schema([(name, pa.null()) for name in ("customer_id", "ordered_at", "amount")])
    batch = pa.record_batch([pa.nulls(2**30)] * 3, schema=schema)
    with pa.ipc.new_file("huge.arrow", schema) as file:
        for _ in range(5):
            file.write_batch(batch)
    return Path("huge.arrow")


@pytest.mark.skipif(pl.get_index_type() != pl.UInt32, reason="this Polars counts more")
@pytest.mark.parametrize("line", ["check huge.arrow", "score huge.arrow", "rollup huge.arrow out"])
def test_a_file_of_more_rows_than_polars_counts(line: str, huge: Path, here: Here) -> None:
    ended = here(*line.split(), "-q")
    told = f"rfm: error: {huge}: more rows than the installed Polars can count (4,294,967,295)\n"
    assert (ended.code, ended.out, ended.err) == (3, b"", told + HINT)
    assert sorted(Path().iterdir()) == [huge]
