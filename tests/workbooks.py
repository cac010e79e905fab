"""Workbooks of all kinds, made on the spot: real files, whose cells have the types that they are given."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Rows = Sequence[Sequence[Any]]
ORDERS: Rows = [
    ["customer_id", "order_date", "amount"],
    [17850, date(2024, 1, 5), 10.1],
    [17851, date(2024, 2, 5), 20],
]
EPOCH = date(1899, 12, 30)
FORMS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm", timedelta: "[h]:mm:ss"}
ERRORS = ("#N/A", "#REF!", "#DIV/0!")


def xlsx(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> str:
    """An .xlsx with these sheets; texts that are errors of Excel become such cells."""
    with xlsxwriter.Workbook(path) as book:
        forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMS.items()}
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell in ERRORS:
                        sheet.write_formula(row, column, "=NA()", None, cell)
                    elif type(cell) is timedelta:
                        sheet.write_number(row, column, cell.total_seconds() / 86_400, forms[timedelta])
                    elif type(cell) in FORMS:
                        sheet.write_datetime(row, column, cell, forms[type(cell)])
                    elif cell is not None:
                        sheet.write(row, column, cell)
    return str(path)


XLS = zlib.decompress(
    base64.b85decode(
        b"c-rk)O=uHA6#izLG(WcasY$UFN+?*hrU&ujrCF6~PpP#Re-L77_E2gQ*`^1*Sgkn<f+xjGp&q<cz4(I){v8B`iXH?(Na{^N5"
        b"EMMLS>L?u)-)<KpoPkO%e<L+^WM(eo%i1C&a1g_ar#z!2{lNd0cFdF#wwnm;&VD7(70vErc-;VSPE+jJ})g~qZ{{|UwY&k%J"
        b"nWm!%f#?qQE?rqd19yT-J!KBKEKiX(4UsB`R>0I03Y=RV_@9GhNU021`C*x{Em%nD&xvQ5?aXKG40>_TocYCyxan?|X-J-Z5"
        b"u8qIfR7_{>F7k#%FYIg&oH#s)fEO_%{KXupv)OxX|O8vMXvLQgW;)7Mu-gcf@S->ew$)rsmyF~wh9z5wyRFXwyy!1vN3*77f"
        b"DE?^SYF%FUfId#-k3FQ4|#xTbh5T{fQF6$^}CdTu*F~dxaWXK(IQY4j0=M9Sc^jK~poA=8k&q*P)EGaZ|urv|PAjs`7hfIj9"
        b"TDbn@b#i!6PcdhbH-gG`u}NA73umPUDF=9@VTpFL#x|zs_^und-Oe;Z{!De(VAO8xn_`*sJlaL`>|ngnH&?Z{P`mKyz}=3*2"
        b"YoBGXZuU1BeQSyX>`)|l_7n3O(8Dg;>u--d%9B#JGH!L+V)GD@oFL4cFW!qgIJV-MF=yk^yJ$SOFhkgS5jNlXg|aT=7sUGRn"
        b"Gq8sg!;Zlv+|=`;END@}F5g@l47O@hl0g1-IoOrNE!?LqS17K|w)5K|!JFOh>an#^tBF+y315*ylQnRLbg@<iEuba&+bCr*b"
        b"c{RGT<em;bcFEu4Fa73w(Wg%Ss8b`zr*W;;gf_Fwv46V=bNV#Uzk3!!@FFV|z|Kc4>wIBMHx"
    )
)
"""The bytes of an .xls (BIFF 8) with the rows of `ORDERS`."""


def _record(kind: int, body: bytes = b"") -> bytes:
    """A record of a binary workbook: its kind, its size, its body."""
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    return number + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, cell: Any) -> bytes:
    at = struct.pack("<II", column, isinstance(cell, date))
    if isinstance(cell, str):
        return _record(6, at + _wide(cell))
    return _record(5, at + struct.pack("<d", (cell - EPOCH).days if isinstance(cell, date) else cell))


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}relationships">{listed}</Relationships>'


def xlsb(rows: Rows, name: str = "Orders") -> bytes:
    """The bytes of an .xlsb with one sheet."""
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        sheet += b"".join(_cell(column, cell) for column, cell in enumerate(row))
    bundle = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    formats = b"".join(_record(47, struct.pack("<HHHHHBBHH", 0, form, 0, 0, 0, 0, 0, 0, 0)) for form in (0, 14))
    files = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PACKAGE}content-types"/>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": _record(131) + _record(143) + bundle + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": _relations(("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin")),
        "xl/worksheets/sheet1.bin": sheet + _record(146) + _record(130),
        "xl/styles.bin": _record(278) + _record(617, struct.pack("<I", 2)) + formats + _record(618) + _record(279),
    }
    return zipped(files)


OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


def ods(rows: Rows, name: str = "Orders") -> bytes:
    """The bytes of an .ods with one sheet."""
    spaces = " ".join(f'xmlns:{one}="{OPEN}{one}:1.0"' for one in ("office", "table", "text"))
    body = "".join(f"<table:table-row>{''.join(map(_open_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(name)}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    listed = entry.format("/", kind) + entry.format("content.xml", "text/xml")
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{OPEN}manifest:1.0">{listed}</manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _open_cell(cell: Any) -> str:
    if isinstance(cell, date):
        kind = f'office:value-type="date" office:date-value="{cell}"'
    elif isinstance(cell, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{cell}"'
    return f"<table:table-cell {kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """The bytes of a zip archive with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
