# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

import encodings.aliases
import gzip
import os
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables import spool

NO_TEXT = "base64_codec bz2_codec hex_codec quopri_codec rot_13 uu_codec zlib_codec mbcs oem undefined".split()
NO_TEXT += ["a\0b", ""]
CSV = "Клиент;Дата;Сумма\nИван;31.12.2024;1 234,50\n"


def test_what_can_be_read_in_place_is_not_copied(write: Any) -> None:
    assert spool.utf8_copy(write("o.csv", CSV), "utf-8") is None
    assert spool.utf8_copy(write("o.csv.gz", gzip.compress(CSV.encode())), "UTF8") is None
    assert spool.utf8_copy(write("o.parquet", pl.DataFrame({"a": [1]})), "cp1251") is None


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "utf-16-le", "koi8-r", "utf-8-sig"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(write: Any, read: Any, encoding: str, packed: bool) -> None:
    data = CSV.encode(encoding)
    path = write("o.csv.gz" if packed else "o.csv", gzip.compress(data) if packed else data)
    seen = read(path, encoding=encoding)
    assert [(c, str(d), m) for c, d, m in seen.rows()] == [("Иван", "2024-12-31", 12345)]


@pytest.mark.parametrize("packed", [False, True])
def test_an_encoding_is_seen_in_the_whole_file(write: Any, packed: bool) -> None:
    plain = "a,b\n" + "1,plain\n" * 300_000
    utf8, cp1251 = (plain + "2,Яна\n").encode(), (plain + "2,Яна\n").encode("cp1251")
    mixed = (plain + "2,Яна\n").encode() + "3,Яна\n".encode("cp1251")
    pack = gzip.compress if packed else bytes
    assert spool.utf8_copy(write("u.csv", pack(utf8)), "cp1251") is None
    laid = spool.utf8_copy(write("c.csv", pack(cp1251)), "cp1251")
    assert laid is not None
    assert laid.path.read_bytes() == utf8
    laid = spool.utf8_copy(write("m.csv", pack(mixed)), "cp1251")
    assert laid is not None
    assert laid.path.read_text(encoding="utf-8").endswith("3,Яна\n")


def test_a_copy_goes_away_with_what_holds_it(write: Any) -> None:
    laid = spool.utf8_copy(write("o.csv", CSV.encode("cp1251")), "cp1251")
    assert laid is not None
    folder = laid.path.parent
    assert laid.path.read_text(encoding="utf-8") == CSV
    del laid
    assert not folder.exists()


def test_unknown_and_wrong_encodings(write: Any) -> None:
    with pytest.raises(UsageError, match="no such encoding"):
        spool.known_encoding("cp12511")
    path = write("o.csv", b"a,b\n\xff\xfe\n")
    with pytest.raises(InputError, match=r"o\.csv: not utf-16 text"):
        spool.utf8_copy(path, "utf-16")


@pytest.mark.parametrize(
    "encoding", sorted({*encodings.aliases.aliases.values(), "undefined", "utf_8_sig", "a\0b", ""})
)
def test_every_codec_is_an_encoding_or_a_usage_error(write: Any, encoding: str) -> None:
    path = write("o.csv", "a,b\n1,\xe4\n".encode("latin-1"))
    if encoding in NO_TEXT:
        with pytest.raises(UsageError, match="no such encoding") as error:
            spool.utf8_copy(path, encoding)
        assert "utf-8, cp1251, cp1252, utf-16" in error.value.hint
        return
    try:
        laid = spool.utf8_copy(path, encoding)
    except InputError as error:
        assert f"o.csv: not {spool.known_encoding(encoding)} text" in error.message
    else:
        assert laid is None or laid.path.read_text(encoding="utf-8") is not None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-be", "utf-32-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("given", ["utf-8", "cp1251"])
def test_a_mark_names_the_encoding(write: Any, read: Any, encoding: str, pack: Any, given: str) -> None:
    mark = "\ufeff" if encoding.endswith("be") else ""
    seen = read(write("o.csv", pack((mark + CSV).encode(encoding))), encoding=given)
    assert [(c, str(d), m) for c, d, m in seen.rows()] == [("Иван", "2024-12-31", 12345)]
    assert seen.orders.files[0].source.form == f"csv, semicolon separated, {encoding[:6]}"


def test_a_mark_that_the_text_contradicts(write: Any) -> None:
    """Two letters of another encoding may look like a mark, and a lone surrogate is no text."""
    assert spool.utf8_copy(write("o.csv", b"\xff\xfe\x00\xd8a\x00,b\n"), "utf-8") is None


def test_wrong_utf8(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="not UTF-8 text") as error:
        read(write("o.csv", ("customer_id;date;amount\n" + "Иван;2024-01-01;1\n").encode("cp1251")))
    assert "--encoding cp1251" in error.value.hint


def test_a_named_pipe_is_read_once(tmp_path: Path, rfm: Any) -> None:
    pipe = tmp_path / "orders"
    os.mkfifo(pipe)
    data = b"customer_id,date,amount\na,2024-01-01,5\n"
    writer = threading.Thread(target=lambda: pipe.write_bytes(data))
    writer.start()
    done = rfm("score", pipe, cwd=tmp_path)
    writer.join(timeout=10)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-01,2024-01-01,0,1,5,")


@pytest.mark.parametrize("form", ["csv", "gz", "cp1251", "gz cp1251", "ndjson", "parquet", "bom"])
def test_standard_input(tmp_path: Path, rfm: Any, form: str) -> None:
    text = "customer_id,date,amount,Имя\n007,2024-01-01,5,Иван\n"
    data = text.encode("cp1251" if "cp1251" in form else "utf-8-sig" if form == "bom" else "utf-8")
    if "gz" in form:
        data = gzip.compress(data)
    if form == "ndjson":
        data = '{"customer_id":"007","date":"2024-01-01","amount":5,"Имя":"Иван"}\n'.encode()
    if form == "parquet":
        row = {"customer_id": ["007"], "date": ["2024-01-01"], "amount": [5], "Имя": ["Иван"]}
        pl.DataFrame(row).write_parquet(tmp_path / "o.parquet")
        data = (tmp_path / "o.parquet").read_bytes()
    encoding = ["--encoding", "cp1251"] if "cp1251" in form or form == "parquet" else []
    done = rfm("score", "-", "--with", "Имя", *encoding, cwd=tmp_path, stdin=data)
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.decode().splitlines()[1:]
    assert line.startswith("007,2024-01-01,2024-01-01,0,1,5,") and "Иван" in line


def test_wrong_utf8_of_events(write: Any, rfm: Any) -> None:
    orders = write("o.csv", "customer_id,date,amount\na,2024-01-01,5\n")
    done = rfm("score", orders, "--events", write("e.csv", b"customer_id,event,at,note\na,open,2024-01-01,\xff\n"))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"e.csv: not UTF-8 text" in done.stderr


def test_nothing_on_standard_input(rfm: Any) -> None:
    done = rfm("score", "-", stdin=b"")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"the file is empty" in done.stderr


def test_repair_keeps_what_is_whole(write: Any) -> None:
    path = write("o.csv", 'a,b\n1,"x,y"\n2,y,z,"q, r"\n3\n4,5,\n')
    laid = spool.repair(Path(path), ",", 2, "more")
    assert laid is not None
    assert laid.path.read_text() == 'a,b,more\n1,"x,y",\n2,y,"z,q, r"\n3,,\n4,5,\n'
    assert spool.repair(Path(write("p.csv", "a,b\n1,2\n")), ",", 2, "more") is None


@pytest.mark.parametrize("packed", [False, True])
def test_repair_of_a_wrong_encoding(write: Any, read: Any, packed: bool) -> None:
    data = "customer_id,date,amount\na,2024-01-01,1,x\nЯна,2024-01-01,1\n".encode("cp1251")
    path = write("o.csv", gzip.compress(data) if packed else data)
    with pytest.raises(InputError, match="not UTF-8 text"):
        spool.repair(Path(path), ",", 3, "more")
    with pytest.raises(InputError, match="not UTF-8 text"):
        read(path)
