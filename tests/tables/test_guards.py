"""Cells that a spreadsheet guards against losing zeros."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import guards
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
