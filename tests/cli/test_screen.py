"""What a terminal shows: a table by itself, colors as asked for, hostile values as text, help in groups."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def terminal(
    *arguments: str, cwd: Path, columns: int = 80, env: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """The exit code, what a terminal of so many columns was sent, and stderr (which is none)."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    run = subprocess.Popen(
        [sys.executable, "-m", "rfm_cli", *arguments],
        cwd=cwd,
        stdout=side,
        stderr=subprocess.PIPE,
        env={**clean, "TERM": "xterm-256color", **(env or {})},
    )
    os.close(side)
    shown = b""
    while block := _read(main):
        shown += block
    _, said = run.communicate(timeout=60)
    os.close(main)
    return run.returncode, shown.replace(b"\r\n", b"\n"), said


def _read(main: int) -> bytes:
    try:
        return os.read(main, 65_536)
    except OSError:  # the other side is closed
        return b""


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


def test_help_lists_the_commands_in_the_order_of_the_work(here: Here) -> None:
    ended = here("--help")
    lines = ended.out.decode().splitlines()
    first = lines.index("Commands:") + 1
    commands = lines[first : lines.index("", first)]
    order = (
        "check score segments grid matrix vip migrate diff reach report explain rollup snapshot snapshots run schemes"
    )
    assert [line.split()[0] for line in commands] == [*order.split(), "help"]
    assert not any(line.endswith("...") for line in commands)
    assert (ended.code, ended.err) == (0, "")


def test_the_list_of_commands_fits_a_screen(here: Here) -> None:
    lines = here("--help").out.decode().splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", ["score", "grid", "segments", "vip", "explain", "report", "reach"])
def test_common_options_are_on_the_first_screen(here: Here, name: str) -> None:
    lines = here(name, "--help").out.decode().splitlines()
    assert lines.index("Reading:") <= 45


def test_help_of_a_command_by_its_name(here: Here) -> None:
    assert here("help", "grid") == here("grid", "--help")
    assert here("help") == here("--help")
    assert here("help", "gird") == (
        2, b"", "rfm: error: No such command 'gird'. Did you mean 'grid'?\nrfm: hint: see rfm --help\n"
    )  # fmt: skip
    assert here("help", "grid", "score").code == 2


def test_the_version_and_what_runs(here: Here) -> None:
    import platform

    import polars as pl

    from rfm_cli.version import __version__

    assert here("-V") == here("--version") == (0, f"rfm {__version__}\n".encode(), "")
    lines = here("--version", "-v").out.decode().splitlines()
    assert lines[:3] == [f"rfm {__version__}", f"python {platform.python_version()}", f"polars {pl.__version__}"]
    assert f"platform {platform.platform()}" in lines
    assert [line.split(":")[0] for line in lines[-3:]] == ["extra xlsx", "extra duckdb", "extra spark"]


def test_options_before_the_command_count_as_behind_it(here: Here, shop: Path) -> None:
    behind = here("segments", "orders.csv", "-q", "--format", "table", "--lang", "ru")
    assert here("--lang", "ru", "segments", "orders.csv", "-q", "--format", "table") == behind
    assert here("--lang", "en", "segments", "orders.csv", "-q", "--format", "table", "--lang", "ru") == behind
    assert "сегмент" in behind.out.decode()
    assert "rfm: " in here("-v", "score", "orders.csv", "-o", "s.csv").err
    assert here("--lang", "xx", "segments", "orders.csv", "--format", "table").code == 2


def test_no_command_is_help_and_a_mistake(here: Here) -> None:
    ended = here()
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err == here("--help").out.decode()


def test_options_are_grouped(here: Here) -> None:
    lines = here("score", "--help").out.decode().splitlines()
    assert lines[0] == "Usage: rfm score [OPTIONS] [ORDERS]..."
    assert [line for line in lines if line.endswith(":") and not line.startswith(" ")] == [
        "Arguments:",
        "What to show:",
        "Common options:",
        "Reading:",
        "Counting and scoring:",
        "Output:",
        "This run:",
    ]
    assert max(map(len, lines)) <= 80
    assert "<" not in "".join(lines).replace("<=", "")


def test_help_in_a_pipe_has_no_colors(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert b"\x1b" not in here("score", "--help").out
