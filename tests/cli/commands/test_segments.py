"""`rfm segments`: a row a segment; its text formats are compared in test_score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Screen

Here = Callable[..., Any]

SCREENS = {
    "segments_city": "segments --by city --no-next-steps",
    "segments_against": "segments --against 2024-09",
}
MISUSE = {
    "segments --by city --against 2024-09": "do not go together",
    "segments --as-of 2024-09 --against 2024-09": "that is the date of the answer",
}


def test_csv(shop: Path, here: Here) -> None:
    lines = here("segments", "orders.csv", "-q").out.decode().splitlines()
    assert lines[0] == (
        "segment,customers,customers_share,orders,revenue,revenue_share,aov,"
        "median_recency_days,median_frequency,median_monetary"
    )
    assert lines[3] == "Potential loyalist,1,0.25,3,35.50,0.4896551724137931,11.8333,0.0000,3.0000,35.5000"
    assert lines[-1] == "No purchases,1,0.25,0,-3.00,-0.041379310344827586,,,0.0000,-3.0000"
    assert len(lines) == 13


def test_screen(shop: Path, here: Here, golden: Callable[[str, bytes], None]) -> None:
    golden("segments_shop.txt", here("segments", "orders.csv", "-q", "--format", "table").out)


def test_own_scheme(shop: Path, here: Here, own_scheme: Path) -> None:
    lines = here("segments", "orders.csv", "--scheme", own_scheme, "-q").out.decode().splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["Good", "1"], ["Bad", "2"], ["No purchases", "1"]]


def test_workbook_and_cuts_and_rejects(shop: Path, here: Here) -> None:
    ended = here("segments", "orders.csv", "-q", "-o", "s.xlsx", "--save-cuts", "c.toml", "--rejects", "r.ndjson")
    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    assert (shop / "s.xlsx").read_bytes()[:2] == b"PK"
    assert (shop / "c.toml").read_text().startswith('scheme = "rf12"\n')
    assert (shop / "r.ndjson").read_text().count("\n") == 1


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)
