"""What a terminal shows: a table by itself, colors as asked for, hostile values as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import terminal

Here = Callable[..., Any]


def test_score_on_a_terminal(shop: Path, golden: Callable[[str, bytes], None]) -> None:
    code, shown, said = terminal("score", "-q", "--with", "email,city", cwd=shop)
    assert (code, said) == (0, b"")
    assert b"\x1b[31m" not in shown  # that was in the data
    golden("score_shop_80_color.txt", shown)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_no_colors(shop: Path, env: dict[str, str]) -> None:
    code, shown, _ = terminal("segments", "-q", cwd=shop, env=env)
    assert code == 0
    assert b"\x1b" not in shown
    assert shown.startswith("as of 2024-03-31 · scheme rf12".encode())


def test_colors_without_a_terminal(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"\x1b" not in here("segments", "-q", "--format", "table").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert b"\x1b[" in here("segments", "-q", "--format", "table").out
    assert b"\x1b" not in here("segments", "-q").out
    monkeypatch.setenv("FORCE_COLOR", "0")
    assert b"\x1b" not in here("segments", "-q", "--format", "table").out


def test_plain_characters_where_the_terminal_knows_no_others(shop: Path) -> None:
    code, shown, _ = terminal("segments", "-q", cwd=shop, env={"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"})
    assert code == 0
    assert shown.isascii()
    assert b"####" in shown


def test_nothing_for_a_terminal_in_parquet(shop: Path) -> None:
    assert terminal("score", "-q", "--format", "parquet", cwd=shop) == (
        2,
        b"",
        b"rfm: error: parquet is not for a terminal\nrfm: hint: write it to a file: -o FILE.parquet\n",
    )


def test_hostile_values_are_text(shop: Path, here: Here) -> None:
    shown = here("score", "-q", "--with", "email,city", "--format", "table").out.decode()
    assert "\x1b" not in shown
    assert "[/x] shop" in shown
    assert "[bold]Bonn" in shown
    assert "[31mred[0m" in shown
    assert "=1+1" in shown


def test_hostile_values_are_no_control_of_stderr(shop: Path, here: Here) -> None:
    (shop / "o.csv").write_text("customer_id,ordered_at,am\x1b[31mount\na,2024-01-01,1\n")
    ended = here("score", "o.csv", "--map", "amount=am\x1b[31m")
    assert ended.code == 3
    assert "\x1b" not in ended.err
    assert ended.err.splitlines()[0].startswith("rfm: error: o.csv: no column 'am")


def test_facts_break_between_and_never_within(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = here("segments", "orders.csv", "-q", "--format", "table").out.decode().splitlines()
    assert lines[:2] == ["as of 2024-03-31 · scheme rf12 · customers 4", "buyers 3 · revenue 72.50 · VIPs 0"]


def test_limit(shop: Path) -> None:
    _, shown, _ = terminal("score", "-q", "--limit", "1", cwd=shop, env={"NO_COLOR": "1"})
    assert "… 4 more customers, 4 columns hidden: use --limit, -o FILE or a wider" in shown.decode()
