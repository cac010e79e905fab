# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.file_kinds import (
    LINES_AT_MOST,
    Layout,
    csv_layout,
    first_bytes,
    first_lines,
    first_text,
    kind_by_bytes,
    suffix_of,
)
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import open_source


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


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"SQLite format 3\0" + bytes(84), "an SQLite database"),
        (bytes(8) + b"DUCK" + bytes(52), "a DuckDB database"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF"),
        (b"<!DOCTYPE html><html><body><table>", "a web page"),
        (b"\xef\xbb\xbf\r\n <TABLE border=1><tr>", "a web page"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a saved web page"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "an XML file"),
        (b"{\\rtf1\\ansi", "a text document"),
        (b"Obj\x01", "an Avro file"),
        (b"ORC", "an ORC file"),
        (b"BZh91AY&SY", "packed by bzip2"),
        (b"\xfd7zXZ\0", "packed by xz"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
    ],
)
@pytest.mark.parametrize("name", ["o.csv", "o.xls", "o"])
def test_what_is_not_read_has_its_own_sentence(tmp_path: Path, start: bytes, said: str, name: str) -> None:
    (tmp_path / name).write_bytes(start)
    with pytest.raises(InputError, match=f"{name}: {said}.*, which is not read") as error:
        open_source(str(tmp_path / name), ReadOptions())
    assert error.value.hint


@pytest.mark.parametrize(
    "start", [b"<id>,date\n", b"ORDER,date\n", b"ORC;date\n"[:2] + b"D;date\n", b"mime,b\n", b"%a,b\n"]
)
def test_headings_that_only_begin_alike(start: bytes) -> None:
    assert kind_by_bytes(start, "o.csv") is None


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
        ("orders.XLSX", ".xlsx"),
        ("orders.zip", None),
        ("orders", None),
        ("orders.gz", None),
    ],
)
def test_suffixes(name: str, suffix: str | None) -> None:
    assert suffix_of(name) == suffix
