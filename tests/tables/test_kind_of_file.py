"""What a file is opened as: its first bytes know better than its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.sources import open_source
from tests.tables.test_sources import OPTIONS


def test_the_first_bytes_know_better_than_the_name(write: Any, tmp_path: Path) -> None:
    Path(write("o.parquet", pl.DataFrame({"a": [1]}))).rename(tmp_path / "o.csv")
    assert open_source(str(tmp_path / "o.csv"), OPTIONS).kind == "parquet"
    with pytest.raises(InputError, match="not a parquet file, whatever its name says"):
        open_source(write("p.parquet", "a,b\n1,2\n"), OPTIONS)
