"""The terminal in Russian: everything of the tool's own is, and everything of the user's stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GOLDEN, SAMPLE, golden, here

__all__ = ["golden", "here"]
Here = Callable[..., Any]
OWN = re.compile(
    r"--[a-z-]+|-o FILE|\b[RFMrfm]\d?\b|\brfm?\d+\b|\b(RFM|rfm|VIP|vip|README|rsquaredacademy|Klaviyo|klaviyo6)\b"
    r"|email|phone|telegram|\bA\d{5}\b|\bx\b"
)
"""What is Latin in any language: options, codes, names of schemes, channels and orders."""
SCREENS = [
    "score",
    "segments --against 2024-09",
    "grid",
    "matrix --by recency,monetary",
    "matrix --by segment,tenure --metric aov",
    "vip",
    "vip --watch",
    "vip --list",
    "migrate",
    "migrate --flows",
    "migrate --moves",
    "migrate --every month --from 2024-09",
    "migrate --paths",
    "migrate --speed",
    "explain 00009",
    "explain 00046",
    "schemes",
    "schemes show rf12",
    "schemes show rfm11",
]


@pytest.fixture
def sample(here: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run `rfm` in the folder of the sample shop, as on a terminal of 200 columns."""
    monkeypatch.chdir(SAMPLE)
    monkeypatch.setenv("COLUMNS", "200")
    return here


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_english_is_left(sample: Here, screen: str) -> None:
    ended = sample(*screen.split(), "--lang", "ru", "--format", "table")
    assert ended.code == 0
    shown = OWN.sub("", ended.out.decode())
    assert re.findall(r"[^\n]*[A-Za-z][^\n]*", shown) == []


def test_numbers_and_days_are_russian(sample: Here) -> None:
    shown = sample("vip", "--list", "-q", "--lang", "ru", "--format", "table").out.decode()
    assert "на 31.12.2024" in shown
    assert "929\u00a0886,56" in shown
    assert not re.search(r"\d\.\d\d\s|\d,\d{3}|\d{4}-\d\d", shown.split("границы")[0])


def test_what_is_the_users_stays_as_it_is(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    orders = "customer_id,ordered_at,amount,city\nLost,2024-01-01,5,New\n5 customers,2024-02-01,7,2024-01-01\n"
    (tmp_path / "orders.csv").write_text(orders)
    for words in ("score --with city", "matrix --by city,segment", "segments --by city"):
        shown = here(*words.split(), "-q", "--lang", "ru", "--format", "table").out.decode()
        assert "New" in shown
        assert "2024-01-01" in shown
        if words.startswith("score"):
            assert "Lost" in shown
            assert "5 customers" in shown


@pytest.mark.parametrize("name", ["New", "1,539", "1.5", "2024-12-31", "2024-99-99", "revenue"])
def test_ids_are_names_and_no_words(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_text(f'customer_id,order_id,ordered_at,amount\n"{name}","{name}",2024-01-01,5\n')
    ended = here("explain", name, "-q", "--lang", "ru", "--format", "table")
    assert ended.code == 0
    lines = ended.out.decode().splitlines()
    assert lines[0].startswith(f"клиент {name} · ")
    assert lines[3].endswith(f"заказ {name}")


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("view", ["segments", "grid", "migrate"])
def test_screens(
    sample: Here, golden: Callable[[str, bytes], None], monkeypatch: pytest.MonkeyPatch, view: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = sample(view, "-q", "--lang", "ru", "--format", "table").out
    assert max(map(len, shown.decode().splitlines())) <= width
    golden(f"ru_{view}_{width}.txt", shown)


def test_files_of_data_stay_english(sample: Here) -> None:
    for fmt in ("csv", "json", "md"):
        told = sample("segments", "-q", "--format", fmt).out
        assert sample("segments", "-q", "--format", fmt, "--lang", "ru").out == told


def test_the_language_may_stand_elsewhere(sample: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RFM_LANG", "ru")
    assert "Чемпионы" in sample("segments", "-q", "--format", "table").out.decode()
    monkeypatch.delenv("RFM_LANG")
    (tmp_path / "rfm.toml").write_text('[run]\nlang = "ru"\n')
    ended = sample(
        "segments", str(SAMPLE / "orders.csv"), "-q", "--format", "table", "--config", str(tmp_path / "rfm.toml")
    )
    assert "Чемпионы" in ended.out.decode()
    unknown = sample("segments", "-q", "--lang", "rus", "--format", "table")
    assert (unknown.code, unknown.err.splitlines()[0]) == (2, "rfm: error: --lang rus: no such language here")


def test_goldens_are_of_this_test() -> None:
    assert len(list(GOLDEN.glob("ru_*.txt"))) == 6
