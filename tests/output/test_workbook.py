from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import polars as pl
import pytest

from rfm_cli.errors import OutputError
from rfm_cli.output import workbook
from rfm_cli.output.workbook import Sheet, write_workbook

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
DAY = date(2024, 12, 31)


def book(*sheets: tuple[str, pl.DataFrame]) -> bytes:
    sink = io.BytesIO()
    write_workbook([Sheet(name, rows) for name, rows in sheets], DAY, sink)
    return sink.getvalue()


def part(data: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return ElementTree.fromstring(files.read(name))


def cell_values(data: bytes, sheet: int = 1) -> dict[str, tuple[str, str | None]]:
    """Type and value by cell address, texts looked up."""
    texts = ["".join(one.itertext()) for one in part(data, "xl/sharedStrings.xml").findall("x:si", NS)]
    found = {}
    for cell in part(data, f"xl/worksheets/sheet{sheet}.xml").iter(f"{{{NS['x']}}}c"):
        value = cell.findtext("x:v", None, NS)
        kind = cell.get("t", "n")
        assert cell.find("x:f", NS) is None
        found[cell.get("r", "")] = (kind, texts[int(value or 0)] if kind == "s" else value)
    return found


def test_values_keep_their_types(awkward: pl.DataFrame) -> None:
    found = cell_values(book(("Customers", awkward)))
    assert [found[f"A{line}"][0] for line in range(1, 10)] == ["s"] * 9
    assert found["A2"][1] == "00123"
    assert found["A3"][1] == "12345678901234567890"
    assert found["A8"] == ("s", "=cmd()")
    assert found["B9"][1] == "https://x.y www.x.y a@b.c $x$ &lt; ~~z~~"
    assert found["C2"] == ("n", "45351")
    assert found["C3"] == ("s", "1899-12-31")
    assert found["F2"] == ("n", "12.30")
    assert found["H3"] == ("n", "0.3333333333333333")
    assert found["J2"] == ("b", "1")
    assert "H8" not in found  # NaN
    assert not [address for address in found if address.endswith("10")]  # the row of nulls


def test_formats_head_filter_and_widths(awkward: pl.DataFrame) -> None:
    data = book(("Customers", awkward))
    formats = {one.get("formatCode") for one in part(data, "xl/styles.xml").iter(f"{{{NS['x']}}}numFmt")}
    assert {"yyyy-mm-dd", "0.0%"} <= formats
    sheet = part(data, "xl/worksheets/sheet1.xml")
    pane = sheet.find(".//x:pane", NS)
    assert pane is not None
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    ranges = sheet.find("x:autoFilter", NS)
    assert ranges is not None
    assert ranges.get("ref") == "A1:J10"
    assert len(sheet.findall("x:cols/x:col", NS)) == awkward.width


def test_two_writes_are_one(awkward: pl.DataFrame) -> None:
    first = book(("A", awkward), ("B", awkward.head(1)))
    assert first == book(("A", awkward), ("B", awkward.head(1)))
    with zipfile.ZipFile(io.BytesIO(first)) as files:
        core = files.read("docProps/core.xml").decode()
    assert core.count("2024-12-31T00:00:00Z") == 2


def test_sheet_names_are_made_to_fit() -> None:
    rows = pl.DataFrame({"a": [1]})
    data = book(("R x F: a/b", rows), ("x" * 40, rows), ("X" * 31, rows), ("''", rows), ("sheet", rows.clear()))
    names = [one.get("name") for one in part(data, "xl/workbook.xml").iter(f"{{{NS['x']}}}sheet")]
    assert names == ["R x F  a b", "x" * 31, "X" * 27 + " 2", "Sheet", "sheet 2"]


def test_timestamps_and_infinities() -> None:
    at = datetime(2024, 1, 2, 3, 4, tzinfo=UTC)
    found = cell_values(book(("A", pl.DataFrame({"at": [at], "share": [float("inf")], "long": ["x" * 40_000]}))))
    assert found["A2"][0] == "n"
    assert found["B2"] == ("s", "inf")
    assert len(found["C2"][1] or "") == 32_767


def test_more_rows_than_excel_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    book(("A", pl.DataFrame({"a": [1, 2]})))
    with pytest.raises(OutputError, match="sheet A: 3 rows"):
        book(("A", pl.DataFrame({"a": [1, 2, 3]})))


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = """
import importlib, pkgutil, sys
import rfm_cli.output
for one in pkgutil.iter_modules(rfm_cli.output.__path__):
    importlib.import_module("rfm_cli.output." + one.name)
print({"polars", "pyarrow", "rich", "xlsxwriter"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"set()\n"
