"""Progress on a terminal, and the times of `-v`."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rfm_cli import progress
from rfm_cli.output.progress import ERASE, Bar, Times
from rfm_cli.progress import advance, step, watched_by
from tests.cli.conftest import SAMPLE, here

__all__ = ["here"]
Here = Callable[..., Any]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def bar(clock: Clock, sent: list[str]) -> Iterator[Bar]:
    """A bar of a terminal of 60 columns, whose own ticking plays no part."""
    made = Bar(sent.append, lambda: 60, clock)
    made._over.set()
    made._ticker.join()
    made._over.clear()
    yield made
    made.close()


def test_nothing_is_shown_of_what_is_quick(bar: Bar, clock: Clock, sent: list[str]) -> None:
    with watched_by(bar), step("reading orders", 100):
        clock.now = 0.9
        advance(50)
    assert sent == []


def test_rows_done_and_time_left(bar: Bar, clock: Clock, sent: list[str]) -> None:
    with watched_by(bar), step("reading", 1000):
        clock.now = 2.0
        advance(500)
        clock.now = 2.1
        advance(100)  # too soon after the last
        clock.now = 3.0
        advance(150)
    assert sent == [
        f"{ERASE}reading: 500 of 1,000 rows (50 %), 2 s left",
        f"{ERASE}reading: 750 of 1,000 rows (75 %), 1 s left",
        ERASE,
    ]


def test_steps_within_steps(bar: Bar, clock: Clock, sent: list[str]) -> None:
    with watched_by(bar), step("output 1 of 2"):
        clock.now = 5.0
        with step("writing a.csv"):
            clock.now = 7.0
            bar.show()
        bar.show()
    assert sent == [f"{ERASE}output 1 of 2 · writing a.csv: 2 s", f"{ERASE}output 1 of 2: 7 s", ERASE]


def test_the_line_is_gone_when_somebody_speaks_and_after_a_failure(bar: Bar, clock: Clock, sent: list[str]) -> None:
    with pytest.raises(ValueError), watched_by(bar), step("reading"):
        clock.now = 2.0
        bar.show()
        bar.erase()
        bar.erase()
        bar.show()
        raise ValueError
    assert sent == [f"{ERASE}reading: 2 s", ERASE, f"{ERASE}reading: 2 s", ERASE]
    bar.close()
    bar.show()
    assert not progress.is_watched()
    assert len(sent) == 4


def test_times_of_all_steps(clock: Clock) -> None:
    times = Times(clock)
    with watched_by(times), step("outer"):
        clock.now = 1.0
        with step("inner"):
            clock.now = 1.5
        clock.now = 2.0
    assert times.lines(2.25) == ["   2.000 s  outer", "   0.500 s    inner", "   2.250 s  in all"]


def test_nobody_watching_costs_nothing() -> None:
    with step("anything", 5):
        advance(1)
    assert not progress.is_watched()


def test_verbose_tells_the_times_on_stderr(here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(SAMPLE)
    quiet = here("score", "-q", "--format", "csv")
    told = here("score", "-v", "--format", "csv")
    assert told.out == quiet.out
    times = [line for line in told.err.splitlines() if re.match(r"rfm: +\d+\.\d{3} s  ", line)]
    assert [line.split(" s  ")[1] for line in times] == [
        "reading orders",
        "customers and events",
        "cutoffs, scores, segments",
        "in all",
    ]
    file = here("segments", "-v", "-o", str(tmp_path / "s.csv"))
    assert any(line.endswith("s.csv") and " s  writing " in line for line in file.err.splitlines())
    both = here("score", "-v", "-q")
    assert (both.code, both.err.splitlines()[0]) == (2, "rfm: error: -q and -v do not go together")


def test_a_quick_run_leaves_no_trace_on_a_terminal(tmp_path: Path) -> None:
    main, side = pty.openpty()
    command = [sys.executable, "-m", "rfm_cli", "segments", "-o", str(tmp_path / "s.csv")]
    done = subprocess.run(command, cwd=SAMPLE, stdout=subprocess.PIPE, stderr=side, check=False, timeout=60)
    os.close(side)
    said = os.read(main, 65_536).decode()
    os.close(main)
    assert done.returncode == 0
    assert "rfm: orders.csv:" in said
    assert not re.search(r"reading orders|writing", said.replace(ERASE, ""))
