"""One rule says which table a name is, for files, folders and sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.names import are_parts, discover, sorted_out, table_named

FOLDERS = {"orders": "orders.csv", "customers": "customers.parquet"}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders.csv", "orders"),
        ("Customers.CSV", "customers"),
        ("ORDERS", "orders"),
        ("orders-2024.csv", "orders"),
        ("orders_2024-01.csv.gz", "orders"),
        ("orders 2024-Q1.parquet", "orders"),
        ("lines part 2.xlsx", "lines"),
        ("events2.ndjson", "events"),
        ("orders.2024.csv", "orders"),
        ("rates.csv", "rates"),
        ("orders_old.csv", None),
        ("orders (1).csv", None),
        ("my_orders.csv", None),
        ("orderss.csv", None),
        ("order.csv", None),
        ("2024.csv", None),
        ("", None),
    ],
)
def test_names(name: str, table: str | None) -> None:
    assert table_named(name) == table


@pytest.mark.parametrize(
    ("names", "together"),
    [
        (["orders-2023.csv", "orders-2024.csv"], True),
        (["orders-2023.CSV.gz", "Orders-2024.csv"], True),
        (["2023/orders.csv", "2024/orders.csv"], True),
        (["orders.csv"], True),
        (["orders.csv", "orders-2024.csv"], False),
        (["orders.csv", "ORDERS.csv"], False),
        (["orders-2024.csv", "orders-2024.csv.gz"], False),
        (["orders-2024.csv", "orders-2023.parquet"], False),
        (["orders-2024.csv", "orders-2023-01.csv"], False),
    ],
)
def test_parts_differ_in_numbers_alone(names: list[str], together: bool) -> None:
    assert are_parts(names) is together
    assert are_parts(names[::-1]) is together


def test_files_by_table() -> None:
    found = sorted_out(
        [
            "readme.txt",
            "orders-2.csv",
            "Customers.CSV",
            "orders-1.csv",
            "rates.csv",
            "events/part-0.csv",
            "x/part-1.csv",
        ]
    )
    assert found.files == {
        "customers": ("Customers.CSV",),
        "orders": ("orders-1.csv", "orders-2.csv"),
        "events": ("events/part-0.csv",),
        "rates": ("rates.csv",),
    }
    assert found.places["events"] == ("events",)
    assert found.others == ("readme.txt", "x/part-1.csv")
    assert (found.of("orders"), found.of("lines")) == (("orders-1.csv", "orders-2.csv"), found.others)


@pytest.mark.parametrize("files", [["orders.csv", "orders-2024.csv"], ["a/orders.csv", "orders.csv"]])
def test_places_that_exclude_each_other(files: list[str]) -> None:
    for given in (files, files[::-1]):
        with pytest.raises(InputError, match=f"2 places could be the orders: {', '.join(sorted(files))}") as error:
            sorted_out(given)
        assert error.value.hint == "name the one that is meant"


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
