from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.output.target import choose_format


@pytest.mark.parametrize(
    ("format", "output", "tty", "chosen"),
    [
        (None, None, True, "table"),
        (None, None, False, "csv"),
        (None, "-", True, "table"),
        (None, "a", True, "csv"),
        (None, "a.b/c", True, "csv"),
        (None, "a.CSV", True, "csv"),
        (None, "a.json", False, "json"),
        (None, "a.jsonl", False, "ndjson"),
        (None, "a.ndjson", False, "ndjson"),
        (None, "a.parquet", False, "parquet"),
        (None, "a.xlsx", False, "xlsx"),
        (None, "a.md", False, "md"),
        (None, "a.txt", False, "table"),
        ("JSON", "a.zip", True, "json"),
        ("parquet", "-", False, "parquet"),
    ],
)
def test_the_format(format: str | None, output: str | None, tty: bool, chosen: str) -> None:
    assert choose_format(format, output, tty) == chosen


@pytest.mark.parametrize(
    ("format", "output", "tty", "told"),
    [
        ("jsno", None, True, "did you mean json"),
        (None, "a.csv.gz", True, ".parquet"),
        ("xlsx", None, True, "-o FILE.xlsx"),
        ("parquet", "-", True, "-o FILE.parquet"),
    ],
)
def test_no_format(format: str | None, output: str | None, tty: bool, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        choose_format(format, output, tty)
    assert told in raised.value.hint
