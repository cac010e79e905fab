"""What fits where the cursor is, and names that no shell may see."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.cli.expression_words import fitting
from rfm_cli.cli.files_at_hand import files_at_hand

ORDERS = "customer_id,ordered_at,amount,order_id,Total Spent,total,last,Ünit (x),Channel"
WORDS = ("vip", "since", "last_order", "to_day")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orders.csv").write_text(f"{ORDERS}\n")
    (tmp_path / "events.csv").write_text("customer_id,event,at,Place of it\n")
    (tmp_path / "customers.csv").write_text("customer_id,city,channel\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fits(text: str) -> list[str]:
    return fitting(text, files_at_hand({}), ("autumn", "tops"), WORDS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("any events(ki", ["any events(kind"]),
        ("any events(ci", ["any events(city"]),  # of its customer
        ("any events(", ["any events(event", "any events(kind", "any events(at", "any events([Place of it]"]),
        ("any events(kind = 'x') and ki", []),
        ("ci", ["city"]),
        ("cha", ["channel"]),  # Channel of the orders is the same name
        ("to", ["total", "tops", "to_day"]),
        ("To", ["Total_Spent"]),
        ("[T", ["[Total Spent]"]),
        ("any orders([", [f"any orders([{name}]" for name in (
            "order_id", "at", "day", "amount", "number", "ordered_at", "channel", "Total Spent", "total", "last",
            "Ünit (x)", "city", "customer_id",
        )]),
        ("Ü", []),
        ("[Ü", ["[Ünit (x)]"]),
        ("la", ["last_order"]),
        ("sum orders.", [f"sum orders.{name}" for name in (
            "order_id", "at", "day", "amount", "number", "ordered_at", "channel", "[Total Spent]", "total", "[last]",
            "[Ünit (x)]",
        )]),
        ("customers.c", ["customers.city", "customers.channel", "customers.customer_id"]),
        ("in to", ["in tops"]),
        ("x.c", []),
        ("vip ", []),
        ("city = 'c", []),
    ],
)  # fmt: skip
def test_what_fits(text: str, found: list[str]) -> None:
    assert fits(text) == found


def test_linked_tables_are_named(folder: Path) -> None:
    (folder / "rfm.toml").write_text('[linked.My-bids]\npath = "events.csv"\nby = "customer_id"\n')
    assert fits("any My") == ["any My-bids"]
    assert fits("any My-bids(ev") == ["any My-bids(event"]


@pytest.mark.parametrize("name", ["$(touch x)", "`x`", "a'b", "it!", "a\\b", "a\u202eb", "x" * 101, "a]b"])
def test_names_that_a_shell_would_run_are_not_offered(folder: Path, name: str) -> None:
    (folder / "orders.csv").write_text(f"customer_id,ordered_at,{name},fine\n")
    assert fits("[") == ["[city]", "[channel]", "[customer_id]", "[ordered_at]", "[fine]"]
    assert fitting("in ", files_at_hand({}), [name], []) == []
    assert fitting(f"in {name[0]}", files_at_hand({}), [name], []) == []


def test_bash_gets_names_with_blanks_in_quotes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for line, found in (('rfm\nselect\n"[T', 1), ("rfm\nselect\n'[T", 1), ("rfm\nselect\n[T", 0)):
        monkeypatch.setenv("COMP_WORDS", line)
        assert fits("[T") == ["[Total Spent]"][:found]
    assert fits("ci") == ["city"]
