"""Spark Connect servers for tests: started here on free ports of 127.0.0.1, waited for, stopped by their own pid."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rfm_cli.rollup.engines.session import Engine, parse_engine

START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """A running server: what it is, the engine that reaches it, its process, the port of its web pages (0: none)."""

    name: str
    engine: Engine
    pid: int
    pages: int = 0


def required(variable: str, what: str) -> Path:
    """The place that a variable names; without one the test is skipped with that reason, and in CI it fails."""
    place = os.environ.get(variable)
    if place and Path(place).exists():
        return Path(place).absolute()
    reason = f"{variable} names no {what}: .ci/engines installs it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def sail(folder: Path) -> Iterator[Server]:
    """Sail in one process."""
    program, port = required("RFM_TEST_SAIL", "Sail"), free_port()
    command = [str(program), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with _running(command, {"SAIL_MODE": "local"}, folder, port) as process:
        yield Server("sail", parse_engine(f"sc://127.0.0.1:{port}"), process.pid)


@contextmanager
def spark(folder: Path) -> Iterator[Server]:
    """Apache Spark with a driver and two executors, each a process of one core and one gibibyte."""
    home = required("RFM_TEST_SPARK_HOME", "Apache Spark with its jars")
    port, pages = free_port(), free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.ui.port": pages,
        "spark.sql.shuffle.partitions": 4,
    }
    command = [str(home / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    places = {"SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": folder}
    with _running([*command, "spark-internal"], places, folder, port) as process:
        yield Server("spark", parse_engine(f"sc://127.0.0.1:{port}"), process.pid, pages)


@contextmanager
def _running(
    command: Sequence[str], more: dict[str, str | Path], folder: Path, port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process, from when it listens until the block ends."""
    environment = {**os.environ, **{name: str(value) for name, value in more.items()}}
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        _wait(process, port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int, name: str) -> list[int]:
    """The processes under `pid` whose command line holds `name`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid and name in line:
            found.append(int(entry.name))
    return found
