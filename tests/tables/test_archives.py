"""A zip archive with one data file inside is read as that file."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import open_source
from tests.workbooks import ORDERS, XLS, ods, xlsb, xlsx, zipped

CSV = "customer_id,date,amount\na,2024-01-05,10.15\n"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def refusal(path: str) -> InputError:
    with pytest.raises(InputError) as error:
        open_source(path, ReadOptions())
    assert "\n" not in error.value.message + error.value.hint
    return error.value


@pytest.mark.parametrize("name", ["orders.zip", "orders.csv", "orders"])
def test_one_file_inside(write: Any, read: Any, name: str) -> None:
    data = {"exports/": "", "exports/orders.csv": CSV, "__MACOSX/exports/._orders.csv": "x", ".DS_Store": "x"}
    assert read(write(name, zipped(data))).rows() == [("a", date(2024, 1, 5), 1015)]


def test_text_beside_the_data(write: Any, read: Any) -> None:
    assert read(write("o.zip", zipped({"orders.csv": CSV, "README.md": "about"}))).minor() == [1015]
    assert read(write("p.zip", zipped({"export": CSV}))).minor() == [1015]


def test_other_encodings_inside(write: Any, read: Any) -> None:
    text = CSV.replace("a,", "Яна,")
    for encoding in ("cp1251", "utf-16"):
        path = write("o.zip", zipped({"o.csv": text.encode(encoding)}))
        assert read(path, encoding="cp1251").ids() == ["Яна"]
    assert "likely cp1251" in refusal(write("o.zip", zipped({"o.csv": text.encode("cp1251")}))).message


@pytest.mark.parametrize("kind", ["parquet", "ndjson", "xlsx", "xls", "xlsb", "ods"])
def test_each_kind_inside(tmp_path: Path, write: Any, read: Any, kind: str) -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "date": ["2024-01-05"], "amount": [10.1]})
    files = {
        "parquet": lambda: Path(write("o.parquet", frame)).read_bytes(),
        "ndjson": lambda: b'{"customer_id":"a","date":"2024-01-05","amount":10.1}\n',
        "xlsx": lambda: Path(xlsx(tmp_path / "o.xlsx", {"Orders": ORDERS})).read_bytes(),
        "xls": lambda: XLS,
        "xlsb": lambda: xlsb(ORDERS),
        "ods": lambda: ods(ORDERS),
    }
    seen = read(write("z.zip", zipped({f"o.{kind}": files[kind]()})))
    assert seen.minor()[0] == 101


def test_several_files_inside(write: Any, read: Any) -> None:
    path = write("o.zip", zipped({"a.csv": CSV, "b/c.csv": CSV.replace("a,", "b,"), "notes.md": "x"}))
    error = refusal(path)
    assert error.message == f"{path}: a zip archive with 2 data files: a.csv, b/c.csv"
    assert error.hint == f"name the one that is meant, for example '{path}#a.csv'; or unpack it"
    assert read(f"{path}#b/c.csv").ids() == ["b"]
    assert read(f"{path}#a.csv", f"{path}#b/c.csv").ids() == ["a", "b"]


def test_a_sheet_inside(tmp_path: Path, write: Any, read: Any) -> None:
    book = Path(xlsx(tmp_path / "b.xlsx", {"Jan": ORDERS, "Feb": ORDERS[:2]})).read_bytes()
    path = write("o.zip", zipped({"book.xlsx": book}))
    assert refusal(path).hint == f"name the sheet that is meant: '{path}#Jan' '{path}#Feb'"
    assert read(f"{path}#Feb").ids() == ["17850"]
    assert read(f"{path}#book.xlsx#Feb").ids() == ["17850"]


def test_what_cannot_be_unpacked(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zipped({"o.csv": CSV * 50})
    assert "damaged" in refusal(write("cut.zip", whole[:60])).message
    assert "without a data file" in refusal(write("docs.zip", zipped({"a.md": "x", "b.md": "y"}))).message
    assert "is a zip archive itself" in refusal(write("two.zip", zipped({"one.zip": whole}))).message
    locked = bytearray(whole)
    for place in (whole.index(b"PK\x03\x04") + 6, whole.index(b"PK\x01\x02") + 8):
        locked[place] |= 1
    assert "o.csv inside is encrypted" in refusal(write("locked.zip", bytes(locked))).message
    changed = bytearray(whole)
    changed[whole.index(b"PK\x01\x02") + 16] ^= 1
    assert "damaged" in refusal(write("changed.zip", bytes(changed))).message
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 8, 1))
    error = refusal(write("bomb.zip", whole))
    assert f"o.csv inside has {len(CSV) * 50:,} bytes, and 1 are free in " in error.message


def test_from_the_archive_to_scores(write: Any, rfm: Any, tmp_path: Path) -> None:
    write("orders.zip", zipped({"orders.csv": CSV}))
    write("orders.csv", CSV)
    done = rfm("score", "orders.zip", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == rfm("score", "orders.csv", "-q", cwd=tmp_path).stdout
    stdin = (tmp_path / "orders.zip").read_bytes()
    assert rfm("score", "-", "-q", cwd=tmp_path, stdin=stdin).stdout == done.stdout
