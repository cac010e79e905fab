# ruff: noqa: RUF001 - headings of other scripts are what is tested
"""Lines above the headings: found by what a later line says, never where the first line has headings."""

from __future__ import annotations

import gzip
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.file_kinds import Layout
from rfm_cli.tables.headings import has_headings, layout_of
from rfm_cli.tables.lines import open_lines
from rfm_cli.tables.one_row import one_row_in
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import as_types, open_all, open_source, repaired
from tests.examples import examples

HEADER = "customer_id,order_id,order_date,amount\n"
ROWS = "a,1,2024-01-05,10.00\nb,2,2024-02-05,20.00\n"
WANTED = [("a", "1", "2024-01-05", "10.00"), ("b", "2", "2024-02-05", "20.00")]
NAMES = ("customer_id", "order_id", "order_date", "amount")


def layout(text: str, **options: Any) -> Layout:
    return layout_of(text, ReadOptions(**options), "o.csv")


@pytest.mark.parametrize(
    ("above", "count"),
    [
        ("", 0),
        ("Orders report\n", 1),
        ("Orders report\nPeriod: 2024-01-01 - 2024-03-31\n\n", 3),
        ("\n\nOrders, all shops\n", 3),
        ('"Orders, all shops"\n', 1),
        ('"Orders ""new"", all",,,\n,,,\n', 2),
        (",,,\n", 1),
        ("Report;of;orders\n", 1),
        ("2024-01-01\n2024-03-31\n", 2),
        ("Shop: North\nCustomers: all\nDate: today\n", 3),
        ("Orders report" + "\n" * 40, 40),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_above_the_headings(above: str, count: int, end: str) -> None:
    found = layout((above + HEADER + ROWS).replace("\n", end))
    assert (found.separator, found.header, found.above) == (",", NAMES, count)
    assert found.skip == (0 if end == "\r" else count)


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\n', "SEP=;\r\n", "\ufeffsep=;\n", "sep=;;;;\n"])
def test_a_stated_separator(first: str) -> None:
    found = layout(first + "customer_id;date;amount, EUR\na;2024-01-05;1,5\n")
    assert (found.separator, found.header, found.above) == (";", ("customer_id", "date", "amount, EUR"), 1)


def test_a_stated_tab_and_a_title_below_it() -> None:
    found = layout("sep=\\t\nOrders\ncustomer_id\tdate\ta,b\n1\t2024-01-05\t2\n")
    assert (found.separator, found.header, found.above) == ("\t", ("customer_id", "date", "a,b"), 2)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "customer,order,date,total\n" + ROWS,  # the first line has headings
        "cus,day,total\n1,2024-01-05,5\n",  # no line has any
        "cus,day\ncustomer,x\n",  # one is not enough
        "cus,day,total\ncustomer,date,total,more\nfour,fields,a,row\n".replace("four,fields,a,row", "a,b"),
        "cus,day,total\ncustomer,date,5\n1,2,3\n",  # a heading is no number
    ],
)
def test_the_first_line_has_the_headings(text: str) -> None:
    found = layout(text)
    assert (found.above, found.skip) == (0, 0)
    assert found.header == tuple(text.splitlines()[0].split(","))


def test_headings_that_the_user_maps_count() -> None:
    text = "Orders\nE-Mail,Day,Total\na@b.de,2024-01-05,5\n"
    assert layout(text).above == 0
    maps = {"orders": {"customer_id": "email", "ordered_at": "Day"}}
    assert layout(text, maps=maps).above == 1


def test_headings_of_a_vendor_count() -> None:
    text = "Includes all sales\n\ndate/time,settlement id,order id,product sales,selling fees\nx,1,2,3,4\n"
    assert layout(text).above == 2


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (["customer", "date"], True),
        (["Клиент", "Дата"], True),
        (["date", "order", "total"], True),
        (["user_id", "event", "timestamp"], True),
        (["customer_id", "frequency", "recency"], True),
        (["customer"], False),
        (["customer", "email"], False),
        (["currency", "rate"], False),
        ([], False),
    ],
)
def test_which_lines_have_headings(header: list[str], is_one: bool) -> None:
    assert has_headings(header, {}) is is_one


def test_the_line_that_the_user_names() -> None:
    text = "a,b\nx,y\nc,d\n1,2\n"
    found = layout(text, header_row=3)
    assert (found.header, found.above, found.skip) == (("c", "d"), 2, 2)
    assert layout(text, header_row=1).above == 0
    assert layout("sep=;\na,b;c\n", header_row=2) == Layout(";", ("a,b", "c"), 1, 1)
    with pytest.raises(UsageError, match=r"--header-row 9: o\.csv has no such line"):
        layout(text, header_row=9)


def test_a_file_without_any_line() -> None:
    with pytest.raises(InputError, match=r"o\.csv: the file is empty"):
        layout("\n")


TITLES = 'Orders, all shops\n"for ""March"", 2024",,,\n\n'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_rows_below_titles(write: Any, end: str, bom: str, pack: Any) -> None:
    data = (bom + TITLES + HEADER + ROWS).replace("\n", end).encode()
    source = open_source(write("o.csv", pack(data)), ReadOptions())
    assert (source.header, source.above) == (NAMES, 3)
    assert source.frame.collect().rows() == WANTED
    assert source.head().collect().rows() == WANTED


def test_another_encoding(write: Any) -> None:
    text = "Отчёт о заказах\n" + "Клиент;Дата;Сумма\nа;05.01.2024;1,5\n"
    source = open_source(write("o.csv", text.encode("cp1251")), ReadOptions(encoding="cp1251"))
    assert (source.header, source.above) == (("Клиент", "Дата", "Сумма"), 1)
    assert source.frame.collect().rows() == [("а", "05.01.2024", "1,5")]


def test_a_file_that_is_read_again(write: Any) -> None:
    source = open_source(write("o.csv", TITLES + HEADER + ROWS), ReadOptions())
    typed = as_types(source, {"amount": pl.Float64()})
    assert typed.frame.collect()["amount"].to_list() == [10.0, 20.0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_of_too_many_fields(write: Any, read: Any, end: str) -> None:
    path = write("o.csv", (TITLES + HEADER + ROWS + "c,3,2024-02-06,1,2\n").replace("\n", end))
    seen = read(path)
    assert (seen.minor(), seen.rejects()) == ([10, 20], [(3, "fields")])
    assert repaired(open_source(path, ReadOptions())).header == NAMES


def test_rejected_rows_are_numbered_below_the_headings(write: Any, read: Any) -> None:
    seen = read(write("o.csv", TITLES + HEADER + "a,9,,5\n" + ROWS + ",4,2024-01-05,5\n"))
    assert seen.rejects() == [(1, "date"), (4, "customer")]


def test_lines_and_customers_below_titles(write: Any) -> None:
    lines = open_lines([write("l.csv", "Lines\n\norder_id,quantity,unit_price\n1,2,5\n")], ReadOptions())
    assert lines.columns_in_words == "order_id, quantity, unit_price (below 2 skipped lines)"
    people = "Best customers\ncustomer_id,frequency,recency_days\na,2,5\n"
    found = one_row_in(open_all([write("c.csv", people)], ReadOptions()), ReadOptions())
    assert found.columns_in_words == "customer_id, recency_days, frequency (below 1 skipped line)"


def test_headings_alone(write: Any) -> None:
    assert open_source(write("o.csv", "Orders\n" + HEADER), ReadOptions()).above == 1


@pytest.mark.parametrize("name", ["o.ndjson", "o.parquet"])
def test_only_csv_files_have_lines(write: Any, name: str) -> None:
    content: Any = '{"a":"1"}\n' if name == "o.ndjson" else pl.DataFrame({"a": ["1"]})
    with pytest.raises(UsageError, match="only CSV files and sheets have lines"):
        open_source(write(name, content), ReadOptions(header_row=2))


@settings(max_examples=examples(60, 400), deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff\0"), max_size=30), max_size=8))
def test_titles_of_any_text_are_skipped(titles: list[str]) -> None:
    above = "".join(f"{title}\n" for title in titles)
    found = layout(above + HEADER + ROWS)
    assert found.header == NAMES
    if any(title.strip() for title in titles):
        assert found.above == len(titles)
