"""A job when things go wrong: killed at any moment, a full disk, two runs at once, a clock that goes back."""

from __future__ import annotations

import fcntl
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.fingerprints import digest_of
from tests.examples import examples

Run = Callable[..., subprocess.CompletedProcess[bytes]]
RFM = [sys.executable, "-m", "rfm_cli"]
JOB = """
[jobs.nightly]
keep = 3
outputs = ["score -o scores.csv", "segments -o segments.csv", "vip --list -o vips.csv", "migrate -o moves.csv"]
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A shop with a job."""
    (tmp_path / "rfm.toml").write_text(JOB)
    write_orders(tmp_path, 50)
    return tmp_path


def write_orders(folder: Path, customers: int) -> None:
    rows = [f"c{number},2024-{number % 6 + 1:02}-{number % 28 + 1:02},{number}.50\n" for number in range(customers)]
    (folder / "orders.csv").write_text("customer_id,ordered_at,amount\n" + "".join(rows))


def whole(folder: Path) -> dict[str, Any]:
    """The manifest of the current run, whose files are all there and as it says."""
    place = (folder / "out/nightly/current").resolve()
    told = json.loads((place / "manifest.json").read_text())
    files = {path.name: digest_of(path) for path in place.iterdir() if path.name != "manifest.json"}
    assert {one["path"]: one["sha256"] for one in told["outputs"]} == files
    (scores,) = [one["rows"] for one in told["outputs"] if one["path"] == "scores.csv"]
    assert scores == told["rows"]["accepted"]  # one set of files, of one state of the orders
    assert isinstance(told, dict)
    return told


def test_killed_at_any_moment(job: Path) -> None:
    assert subprocess.run([*RFM, "run", "nightly", "-q"], cwd=job, check=True).returncode == 0
    moments = random.Random(20_241_231)
    began = time.monotonic()
    subprocess.run([*RFM, "run", "nightly", "-q", "--force"], cwd=job, check=True)
    takes, kills = time.monotonic() - began, examples(8, 20)
    for number in range(kills):
        write_orders(job, 51 + number)
        run = subprocess.Popen([*RFM, "run", "nightly", "-q"], cwd=job)
        # Most of a run's time goes into starting; what matters is in its second half.
        time.sleep(takes * moments.uniform(0.4, 1.05))
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert 50 <= whole(job)["rows"]["accepted"] <= 51 + number
    subprocess.run([*RFM, "run", "nightly", "-q", "--force"], cwd=job, check=True)
    assert whole(job)["rows"]["accepted"] == 50 + kills
    left = [path.name for path in (job / "out/nightly").iterdir() if path.name.startswith(".")]
    assert left == [".lock"]


def test_a_full_disk(job: Path) -> None:
    subprocess.run([*RFM, "run", "nightly", "-q"], cwd=job, check=True)
    write_orders(job, 5_000)

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = subprocess.run([*RFM, "run", "nightly", "-q"], cwd=job, capture_output=True, preexec_fn=small, check=False)
    assert (done.returncode, b"cannot write" in done.stderr) == (4, True)
    assert whole(job)["rows"]["accepted"] == 50
    assert len(list((job / "out/nightly").iterdir())) == 3


def test_a_target_that_cannot_be_written(job: Path) -> None:
    (job / "out").write_text("a file in the way")
    done = subprocess.run([*RFM, "run", "nightly", "-q"], cwd=job, capture_output=True, check=False)
    assert (done.returncode, done.stderr.startswith(b"rfm: error: cannot write out/nightly: ")) == (4, True)


def test_a_read_only_target(job: Path) -> None:
    (job / "out").mkdir(mode=0o555)
    # Root may write everywhere, unless that is taken from it.
    mortal = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run([*mortal, *RFM, "run", "nightly", "-q"], cwd=job, capture_output=True, check=False)
    assert (done.returncode, b"Permission denied" in done.stderr) == (4, True)


def test_two_runs_at_once(job: Path) -> None:
    subprocess.run([*RFM, "run", "nightly", "-q"], cwd=job, check=True)
    write_orders(job, 60)
    with (job / "out/nightly/.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([*RFM, "run", "nightly"], cwd=job, capture_output=True, check=False)
        assert (done.returncode, b"another run of this job is at work" in done.stderr) == (75, True)
        waiting = subprocess.Popen([*RFM, "run", "nightly", "-q", "--wait", "60"], cwd=job)
        time.sleep(0.5)
        assert waiting.poll() is None
    assert waiting.wait(60) == 0
    assert whole(job)["rows"]["accepted"] == 60


def test_a_clock_that_goes_back(job: Path) -> None:
    """`yesterday` is an earlier day then: the run of that day is current, and the later ones are not lost to it."""
    for day in ("2024-06-20", "2024-06-21", "2024-06-22", "2024-06-19"):
        subprocess.run([*RFM, "run", "nightly", "-q", "--as-of", day], cwd=job, check=True)
    assert (job / "out/nightly/current").resolve().name == "2024-06-19"
    runs = sorted(path.name for path in (job / "out/nightly").iterdir() if path.name[0] == "2")
    assert runs == ["2024-06-19", "2024-06-21", "2024-06-22"]
