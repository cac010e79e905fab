"""One rule says which table a name is, for files, folders and sheets."""

from __future__ import annotations

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.names import are_parts, sorted_out, table_named


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
