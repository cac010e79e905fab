"""The sample shop with snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
RULER = ("--cuts", "ruler.toml")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs the shop below leaves it for the others."""
    return tmp_path_factory.mktemp("made") / "shop"


@pytest.fixture
def kept(here: Here, sample: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample shop with two snapshots under one ruler."""
    monkeypatch.chdir(tmp_path)
    if made.exists():
        shutil.copytree(made, tmp_path, dirs_exist_ok=True)
        return tmp_path
    for name in ("orders.csv", "customers.csv", "rfm.toml", "lines.csv", "products.csv", "events.csv"):
        shutil.copy(sample / name, tmp_path / name)
    assert here("score", "-q", "--as-of", "2024-09", "--save-cuts", "ruler.toml", "-o", "scores.csv").code == 0
    for day in ("2024-09", "2024-12"):
        assert here("snapshot", "-q", "--as-of", day, *RULER) == (0, b"", "")
    shutil.copytree(tmp_path, made)
    return tmp_path
