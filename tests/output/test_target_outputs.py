"""Outputs of one run, which appear together, and what runs that were killed have left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.errors import OutputError
from rfm_cli.output.target import Outputs, open_target

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
