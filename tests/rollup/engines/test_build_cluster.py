"""Whole runs on a server: what it writes itself is a roll-up, and a lost executor changes nothing."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.rollup.engines.build import Task, first_pass, roll_up
from rfm_cli.rollup.make import Rolled
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.read import read_rollup
from rfm_cli.tables.options import ReadOptions
from tests.conftest import Run
from tests.rollup.engines.awkward import FIXED, ROWS, Types, written
from tests.rollup.engines.rolled import plain_rollup
from tests.rollup.engines.servers import Server, children

ORDERS = 2_000_000
JOB_SECONDS = 600


@pytest.mark.parametrize("grain", [["--grain", "month"], ["--as-of", "2024-01,2024-06"]])
def test_a_cluster_writes_a_roll_up(rfm: Run, tmp_path: Path, server: Server, grain: list[str]) -> None:
    orders = written(tmp_path, ROWS, Types())
    there = ["--engine", server.engine.url]
    made = rfm("rollup", orders, (tmp_path / "there").as_uri(), *grain, *there, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert b"there: written by 127.0.0.1" in made.stderr
    for out, more in (("here", []), ("fetched", there)):
        assert rfm("rollup", orders, out, *grain, *more, "-q", cwd=tmp_path).returncode == 0
    for command in (["score"], ["segments"], ["vip"], ["score", "--format", "json"]):
        answers = {out: rfm(*command, out, "-q", cwd=tmp_path).stdout for out in ("here", "fetched", "there")}
        assert answers["here"] == answers["fetched"] == answers["there"] != b""
    rows = [read_rollup(str(tmp_path / out)).frame().collect() for out in ("here", "fetched", "there")]
    assert rows[0].equals(rows[1])
    assert rows[0].equals(rows[2])
    added = rfm("rollup", "there", "--add", written(tmp_path, ROWS[-1:], Types(), "new"), cwd=tmp_path)
    assert added.returncode == 3
    assert b"no rows are kept beside this roll-up" in added.stderr


def test_a_cluster_replaces_nothing(rfm: Run, tmp_path: Path, server: Server) -> None:
    orders, there = written(tmp_path, ROWS, FIXED[1]), (tmp_path / "there").as_uri()
    for code in (0, 3):
        made = rfm("rollup", orders, there, "--engine", server.engine.url, cwd=tmp_path)
        assert made.returncode == code, made.stderr
    assert b"a cluster replaces nothing: name a new place" in made.stderr


def test_a_missing_path_is_told_in_two_lines(rfm: Run, tmp_path: Path, server: Server) -> None:
    refused = rfm("rollup", tmp_path / "nothing", "out", "--engine", server.engine.url, cwd=tmp_path)
    assert refused.returncode == 3
    assert b"nothing" in refused.stderr
    assert len(refused.stderr.splitlines()) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("server", [pytest.param("spark", marks=pytest.mark.spark)], indirect=True)
def test_an_executor_is_killed_on_the_way(tmp_path: Path, server: Server) -> None:
    orders = many_orders(tmp_path / "orders")
    options, periods = ReadOptions(), Periods("edges", (date(2023, 12, 31), date(2024, 12, 31)))
    job = Job(Task(server.engine, (str(orders),), options, periods, Purchases()))
    job.start()
    killed = kill_an_executor(server, job)
    assert job.is_alive(), "the job ended before an executor could be killed"
    job.join(JOB_SECONDS)
    assert not job.is_alive()
    assert killed not in children(server.pid, "CoarseGrainedExecutorBackend")
    assert job.rolled is not None, job.error
    plain = read_rollup(str(plain_rollup(tmp_path / "plain", [orders], options, periods, Purchases())))
    assert settled(job.rolled.rows.drop("free_orders")).equals(settled(plain.frame().collect()))


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a roll-up in their order, ids as texts."""
    return rows.cast({"customer_id": pl.String}).sort("customer_id", "period")


class Job(threading.Thread):
    """A roll-up in a thread of its own."""

    def __init__(self, task: Task) -> None:
        super().__init__(daemon=True)
        self.task = task
        self.counted = threading.Event()
        self.rolled: Rolled | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with first_pass(self.task) as given:
                self.counted.set()
                self.rolled = roll_up(given)
        except BaseException as error:  # told by the test
            self.error = error


def many_orders(folder: Path) -> Path:
    """Lines of orders, some of them on a later day, refunds and missing customers among them, in eight files."""
    folder.mkdir()
    number = pl.int_range(ORDERS, dtype=pl.Int64)
    minutes = (number * 31) % 1_050_000 + (number % 50 // 49) * 1440
    lines = pl.select(
        customer_id=pl.when(number // 2 % 97 > 0).then((number * 7919) % 300_000),
        order_id=number // 2,
        ordered_at=pl.datetime(2023, 1, 1) + pl.duration(minutes=minutes),
        amount=((number * 37) % 9000 - (number % 40 // 39) * 5000) / 100,
    )
    for part in range(8):
        lines.gather_every(8, part).write_parquet(folder / f"{part}.parquet", row_group_size=100_000)
    return folder


def kill_an_executor(server: Server, job: Job) -> int:
    """The pid of the executor that was killed when the job, past its first pass, was at work on what a stage of the
    roll-up had left with both executors."""
    executors = children(server.pid, "CoarseGrainedExecutorBackend")
    assert len(executors) == 2
    assert job.counted.wait(JOB_SECONDS), job.error
    before = {stage["stageId"] for stage in stages(server)}
    while job.is_alive():
        new = [stage for stage in stages(server) if stage["stageId"] not in before]
        done = any(stage["status"] == "COMPLETE" and stage["shuffleWriteBytes"] for stage in new)
        if done and any(stage["status"] == "ACTIVE" and stage["numActiveTasks"] for stage in new):
            os.kill(executors[0], signal.SIGKILL)
            return executors[0]
        time.sleep(0.02)
    pytest.fail(f"no stage was seen at work: {job.error}")


def stages(server: Server) -> list[dict[str, Any]]:
    """The stages that the server has come to, from its own pages."""
    base = f"http://127.0.0.1:{server.pages}/api/v1/applications"
    with urllib.request.urlopen(base, timeout=60) as answer:
        application = json.load(answer)[0]["id"]
    with urllib.request.urlopen(f"{base}/{application}/stages", timeout=60) as answer:
        found: list[dict[str, Any]] = json.load(answer)
        return found
