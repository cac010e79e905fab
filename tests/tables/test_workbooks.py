"""Workbooks are read: the sheet that fits, the row of its headings, and cells with the types that they have."""

from __future__ import annotations

import random
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import InputFile, open_source
from tests.examples import examples
from tests.workbooks import ORDERS, XLS, Rows, ods, xlsb, xlsx

CUSTOMERS: Rows = [["customer_id", "email", "phone"], [17850, "a@x.org", "+49 30 123456"], [17851, "b@x.org", None]]
PRODUCTS: Rows = [["sku", "category", "name"], ["A1", "tea", "Green"]]


def cells(path: str, table: str = "orders", **options: Any) -> tuple[InputFile, list[tuple[Any, ...]]]:
    source = open_source(path, ReadOptions(**options), table)
    return source, source.frame.collect().rows()


def refusal(path: str, table: str = "orders", **options: Any) -> InputError:
    with pytest.raises(InputError) as error:
        cells(path, table, **options)
    assert "\n" not in error.value.message + error.value.hint
    return error.value


@pytest.mark.parametrize("name", ["o.xlsx", "o.xls", "o.xlsb", "o.ods", "o.csv", "o"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_each_kind_whatever_its_name(tmp_path: Path, kind: str, name: str) -> None:
    data = {"xls": XLS, "xlsb": xlsb(ORDERS), "ods": ods(ORDERS)}
    data["xlsx"] = Path(xlsx(tmp_path / "made", {"Orders": ORDERS})).read_bytes()
    (tmp_path / name).write_bytes(data[kind])
    source, rows = cells(str(tmp_path / name), encoding="cp1251")
    assert (source.kind, source.form, source.part) == ("workbook", "workbook, sheet 'Orders'", "Orders")
    assert dict(source.schema) == {"customer_id": pl.Int64, "order_date": pl.Date, "amount": pl.Float64}
    assert rows == [(17850, date(2024, 1, 5), 10.1), (17851, date(2024, 2, 5), 20.0)]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_from_the_workbook_to_scores(tmp_path: Path, write: Any, rfm: Any, kind: str) -> None:
    write("plain.csv", "customer_id,order_date,amount\n17850,2024-01-05,10.1\n17851,2024-02-05,20\n")
    data = {"xls": XLS, "xlsb": xlsb(ORDERS), "ods": ods(ORDERS)}
    data["xlsx"] = Path(xlsx(tmp_path / "made", {"Orders": ORDERS})).read_bytes()
    (tmp_path / f"book.{kind}").write_bytes(data[kind])
    done = rfm("score", f"book.{kind}", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == rfm("score", "plain.csv", "-q", cwd=tmp_path).stdout
    assert done.stdout.splitlines()[1].startswith(b"17850,2024-01-05,2024-01-05,31,1,10.1,")


@pytest.mark.parametrize(
    ("column", "expected", "dtype"),
    [
        ([1, 2.0, None, 3], [1, 2, None, 3], pl.Int64),
        ([10.1, 0.1 + 0.2, -5], [10.1, 0.3, -5.0], pl.Float64),
        ([1e15, 1e16], [1e15, 1e16], pl.Float64),
        ([7, "A7", None], ["7", "A7", None], pl.String),
        ([7, "NA", 8], ["7", "NA", "8"], pl.String),
        (["00123", "7"], ["00123", "7"], pl.String),
        ([1.5, "n/a", 2], [1.5, None, 2.0], pl.Float64),
        ([True, False], [True, False], pl.Boolean),
        ([True, "maybe"], ["true", "maybe"], pl.String),
        (["#N/A", 2, 3], [None, 2, 3], pl.Int64),
        ([date(2024, 1, 5), None], [date(2024, 1, 5), None], pl.Date),
        (
            [date(2024, 1, 5), datetime(2024, 1, 5, 23, 59, 59)],
            [datetime(2024, 1, 5), datetime(2024, 1, 5, 23, 59, 59)],
            pl.Datetime("ms"),
        ),
        ([date(2024, 1, 5), "5.2.2024"], ["2024-01-05 00:00:00", "5.2.2024"], pl.String),
        ([time(10, 30), time(0, 0, 5)], ["10:30:00", "00:00:05"], pl.String),
        ([timedelta(hours=30), timedelta(minutes=1)], ["30:00:00", "0:01:00"], pl.String),
        ([0.25, 1], [0.25, 1.0], pl.Float64),
    ],
)
def test_cells_come_as_what_they_are(tmp_path: Path, column: list[Any], expected: list[Any], dtype: Any) -> None:
    rows = [["x", "beside", "empty"], *[[cell, f"row {place}"] for place, cell in enumerate(column)]]
    source, found = cells(xlsx(tmp_path / "o.xlsx", {"One": rows}))
    assert [row[0] for row in found] == expected
    assert source.schema["x"] == dtype


def test_spans_among_texts_leave_other_columns_as_they_are(tmp_path: Path) -> None:
    rows = [["n", "mixed", "day"], [1, timedelta(hours=30), date(2024, 1, 5)], [2, "none", date(2024, 1, 6)]]
    source, found = cells(xlsx(tmp_path / "o.xlsx", {"One": [[None], *[[None, *row] for row in rows]]}))
    assert list(source.schema.values()) == [pl.Int64, pl.String, pl.Date]
    assert [(row[0], row[2]) for row in found] == [(1, date(2024, 1, 5)), (2, date(2024, 1, 6))]
    assert found[1][1] == "none"


def test_empty_rows_and_columns_are_none(tmp_path: Path) -> None:
    rows = [[None, *row, None, None] for row in [*ORDERS[:2], [], [], ORDERS[2], []]]
    source, found = cells(xlsx(tmp_path / "o.xlsx", {"One": rows}))
    assert source.header == ("customer_id", "order_date", "amount")
    assert [row[0] for row in found] == [17850, 17851]


def test_a_column_without_a_heading(tmp_path: Path) -> None:
    source, found = cells(xlsx(tmp_path / "o.xlsx", {"One": [["a", None, "a"], [1, 2, 3]]}))
    assert (list(source.schema), found) == (["a", "column 2", "a (column 3)"], [(1, 2, 3)])


def test_headings_without_rows(tmp_path: Path, rfm: Any) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"One": ORDERS[:1]})
    assert cells(path)[1] == []
    done = rfm("score", path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"no rows below the header" in done.stderr


def test_headings_below_title_lines(tmp_path: Path, rfm: Any) -> None:
    titled = [[], ["Orders of 2024"], [], ["Shop:", "North"], *ORDERS]
    path = xlsx(tmp_path / "o.xlsx", {"One": titled})
    source, rows = cells(path)
    assert (source.header, source.above, len(rows)) == (("customer_id", "order_date", "amount"), 4, 2)
    assert rows == cells(path, header_row=5)[1]
    assert b"4 lines above the headings are skipped (--header-row)" in rfm("score", path).stderr


def test_a_row_of_headings_that_is_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"One": [["id", "n"], ["name", "count"], ["x", 1]]})
    assert cells(path, header_row=2)[0].header == ("name", "count")
    for row in (4, 200):
        with pytest.raises(UsageError, match=f"--header-row {row}: sheet 'One' of .*o.xlsx has no such row"):
            cells(path, header_row=row)


def test_the_one_sheet_that_fits(tmp_path: Path, rfm: Any) -> None:
    book = {"About": [["Made by"], ["the shop"]], "2024": ORDERS, "People": CUSTOMERS, "Goods": PRODUCTS, "Empty": []}
    path = xlsx(tmp_path / "shop.xlsx", book)
    assert cells(path)[0].part == "2024"
    assert cells(path, "customers")[0].part == "People"
    assert cells(path, "products")[0].part == "Goods"
    assert cells(path)[0].taken == "sheet '2024' is taken, and 'About', 'People', 'Goods' are left"
    done = rfm("score", path, "--customers", path, "--with", "email", "--format", "csv", "-q")
    assert [line.split(",")[-1] for line in done.stdout.decode().splitlines()] == ["email", "a@x.org", "b@x.org"]
    assert (
        f"{path}: sheet '2024' is taken, and 'About', 'People', 'Goods' are left" in rfm("check", path).stderr.decode()
    )


def test_a_sheet_that_is_named(tmp_path: Path, rfm: Any) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS[:2], "Feb #2": [ORDERS[0], ORDERS[2]]})
    assert [row[0] for row in cells(f"{path}#jan")[1]] == [17850]
    assert [row[0] for row in cells(f"{path}#Feb #2")[1]] == [17851]
    assert cells(f"{path}#Jan")[0].taken == ""
    done = rfm("score", f"{path}#Jan", f"{path}#Feb #2", "-q")
    assert [line[:5] for line in done.stdout.splitlines()[1:]] == [b"17850", b"17851"]
    error = refusal(f"{path}#Mar")
    assert error.message == f"{path}#Mar: no sheet is called 'Mar'"
    assert error.hint in ("did you mean Jan?", "Valid: Jan, Feb #2")


def test_a_file_that_is_really_called_so(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS[:2], "Feb": [ORDERS[0], ORDERS[2]]})
    xlsx(tmp_path / "o.xlsx#Jan", {"Feb": [ORDERS[0], ORDERS[2]]})
    assert cells(f"{path}#Jan")[0].part == "Feb"
    assert cells(f"{path}#Jan#Feb")[0].part == "Feb"


def test_sheets_that_fit_equally(tmp_path: Path, rfm: Any) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS[:2], "Feb 2024": [ORDERS[0], ORDERS[2]], "Notes": [["x"]]})
    done = rfm("score", path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().splitlines() == [
        f"rfm: error: {path}: 2 sheets could be the orders: 'Jan', 'Feb 2024'",
        f"rfm: hint: name the sheet that is meant: '{path}#Jan' '{path}#Feb 2024'",
    ]


def test_names_decide_between_sheets_that_fit(tmp_path: Path) -> None:
    dated = [["customer_id", "created_at"], [1, date(2024, 1, 5)]]
    path = xlsx(tmp_path / "o.xlsx", {"ORDERS 2024": dated, "Customers": dated, "Old": dated})
    assert cells(path)[0].part == "ORDERS 2024"
    assert cells(path, "customers")[0].part == "Customers"


def test_no_sheet_fits(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"A": [["x", "y"], [1, 2]], "B": [["z", "w"], [1, 2]], "C": []})
    error = refusal(path)
    assert error.message == f"{path}: no sheet has the headings of orders: 'A', 'B'"
    assert error.hint == f"name the sheet, and the headings by --map: '{path}#A' '{path}#B'"
    mapped = {"orders": {"customer_id": "z", "ordered_at": "w"}}
    assert cells(path, maps=mapped)[0].part == "B"


def test_hidden_sheets_are_taken_only_where_they_are_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "o.xlsx", {"New": ORDERS, "Old": ORDERS[:2]}, hidden=["Old"])
    assert cells(path)[0].part == "New"
    assert len(cells(f"{path}#Old")[1]) == 1


def test_what_is_no_readable_workbook(tmp_path: Path, write: Any) -> None:
    whole = Path(xlsx(tmp_path / "o.xlsx", {"A": ORDERS})).read_bytes()
    assert "damaged" in refusal(write("cut.xlsx", whole[:2000])).message
    assert "looks like a workbook and cannot be read as one" in refusal(write("o.xls", XLS[:600])).message
    assert "without a filled cell" in refusal(xlsx(tmp_path / "e.xlsx", {"A": [], "B": []})).message
    assert "sheet 'B' is empty" in refusal(xlsx(tmp_path / "f.xlsx", {"A": ORDERS, "B": []}) + "#B").message
    csv = write("o.csv", "customer_id,date\na,2024-01-01\n")
    assert refusal(f"{csv}#A").message == f"{csv}#A: {csv} is no workbook, and has no sheets"


def test_a_text_that_is_called_a_workbook(write: Any) -> None:
    source, rows = cells(write("o.xls", "customer_id\torder_date\tamount\r\n007\t2024-01-05\t10,5\r\n"))
    assert (source.form, rows) == ("csv, tab separated, utf-8", [("007", "2024-01-05", "10,5")])
    assert cells(write("o.xlsx", '{"customer_id":"1"}\n'))[0].kind == "ndjson"


@pytest.mark.parametrize("wanted", [["Orders"], []])
def test_standard_input(tmp_path: Path, rfm: Any, wanted: list[str]) -> None:
    book = {"Orders": ORDERS, "Notes": [["x"]]} if wanted else {"Jan": ORDERS, "Feb": ORDERS}
    done = rfm("score", "-", "-q", stdin=Path(xlsx(tmp_path / "o.xlsx", book)).read_bytes())
    assert done.returncode == (0 if wanted else 3)
    assert wanted or b"save the workbook to a file, and give FILE#SHEET" in done.stderr


def test_two_sheets_are_two_inputs_of_a_rollup(tmp_path: Path, rfm: Any) -> None:
    xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS[:2], "Feb": [ORDERS[0], ORDERS[2]]})
    whole = xlsx(tmp_path / "all.xlsx", {"All": ORDERS})
    done = rfm("rollup", "o.xlsx#Jan", "o.xlsx#Feb", "r", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rfm("score", "r", "-q", cwd=tmp_path).stdout == rfm("score", whole, "-q").stdout
    again = rfm("rollup", "r", "--add", "o.xlsx#Jan", cwd=tmp_path)
    assert b"this file is in the roll-up already, as o.xlsx#Jan" in again.stderr


def test_a_job_reads_a_sheet(tmp_path: Path, write: Any, rfm: Any) -> None:
    xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS, "Feb": ORDERS})
    write("rfm.toml", '[tables]\norders = "o.xlsx#Feb"\n[jobs.night]\noutputs = ["score -o s.csv"]\n')
    done = rfm("run", "night", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"nothing has changed" in rfm("run", "night", cwd=tmp_path).stderr
    xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS, "Feb": ORDERS[:2]})
    assert b"nothing has changed" not in rfm("run", "night", cwd=tmp_path).stderr


def test_the_workbook_of_a_run_is_not_written_over(tmp_path: Path, rfm: Any) -> None:
    xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS})
    done = rfm("score", "o.xlsx#Jan", "-o", "o.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert b"o.xlsx is read by this run" in done.stderr


def test_an_engine_refuses_a_workbook(tmp_path: Path, rfm: Any) -> None:
    pytest.importorskip("duckdb")
    xlsx(tmp_path / "o.xlsx", {"Jan": ORDERS})
    done = rfm("rollup", "o.xlsx#Jan", "r", "--engine", "duckdb", cwd=tmp_path)
    assert (done.returncode, b"o.xlsx#Jan: not a Parquet file" in done.stderr) == (3, True)


CELL = st.one_of(
    st.none(), st.integers(-999, 999), st.floats(-99, 99).map(lambda x: round(x, 3)), st.sampled_from("abc")
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20), st.randoms(use_true_random=False))
@settings(max_examples=examples(20, 150), deadline=None)
def test_shuffled_rows_have_the_same_types_and_cells(rows: list[tuple[Any, Any]], order: random.Random) -> None:
    numbered = [[place, *row] for place, row in enumerate(rows)]
    mixed = numbered.copy()
    order.shuffle(mixed)
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for place, some in enumerate((numbered, mixed)):
            source, cells_of = cells(xlsx(Path(folder) / f"{place}.xlsx", {"A": [["n", "x", "y"], *some]}))
            found.append((source.schema, sorted(cells_of)))
        assert found[0] == found[1]


def test_money_of_floats_is_exact(tmp_path: Path, rfm: Any) -> None:
    amounts = [10.1, 0.1 + 0.2, 1.005, 19.99]
    rows = [ORDERS[0], *[[place, date(2024, 1, 5), amount] for place, amount in enumerate(amounts)]]
    done = rfm("score", xlsx(tmp_path / "o.xlsx", {"A": rows}), "-q")
    assert [line.split(",")[5] for line in done.stdout.decode().splitlines()[1:]] == [
        "10.100",
        "0.300",
        "1.005",
        "19.990",
    ]
