"""The columns that the files of a run have, by their headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.cli.files_at_hand import files_at_hand

HEADERS = {
    "orders.csv": "client,ordered_at,amount,order_id,Канал,category",
    "lines.csv": "order_id,sku,quantity,unit_price,Gift",
    "events.csv": "customer_id,event,timestamp,product_id",
    "customers.csv": "customer_id,Город,email",
    "products.csv": "product_id,name,category",
    "bids.csv": "order_id,made,Offer",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, header in HEADERS.items():
        (tmp_path / name).write_text(f"{header}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_columns_of_each_table(folder: Path) -> None:
    files = files_at_hand({})
    own = "order_id at day amount number ordered_at amount order_id channel".split()
    assert files.own("orders") == [*own, "ordered_at", "amount", "order_id", "Канал"]
    assert files.own("customers") == ["email", "city", "Город", "email"]
    assert files.own("events") == [
        "event",
        "kind",
        "at",
        "event",
        "at",
        "product_id",
        "event",
        "timestamp",
        "product_id",
    ]
    assert files.own("refunds")[:3] == ["order_id", "at", "amount"]
    assert "category" in files.own("refunds")
    assert files.columns("events") == [*files.own("events"), *files.own("products")]
    assert files.columns("lines") == [*files.own("lines"), *files.own("orders"), *files.own("products")]
    assert {"sku", "product_id", "Gift"} < set(files.own("lines"))
    assert files.of_customers() == [*files.own("customers"), *HEADERS["orders.csv"].split(",")]
    assert files.own("none") == []


def test_orders_are_lines_where_no_file_has_these(folder: Path) -> None:
    (folder / "lines.csv").unlink()
    assert {"order_id", "at", "amount", "category"} < set(files_at_hand({}).own("lines"))


def test_linked_tables(folder: Path) -> None:
    (folder / "rfm.toml").write_text(
        '[tables]\norders = "orders.csv"\n[linked.my-bids]\npath = "bids.csv"\nby = "order_id"\nat = "made"\n'
    )
    files = files_at_hand({})
    assert list(files.linked) == ["mybids"]
    assert files.own("mybids") == ["at", "order_id", "made", "Offer"]
    assert files.columns("mybids") == [*files.own("mybids"), *files.own("orders")]
    assert files.own("customers") == []  # rfm.toml names the tables that are read
    assert files_at_hand({"orders": ["orders.csv"]}).linked == {}


def test_files_of_the_command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mine.csv").write_text("customer_id,Mood\n")
    assert files_at_hand({"customers": ["mine.csv"]}).own("customers") == ["Mood"]
    given = files_at_hand({"orders": ["orders.csv", "customers.csv"]})
    assert given.paths == {"orders": ("orders.csv",), "customers": ("customers.csv",)}
    monkeypatch.setenv("RFM_CUSTOMERS", "mine.csv")
    assert files_at_hand({}).own("customers") == ["Mood"]
    assert files_at_hand({}).own("events") == []


def test_options_of_reading(folder: Path) -> None:
    assert "value" in files_at_hand({"map": ["events.value=product_id"]}).own("events")
    (folder / "events.csv").write_text("x\ncustomer_id|event|at|Place\n")
    assert "Place" in files_at_hand({"header_row": "2", "separator": "|"}).own("events")


def test_fields_in_doubt_are_headings_alone(folder: Path) -> None:
    (folder / "events.csv").write_text("customer_id,event,timestamp,date\n")
    assert files_at_hand({}).own("events") == ["event", "kind", "at", "event", "timestamp", "date"]


def test_a_file_that_cannot_be_read_has_no_columns(folder: Path) -> None:
    (folder / "events.csv").write_bytes(b"SQLite format 3\0")
    (folder / "customers.csv").write_bytes(b"PAR1")
    files = files_at_hand({})
    assert (files.own("events"), files.own("customers")) == ([], [])
    assert files.own("products") == ["product_id", "category", "name", "product_id", "name", "category"]
