"""NDJSON: digits are kept, and the form is known by name or by the first byte."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from rfm_cli.tables.sources import open_source
from tests.tables.test_sources import OPTIONS, rows


def test_ndjson_keeps_digits(write: Any) -> None:
    text = (
        '{"id": 12345678901234567890, "n": 9007199254740993, "z": "00123", "x": 12.5, "b": true}\n'
        '{"id": "A", "x": null, "later": 7}\n'
    )
    source = open_source(write("o.ndjson", text), OPTIONS)
    assert source.header == ("id", "n", "z", "x", "b", "later")
    assert source.frame.collect().rows() == [
        ("12345678901234567890", "9007199254740993", "00123", "12.5", "true", None),
        ("A", None, None, None, None, "7"),
    ]


@pytest.mark.parametrize("name", ["o.ndjson", "o.jsonl", "o", "o.json", "o[1].ndjson", "o*.jsonl"])
def test_ndjson_by_name_or_by_its_first_byte(write: Any, name: str) -> None:
    assert rows(write(name, '\n {"a":"1"}\n'.lstrip() if "[" in name else '{"a":"1"}\n')) == [("1",)]


def test_ndjson_packed(write: Any) -> None:
    assert rows(write("o.ndjson.gz", gzip.compress(b'{"a":"1"}\n'))) == [("1",)]
