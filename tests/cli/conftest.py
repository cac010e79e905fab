"""A small shop, the command line run inside this process, and golden files."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import pty
import shlex
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from rfm_cli.cli.main import main

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLE = Path(__file__).parents[2] / "sample_data"

ORDERS = """\
order_id,customer_id,ordered_at,amount,status
1,007,2024-01-01,10.50,paid
2,007,2024-03-01,20.00,paid
3,007,2024-03-31,5.00,paid
4,=cmd(),2024-02-01,40.00,paid
5,[/x] shop,2024-03-30,7.25,paid
5,[/x] shop,2024-03-31,-7.25,refunded
6,ghost,2024-03-02,-3.00,refunded
7,007,2024-03-31,99.00,cancelled
"""
CUSTOMERS = """\
customer_id,email,city
007,a@x.y,Köln
=cmd(),=1+1,\x1b[31mred\x1b[0m
[/x] shop,,[bold]Bonn
new,n@x.y,Köln
"""


class Ended(NamedTuple):
    """How a run ended: exit code, stdout, stderr."""

    code: int
    out: bytes
    err: str


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders.csv and customers.csv, made the working directory."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[Callable[..., Ended]]:
    """Run `rfm` in this process: here("score", "orders.csv"); quick, for all that needs no process of its own."""
    own = [name for name in os.environ if name.startswith("RFM_") and name != "RFM_WRITE_GOLDEN"]
    for name in [*own, "NO_COLOR", "FORCE_COLOR", "COLUMNS"]:
        monkeypatch.delenv(name, raising=False)
    handler = signal.getsignal(signal.SIGTERM)

    def run(*args: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["rfm", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capfdbinary.readouterr()
        assert b"Traceback" not in said.err
        return Ended(int(str(end.value.code)), said.out, said.err.decode())

    yield run
    signal.signal(signal.SIGTERM, handler)


def terminal(
    *arguments: str, cwd: Path, columns: int = 80, env: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """Run `rfm` on a terminal of its own; return the exit code, what the terminal was sent, and stderr."""
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


@pytest.fixture
def golden() -> Callable[[str, bytes], None]:
    """Compares with the file of that name under tests/golden; RFM_WRITE_GOLDEN=1 writes it instead."""
    writing = bool(os.environ.get("RFM_WRITE_GOLDEN"))

    def compare(name: str, data: bytes) -> None:
        if writing:
            (GOLDEN / name).write_bytes(data)
        assert data == (GOLDEN / name).read_bytes()

    return compare


@pytest.fixture
def sample() -> Path:
    """The folder of the sample shop."""
    return SAMPLE


@pytest.fixture
def inside(sample: Path, monkeypatch: pytest.MonkeyPatch, here: Callable[..., Ended]) -> Callable[..., Ended]:
    """Run in the sample shop, where no path is needed."""
    monkeypatch.chdir(sample)
    return here


Screen = Callable[..., None]


@pytest.fixture
def screen(
    inside: Callable[..., Ended], golden: Callable[[str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> Screen:
    """Compare a screen of the sample shop with its golden file: screen("grid", "grid --by r,f", 80)."""

    def compare(name: str, words: str, width: int, *, colors: bool = False) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        if colors:
            monkeypatch.setenv("FORCE_COLOR", "1")
        ended = inside(*shlex.split(words), "-q", "--format", "table")
        assert (ended.code, ended.err) == (0, "")
        assert colors or max(map(len, ended.out.decode().splitlines())) <= width
        golden(f"{name}_{width}{'_color' if colors else ''}.txt", ended.out)

    return compare


@pytest.fixture
def misused(inside: Callable[..., Ended]) -> Callable[[str], str]:
    """Run a command that makes no sense in the sample shop, and return its one or two lines."""

    def run(words: str) -> str:
        ended = inside(*words.split(), "-q")
        assert (ended.code, ended.out) == (2, b"")
        assert len(ended.err.splitlines()) <= 2
        return ended.err

    return run


def rows_of(ended: Ended) -> list[dict[str, str]]:
    """Return the rows of a silent run that wrote CSV."""
    assert (ended.code, ended.err) == (0, "")
    return list(csv.DictReader(io.StringIO(ended.out.decode())))


HOLE = """\
name = "hole"
title = "Two by two, one cell forgotten"
bins = [2, 2, 2]
by = ["r", "f"]

[[segments]]
name = "Good"
rank = 1
next_step = "Thank."
cells = ["21"]

[[segments]]
name = "Bad"
rank = 2
next_step = "Let go."
cells = ["11", "12"]
"""


@pytest.fixture
def scheme_with_a_hole(tmp_path: Path) -> str:
    """The path of a scheme file in which no segment has the cell 22."""
    path = tmp_path / "hole.toml"
    path.write_text(HOLE)
    return str(path)


@pytest.fixture
def own_scheme(tmp_path: Path) -> Path:
    """The path of a whole scheme file of two segments."""
    path = tmp_path / "own.toml"
    path.write_text(HOLE.replace('["21"]', '["21", "22"]').replace('"hole"', '"own"'))
    return path
