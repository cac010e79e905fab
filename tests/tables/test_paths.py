"""Tables that are found by the names of files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.paths import discover

FOLDERS = {"orders": "orders.csv", "customers": "customers.parquet"}


def test_tables_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("orders.csv.gz", "customers.parquet", "lines.md", "products.csv", "my_events.csv", "rates.txt"):
        (tmp_path / name).touch()
    (tmp_path / "events").mkdir()
    expected = {
        "orders": "orders.csv.gz",
        "events": "events",
        "customers": "customers.parquet",
        "products": "products.csv",
    }
    assert discover(tmp_path) == {table: (str(tmp_path / name),) for table, name in expected.items()}
    monkeypatch.chdir(tmp_path)
    assert discover(Path()) == {table: (name,) for table, name in expected.items()}


def test_folders_that_are_called_as_files_are(tmp_path: Path) -> None:
    for name in ("orders.csv", "customers.parquet", "events.md", "my_lines.csv"):
        (tmp_path / name).mkdir()
    assert discover(tmp_path) == {name: (str(tmp_path / file),) for name, file in FOLDERS.items()}
    (tmp_path / "orders").mkdir()
    with pytest.raises(InputError, match=r"2 places could be the orders: orders, orders\.csv"):
        discover(tmp_path)


def test_two_places_for_one_table(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").touch()
    (tmp_path / "orders").mkdir()
    with pytest.raises(InputError, match=r"2 places could be the orders: orders, orders\.csv"):
        discover(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    assert discover(tmp_path) == {}


def test_rates_are_not_found_by_name(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").touch()
    (tmp_path / "rates.csv").touch()
    assert list(discover(tmp_path)) == ["orders"]
