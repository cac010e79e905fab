"""Headings are had without rows, from files of every kind that does not have to be unpacked."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.first_headings import first_headings
from rfm_cli.tables.options import ReadOptions

OPTIONS = ReadOptions()
FRAME = pl.DataFrame({"customer_id": ["a"], "Total Spent": [1.5]})
NAMES = ("customer_id", "Total Spent")


def headings(path: Path, options: ReadOptions = OPTIONS) -> tuple[str, ...]:
    return first_headings(str(path), options)


def test_texts(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("customer_id;Total Spent\na;1\n")
    assert headings(file) == NAMES
    file.write_bytes("\ufeffcustomer_id\tИмя\na\tb\n".encode())
    assert headings(file) == ("customer_id", "Имя")
    file.write_bytes(gzip.compress(b"customer_id,Total Spent\na,1\n"))
    assert headings(file) == NAMES
    file.write_text("customer_id|Total Spent\na|1\n")
    assert headings(file, ReadOptions(separator="|")) == NAMES


def test_headings_below_a_title(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("Export\n\ncustomer_id,ordered_at\na,2024-01-01\n")
    assert headings(file) == ("customer_id", "ordered_at")
    assert headings(file, ReadOptions(header_row=1)) == ("Export",)


def test_other_encodings(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_bytes("customer_id;Имя\n".encode("cp1251"))
    assert headings(file, ReadOptions(encoding="cp1251")) == ("customer_id", "Имя")
    file.write_bytes("customer_id;Имя\n".encode("utf-16"))
    assert headings(file) == ("customer_id", "Имя")


def test_objects_and_files_with_types(tmp_path: Path) -> None:
    file = tmp_path / "o.ndjson"
    file.write_text('{"customer_id": "a", "Total Spent": 1}\n{"x": 1}\n')
    assert headings(file) == NAMES
    FRAME.write_parquet(tmp_path / "o.parquet")
    assert headings(tmp_path / "o.parquet") == NAMES
    FRAME.write_ipc(tmp_path / "o.arrow")
    assert headings(tmp_path / "o.arrow") == NAMES


def test_a_folder_has_those_of_its_first_file(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("b,c\n")
    (tmp_path / "a.csv").write_text("a,b\n")
    (tmp_path / "0.md").write_text("x")
    assert headings(tmp_path) == ("a", "b")


def test_what_is_not_to_be_had_at_once(tmp_path: Path) -> None:
    assert headings(tmp_path) == ()
    assert headings(tmp_path / "none.csv") == ()
    assert first_headings("s3://bucket/orders.csv", OPTIONS) == ()
    assert first_headings("-", OPTIONS) == ()
    os.mkfifo(tmp_path / "pipe.csv")  # it would never end
    assert headings(tmp_path / "pipe.csv") == ()
    (tmp_path / "o.xlsx").write_bytes(b"PK\x03\x04")
    assert headings(tmp_path / "o.xlsx") == ()
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match="the file is empty"):
        headings(tmp_path / "empty.csv")


def test_texts_do_without_polars(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("customer_id,ordered_at\n")
    ask = (
        "import sys; from rfm_cli.tables.first_headings import first_headings; "
        "from rfm_cli.tables.options import ReadOptions; "
        "print(first_headings('o.csv', ReadOptions()), 'polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == b"('customer_id', 'ordered_at') False\n"
