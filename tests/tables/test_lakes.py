"""Folders that are tables with a log are refused with the reason; what only looks a little like one is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables import lakes
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import find
from rfm_cli.tables.sources import open_source

LOGS = {
    "a Delta table": "_delta_log/00000000000000000000.json",
    "an Iceberg table": "metadata/00001-5f1e.metadata.json",
    "a Hudi table": ".hoodie/hoodie.properties",
}
FRAME = pl.DataFrame({"customer_id": ["a"], "ordered_at": ["2024-01-01"], "amount": [1.0]})


@pytest.fixture(params=LOGS, ids=str)
def table(request: pytest.FixtureRequest, write: Any) -> tuple[str, str]:
    """The folder of such a table, and its name in messages."""
    write(f"shop/orders/{LOGS[request.param]}", "{}")
    write("shop/orders/data/part-0.parquet", FRAME)
    path = write("shop/orders/part-1.parquet", FRAME)
    return str(Path(path).parent), request.param


@pytest.mark.parametrize(
    "given",
    ["", "/", "/..", "/data", "/*.parquet", "/**/*.parquet", "/data/*", "/part-1.parquet", "/../*/part-1.parquet"],
)
def test_it_is_refused_however_it_is_reached(table: tuple[str, str], given: str) -> None:
    folder, name = table
    with pytest.raises(InputError, match=f"/orders: {name}, whose files may hold rows that it has removed") as error:
        find([folder + given])
    assert error.value.exit_code == 3
    assert "write its present rows to a file and give that, for example with" in error.value.hint


def test_by_a_link_and_from_within(table: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link.parquet").symlink_to(Path(table[0]) / "part-1.parquet")
    (tmp_path / "linked").symlink_to(table[0])
    monkeypatch.chdir(table[0])
    for path in (str(tmp_path / "link.parquet"), str(tmp_path / "linked"), "part-1.parquet", "data", "."):
        with pytest.raises(InputError, match=table[1]):
            find([path])


def test_by_a_url(table: tuple[str, str]) -> None:
    for path in ("", "/", "/part-1.parquet", "/*.parquet"):
        with pytest.raises(InputError, match=table[1]):
            open_source(f"file://{table[0]}{path}", ReadOptions())


def test_what_a_cloud_lists(table: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def lists(pattern: str) -> bool:
        asked.append(pattern)
        return len(asked) == 3

    monkeypatch.setattr(lakes, "_lists", lists)
    lakes.refuse_url("https://example.org/orders/")
    lakes.refuse_url("s3://bucket/orders/one.parquet")
    assert asked == []
    with pytest.raises(InputError, match="s3://bucket/orders: a Hudi table"):
        lakes.refuse_url("s3://bucket/orders/day=*/*.parquet")
    prefix = "s3://bucket/orders/"
    assert asked == [prefix + "_delta_log/*", prefix + "metadata/*.metadata.json*", prefix + ".hoodie/*"]


@pytest.mark.parametrize("option", ["orders", "--lines", "--events", "--customers", "--products", "--rates"])
def test_every_table_is_refused(table: tuple[str, str], rfm: Any, write: Any, option: str) -> None:
    orders = write("o.csv", "customer_id,ordered_at,amount\na,2024-01-01,1\n")
    given = [table[0]] if option == "orders" else [orders, option, table[0]]
    done = rfm("score", *given, *(["--currency", "EUR"] if option == "--rates" else []))
    assert (done.returncode, done.stdout) == (3, b"")
    assert table[1].encode() in done.stderr


def test_a_table_named_by_its_folder_alone(table: tuple[str, str], rfm: Any) -> None:
    done = rfm("check", cwd=Path(table[0]).parent)
    assert (done.returncode, done.stdout) == (3, b"")
    assert table[1].encode() in done.stderr


def test_files_beside_such_a_folder_are_read(table: tuple[str, str], write: Any) -> None:
    plain = [write("shop/plain.parquet", FRAME), write("shop/orders/export.csv", "a\n1\n")]
    assert find(plain) == plain
    assert find([str(Path(plain[0]).parent / "*.parquet")]) == [plain[0]]


def test_what_only_looks_like_one(write: Any, tmp_path: Path) -> None:
    write("shop/metadata/notes.json", "{}")
    write("shop/.trash/old/_delta_log/0.json", "{}")
    write("shop/_delta_logs/0.json", "{}")
    path = write("shop/o.parquet", FRAME)
    assert find([str(tmp_path / "shop")]) == find([path]) == [path]
