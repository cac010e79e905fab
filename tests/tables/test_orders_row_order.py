# ruff: noqa: RUF001 - letters of other scripts are what is tested
"""What is accepted, and how it is read, does not depend on the order of rows: first rows suggest, all rows decide."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rfm_cli import pipeline
from rfm_cli.errors import InputError
from rfm_cli.measures import collect
from rfm_cli.measures.fast import plan
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples
from tests.shops import asked

HEADER = "order_id;customer_id;ordered_at;amount"
IDS = ["7", "007", "a\0b", "\0", "", "Яна", '"c;d"', '"e\nf"', "17850.0", "nan", " g "]
DATES = [
    ["2024-01-13", "2024-02-01 10:00:00", "2024-01-05T10:00:00+05:30", "", "\0", "no date", "2024-1-7"],
    ["13/04/2024", "03/04/2024", "04/13/2024", "31.12.2024", "2024-01-01"],
    ["1704067200", "999999999", "1704067200000", "2024-01-01", "20240101"],
    ["202401151230", "250000000000", "999999999999", "1704067200000", "194012311230"],
    ["45316", "45316.75", "99999", "", "45317"],
    ["25.01.24", "1/25/24", "3/4/24", "25/01/24", "24-01-25", "2024-01-25"],
    ["2024-01-25 24:00:00", "2024-01-25 10:24:00", "Jan 25, 2024 3:45 PM", "Thu, 25 Jan 2024 15:45:00 CST"],
    ["2024-01-25 10:00:00 MSK", "2024-01-25 10:00:00", "2024-01-25 10:00:00 IST", "1706184300.5"],
]
AMOUNTS = [
    ["1", "2.50", "-3", "", "\0", "x", "1e2", "0.125"],
    ["1,234", "1.234", "12,5", "1.234,50", "7", "$10"],
    ["1,234", "1,234.50", "$1.50", "(2.00)", "1 010", "9"],
    ["$5", "US$ 6", "-", "CAD 7", "1,20,000.50", "8"],
]
ROWS = st.one_of(
    [
        st.lists(
            st.tuples(
                st.sampled_from(["1", "2", "10", "", "x", "\0"]),
                st.sampled_from(IDS),
                st.sampled_from(dates),
                st.sampled_from(amounts),
            ).map(";".join),
            min_size=1,
            max_size=12,
        )
        for dates in DATES
        for amounts in AMOUNTS
    ]
)


def outcome(lines: list[str], options: ReadOptions) -> object:
    """What comes of a file: its accepted rows, rejects and customers in an order of their own, or its error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        try:
            opened = order_tables.orders_in(sources.open_all([str(path)], options), options)
            rows, facts, orders = order_tables.collect(opened, lambda _: lambda rows: rows)
            scored = pipeline.score(open_shop(TablePaths(orders=(str(path),)), options), asked())
        except InputError as error:
            return error.message.removeprefix(folder), error.hint
        taken = rows.with_columns(pl.col("customer", "order").cast(pl.String))
        return (
            sorted(taken.rows(), key=repr),
            dict(facts.rejected),
            orders.scale,
            sorted(scored.frame.with_columns(pl.col("customer").cast(pl.String)).rows(), key=repr),
        )


@settings(max_examples=examples(30, 200))
@given(rows=ROWS, shuffled=st.randoms(use_true_random=False))
@example(rows=["1;a;202401151230;1", "2;b;250000000000;2", "3;b;250000000000;2"], shuffled=None)
@example(rows=["1;a;2024-01-01;1", "2;b;2024-01-02;2", '3;"\0";2024-01-02;\0'], shuffled=None)
def test_shuffled_rows_are_read_alike(rows: list[str], shuffled: Any) -> None:
    other = list(reversed(rows)) if shuffled is None else shuffled.sample(rows, len(rows))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "HEAD", 2)
        patched.setattr(plan, "HEAD", 2)
        first = outcome(rows, ReadOptions())
        patched.setattr(sources, "HEAD", 3)
        patched.setattr(collect, "is_large", lambda _: True)  # by a shortcut, where one is proved
        assert outcome(other, ReadOptions()) == first


ODD = {
    "a zero byte": "z\0z,2024-03-01,5,note",
    "a zero byte in a note": "z,2024-03-01,5,\0",
    "a lone carriage return": "z,2024-03-01,5,a\rb",
    "letters beyond ASCII": "Зоя,2024-03-01,5,note",
    "a quoted line break": '"z\nz",2024-03-01,5,note',
    "a decimal comma": 'z,2024-03-01,"5,5",note',
    "another date": "z,01.03.2024,5,note",
    "a long field": f"z,2024-03-01,5,{'x' * 200_000}",
    "too many fields": "z,2024-03-01,5,note,more",
}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_one_odd_row_anywhere(odd: str, encoding: str, write: Any, rfm: Any) -> None:
    plain = [f"c{number % 97},2024-01-{number % 28 + 1:02},{number % 50}.25,{'n' * 90}" for number in range(12_000)]
    answers = []
    for place in (0, 6_000, 12_000):
        lines = ["customer_id,ordered_at,amount,note", *plain[:place], ODD[odd], *plain[place:]]
        data = ("\n".join(lines) + "\n").encode()
        path = write("o.csv", gzip.compress(data) if odd == "a zero byte" else data)
        done = rfm("score", path, "--encoding", encoding, "--format", "csv")
        told = done.stderr.splitlines()[-2:] if done.returncode else done.stderr
        answers.append((done.returncode, done.stdout, told))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == (3 if odd == "a decimal comma" else 0), answers[0][2]
    if odd.startswith("letters"):
        assert "\nЗоя,".encode() in answers[0][1]
    if odd == "a zero byte":
        assert b"\nz\0z,2024-03-01,2024-03-01," in answers[0][1]


@pytest.mark.parametrize("table", ["--events", "--customers"])
def test_one_odd_row_of_a_table_beside(table: str, write: Any, rfm: Any) -> None:
    orders = write(
        "o.csv", "customer_id,ordered_at,amount\n" + "\n".join(f"c{n},2024-03-01,5" for n in range(99)) + "\n"
    )
    plain = [f"c{number},2024-01-{number % 28 + 1:02},{number % 5}" for number in range(99)]
    answers = set()
    for place in (0, 50, 99):
        name = "event,customer_id,at,note" if table == "--events" else "note,customer_id,registered_at,city"
        lines = [f"open,{one}" for one in plain]
        text = "\n".join([name, *lines[:place], "open,z\0z,2024-01-07,\0", *lines[place:]]) + "\n"
        done = rfm("score", orders, table, write("t.csv", text))
        assert done.returncode == 0, done.stderr
        answers.add((done.stdout, done.stderr))
    assert len(answers) == 1
