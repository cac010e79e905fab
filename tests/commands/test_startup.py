"""What is loaded to answer, and that nothing warns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import sys
from rfm_cli.cli import main
sys.argv[0] = "rfm"
try:
    main()
finally:
    heavy = {"polars", "rich", "pyarrow", "numpy", "pydantic", "xlsxwriter"}
    print(",".join(sorted(heavy & set(sys.modules))), file=sys.stderr)
"""


def loaded(*arguments: str, cwd: Path) -> tuple[int, str]:
    """The exit code of a run, and the heavy packages that it loaded."""
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], cwd=cwd, capture_output=True, check=False)
    return done.returncode, done.stderr.decode().splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("score", "--help"), ("explain", "--help"), ("scroe",), ()]
)
def test_help_loads_nothing_heavy(shop: Path, arguments: tuple[str, ...]) -> None:
    code, heavy = loaded(*arguments, cwd=shop)
    assert code == (2 if arguments in ((), ("scroe",)) else 0)
    assert set(heavy.split(",")) <= {"", "pydantic"}  # pydantic is Typer's own


def test_a_score_to_a_file_needs_no_rich_and_no_pyarrow(shop: Path) -> None:
    code, heavy = loaded("score", "orders.csv", "-q", "-o", "s.csv", cwd=shop)
    assert (code, set(heavy.split(",")) - {"pydantic"}) == (0, {"polars"})


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
    from rfm_cli import __version__

    done = subprocess.run([sys.executable, "-m", "rfm_cli", "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"rfm {__version__}\n".encode(), b"")
