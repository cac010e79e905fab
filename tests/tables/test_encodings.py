# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
"""Texts that are not UTF-8 are noticed before headings are looked for, and the error names their encoding."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables.encodings import broken_text, likeliest
from tests.examples import examples

RUSSIAN = "Клиент;Дата заказа;Сумма\nИван;31.12.2024;1 234,50\n"
TEXTS = {
    "cp1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "cp866": RUSSIAN,
    "cp1252": "Kunde;Straße;Betrag\nMüller;Hauptstraße 5;20 €\nJosé;Málaga;2\n",
    "cp1250": "Zákazník;Částka;Město\nJiří;20;Příbram\nŁukasz;1;Żółć\n",
    "cp1254": "Müşteri;Tutar;Şehir\nAyşe;20;İstanbul\nÇağrı;1;Iğdır\n",
    "shift-jis": "顧客;日付;金額\n山田太郎;2024;100\n",
    "gbk": "客户;日期;金额\n张三;2024;100\n",
    "big5": "客戶;日期;金額\n張三;2024;100\n",
    "euc-kr": "고객;날짜;금액\n김철수;2024;100\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_the_likeliest_encoding(tmp_path: Path, encoding: str, times: int, pack: Any) -> None:
    (tmp_path / "o.csv").write_bytes(pack((TEXTS[encoding] * times).encode(encoding)))
    text = broken_text(tmp_path / "o.csv")
    assert text is not None
    reading = likeliest(text)
    assert reading is not None
    assert (reading.encoding, reading.line) == (encoding, TEXTS[encoding].splitlines()[0])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(write: Any, read: Any, encoding: str) -> None:
    path = write("o.csv", "Kunde é;date\nJosé;2024\n".encode(encoding))
    with pytest.raises(InputError, match=f"o.csv: not UTF-8 text; it is likely {encoding}, which reads: Kunde é;date"):
        read(path)


@given(st.binary(min_size=1, max_size=400))
@settings(max_examples=examples(50, 400), deadline=None)
def test_any_bytes_have_a_reading_or_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("text") / "o"
    file.write_bytes(b"a" + data)
    text = broken_text(file)
    if text is None:
        (b"a" + data).decode()
        return
    reading = likeliest(text)
    assert reading is None or b"\0" in data or text.lines.decode(reading.encoding)


def test_broken_headings_are_noticed_before_headings(write: Any, rfm: Any) -> None:
    done = rfm("score", write("o.csv", RUSSIAN.encode("cp1251")))
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().splitlines() == [
        f"rfm: error: {write('o.csv', RUSSIAN.encode('cp1251'))}: not UTF-8 text; it is likely cp1251, which reads: "
        "Клиент;Дата заказа;Сумма",
        "rfm: hint: if that is right: --encoding cp1251",
    ]
    assert rfm("score", write("o.csv", RUSSIAN.encode("cp1251")), "--encoding", "cp1251").returncode == 0


@pytest.mark.parametrize("table", ["orders", "customers", "events"])
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_broken_bytes_after_the_first_megabytes(write: Any, rfm: Any, table: str, kind: str) -> None:
    rows = {
        "orders": ("customer_id,date,amount,note", '{"customer_id":"%d","date":"2024-01-01","amount":1,"note":"%s"}'),
        "customers": (
            "customer_id,registered_at,x,note",
            '{"customer_id":"%d","registered_at":"2024-01-01","note":"%s"}',
        ),
        "events": ("customer_id,at,event,note", '{"customer_id":"%d","at":"2024-01-01","event":"open","note":"%s"}'),
    }
    heading, line = rows[table]
    form = "%d,2024-01-01,1,%s" if kind == "csv" else line
    lines = ([heading] if kind == "csv" else []) + [form % (row, "x" * 20) for row in range(60_000)]
    data = ("\n".join(lines) + "\n").encode() + (form % (7, "Иван Петров, Москва") + "\n").encode("cp1251")
    orders = write("o.csv", "customer_id,date,amount\na,2024-01-01,5\n")
    path = write(f"late.{kind}", data)
    done = rfm("score", *([path] if table == "orders" else [orders, f"--{table}", path]))
    assert (done.returncode, done.stdout) == (3, b"")
    error, hint = done.stderr.decode().splitlines()[-2:]
    assert f"late.{kind}: not UTF-8 text; it is likely cp1251, which reads: " in error
    assert "Иван Петров, Москва" in error
    assert hint == "rfm: hint: if that is right: --encoding cp1251"


def test_a_broken_line_among_others_in_utf8(write: Any, read: Any) -> None:
    data = "customer_id,date,amount\nЯна,2024-01-01,1\nИван,2024-01-01,1\n".encode() + "Оля,2024-01-02,1\n".encode(
        "cp1251"
    )
    with pytest.raises(InputError, match=r"o\.csv: not UTF-8 text in line 4, while other lines are: ") as error:
        read(write("o.csv", data))
    assert error.value.hint == "correct that line, or export the file again as UTF-8"


def test_a_letter_that_the_first_lines_cut(write: Any, read: Any) -> None:
    for shift in range(2):
        text = "customer_id,date,amount\n" + "x" * shift + "Я" * 300_000 + ",2024-01-01,1\n"
        assert len(read(write("o.csv", text)).rows()) == 1
