"""The sample shop is what its script makes, small, and told the same by both of its twins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

SAMPLE = Path(__file__).parents[1] / "sample_data"
TEXTS = ["orders.csv", "lines.csv", "events.csv", "customers.csv", "products.csv", "twins/orders_ugly.csv"]


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    subprocess.run([sys.executable, SAMPLE / "make_shop.py", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", TEXTS)
def test_the_script_makes_these_bytes(remade: Path, name: str) -> None:
    assert (remade / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_script_makes_this_parquet(remade: Path) -> None:
    name = "twins/orders_clean.parquet"
    assert pl.read_parquet(remade / name).equals(pl.read_parquet(SAMPLE / name))


def test_the_shop_is_small() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z", "."], cwd=SAMPLE, capture_output=True, check=False).stdout
    files = [SAMPLE / name.decode() for name in tracked.split(b"\0") if name]
    assert sum(file.stat().st_size for file in files) < 4_000_000


def test_both_twins_give_the_same_bytes(rfm: Any) -> None:
    ugly = rfm("score", SAMPLE / "twins/orders_ugly.csv", "--encoding", "cp1251", "-q")
    clean = rfm("score", SAMPLE / "twins/orders_clean.parquet", "-q")
    assert (ugly.returncode, clean.returncode) == (0, 0)
    assert ugly.stdout == clean.stdout
    assert len(ugly.stdout.splitlines()) == 2_627


def test_plain_score_works_in_the_folder(rfm: Any) -> None:
    done = rfm("score", cwd=SAMPLE)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 4_871)
