"""What is loaded to answer, and that nothing warns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from rfm_cli.cli.app import COMMANDS

LOADED = """
import sys
from rfm_cli.cli.main import main
sys.argv[0] = "rfm"
try:
    main()
finally:
    print(",".join(sys.modules), file=sys.stderr)
"""
READERS = {"fastexcel", "charset_normalizer"}
HEAVY = {"polars", "rich", "pyarrow", "numpy", "pydantic", "xlsxwriter", "zoneinfo", "tomllib", "lark"} | READERS


def loaded(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> tuple[int, set[str]]:
    """The exit code of a run, and the modules that it loaded."""
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, env={**os.environ, **(env or {})})
    return done.returncode, set(done.stderr.decode().splitlines()[-1].split(","))


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), (), *[(command, "--help") for command in COMMANDS], ("score", "--frmat")],
)
def test_help_loads_nothing_heavy(shop: Path, arguments: tuple[str, ...]) -> None:
    code, modules = loaded(*arguments, cwd=shop)
    assert code == (2 if arguments in ((), ("score", "--frmat")) else 0)
    assert HEAVY & modules == set()


def test_completion_loads_nothing_heavy(shop: Path) -> None:
    env = {"_RFM_COMPLETE": "complete_bash", "COMP_WORDS": "rfm score --c", "COMP_CWORD": "2"}
    code, modules = loaded(cwd=shop, env=env)
    assert (code, HEAVY & modules) == (0, set())
    assert "rfm_cli.cli.commands.vip" not in modules


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_no_other(shop: Path, command: str) -> None:
    _, modules = loaded(command, "--help", cwd=shop)
    own = {name: f"rfm_cli.cli.commands.{name}" for name in COMMANDS}
    assert {name for name, module in own.items() if module in modules} == {command}


UNUSED = """
    output.screens output.workbook views.segments views.axes
    views.cutoffs tables.customers tables.events tables.products tables.lines tables.rates tables.attributes
    schemes.draw history.states cli.dates
    cli.completion
"""


@pytest.mark.parametrize("output", ["s.csv", "s.parquet"])
def test_a_score_to_a_file_loads_what_it_needs(shop: Path, output: str) -> None:
    code, modules = loaded("score", "orders.csv", "-q", "-o", output, cwd=shop)
    assert (code, HEAVY & modules) == (0, {"polars", "tomllib", "zoneinfo"})
    assert not {f"rfm_cli.{name}" for name in UNUSED.split()} & modules
    assert not [
        name for name in modules if name.startswith(("rfm_cli.rollup.read", "rfm_cli.measures.fast", "narwhals"))
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "orders.csv", "-q", "-o", "s.parquet"),
        ("score", "orders.csv", "-q", "--format", "table", "--with", "email", "--customers", "customers.csv"),
        ("segments", "orders.csv", "-q", "-o", "s.xlsx"),
        ("explain", "007", "orders.csv", "-q"),
        ("check", "-q"),
        ("schemes", "show", "rf12"),
    ],
)
def test_no_warnings(shop: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-W", "error", "-m", "rfm_cli", *arguments]
    done = subprocess.run(command, cwd=shop, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_version_and_module(shop: Path) -> None:
    from rfm_cli.version import __version__

    done = subprocess.run([sys.executable, "-m", "rfm_cli", "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"rfm {__version__}\n".encode(), b"")
