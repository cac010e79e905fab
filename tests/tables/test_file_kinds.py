# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.file_kinds import LINES_AT_MOST, Layout, csv_layout, first_bytes, first_lines, first_text, suffix_of


@pytest.mark.parametrize(
    ("start", "separator", "header"),
    [
        ("a,b\n1,2\n", ",", ("a", "b")),
        ("a;b\n1;2\n", ";", ("a", "b")),
        ("a\tb\n1\t2\n", "\t", ("a", "b")),
        ("id;Сумма, руб;date\n", ";", ("id", "Сумма, руб", "date")),
        ('"a, b",c,d;e\n', ",", ("a, b", "c", "d;e")),
        ("\ufeffa,b\n", ",", ("a", "b")),
        (' a , "b"\r\n', ",", ("a", '"b"')),
        ("\n\r\n\na,b\n", ",", ("a", "b")),
        ('"a\nb",c\n', ",", ("a\nb", "c")),
        ("a", ",", ("a",)),
    ],
)
def test_layouts(start: str, separator: str, header: tuple[str, ...]) -> None:
    assert csv_layout(start, None, "o.csv") == Layout(separator, header)


def test_the_separator_that_the_user_says() -> None:
    assert csv_layout("a|b,c\n", "|", "o.csv").header == ("a", "b,c")


@pytest.mark.parametrize("start", ["", "\n\n", "\ufeff", "  \n"])
def test_nothing_there(start: str) -> None:
    with pytest.raises(InputError, match=r"o\.csv: the file is empty"):
        csv_layout(start, None, "o.csv")


def test_zero_bytes_are_characters() -> None:
    assert csv_layout("a\0,\0b\n\0,1\n", None, "o.csv") == Layout(",", ("a\0", "\0b"))


def test_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a", tmp_path / "b"
    plain.write_bytes(b"\xef\xbb\xbfabc")
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbfabc"))
    assert first_bytes(plain, 4) == first_bytes(packed, 4) == b"\xef\xbb\xbfa"
    assert first_text(plain) == first_text(packed) == "abc"


def test_first_lines_are_whole(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    line = b"1," + b"x" * 500 + b"\n"
    file.write_bytes(b"a,b\n" + line * 4000)
    found = first_lines(file, 1000)
    assert found is not None
    assert found.startswith(b"a,b\n1,xxx")
    assert found.endswith(line)
    assert found.count(b"\n") > 1000
    assert first_lines(file, 4001) is None


def test_first_lines_look_farther_where_lines_are_long(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_bytes((b"x" * 2000 + b"\n") * 9000)
    found = first_lines(file, 1000)
    assert found is not None
    assert found.count(b"\n") == LINES_AT_MOST // 2001


def test_first_lines_end_in_no_quoted_field(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_bytes(b'a\n"' + b"x\n" * (1 << 20))
    assert first_lines(file, 1000) is None


def test_the_form_in_words() -> None:
    assert Layout(";", ()).in_words("cp1251") == "csv, semicolon separated, cp1251"
    assert Layout("|", ()).in_words("utf-8") == "csv, '|' separated, utf-8"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("orders.csv", ".csv"),
        ("ORDERS.TSV", ".tsv"),
        ("orders.csv.gz", ".csv"),
        ("a.b.jsonl.GZ", ".jsonl"),
        ("orders.parquet", ".parquet"),
        ("orders.feather", ".feather"),
        ("orders.xlsx", None),
        ("orders", None),
        ("orders.gz", None),
    ],
)
def test_suffixes(name: str, suffix: str | None) -> None:
    assert suffix_of(name) == suffix
