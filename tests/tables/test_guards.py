"""Cells that a spreadsheet guards against losing zeros."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import footers, guards
from rfm_cli.tables.footers import footer_of
from tests.examples import examples

PLAIN = (
    "customer_id,order_id,ordered_at,amount,status,city\n"
    "00123,01,2024-01-02,10.50,paid,Ulm\n"
    "007,02,2024-01-03,1.5,,Bonn\n"
)
GUARDED = (
    'customer_id,="order_id",ordered_at,amount,status,city\n'
    '"=""00123""","=""01""",="2024-01-02",="10.50",="paid",="Ulm"\n'
    '="007", ="02"\t,2024-01-03,="1.5",="",Bonn\n'
)


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ('="00123"', "00123"),
        (' ="00123"\t', "00123"),
        ('=""', ""),
        ('="a ""b"""', 'a "b"'),
        ('="a"&"b"', '="a"&"b"'),
        ("=00123", "=00123"),
        ('a="1"', 'a="1"'),
        ('<a href="x">', '<a href="x">'),
    ],
)
def test_a_guard_is_one_text_of_a_formula(cell: str, plain: str) -> None:
    frame = pl.LazyFrame({"a": [cell, None]})
    assert guards.without_guards(frame, ["a"]).collect()["a"].to_list() == [plain, None]
    assert guards.count_guards(frame, ["a"]) == (cell != plain)
    assert guards.plain_heading(cell) == plain


@given(st.text(st.characters(codec="utf-8", exclude_characters='"\n\r\0')))
@settings(max_examples=examples(30, 200), deadline=None)
def test_what_is_guarded_comes_back(text: str) -> None:
    frame = pl.LazyFrame({"a": [f'="{text}"']})
    assert guards.without_guards(frame, ["a"]).collect()["a"].to_list() == [text]


@pytest.mark.parametrize(
    ("content", "found"), [(b"", False), (b"a,b\n1,2\n", False), (b'a=1,"b"=\n', False), (b'a,b\n="1",2\n', True)]
)
def test_the_bytes_of_a_guard(tmp_path: Path, content: bytes, found: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert guards.may_have_guards(path) is found


@pytest.mark.parametrize("surplus", ["", "a,b,2024-01-04,1,,Ulm,more\n"])
def test_a_guarded_file_answers_as_the_plain_one(tmp_path: Path, rfm: Any, surplus: str) -> None:
    (tmp_path / "plain.csv").write_text(PLAIN + surplus)
    (tmp_path / "guarded.csv").write_text(GUARDED + surplus)
    wanted = ("--scheme", "none", "--with", "city", "--with", "status")
    plain = rfm("score", "plain.csv", *wanted, "-q", cwd=tmp_path)
    done = rfm("score", "guarded.csv", *wanted, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    assert b"\n00123,2024-01-02,2024-01-02,1,1,10.5," in done.stdout
    assert 'rfm: guarded.csv: 10 cells written as ="00123" read as 00123\n' in done.stderr.decode()


def test_guards_below_the_first_rows_of_tables_beside_orders(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text(PLAIN)
    many = "".join(f"c{place},Ulm\n" for place in range(10_100))
    (tmp_path / "customers.csv").write_text(f'customer_id,town\n{many}="007",="Bonn"\n')
    done = rfm("score", "--with", "town", "-q", cwd=tmp_path)
    assert next(line for line in done.stdout.decode().splitlines() if line.startswith("007,")).endswith(",Bonn")


def test_guards_in_a_packed_file(tmp_path: Path, rfm: Any) -> None:
    text = 'customer_id,ordered_at,amount\n="00123",2024-01-01,="1.50"\n00123,2024-01-02,1\n'
    (tmp_path / "o.csv.gz").write_bytes(gzip.compress(text.encode()))
    done = rfm("score", "o.csv.gz", "-q", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[1].startswith("00123,2024-01-01,2024-01-02,0,2,2.5,"), done.stderr


def test_a_guard_that_two_blocks_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "CHUNK", 4)
    for text, is_there in (('abc="1"', True), ("abc=x1", False), ('a="', True)):
        (tmp_path / "f.gz").write_bytes(gzip.compress(text.encode()))
        assert guards.may_have_guards(tmp_path / "f.gz") is is_there


ROWS = [
    {'="customer_id"': '="00123"', "ordered_at": "2024-01-01", "amount": "1.50", "status": "paid", "city": '="Ulm"'},
    {'="customer_id"': "00123", "ordered_at": '="2024-01-02"', "amount": "1", "status": '="cancelled"', "city": "Ulm"},
    {'="customer_id"': '="00124" ', "ordered_at": "2024-01-03", "amount": '="2"', "status": "paid", "city": '="a"&"b"'},
]
TEXTS = pl.DataFrame(ROWS)
SCORED = "00123,2024-01-01,2024-01-01,", "00124,2024-01-03,2024-01-03,"


def written_as(folder: Path, kind: str, rows: pl.DataFrame = TEXTS) -> str:
    """Write rows as a file of a kind, and return its name."""
    write = {
        "ndjson": rows.write_ndjson,
        "parquet": rows.write_parquet,
        "arrow": rows.write_ipc,
        "xlsx": rows.write_excel,
        "csv": rows.write_csv,
    }
    write[kind](folder / f"o.{kind}")
    return f"o.{kind}"


@pytest.mark.parametrize("kind", ["ndjson", "parquet", "arrow", "xlsx", "csv"])
def test_guards_in_files_of_every_kind(tmp_path: Path, rfm: Any, kind: str) -> None:
    done = rfm("score", written_as(tmp_path, kind), "--scheme", "none", "--with", "city", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().splitlines()[1:]
    assert [line.split(",")[:3] for line in lines] == [start.split(",")[:3] for start in SCORED]
    assert [line.rsplit(",", 1)[1] for line in lines] == ["Ulm", '"=""a""&""b"""']
    if kind != "csv":
        assert 'equals the first by text), cells written as ="00123" read as 00123\n' in done.stderr.decode()
        columns = "'amount', 'customer_id', 'ordered_at', 'status'"
        assert f'cells written as ="00123" read as 00123, in columns {columns}\n' in done.stderr.decode()


@given(st.permutations(range(40)))
@settings(max_examples=examples(5, 40), deadline=None)
def test_guards_as_read_whatever_the_batches(order: list[int]) -> None:
    texts = [f'="{place:03}"' if place % 7 == 0 else f" {place}" for place in order]
    frame, met = pl.LazyFrame({"a": texts, "b": order}), set[str]()
    found = guards.without_guards_as_read(frame, met).collect()
    assert found["a"].to_list() == [f"{place:03}" if place % 7 == 0 else f" {place}" for place in order]
    assert found["b"].to_list() == order
    assert met == {"a"}


def test_guards_far_below_in_a_file_with_types(tmp_path: Path, rfm: Any) -> None:
    many = pl.DataFrame(
        {"customer_id": [f"c{place}" for place in range(10_100)], "ordered_at": "2024-01-01", "amount": 1.0}
    )
    end = pl.DataFrame({"customer_id": ["007", '="007"'], "ordered_at": "2024-01-01", "amount": 2.0})
    for rows in (pl.concat([many, end]), pl.concat([end, many])):
        done = rfm("score", written_as(tmp_path, "parquet", rows), cwd=tmp_path)
        own = [line for line in done.stdout.decode().splitlines() if "007," in line and not line.startswith("c")]
        assert len(own) == 1
        assert own[0].startswith("007,2024-01-01,2024-01-01,0,2,4")
        assert "in column 'customer_id'" in done.stderr.decode()


def test_headings_that_meet_without_their_guards() -> None:
    frame = pl.LazyFrame({'="a"': ["x"], "a": ["y"]})
    assert guards.without_guards_as_read(frame, set()).collect_schema().names() == ["a", "a (column 2)"]


def test_a_large_file_with_types_shows_which_columns_have_no_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": ['="007"', "008", "abc"],
            "channel": ["web", "app", "web"],
            "status": ["1", "2", None],
            "ordered_at": ["2024-01-01"] * 3,
            "amount": [1, 2, 3],
        }
    )
    path = tmp_path / "orders.parquet"
    frame.write_parquet(path, row_group_size=1)
    assert guards.columns_without(footer_of(path)) == frozenset()
    monkeypatch.setattr(footers, "LARGE", 0)
    assert guards.columns_without(footer_of(path)) == {"channel", "status", "ordered_at"}
