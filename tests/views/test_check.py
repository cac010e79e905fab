"""Repeated rows: found by the hashes of rows, counted by what stands in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.model import Finding, Shop, TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views import check
from rfm_cli.views.check import check_view, findings_on, ways_to_change

ROWS = pl.DataFrame(
    {
        "customer_id": ["a", "a", "b", "b", "a"],
        "ordered_at": [date(2024, 1, 1)] * 5,
        "amount": [1.0, 1.0, float("nan"), float("nan"), 1.0],
        "note": [None, None, -0.0, 0.0, None],  # two zeros have one hash and are two texts
    }
)


def repeated(*frames: pl.DataFrame | str) -> int:
    """The repeated rows that are told of these orders."""
    source, facts = open_shop(TablePaths(orders=frames), ReadOptions()).source.read()
    shop = Shop(source)
    table = check_view(findings_on(shop, facts)).rows
    return int(table.filter(pl.col("topic") == "repeated rows")["rows"].item())


@pytest.mark.parametrize(
    ("frames", "count"),
    [
        ((ROWS,), 2),
        ((ROWS.head(1),), 0),
        ((ROWS, ROWS), 7),
        ((ROWS, ROWS.select(reversed(ROWS.columns))), 7),
        ((ROWS, ROWS.drop("note")), 6),
        ((ROWS, ROWS.with_columns(pl.col("amount").cast(pl.String))), 7),
    ],
)
def test_repeated_rows(frames: tuple[pl.DataFrame, ...], count: int) -> None:
    assert repeated(*frames) == count


def test_rows_of_text(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    lines = ["a,2024-01-01,1,x", "a,2024-01-01,1,", 'a,2024-01-01,1,"x"', "a,2024-01-01,1.0,x", "a,2024-01-01,1,", ""]
    path.write_text("customer_id,date,amount,note\n" + "\n".join(lines) + "\n")
    assert repeated(str(path)) == 2


def test_hashes_that_meet_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    plainly = check._hashed

    def weak(orders: object) -> pl.LazyFrame:
        return plainly(orders).with_columns(pl.col(check.HASH) % 2)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "_hashed", weak)
    assert (repeated(ROWS), repeated(ROWS, ROWS)) == (2, 7)


def test_options_are_joined_in_the_table_and_each_is_shown_once() -> None:
    findings = [
        Finding("orders", "column", "amount", "", None, ("--map amount=HEADING", "--decimal")),
        Finding("orders", "column", "a, --strict", "", None, ("--map FIELD='a, --strict'",)),
        Finding("orders", "rejected", "amount", "", 3, ("--decimal", "--rejects FILE")),
        Finding("orders", "rows", "read", ""),
    ]
    assert check_view(findings).rows["change_with"].to_list() == [
        "--map amount=HEADING, --decimal",
        "--map FIELD='a, --strict'",
        "--decimal, --rejects FILE",
        None,
    ]
    assert list(map(str, ways_to_change(findings))) == [
        "a guess is wrong? --map [TABLE.]FIELD=HEADING, --decimal, --rejects FILE"
    ]
    assert ways_to_change(findings[3:]) == []


def found_on(tmp_path: Path, text: str, topic: str, **options: Any) -> list[tuple[str, str, int]]:
    """The item, what was found and the rows of each finding of a topic."""
    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    source, facts = open_shop(TablePaths(orders=(str(path),)), ReadOptions(**options)).source.read()
    rows = [one for one in findings_on(Shop(source), facts) if one.topic == topic]
    return [(one.item, one.found, one.rows or 0) for one in rows]


def test_statuses_are_listed_as_they_are_judged(tmp_path: Path) -> None:
    statuses = ["wc-cancelled", "WC-Cancelled", "OrderCancelled", "ordercancelled", "paid", "", "cancelled, shipped"]
    rows = "".join(f'a,2024-01-01,1,"{status}"\n' for status in statuses)
    assert found_on(tmp_path, f"customer_id,date,amount,status\n{rows}", "status") == [
        ("wc-cancelled", "rejected", 2),
        ("(empty)", "accepted", 1),
        ("cancelled, shipped", "accepted", 1),
        ("ordercancelled", "accepted", 1),
        ("ordercancelled", "rejected", 1),
        ("paid", "accepted", 1),
    ]


def test_types_of_rows_and_their_unknown_words(tmp_path: Path) -> None:
    kinds = ["Sale", "Sale", "Refund", "payout", "", "Chargeback reversal"]
    rows = "".join(f"a,2024-01-01,1,{kind}\n" for kind in kinds)
    assert found_on(tmp_path, f"customer_id,date,amount,type\n{rows}", "type") == [
        ("Sale", "a purchase", 2),
        ("(empty)", "a purchase", 1),
        ("Chargeback reversal", "unknown word: counted as a purchase", 1),
        ("Refund", "a refund", 1),
        ("payout", "unknown word: counted as a purchase", 1),
    ]


def test_a_column_of_many_other_types_is_not_listed(tmp_path: Path) -> None:
    rows = "".join(f"a,2024-01-01,1,kind {number}\n" for number in range(51))
    header = "customer_id,date,amount,type\n"
    assert found_on(tmp_path, header + rows, "type") == []
    assert len(found_on(tmp_path, f"{header}{rows}a,2024-01-01,1,return\n", "type")) == 52
