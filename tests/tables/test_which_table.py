"""Which table a file is, by its headings and its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.which_table import sorted_files, table_of


@pytest.mark.parametrize(
    ("name", "header", "table"),
    [
        ("a.csv", "client_id,date,total", "orders"),
        ("a.csv", "Клиент,Дата заказа,Сумма", "orders"),
        ("a.csv", "customer_id,recency,frequency,monetary", "orders"),
        ("a.csv", "Name,Email,Financial Status,Paid at,Lineitem name,Created at,Subtotal,Total", "orders"),
        ("a.csv", "user_id,event,time", "events"),
        ("a.csv", "user_id,event_type,timestamp,product_id", "events"),
        ("a.csv", "id,email,created_at", "customers"),
        ("a.csv", "customer_id,city,registered_at", "customers"),
        ("a.csv", "customer_id,email,order_id,date,amount", "orders"),
        ("a.csv", "order_id,sku,qty,price", "lines"),
        ("a.csv", "sku,title,category", "products"),
        ("order_items.csv", "order_id,sku,qty,price", "lines"),
        ("Заказы 2024.csv", "Клиент,Дата,Сумма", "orders"),
        ("a.csv", "x,y", None),
    ],
)
def test_tables(name: str, header: str, table: str | None) -> None:
    assert table_of(name, header.split(","), ReadOptions()) == table


def test_maps_count() -> None:
    maps = {"orders": {"customer_id": "Kunde", "ordered_at": "Datum"}}
    assert table_of("a.csv", ["Kunde", "Datum"], ReadOptions(maps=maps)) == "orders"


def test_files_that_cannot_be_read_are_left(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("client_id,date\na,2024-01-01\n", encoding="utf-8")
    (tmp_path / "a.CSV").write_text("client_id,date\na,2024-01-01\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / ".hidden.csv").write_text("client_id,date\n", encoding="utf-8")
    (tmp_path / "readme.md").write_text("client_id,date\n", encoding="utf-8")
    found, left = sorted_files(tmp_path, ReadOptions())
    assert found == {"orders": [str(tmp_path / "a.CSV"), str(tmp_path / "b.csv")]}
    assert list(left) == [str(tmp_path / "empty.csv")]
    assert "the file is empty" in left[str(tmp_path / "empty.csv")]


def test_files_of_a_named_table_are_left_and_unlike_ones_refused(tmp_path: Path) -> None:
    for name, header in (("orders", "client_id,date"), ("b", "client_id,date,total"), ("c", "client_id,date")):
        (tmp_path / f"{name}.csv").write_text(f"{header}\n", encoding="utf-8")
    orders = str(tmp_path / "orders.csv")
    _found, left = sorted_files(tmp_path, ReadOptions(), {"orders": [orders]})
    assert left == {str(tmp_path / f"{name}.csv"): f"{orders} has the orders" for name in "bc"}
    with pytest.raises(InputError, match="3 files with different headings could be the orders") as error:
        sorted_files(tmp_path, ReadOptions())
    assert error.value.hint == f"name those that are meant: rfm init '{tmp_path / 'b.csv'}'"
