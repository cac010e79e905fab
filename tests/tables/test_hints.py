"""Hints name columns whose values fit the missing field, the best first, and none where none fits."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables.hints import in_words, proposals, quoted
from tests.examples import examples

ROWS = pl.DataFrame(
    {
        "Row": ["1", "2", "3", "4"],
        "order_ref": ["a1", "a2", "a3", "a4"],
        "Buyer Email": ["ann@example.org", "ben@example.org", "ann@example.org", "ann@example.org"],
        "City": ["Ulm", "Ulm", "Bonn", "Ulm"],
        "Placed": ["2024-01-05", "2024-01-06", "2024-02-01", ""],
        "Shipped": ["05.01.2024", "07.01.2024", "03.02.2024", ""],
        "Tax Total": ["0.50", "0.70", "1.00", "2.00"],
        "Paid": ["5.00 €", "7.00 €", "10.00 €", "20.00 €"],
        "Note": ["x", "y", "", "2024-01-01"],
    }
)


def hint(table: str, *fields: str, rows: pl.DataFrame = ROWS) -> str:
    return in_words(table, proposals(table, fields, rows.columns, rows.lazy()))


def test_columns_are_named_by_their_values_the_best_first() -> None:
    assert hint("orders", "customer_id", "ordered_at", "amount") == (
        "--map customer_id='Buyer Email' --map ordered_at='Placed' --map amount='Paid'; "
        "ordered_at may also be 'Shipped'; amount may also be 'Tax Total'"
    )


def test_other_tables_are_named() -> None:
    assert hint("events", "at") == "--map events.at='Placed'; at may also be 'Shipped'"


def test_none_where_none_fits() -> None:
    rows = ROWS.select("City", "Tax Total")
    assert hint("orders", "customer_id", "ordered_at", rows=rows) == (
        "--map customer_id=HEADING --map ordered_at=HEADING; "
        "no other column looks like ids of people; no other column looks like dates"
    )


def test_a_column_that_differs_in_every_row_is_said_to() -> None:
    rows = pl.DataFrame({"client ref": ["k1", "k2", "k3"], "when": ["2024-01-01"] * 3})
    assert hint("orders", "customer_id", rows=rows) == (
        "--map customer_id='client ref'; 'client ref' differs in every row: each would be a customer of its own"
    )
    repeating = rows.with_columns(pl.Series("person", ["k1", "k1", "k2"]))
    assert hint("orders", "customer_id", rows=repeating) == "--map customer_id='person'"


def test_a_date_is_a_date_whatever_its_heading_says() -> None:
    rows = pl.DataFrame(
        {"ordered": ["red", "blue"], "x": ["5 Jan 2024", "Jan 6, 2024"], "day": ["20240105", "20240106"]}
    )
    found = proposals("orders", ["ordered_at"], rows.columns, rows.lazy())
    assert found[0].headings == ("x", "day")


def test_rows_that_cannot_be_read_leave_the_spelling(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("custmer_id,b\n1,2,3\n", encoding="utf-8")
    frame = pl.scan_csv(path, infer_schema=False)
    assert proposals("orders", ["customer_id"], ["custmer_id", "b"], frame)[0].headings == ("custmer_id",)
    assert proposals("orders", ["customer_id"], ["custmer_id"], None)[0].headings == ("custmer_id",)


@pytest.mark.parametrize(("table", "command"), [("orders", "score"), ("customers", "check"), ("products", "check")])
def test_the_hint_of_each_table_can_be_copied(tmp_path: Path, rfm: Any, table: str, command: str) -> None:
    heading = {"orders": "Buyer's e-mail", "customers": "Buyer's e-mail", "products": "Item's SKU"}[table]
    rows = "".join(f"a{n % 3}@example.org,2024-01-0{n},5\n" for n in range(1, 7))
    (tmp_path / f"{table}.csv").write_text(f"{heading},date,price\n{rows}", encoding="utf-8")
    # A customers table may have each person once.
    text = f"{heading},date,price\n" + "".join(f"a{n}@example.org,2024-01-0{n},5\n" for n in range(1, 4))
    (tmp_path / f"{table}.csv").write_text(text if table == "customers" else f"{heading},date,price\n{rows}", "utf-8")
    done = rfm(command, f"{table}.csv", "-q", cwd=tmp_path)
    assert done.returncode == 3
    copied = done.stderr.decode().split("column it is: ")[1].split(";")[0].split(" (where")[0]
    again = rfm(command, f"{table}.csv", "-q", *shlex.split(copied), cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, b"")


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
@settings(max_examples=examples(50, 500), deadline=None)
def test_every_heading_is_one_word_for_a_shell(text: str) -> None:
    assert shlex.split(quoted(text)) == [text]


def test_a_birth_date_is_proposed_last() -> None:
    rows = pl.DataFrame({"birth_date": ["1980-01-05", "1990-01-06"], "delivery_date": ["2024-01-05", "2024-01-06"]})
    assert hint("orders", "ordered_at", rows=rows) == (
        "--map ordered_at='delivery_date'; ordered_at may also be 'birth_date'"
    )
