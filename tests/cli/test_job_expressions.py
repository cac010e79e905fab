"""Expressions in jobs: what they read is watched, and other definitions in rfm.toml make a new run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.source.orders import OrderSource
from tests.language import worked_shop

Here = Callable[..., Any]
SEGMENTS = """\
[segments]
saved = "in file 'sets/ids.csv'"
browsed = "any events(event = 'view') within 4 weeks without orders later"
[axes]
plan = ["browsed", "saved"]
"""
JOB = """\
[jobs.night]
folder = "out"
outputs = [
  "select saved --with email -o saved-{as_of}.csv",
  "select browsed --count -o counts.json",
  "score --where \\"in file 'more.csv'\\" -o shown.csv",
  "segments --named -o named.csv",
  "migrate --from 2024-01 --by plan -o moves.csv",
]
"""


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked shop as files with a job, made the working directory."""
    for name in ("CUSTOMERS", "PRODUCTS", "ORDERS", "LINES", "EVENTS"):
        getattr(worked_shop, name).write_csv(tmp_path / f"{name.lower()}.csv")
    (tmp_path / "rfm.toml").write_text(SEGMENTS + JOB)
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "ids.csv").write_text("customer_id\ndan\n")
    (tmp_path / "more.csv").write_text("customer_id\nann\nfay\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(here: Here) -> str:
    done = here("run", "night", "--as-of", "2024-03-31")
    assert done.code == 0, done.err
    return str(done.err.splitlines()[-1])


def test_a_job_writes_selections_and_knows_what_they_read(worked: Path, here: Here) -> None:
    assert run(here) == "rfm: out/2024-03-31: 5 files, and current leads to it"
    current = worked / "out" / "current"
    assert (current / "saved-2024-03-31.csv").read_text() == "customer_id,email\ndan,dan@x.org\n"
    assert json.loads((current / "counts.json").read_text())["rows"][0]["customers"] == 1
    assert [row.split(",")[0] for row in (current / "shown.csv").read_text().splitlines()] == [
        "customer_id",
        "ann",
        "fay",
    ]
    inputs = [one["path"] for one in json.loads((current / "manifest.json").read_text())["inputs"]]
    assert "sets/ids.csv" in inputs
    assert "more.csv" in inputs
    assert "nothing has changed" in run(here)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("more.csv", "customer_id\nann\n"),
        ("sets/ids.csv", "customer_id\neva\n"),
        ("rfm.toml", SEGMENTS.replace("4 weeks", "5 weeks") + JOB),
        ("rfm.toml", SEGMENTS.replace('"browsed", "saved"', '"saved", "browsed"') + JOB),
    ],
)
def test_another_file_or_definition_is_a_new_run(worked: Path, here: Here, file: str, text: str) -> None:
    run(here)
    (worked / file).write_text(text)
    assert run(here) == "rfm: out/2024-03-31.2: 5 files, and current leads to it"


def test_a_manifest_without_definitions_has_none(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[jobs.night]\nfolder = "out"\noutputs = ["score -o s.csv"]\n')
    run(here)
    assert "definitions" not in (worked / "out" / "current" / "manifest.json").read_text()


def test_a_snapshot_that_is_asked_is_an_input(worked: Path, here: Here) -> None:
    assert here("snapshot", "--as-of", "2023-12", "-q").code == 0
    (worked / "rfm.toml").write_text(
        '[jobs.night]\nfolder = "out"\noutputs = ["select \'in snapshot 2023-12(frequency = 1)\' -o s.csv"]\n'
    )
    run(here)
    current = worked / "out" / "current"
    assert (current / "s.csv").read_text() == "customer_id\ndan\neva\nfay\n"
    inputs = [one["path"] for one in json.loads((current / "manifest.json").read_text())["inputs"]]
    assert "snapshots/as_of=2023-12-31/customers.parquet" in inputs


@pytest.mark.parametrize(
    "output",
    [
        "select vip --with plan -o s.csv",
        "select vip --with 'p = plan' -o s.csv",
        "select \"plan = 'saved'\" -o s.csv",
        "select vip --with 'n = count orders(in saved)' -o s.csv",
        "select vip --items 'orders(in saved)' -o s.csv",
    ],
)
def test_the_files_behind_axes_and_columns_are_inputs(worked: Path, here: Here, output: str) -> None:
    job = f'[jobs.night]\nfolder = "out"\noutputs = [{json.dumps(output)}]\n'
    (worked / "rfm.toml").write_text(SEGMENTS + job)
    assert run(here) == "rfm: out/2024-03-31: 1 file, and current leads to it"
    manifest = json.loads((worked / "out" / "current" / "manifest.json").read_text())
    assert "sets/ids.csv" in [one["path"] for one in manifest["inputs"]]


def test_a_wrong_expression_stops_the_job_before_it_reads(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[jobs.night]\nfolder = "out"\noutputs = ["select \'vip and\' -o s.csv"]\n')
    done = here("run", "night")
    assert (done.code, done.out) == (2, b"")
    assert not (worked / "out").exists() or not (worked / "out" / "current").exists()


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("select 'vip and' -o a.csv", "the text ends too early"),
        ("select 'no citty' -o a.csv", "no column or segment is called citty"),
        ("score --where 'citty = 1' -o a.csv", "no column or segment is called citty"),
        ("segments --by citty -o a.csv", "no axis or attribute is called 'citty'"),
    ],
)
def test_an_error_of_an_output_names_it(worked: Path, here: Here, output: str, problem: str) -> None:
    (worked / "rfm.toml").write_text(f'[jobs.night]\nfolder = "out"\noutputs = ["score -o s.csv", "{output}"]\n')
    done = here("run", "night", "--as-of", "2024-03-31", "-q")
    assert done.code == 2
    first = done.err.splitlines()[0]
    assert first.startswith("rfm: error: ") and f"[jobs.night] {output!r}: " in first
    assert problem in first


def test_an_error_of_rows_that_points_at_an_expression_names_its_output(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[jobs.night]\nfolder = "out"\noutputs = ["select city -o a.csv"]\n')
    done = here("run", "night", "--as-of", "2024-03-31", "-q")
    assert done.code == 3
    assert "[jobs.night] 'select city -o a.csv': city is neither true nor false" in done.err


SPELLS = """\
[segments]
moved = "segment_since within 400 days"
[jobs.night]
folder = "out"
outputs = [
  "score -o scores.csv",
  "select moved --with previous_segment -o moved.csv",
  "select all --with segment_since -o since.csv",
  "segments --by moved -o parts.csv",
  "score --where moved -o shown.csv",
  "score --segment moved -o named.csv",
  "matrix --by vip,moved -o cells.csv",
]
"""


def test_spells_that_expressions_ask_are_read_in_the_pass_of_the_job(
    worked: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    (worked / "rfm.toml").write_text(SPELLS)
    made: list[str] = []
    steps, measure = OrderSource.steps, OrderSource.measure
    monkeypatch.setattr(OrderSource, "steps", lambda *given: made.append("steps") or steps(*given))
    monkeypatch.setattr(OrderSource, "measure", lambda *given: made.append("measure") or measure(*given))

    assert run(here) == "rfm: out/2024-03-31: 7 files, and current leads to it"

    assert made == ["steps"]
    current = worked / "out" / "current"
    for name in ("moved", "since"):
        text = "moved" if name == "moved" else "all"
        column = "previous_segment" if name == "moved" else "segment_since"
        alone = here("select", text, "--with", column, "--as-of", "2024-03-31", "-q")
        assert (current / f"{name}.csv").read_bytes() == alone.out
