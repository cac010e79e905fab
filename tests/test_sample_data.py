"""The sample shop is what its script makes, small, and told the same by both of its twins."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

SAMPLE = Path(__file__).parents[1] / "sample_data"
TEXTS = [
    *("orders.csv", "lines.csv", "events.csv", "customers.csv", "products.csv", "interests.csv"),
    *("codes/first-order.csv", "codes/ladder.csv", "twins/orders_ugly.csv"),
]


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
    assert sum(file.stat().st_size for file in files) < 5_000_000


def test_both_twins_give_the_same_bytes(rfm: Any) -> None:
    ugly = rfm("score", SAMPLE / "twins/orders_ugly.csv", "--encoding", "cp1251", "-q")
    clean = rfm("score", SAMPLE / "twins/orders_clean.parquet", "-q")
    assert (ugly.returncode, clean.returncode) == (0, 0)
    assert ugly.stdout == clean.stdout
    assert len(ugly.stdout.splitlines()) == 2_627


def test_plain_score_works_in_the_folder(rfm: Any) -> None:
    done = rfm("score", cwd=SAMPLE)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 4_871)


def rows_of(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_chains_of_letters_are_in_mid_course() -> None:
    sent = Counter(row["campaign_id"] for row in rows_of("events.csv") if row["event"] == "send")
    letters = {name: sent[name] for name in ("welcome-1", "back-1", "back-2", "why-left", "sunset-1", "sunset-2")}
    assert letters == {"welcome-1": 69, "back-1": 107, "back-2": 90, "why-left": 290, "sunset-1": 28, "sunset-2": 16}


def test_what_the_site_saw_has_its_product() -> None:
    seen = [row for row in rows_of("events.csv") if row["event"] in ("view", "cart", "remove_from_cart")]
    known = {row["product_id"] for row in rows_of("products.csv")}
    assert Counter(row["event"] for row in seen) == {"view": 3_831, "cart": 2_594, "remove_from_cart": 127}
    assert {row["product_id"] for row in seen} <= known


def test_articles_are_available_reduced_or_for_babies() -> None:
    products = rows_of("products.csv")
    assert Counter((row["available"], row["on_sale"]) for row in products) == {
        ("true", "false"): 77,
        ("true", "true"): 8,
        ("false", "false"): 5,
    }
    assert {row["name"]: row["until_months"] for row in products if row["until_months"]} == {
        "Baby Soap, set of three": "36",
        "Baby Bath, set of three": "24",
        "Baby Shampoo, set of three": "12",
    }


def test_codes_are_given_out_once() -> None:
    pools = [rows_of(f"codes/{name}.csv") for name in ("first-order", "ladder")]
    codes = [row["code"] for pool in pools for row in pool]
    assert (len(codes), len(set(codes))) == (2_860, 2_860)
    assert Counter(row["discount"] for row in pools[1]) == {"5": 300, "10": 300, "15": 400, "20": 1_800}
