"""A forked run is a process like any other: exit code, streams, folder, variables, and libraries not used before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.forks import BY_THE_RUN, Forks

ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,5\n"


def test_a_run_is_a_process_of_its_own(forks: Forks, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    done = forks.run(["score", "orders.csv", "-q"], str(tmp_path), os.environ, None)
    assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (0, 2, b"")
    failed = forks.run(["score", "none.csv"], str(tmp_path), os.environ, None)
    assert (failed.returncode, failed.stdout, failed.stderr[:11]) == (3, b"", b"rfm: error:")


def test_standard_input_and_variables_arrive(forks: Forks, tmp_path: Path) -> None:
    env = {**os.environ, "RFM_SCHEME": "none"}
    done = forks.run(["score", "-", "-q"], str(tmp_path), env, ORDERS.encode())
    assert done.stdout.endswith(b",511,,false\n"), done.stderr
    done = forks.run(["score", "-", "-q"], str(tmp_path), os.environ, ORDERS.encode())
    assert done.stdout.endswith(b",511,New,false\n"), done.stderr


@pytest.mark.parametrize(
    ("name", "forked"),
    [("PYTHONOPTIMIZE", False), ("LC_ALL", False), ("POLARS_MAX_THREADS", False), ("RFM_X", True), (BY_THE_RUN, True)],
)
def test_a_variable_that_counts_at_the_start_is_for_a_new_process(forks: Forks, name: str, forked: bool) -> None:
    assert forks.can_run({**os.environ, name: "3"}) == forked
