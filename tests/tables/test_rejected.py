from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl

from rfm_cli.model import TablePaths
from rfm_cli.shop import open_tables
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.rejected import rejected_rows

HEADER = "customer_id,date,amount,status,rule\n"
ROWS = (
    "a,2024-01-01,1,,x\n,2024-01-01,1,,x\nb,2024-02-30,1,,x\n"
    "b,2024-01-01,1 2 x,,x\nb,2024-01-01,1,Test,x\nb,2024-01-01,1,,x,9\n"
)


def test_each_rejected_row_with_its_rule_and_its_values(write: Any, read: Any) -> None:
    found = rejected_rows(read(write("d/o.csv", HEADER + ROWS)).orders)
    assert found.columns == [
        "(file)",
        "(row)",
        "(rule)",
        "(why)",
        "customer_id",
        "date",
        "amount",
        "status",
        "rule",
        "(too many fields)",
    ]
    assert found.select("(file)", "(row)", "(rule)", "(why)").rows() == [
        ("o.csv", 2, "customer", "no customer id"),
        ("o.csv", 3, "date", "no readable date"),
        ("o.csv", 4, "amount", "no readable amount"),
        ("o.csv", 5, "status", "a status that is no order (--reject-status)"),
        ("o.csv", 6, "fields", "more fields than the header has"),
    ]
    assert found.select("customer_id", "date", "amount", "status", "rule", "(too many fields)").rows() == [
        (None, "2024-01-01", "1", None, "x", None),
        ("b", "2024-02-30", "1", None, "x", None),
        ("b", "2024-01-01", "1 2 x", None, "x", None),
        ("b", "2024-01-01", "1", "Test", "x", None),
        ("b", "2024-01-01", "1", None, "x", "9"),
    ]


def test_rejects_of_several_files(write: Any, read: Any) -> None:
    one = write("a.csv", "customer_id,date,amount\na,2024-01-01,1\n,2024-01-01,2\n")
    frame = pl.DataFrame({"customer_id": [7, None], "date": ["2024-01-01"] * 2, "amount": [None, 1.5], "extra": [1, 2]})
    found = rejected_rows(read(one, write("b.parquet", frame)).orders)
    assert found.select("(file)", "(row)", "(rule)", "customer_id", "amount", "extra").rows() == [
        ("a.csv", 2, "customer", None, "2", None),
        ("b.parquet", 1, "amount", "7", None, "1"),
        ("b.parquet", 2, "customer", None, "1.5", "2"),
    ]


def test_nothing_rejected(write: Any, read: Any) -> None:
    found = rejected_rows(read(write("o.csv", HEADER + "a,2024-01-01,1,,x\n")).orders)
    assert found.height == 0


def test_rows_of_an_event_log_are_numbered_in_the_file(write: Any) -> None:
    text = (
        "customer_id,event,at,value\na,view,2024-01-01,\na,buy,2024-01-02,5\na,view,2024-01-03,\na,buy,2024-01-04,x\n"
    )
    settings = ReadOptions(purchase_events=("buy",))
    opened = open_tables(TablePaths(events=(write("e.csv", text),)), settings).orders
    assert opened is not None
    _, facts, orders = order_tables.collect(opened, lambda _: lambda rows: rows)
    assert (facts.read, facts.rejected) == (2, {"amount": 1})
    assert rejected_rows(orders).select("(row)", "(rule)", "event", "value").rows() == [(4, "amount", "buy", "x")]


def test_the_file_of_rejects(write: Any, rfm: Any, tmp_path: Path) -> None:
    path = write("o.csv", HEADER + ROWS)
    done = rfm("score", path, "--rejects", "rejects.csv", "-o", "scores.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"5 of 6 rows rejected (83.3%)" in done.stderr
    with (tmp_path / "rejects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["(row)"], row["(rule)"]) for row in rows] == [
        ("2", "customer"),
        ("3", "date"),
        ("4", "amount"),
        ("5", "status"),
        ("6", "fields"),
    ]


def test_over_five_percent_is_a_warning(write: Any, rfm: Any) -> None:
    good = "a,2024-01-01,1,,x\n"
    for count, code in ((19, 0), (18, 1)):
        path = write("o.csv", HEADER + good * count + ",2024-01-01,1,,x\n")
        assert rfm("check", path, "--strict").returncode == code


def test_the_first_rows_of_each_rule(write: Any, read: Any) -> None:
    rows = ["a,2024-01-01,1", ",2024-01-01,1", "a,no,1", ",2024-01-01,1", "a,no,1", ",2024-01-01,1", "a,no,1"]
    orders = read(
        *[write(name, "customer_id,date,amount\n" + "\n".join(rows) + "\n") for name in ("o.csv", "p.csv")]
    ).orders
    assert rejected_rows(orders, most=2).select("(file)", "(row)", "(rule)").rows() == [
        ("o.csv", 2, "customer"),
        ("o.csv", 3, "date"),
        ("o.csv", 4, "customer"),
        ("o.csv", 5, "date"),
    ]
