"""All outputs of one run or none, whatever each of them is."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,1\n,2024-01-02,5\nb,2024-02-01,2\n"
RFM = [sys.executable, "-m", "rfm_cli"]
FILES = {"-o": "o.csv", "--save-cuts": "c.toml", "--rejects": "r.csv"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("full", FILES)
@pytest.mark.parametrize("order", list(permutations(FILES)))
def test_a_full_device_among_the_outputs(folder: Path, full: str, order: tuple[str, ...]) -> None:
    """Whichever output the device is, and in whatever order they are named."""
    places = {**FILES, full: "full.csv"}
    (folder / "full.csv").symlink_to("/dev/full")
    words = [word for option in order for word in (option, places[option])]
    done = subprocess.run([*RFM, "score", "orders.csv", *words], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"rfm: error: cannot write full.csv: No space left on device\n" in done.stderr
    assert b".csv: 2 rows" not in done.stderr
    assert names(folder) == ["full.csv", "orders.csv"]
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("command", ["score", "segments", "report", "grid", "vip"])
def test_a_full_standard_output_leaves_no_file(folder: Path, command: str) -> None:
    format = ["--format", "html"] if command == "report" else []
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*RFM, command, "orders.csv", "-q", "-o", "-", *format, "--save-cuts", "c.toml", "--rejects", "r.csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, names(folder)) == (4, ["orders.csv"])


def test_a_file_that_cannot_be_written_keeps_a_stream_empty(folder: Path) -> None:
    """The cutoffs cannot be written, since a folder has their name by then; stdout has got nothing."""
    code = f"""
import rfm_cli.output.formats as delimited, os, sys
from pathlib import Path
plain = delimited.write_csv
import rfm_cli.scores.cutfile as cutfile
whole = cutfile.to_text
cutfile.to_text = lambda *told: (Path({str(folder)!r}, "c.toml").mkdir(), whole(*told))[1]
from rfm_cli.__main__ import main
main()
"""
    words = ["score", "orders.csv", "-q", "--save-cuts", "c.toml"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (4, b"")
    assert names(folder) == ["c.toml", "orders.csv"]


@pytest.mark.parametrize("add", [False, True])
def test_a_roll_up_and_its_rejected_rows(folder: Path, add: bool) -> None:
    if add:
        (folder / "new.csv").write_text("customer_id,ordered_at,amount\nc,2024-03-01,2\n,2024-03-01,2\n")
        assert subprocess.run([*RFM, "rollup", "orders.csv", "out", "-q"], check=False).returncode == 0
        before = [path.read_bytes() for path in sorted((folder / "out").glob("[!.]*"))]
    words = ["out", "--add", "new.csv"] if add else ["orders.csv", "out"]
    (folder / "r.csv").symlink_to("/dev/full")
    command = [*RFM, "rollup", *words, "-q", "--rejects", "r.csv"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 4, done.stderr
    if add:
        assert [path.read_bytes() for path in sorted((folder / "out").glob("[!.]*"))] == before
    else:
        assert names(folder) == ["orders.csv", "r.csv"]


def test_a_job_that_fails_takes_no_snapshot(
    folder: Path, monkeypatch: pytest.MonkeyPatch, here: Callable[..., Any]
) -> None:
    (folder / "rfm.toml").write_text('[jobs.n]\nsnapshot = true\noutputs = ["score -o s.csv"]\n')

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rfm_cli.output.formats.write_csv", full)
    assert here("run", "n", "-q").code == 4
    monkeypatch.undo()
    assert [path for path in folder.rglob("*") if path.name == "customers.parquet"] == []
