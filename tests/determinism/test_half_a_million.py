"""The same rows give the same bytes: whatever the threads, the order of rows, the number and the form of files."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.rollup.manifest import from_text
from rfm_cli.rollup.store import version_of
from rfm_cli.tables.precedents import Precedents

CUSTOMERS = 500_000
ROWS = 900_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders of half a million customers, some of several rows or days, some refunded, some without an id."""
    folder = tmp_path_factory.mktemp("shop")
    row = pl.int_range(ROWS, dtype=pl.Int64)
    noise = row * 2654435761 % 4294967296
    orders = pl.select(
        customer_id=pl.when(row < CUSTOMERS).then(row).otherwise(noise % CUSTOMERS * (noise % 7) // 7),
        order_id=pl.when(noise % 11 == 0).then(None).otherwise(row // 2),
        ordered_at=pl.lit(date(2022, 1, 1)) + pl.duration(days=noise // 64 % 1000),
        amount=pl.when(noise % 13 == 0).then(-(noise % 5000)).otherwise(noise % 20000) / 100,
    )
    orders.write_parquet(folder / "orders.parquet")
    shuffled = orders.sample(fraction=1, shuffle=True, seed=7)
    shuffled.write_parquet(folder / "shuffled.parquet")
    (folder / "ten").mkdir()
    for part in range(10):
        orders.filter(pl.col("customer_id") * 7 % 10 == part).write_csv(folder / "ten" / f"{part}.csv")
    return folder


@pytest.fixture(scope="module")
def answers(shop: Path) -> dict[str, bytes]:
    return {}


def scored(rfm, shop: Path, source: str, threads: int, end: str = ".parquet") -> bytes:
    out = shop / f"scores{end}"
    env = {"POLARS_MAX_THREADS": str(threads)}
    done = rfm("score", source, "-o", out, "--save-cuts", "cuts.toml", "-q", cwd=shop, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    return out.read_bytes() + (shop / "cuts.toml").read_bytes()


@pytest.fixture
def expected(rfm, shop: Path, answers: dict[str, bytes]) -> bytes:
    if not answers:
        answers["one thread"] = scored(rfm, shop, "orders.parquet", 1)
    return answers["one thread"]


def test_there_are_half_a_million_customers_with_all_scores(expected: bytes, shop: Path) -> None:
    rows = pl.read_parquet(shop / "scores.parquet")
    assert rows.height == CUSTOMERS
    assert [rows[axis].n_unique() for axis in ("r", "f", "m")] == [6, 6, 6]
    assert expected.startswith(b"PAR1")


@pytest.mark.parametrize("threads", [2, 8, pytest.param(4, marks=pytest.mark.slow)])
def test_any_number_of_threads(rfm, shop: Path, expected: bytes, threads: int) -> None:
    assert scored(rfm, shop, "orders.parquet", threads) == expected


@pytest.mark.parametrize("source", ["orders.parquet", "shuffled.parquet", "ten"])
def test_a_second_run_shuffled_rows_and_ten_csv_files(rfm, shop: Path, expected: bytes, source: str) -> None:
    assert scored(rfm, shop, source, 2) == expected


def test_segments_and_csv_of_shuffled_rows(rfm, shop: Path) -> None:
    runs = [
        rfm("segments", source, "--format", "json", "-q", cwd=shop, env={"POLARS_MAX_THREADS": threads})
        for source, threads in (("orders.parquet", "1"), ("shuffled.parquet", "4"))
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.startswith(b"{")


PLAIN = ["grid", "matrix --by recency,monetary", "migrate --from 2024-03 --speed", "vip --watch"]
SLOW = ["vip", "migrate --from 2023-06", "migrate --from 2024-03 --paths"]


@pytest.mark.parametrize("command", [*PLAIN, *(pytest.param(one, marks=pytest.mark.slow) for one in SLOW)])
def test_views_do_not_depend_on_the_order_of_rows_and_the_threads(rfm, shop: Path, command: str) -> None:
    one, four = (
        rfm(*command.split(), source, "-q", "--format", "csv", cwd=shop, env={"POLARS_MAX_THREADS": threads})
        for source, threads in (("orders.parquet", "1"), ("shuffled.parquet", "4"))
    )
    assert (one.returncode, four.returncode) == (0, 0), one.stderr
    assert one.stdout == four.stdout


PARTED = """
import sys
from rfm_cli.cli.main import main
from rfm_cli.rollup import parquet
parquet.MOST_IN_ONE = int(sys.argv.pop(1))
sys.argv[0] = "rfm"
main()
"""


def rolled(shop: Path, source: str, threads: int, most: int) -> dict[str, bytes]:
    """The files of a roll-up by name, parted where there are more rows than `most`.

    The manifest has no inputs and no counts of single files here.
    """
    out = shop / f"{source}-{threads}-{most}.rollup"
    env = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    command = [sys.executable, "-c", PARTED, str(most), "rollup", source, out, "-q"]
    done = subprocess.run(command, cwd=shop, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    version = version_of(out)
    found = {str(file.relative_to(version)): file.read_bytes() for file in version.rglob("*") if file.is_file()}
    manifest = from_text(found.pop("manifest.json").decode(), "out")
    return {**found, "manifest": repr(replace(manifest, inputs=(), precedents=Precedents())).encode()}


@pytest.mark.parametrize("most", [10**6, 10**5])
def test_a_roll_up_is_the_same_for_any_rows_and_threads(shop: Path, most: int) -> None:
    first = rolled(shop, "orders.parquet", 1, most)
    assert ("rollup.parquet" in first) == (most == 10**6)
    for source, threads in [("shuffled.parquet", 4), ("ten", 2)]:
        assert rolled(shop, source, threads, most) == first
