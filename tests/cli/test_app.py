"""Help, versions and the options before a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def test_help_lists_the_commands_in_the_order_of_the_work(here: Here) -> None:
    ended = here("--help")
    lines = ended.out.decode().splitlines()
    first = lines.index("Commands:") + 1
    commands = lines[first : lines.index("", first)]
    order = (
        "init check score select segments grid matrix vip migrate diff reach report explain rollup snapshot snapshots "
        "run schemes"
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


def test_the_version_and_what_runs(here: Here) -> None:
    import platform

    import polars as pl

    from rfm_cli.version import __version__

    assert here("-V") == here("--version") == (0, f"rfm {__version__}\n".encode(), "")
    lines = here("--version", "-v").out.decode().splitlines()
    assert lines[:3] == [f"rfm {__version__}", f"python {platform.python_version()}", f"polars {pl.__version__}"]
    assert f"platform {platform.platform()}" in lines
    assert [line.split(":")[0] for line in lines[-2:]] == ["extra duckdb", "extra spark"]


def test_options_before_the_command_count_as_behind_it(here: Here, shop: Path) -> None:
    behind = here("segments", "orders.csv", "-q", "--format", "table", "--lang", "ru")
    assert here("--lang", "ru", "segments", "orders.csv", "-q", "--format", "table") == behind
    assert here("--lang", "en", "segments", "orders.csv", "-q", "--format", "table", "--lang", "ru") == behind
    assert "сегмент" in behind.out.decode()
    assert "rfm: " in here("-v", "score", "orders.csv", "-o", "s.csv").err


@pytest.mark.parametrize("arguments", [["score", "--lang", "xx"], ["--lang", "xx", "score"], ["check", "--lang", "xx"]])
def test_an_unknown_language_is_refused_in_a_pipe_too(here: Here, shop: Path, arguments: list[str]) -> None:
    hint = "rfm: error: --lang xx: no such language here\nrfm: hint: Valid: en, ru\n"
    assert here(*arguments) == (2, b"", hint)


def test_an_unknown_language_is_refused_wherever_it_is_set(
    here: Here, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "rfm.toml").write_text('[run]\nlang = "rus"\n[jobs.n]\noutputs = ["score -o s.csv"]\n')
    hint = "rfm: error: --lang rus: no such language here\nrfm: hint: did you mean ru? Valid: en, ru\n"
    assert here("score", "orders.csv") == here("run", "n") == (2, b"", hint)
    assert here("score", "orders.csv", "-q", "--lang", "en").code == 0
    monkeypatch.setenv("RFM_LANG", "rus")
    assert here("segments", "orders.csv", "-o", "s.csv") == (2, b"", hint)
    assert not (shop / "s.csv").exists()


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
