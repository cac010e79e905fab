"""`rfm snapshots`: what a store has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

Here = Callable[..., Any]


def test_a_list_of_what_a_store_has(here: Here, kept: Path) -> None:
    assert here("snapshot", "-q", "--as-of", "2024-10").code == 0
    rows = pl.read_csv(here("snapshots", "--format", "csv").out)
    assert rows["as_of"].to_list() == ["2024-09-30", "2024-10-31", "2024-12-31"]
    assert rows["customers"].to_list() == [4194, 4365, 4870]
    assert rows["revenue"].to_list() == [765219.15, 805411.31, 929886.56]
    rulers = rows["cutoffs"].to_list()
    assert rulers[0] == rulers[2] != rulers[1]
