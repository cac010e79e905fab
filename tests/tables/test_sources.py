from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables import file_kinds
from rfm_cli.tables.csv_rows import HEAD, unique_names
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import find, is_url
from rfm_cli.tables.sources import SURPLUS, open_source, open_whole, repaired

OPTIONS = ReadOptions()
PACKED: dict[str, Callable[[bytes, bytes], bytes]] = {
    "gzip": lambda one, two: gzip.compress(one) + gzip.compress(two),
    "gzip, an empty part last": lambda one, two: gzip.compress(one + two) + gzip.compress(b""),
    "gzip, a zero byte behind": lambda one, two: gzip.compress(one + two) + b"\0",
    "gzip, padded": lambda one, two: gzip.compress(one) + gzip.compress(two) + bytes(3_000_000),
    "zstd": lambda one, two: packed_by_zstd(one) + packed_by_zstd(two),
}
HEADER = "customer_id,date,amount\n"
NORTHWIND = {"maps": {"orders": {"amount": "freight"}}}


def packed_by_zstd(data: bytes) -> bytes:
    """The bytes as zstd packs them, in one part."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def rows(path: str, **options: Any) -> list[tuple[Any, ...]]:
    source = open_source(path, ReadOptions(**options))  # it holds a copy, where there is one
    return source.frame.collect().rows()


@pytest.mark.parametrize("name", ["o.csv", "o.txt", "o", "o.tsv", "o.dat"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_are_detected_whatever_the_name(write: Any, name: str, separator: str) -> None:
    path = write(name, "a,b\n1,x\n".replace(",", separator))
    assert rows(path) == [("1", "x")]


def test_a_separator_of_ones_own(write: Any) -> None:
    assert rows(write("o.csv", "a|b\n1,5|x\n"), separator="|") == [("1,5", "x")]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("packed", [False, True])
def test_byte_order_marks_line_ends_and_gzip(write: Any, ending: str, bom: bytes, packed: bool) -> None:
    data = bom + f'"a",b{ending}1,"x, ""y"""{ending}NA,{ending}'.encode()
    path = write("o.csv.gz" if packed else "o.csv", gzip.compress(data) if packed else data)
    source = open_source(path, OPTIONS)
    assert (source.header, source.kind, source.form) == (("a", "b"), "csv", "csv, comma separated, utf-8")
    assert source.frame.collect().rows() == [("1", 'x, "y"'), ("NA", None)]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\r1,x\r2,y\r",
        "a,b\r1,x\r2,y",
        "\r\ra,b\r1,x\r\r2,y\r",
        "\ufeffa,b\r1,x\r2,y\r",
        "a,b\r1,x\n2,y\r\n",
        "a,b\r\r\n1,x\r\r\n2,y\r\r\n",
        "a,b\n1,x\r2,y\n",
        "a,b\r\n1,x\r2,y\r\n",
    ],
)
@pytest.mark.parametrize("packed", [bytes, gzip.compress, packed_by_zstd], ids=["plain", "gzip", "zstd"])
def test_lines_that_end_in_returns(write: Any, text: str, packed: Any) -> None:
    [source] = open_whole([write("o.csv", packed(text.encode()))], OPTIONS)
    assert source.header == ("a", "b")
    assert source.frame.collect().rows() == [("1", "x"), ("2", "y")]
    assert source.left_out == 0


def test_returns_that_end_no_line(write: Any) -> None:
    assert rows(write("o.csv", 'a,b\n1,x\ry\n2,"x\ry"\n')) == [("1", "x\ry"), ("2", "x\ry")]
    assert rows(write("p.csv", '"a\rb",c\r"1\r2",x\r')) == [("1\r2", "x")]
    assert rows(write("q.csv", 'a;b\r5" x;y\r')) == [('5" x', "y")]


def test_returns_and_too_many_fields(write: Any, read: Any) -> None:
    seen = read(write("o.csv", "customer_id,date,amount\ra,2024-01-01,1\ra,2024-01-01,1,2\rb,2024-01-02,3\r"))
    assert (seen.facts.accepted, seen.rejects()) == (2, [(2, "fields")])


def test_headings_of_any_length(write: Any, read: Any) -> None:
    wide = "w" * 300_000
    path = write("o.csv", f'{wide},customer_id,"{wide}\n{wide}",date,amount\nx,a,y,2024-01-01,5\n')
    assert open_source(path, OPTIONS).header == (wide, "customer_id", f"{wide}\n{wide}", "date", "amount")
    assert read(path).minor() == [5]


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz", "o.csv.zst", "o.ndjson", "o"])
@pytest.mark.parametrize("pack", PACKED, ids=str)
def test_packed_files_of_several_parts(write: Any, name: str, pack: str) -> None:
    first, second = ('{"a":"1"}\n', '{"a":"2"}\n') if name == "o.ndjson" else ("a\n1\n", "2\n")
    path = write(name, PACKED[pack](first.encode(), second.encode() * 70_000))
    assert rows(path) == [("1",), *[("2",)] * 70_000]


@pytest.mark.parametrize("cut", [1, 5, 9, 2_000])
@pytest.mark.parametrize("pack", [gzip.compress, packed_by_zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("parts", [1, 2])
def test_packed_files_that_are_cut_short(write: Any, read: Any, cut: int, pack: Any, parts: int) -> None:
    lines = "".join(f"{number * 7919 % 99991},2024-01-01,{number}\n" for number in range(20_000))
    data = pack(HEADER.encode() + lines.encode()) if parts == 1 else pack(HEADER.encode()) + pack(lines.encode())
    with pytest.raises(InputError, match=r"o\.csv: the packed file is cut short or damaged") as error:
        read(write("o.csv", data[:-cut]))
    assert error.value.hint == "copy or export it again"


def test_packed_files_with_something_behind_them(write: Any, read: Any) -> None:
    whole = gzip.compress(HEADER.encode() + b"a,2024-01-01,1\n" * 9_000)
    for data in (whole + b"more", whole + b"\0" * 9 + b"more", whole[:-8] + bytes(8)):
        with pytest.raises(InputError, match="the packed file is cut short or damaged"):
            read(write("o.csv", data))


@pytest.mark.parametrize("name", ["o.parquet", "o.arrow"])
def test_typed_files_may_be_packed(write: Any, name: str) -> None:
    plain = Path(write(name, pl.DataFrame({"a": ["1"]}))).read_bytes()
    for pack, suffix in ((gzip.compress, ".gz"), (packed_by_zstd, ".zst")):
        assert rows(write(name + suffix, pack(plain))) == [("1",)]


def test_gzip_needs_no_suffix(write: Any) -> None:
    assert rows(write("o.csv", gzip.compress(b"a,b\n1,2\n"))) == [("1", "2")]


def test_csv_values_are_texts(write: Any) -> None:
    assert rows(write("o.csv", "a,b,c,d\n00123,true,1e5,2024-01-01\n")) == [("00123", "true", "1e5", "2024-01-01")]


def test_line_breaks_inside_quotes(write: Any) -> None:
    assert rows(write("o.csv", 'a,b\n1,"x\ny"\n2,z\n')) == [("1", "x\ny"), ("2", "z")]


def test_empty_lines_are_no_rows(write: Any) -> None:
    assert rows(write("o.csv", "\n\na,b\n1,2\n\n3,4\n\n\n")) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "bom"])
def test_first_rows_of_a_large_file_are_those_of_all(write: Any, start: str) -> None:
    lines = [f'{row},"wide, {"x" * 90}"' for row in range(30_000)]
    source = open_source(write("o.csv", f"{start}a,b\n" + "\n".join(lines)), ReadOptions())
    first = source.head().collect()
    assert first.height == HEAD
    assert first.equals(source.frame.collect().head(HEAD))


def test_first_lines_that_end_within_a_row_after_all(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = b'a,b\n5" x,1\n' + b'2,"multi\nline"\n' * 20 + b'3,"open\n'
    monkeypatch.setattr(file_kinds, "first_lines", lambda *_: broken)
    assert open_source(write("o.csv", 'a,b\n1,"open\nfield"\n'), ReadOptions()).head().collect().rows() == [
        ("1", "open\nfield")
    ]


def test_no_line_end_at_the_end(write: Any) -> None:
    assert rows(write("o.csv", "a,b\n1,2")) == [("1", "2")]
    assert rows(write("p.csv", "a,b")) == []


def test_wide_files_are_read_by_what_is_needed(write: Any, read: Any) -> None:
    """A filter over all columns took minutes at this width."""
    extra = [f"x{place}" for place in range(3_000)]
    lines = [HEADER.strip() + "," + ",".join(extra)]
    lines += [f"a,2024-01-01,{row},{',' * 2_999}" for row in range(50)] + ["", f"b,2024-01-02,1{',y' * 3_000}", ""]
    seen = read(write("o.csv", "\n".join(lines) + "\n"))
    assert (seen.facts.read, len(seen.minor()), seen.orders.files[0].source.header[-1]) == (51, 51, "x2999")


def test_missing_fields_are_empty(write: Any) -> None:
    assert rows(write("o.csv", "a,b,c\n1\n2,x\n")) == [("1", None, None), ("2", "x", None)]


@pytest.mark.parametrize("name", ["o.parquet", "o.arrow", "o.feather", "o.ipc"])
def test_typed_files_keep_their_types(write: Any, name: str) -> None:
    frame = pl.DataFrame({"id": [7], "at": [date(2024, 1, 1)], "s": pl.Series(["x"], dtype=pl.Categorical)})
    source = open_source(write(name, frame), OPTIONS)
    assert list(source.schema.values()) == [pl.Int64, pl.Date, pl.String]
    assert source.frame.collect().rows() == [(7, date(2024, 1, 1), "x")]
    assert not source.is_text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("o.csv", b"", "the file is empty"),
        ("o.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("o.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:30], "the packed file is cut short or damaged"),
        ("o.csv", "ä,b\n1,2\n".encode("utf-16-le"), "not UTF-8 text; it is likely utf-16-le, which reads: ä,b"),
        ("o.parquet", b"PAR1 cut short", "cannot be read"),
        ("o.json", b'[{"a":1}]', "a JSON array"),
    ],
)
def test_files_that_cannot_be_read(write: Any, name: str, data: bytes, said: str) -> None:
    path = write(name, data)
    with pytest.raises(InputError, match=said) as error:
        open_source(path, OPTIONS)
    assert error.value.exit_code == 3
    assert path in error.value.message
    assert "\n" not in error.value.message


def test_no_such_file(tmp_path: Path) -> None:
    for path in ("none.csv", "*.csv", "sub/*.parquet"):
        with pytest.raises(InputError, match="no such file"):
            find([str(tmp_path / path)])


def test_folders_globs_and_several_paths(write: Any, tmp_path: Path) -> None:
    for name in ("d/b.csv", "d/a.CSV", "d/sub/c.parquet.gz", "d/notes.md", "d/.hidden.csv", "d/.git/x.csv", "e.csv"):
        write(name, "a\n1\n")
    at = str(tmp_path)
    assert find([f"{at}/d"]) == [f"{at}/d/a.CSV", f"{at}/d/b.csv", f"{at}/d/sub/c.parquet.gz"]
    assert find([f"{at}/d/*.csv"]) == [f"{at}/d/b.csv"]
    assert find([f"{at}/**/*.csv"]) == [f"{at}/d/b.csv", f"{at}/e.csv"]
    assert find([f"{at}/e.csv", f"{at}/d/b.csv", "-", "s3://bucket/x*.parquet"])[2:] == ["-", "s3://bucket/x*.parquet"]


def test_a_folder_that_is_called_as_a_file_is(write: Any, rfm: Any, tmp_path: Path) -> None:
    for part, customer in enumerate("ab"):
        write(f"orders.csv/part-{part}.csv", f"{HEADER}{customer},2024-01-01,5\n")
    write("customers.csv/part-0.csv", "customer_id,city\na,Bonn\nb,Ulm\n")
    for name in ("_SUCCESS", ".part-0.csv.crc"):
        write(f"orders.csv/{name}", b"crc\0")
    at = str(tmp_path)
    parts = [f"{at}/orders.csv/part-0.csv", f"{at}/orders.csv/part-1.csv"]
    for path in ("orders.csv", "ord*.csv", "orders.csv/part*", "**/part-?.csv"):
        assert [file for file in map(str, find([f"{at}/{path}"])) if "orders" in file] == parts
    for given in ([], ["orders.csv", "customers.csv"], ["ord*.csv", "--customers", "cust*.csv"], ["."]):
        done = rfm("score", *given, "--with", "city", "-q", cwd=tmp_path)
        assert [line.split(",")[0] + line[-5:] for line in done.stdout.decode().splitlines()[1:]] == [
            "a,Bonn",
            "be,Ulm",
        ]


@pytest.mark.parametrize("name", [b"\xff\xfe", b"caf\xe9", "Заказы".encode("cp1251")])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".ndjson", ".parquet", ".arrow"])
def test_names_that_are_not_utf8(tmp_path: Path, write: Any, rfm: Any, name: bytes, suffix: str) -> None:
    (folder := tmp_path / os.fsdecode(name)).mkdir()
    path = str(folder / os.fsdecode(name + suffix.encode()))
    text = f"{HEADER}007,2024-01-01,5\n".encode()
    row = {"customer_id": ["007"], "date": ["2024-01-01"], "amount": [5]}
    line = b'{"customer_id":"007","date":"2024-01-01","amount":5}\n'
    data = {".csv": text, ".csv.gz": gzip.compress(text), ".ndjson": line}
    plain = write(f"plain{suffix}", data[suffix] if suffix in data else pl.DataFrame(row))
    Path(plain).rename(path)
    for given in (path, str(folder), str(folder / "*")):
        done = rfm("check", given)
        assert done.returncode == 0, done.stderr
        shown = (name + suffix.encode()).decode(errors="backslashreplace")
        assert done.stdout.decode().splitlines()[1].startswith(f"orders,file,{shown},")
    assert rfm("score", path, "-q").stdout.splitlines()[1].startswith(b"007,2024-01-01,2024-01-01,0,1,5,")


@pytest.mark.parametrize("path", ["x" * 5_000, "x" * 5_000 + "*.csv", "a/" * 3_000, "s3:/" + "y" * 300])
@pytest.mark.parametrize("table", ["orders", "--lines", "--events", "--customers", "--products", "--rates"])
def test_paths_that_are_too_long(write: Any, rfm: Any, path: str, table: str) -> None:
    orders = write("o.csv", f"{HEADER}a,2024-01-01,5\n")
    done = rfm("score", *([path] if table == "orders" else [orders, table, path]), "--currency", "EUR")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"File name too long" in done.stderr or b"no such file" in done.stderr


def test_a_folder_without_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data file in this folder"):
        find([str(tmp_path)])


def test_a_name_with_the_signs_of_a_glob(write: Any) -> None:
    frame = pl.DataFrame({"a": ["1"]})
    for name, content in (("o[1].csv", "a\n1\n"), ("p*.csv", "a\n1\n"), ("o[1].parquet", frame), ("o[1].arrow", frame)):
        path = write(name, content)
        assert find([path]) == [path]
        assert rows(path) == [("1",)]


def test_urls() -> None:
    assert is_url("s3://b/o.csv") and is_url("https://x.org/o.csv")
    assert not is_url("C:/o.csv") and not is_url("o.csv") and not is_url("/a//b.csv")


def test_names_of_columns() -> None:
    assert unique_names(["id", "", "id", ""]) == ["id", "column 2", "id (column 3)", "column 4"]


def test_rows_with_too_many_fields(write: Any) -> None:
    source = open_source(write("o.csv", "a,b\n1,2\n3,4,5,6\n7,8,\n"), OPTIONS)
    mended = repaired(source)
    assert mended.frame.collect().rows() == [("1", "2", None), ("3", "4", "5,6"), ("7", "8", None)]
    assert list(mended.schema) == ["a", "b", SURPLUS]
    whole = open_source(write("p.csv", "a,b\n1,2\n"), OPTIONS)
    assert repaired(whole) is whole


def test_other_tables_leave_rows_with_too_many_fields_out(write: Any) -> None:
    [source] = open_whole([write("o.csv", "a,b\n1,2\n3,4,5\n7,8,\n")], OPTIONS)
    assert source.frame.collect().rows() == [("1", "2"), ("7", "8")]
    assert source.left_out == 1


def test_too_many_fields_far_below(write: Any, read: Any) -> None:
    many = "a,2024-01-01,1\n" * 12_000
    seen = read(write("o.csv", HEADER + many + "a,2024-01-01,1,5\nb,2024-01-01,2\n"))
    assert (seen.facts.accepted, seen.rejects()) == (12_001, [(12_001, "fields")])
    trailing = read(write("p.csv", HEADER + many + "a,2024-01-01,1,\n"))
    assert (trailing.facts.accepted, trailing.facts.rejected) == (12_001, {})


def test_too_many_fields_and_drop_duplicates(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,2024-01-01,1\na,2024-01-01,1,5\na,2024-01-01,1\n"), drop_duplicates=True)
    assert seen.rejects() == [(2, "fields"), (3, "repeated")]


@pytest.mark.realdata
def test_northwind_as_found(shared_dir: Path, read: Any) -> None:
    seen = read(str(shared_dir / "data/northwind/orders_raw_malformed.csv"), **NORTHWIND)
    assert seen.facts.rejected == {"fields": 176}
    assert (seen.facts.read, seen.facts.accepted) == (830, 654)
    lines = (shared_dir / "data/northwind/orders_raw_malformed.csv").read_text().splitlines()[1:]
    assert [row for row, _ in seen.rejects()] == [row for row, line in enumerate(lines, 1) if line.count(",") > 13]


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["chinook/customers.csv", "sakila/customers.csv", "adventureworks/customers.csv"])
def test_real_customers(shared_dir: Path, name: str) -> None:
    path = shared_dir / "data" / name
    source = open_source(str(path), OPTIONS)
    assert source.header[0].lower().startswith("customer")
    expected = {"chinook": 59, "sakila": 599, "adventureworks": 18_148}[name.split("/", maxsplit=1)[0]]
    assert source.frame.select(pl.len()).collect().item() == expected
