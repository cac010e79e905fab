"""The folder of a job: whole runs, one of which is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rfm_cli import files
from rfm_cli.errors import LockedError, OutputError
from rfm_cli.jobs import folder as folders
from rfm_cli.jobs.manifest import NAME


def made(folder: Path, as_of: str, job: str = "nightly") -> Path:
    with folders.new_run(folder) as place:
        (place / "scores.csv").write_text(as_of)
        (place / NAME).write_text(json.dumps({"rfm_job": 1, "job": job}))
        finished = folders.finish(place, as_of)
    folders.publish(finished)
    return finished


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_runs_of_one_date_stand_side_by_side(tmp_path: Path) -> None:
    assert [made(tmp_path, "2024-12-31").name for _ in range(3)] == ["2024-12-31", "2024-12-31.2", "2024-12-31.3"]
    assert folders.current_of(tmp_path) == tmp_path / "2024-12-31.3"


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), folders.new_run(tmp_path) as place:
        (place / "half").write_text("x")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_what_killed_runs_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    made(tmp_path, "2024-12-31")
    (tmp_path / f"{folders.UNFINISHED}1").mkdir()
    (tmp_path / f"{folders.UNFINISHED}1" / "scores.csv").write_text("half")
    (tmp_path / f"{files.LINK}1").symlink_to("2024-12-31")
    (tmp_path / "notes.txt").write_text("mine")
    with folders.locked(tmp_path):
        assert names(tmp_path) == [".lock", "2024-12-31", "current", "notes.txt"]


def test_only_older_runs_of_the_job_are_dropped(tmp_path: Path) -> None:
    for day in ("2024-12-29", "2024-12-30", "2024-12-31", "2024-12-31"):
        made(tmp_path, day)
    made(tmp_path, "2024-12-01", job="other")
    (tmp_path / "2024-11-11").mkdir()  # somebody's own folder
    (tmp_path / "2024-11-12").symlink_to("2024-12-29")
    folders.publish(tmp_path / "2024-12-29")  # the clock was moved back
    assert folders.drop_older(tmp_path, "nightly", 2) == ["2024-12-30", "2024-12-31"]
    kept = ["2024-11-11", "2024-11-12", "2024-12-01", "2024-12-29", "2024-12-31.2", "current"]
    assert names(tmp_path) == kept


def test_two_runs_at_once(tmp_path: Path) -> None:
    with folders.locked(tmp_path), pytest.raises(LockedError, match="at work"), folders.locked(tmp_path, wait=0.2):
        pass


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot write"), folders.locked(tmp_path / "file" / "out"):
        pass
