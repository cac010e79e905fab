"""One rule says which table a name is, for files, folders and sheets."""

from __future__ import annotations

import pytest

from rfm_cli.tables.names import are_parts, by_table, table_named


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


def test_names_by_table() -> None:
    assert by_table(["readme.txt", "orders-2.csv", "Customers.csv", "orders-1.csv"]) == {
        "customers": ["Customers.csv"],
        "orders": ["orders-1.csv", "orders-2.csv"],
        None: ["readme.txt"],
    }
