"""The manifest of a run: what determines its outputs, and whether a finished run is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rfm_cli.fingerprints import Fingerprint, digest_of
from rfm_cli.jobs.manifest import (
    CHANGE_TIMES,
    NAME,
    Manifest,
    Written,
    change_times,
    finished_run_in,
    is_same_run,
    job_in,
)

FILE = Fingerprint("orders.csv", 5, "ab", 7)
ASKED = Manifest("nightly", "last", {"only": [], "day": date(2024, 1, 1)}, (FILE,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A finished run."""
    (tmp_path / "s.csv").write_text("x")
    outputs = (Written("s.csv", "score", 1, digest_of(tmp_path / "s.csv")),)
    figures = {"customers": 3, "last_order": date(2024, 12, 31)}
    warnings = [{"name": "one-order", "text": "a sentence"}]
    found = replace(ASKED, answered="2024-12-31", figures=figures, warnings=warnings, rules={"r": "auto"})
    (tmp_path / NAME).write_text(replace(found, outputs=outputs).to_text())
    return tmp_path


def test_a_run_of_the_same_question_is_found(folder: Path) -> None:
    assert is_same_run(folder, ASKED)
    assert not is_same_run(folder, replace(ASKED, asked_for="2024-12-31"))
    assert not is_same_run(folder, replace(ASKED, inputs=(replace(FILE, sha256="cd"),)))


@pytest.mark.parametrize("damage", ["change", "remove", "outputs"])
def test_a_damaged_run_is_not_the_same(folder: Path, damage: str) -> None:
    if damage == "outputs":
        text = (folder / NAME).read_text()
        (folder / NAME).write_text(text.replace('"sha256": "2d', '"sha256": 3, "other": "2d'))
    elif damage == "change":
        (folder / "s.csv").write_text("y")
    else:
        (folder / "s.csv").unlink()
    assert not is_same_run(folder, ASKED)


def test_inputs_without_digests_are_compared_by_their_times(folder: Path) -> None:
    fast = replace(ASKED, inputs=(replace(FILE, sha256=None),))
    (folder / NAME).write_text(replace(fast, answered="2024-12-31").to_text())
    assert not is_same_run(folder, fast)
    (folder / CHANGE_TIMES).write_text(change_times(fast.inputs))
    assert is_same_run(folder, fast)
    assert not is_same_run(folder, replace(fast, inputs=(replace(FILE, sha256=None, mtime_ns=8),)))


def test_what_a_finished_run_says(folder: Path) -> None:
    found = finished_run_in(folder)
    assert found is not None
    assert (found.figures, found.as_of) == ({"customers": 3, "last_order": date(2024, 12, 31)}, "2024-12-31")
    assert (found.warnings, found.rules) == ([{"name": "one-order", "text": "a sentence"}], {"r": "auto"})
    assert job_in(folder) == "nightly"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rfm_job": 1, "job": 3, "as_of": "x"}', '{"figures": 1}'])
def test_what_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert finished_run_in(tmp_path) is None
    assert job_in(tmp_path) is None
    assert not is_same_run(tmp_path, ASKED)
