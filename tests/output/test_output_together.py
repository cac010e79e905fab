"""Outputs that appear together, and what runs that were killed have left."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli import files
from rfm_cli.errors import OutputError
from rfm_cli.output.target import open_target
from rfm_cli.output.together import Outputs

ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,1\n,2024-01-02,5\nb,2024-02-01,2\n"
RFM = [sys.executable, "-m", "rfm_cli"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("fails", [None, 0, 1, 2])
def test_outputs_appear_together(tmp_path: Path, fails: int | None) -> None:
    for name in ("0", "1", "2"):
        (tmp_path / name).write_text("old")

    def writing(number: int) -> Callable[[Any], None]:
        def write(target: Any) -> None:
            target.write(b"new")
            if number == fails:
                raise ValueError

        return write

    try:
        with Outputs() as outputs:
            for number in range(3):
                outputs.write(str(tmp_path / str(number)), writing(number))
            assert {(tmp_path / name).read_text() for name in ("0", "1", "2")} == {"old"}
    except ValueError:
        assert fails is not None
    assert {(tmp_path / name).read_text() for name in ("0", "1", "2")} == {"new" if fails is None else "old"}
    assert names(tmp_path) == ["0", "1", "2"]


def test_a_folder_in_the_place_of_one_file_stops_the_others(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Is a directory"), Outputs() as outputs:
        for name in ("a", "b"):
            outputs.write(str(tmp_path / name), lambda target: None)
        (tmp_path / "b").mkdir()
    assert names(tmp_path) == ["b"]


def test_streams_come_after_files_and_before_their_names(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    seen = []
    with Outputs() as outputs:
        outputs.write(f"/dev/fd/{writing}", lambda target: seen.append(len(names(tmp_path))))
        outputs.write(str(tmp_path / "a"), lambda target: seen.append(len(names(tmp_path))))
        outputs.afterward(lambda: seen.append(names(tmp_path)))
    assert seen == [1, 1, ["a"]]
    os.close(reading)
    os.close(writing)


def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".rfm-0011223344556677.part").write_text("half")
    (tmp_path / ".rfm-8899aabbccddeeff.part").mkdir()
    (tmp_path / ".rfm-8899aabbccddeeff.part" / "file").write_text("half")
    (tmp_path / ".rfm-other").write_text("stays")
    with open_target(str(tmp_path / "a")) as target:
        target.write(b"x")
    assert names(tmp_path) == [".rfm-other", "a"]


def test_what_a_run_killed_while_writing_left_is_cleared_by_the_next(folder: Path) -> None:
    code = """
import os, signal
from rfm_cli.output.target import open_target
with open_target("s.csv") as target:
    target.write(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert len(names(folder)) == 2
    assert subprocess.run([*RFM, "score", "orders.csv", "-q", "-o", "s.csv"], check=False).returncode == 0
    assert names(folder) == ["orders.csv", "s.csv"]


def test_what_a_live_run_writes_stays(tmp_path: Path) -> None:
    with open_target(str(tmp_path / "a")) as slow:
        slow.write(b"slow")
        with open_target(str(tmp_path / "a")) as quick:
            quick.write(b"quick")
        assert (tmp_path / "a").read_bytes() == b"quick"
    assert (tmp_path / "a").read_bytes() == b"slow"
    path, held = files.new_folder(tmp_path)
    files.clear_dead(tmp_path)
    assert path.is_dir()
    os.close(held)
    files.clear_dead(tmp_path)
    assert names(tmp_path) == ["a"]


def test_a_file_that_was_cleared_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = fcntl.flock, []

    def flock(file: int, how: int) -> None:
        if not calls:
            calls.append(file)
            next(tmp_path.glob(".rfm-*")).unlink()
        plain(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    path, held = files.new_file(tmp_path)
    assert names(tmp_path) == [path.name]
    os.close(held)


def test_many_threads_clear_and_write(tmp_path: Path) -> None:
    """Runs that write into one folder at the same time do not take each other's files."""

    def write(name: str) -> None:
        for number in range(30):
            path, held = files.new_file(tmp_path)
            files.clear_dead(tmp_path)
            path.replace(tmp_path / f"{name}{number}")
            os.close(held)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(tmp_path)) == 60
