"""`rfm rollup --engine` as a user meets it: what it refuses, what it says, and how fast it gives up on a server."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.rollup.engines.awkward import ROWS, Types, written
from tests.rollup.engines.servers import free_port


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A table of awkward orders."""
    return written(tmp_path, ROWS, Types())


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of something that listens and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_duckdb_makes_the_same_roll_up(rfm: Run, tmp_path: Path, orders: Path) -> None:
    for out, more in (("polars", []), ("duckdb", ["--engine", "duckdb", "--memory", "1GB"])):
        made = rfm("rollup", orders, out, *more, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        assert f"rfm: {out}: a roll-up by days, of 14 rows".encode() in made.stderr
    files = [(tmp_path / out / "rollup.parquet").read_bytes() for out in ("polars", "duckdb")]
    assert files[0] == files[1]
    assert json.loads((tmp_path / "duckdb" / "manifest.json").read_text())["engine"] == "duckdb"
    scores = [rfm("score", out, "-q", cwd=tmp_path).stdout for out in ("polars", "duckdb")]
    assert scores[0] == scores[1] != b""
    added = rfm("rollup", "duckdb", "--add", written(tmp_path, ROWS[-1:], Types(), "new"), cwd=tmp_path)
    assert b"rows before" in added.stderr or added.returncode == 3  # the row is too old to be added, and told so


def test_the_engine_may_come_from_the_environment_or_the_file(rfm: Run, tmp_path: Path, orders: Path) -> None:
    made = rfm("rollup", orders, "one", "-q", cwd=tmp_path, env={"RFM_ENGINE": "duckdb"})
    assert made.returncode == 0, made.stderr
    (tmp_path / "rfm.toml").write_text('[rollup]\nengine = "duckdb"\n')
    made = rfm("rollup", orders, "two", "-q", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    engines = [json.loads((tmp_path / out / "manifest.json").read_text())["engine"] for out in ("one", "two")]
    assert engines == ["duckdb", "duckdb"]


def test_rejects_count_under_strict_before_anything_is_written(rfm: Run, tmp_path: Path, orders: Path) -> None:
    refused = rfm("rollup", orders, "out", "--engine", "duckdb", "--strict", cwd=tmp_path)
    assert refused.returncode == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--engine", "dask"], b"--engine dask: no such engine"),
        (["--engine", "duckdb", "--lines", "orders.parquet"], b"--lines does not go with --engine duckdb"),
        (["--engine", "duckdb", "--rates", "orders.parquet"], b"--rates does not go with --engine duckdb"),
        (["--engine", "duckdb", "--drop-duplicates"], b"--drop-duplicates does not go with --engine duckdb"),
        (["--engine", "duckdb", "--rejects", "bad.csv"], b"--rejects does not go with --engine duckdb"),
        (["--engine", "duckdb", "--add", "orders.parquet"], b"--add does not go with --engine duckdb"),
        (["--engine", "sc://host"], b"orders.parquet: --engine host:15002 needs a path that its workers see"),
    ],
)
def test_what_engines_do_not_do_is_refused(
    rfm: Run, tmp_path: Path, orders: Path, flags: list[str], told: bytes
) -> None:
    refused = rfm("rollup", orders.name, "out", *flags, cwd=tmp_path)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert len(refused.stderr.splitlines()) <= 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("flags", [[], ["--engine", "duckdb"]])
def test_only_a_cluster_writes_to_a_url(rfm: Run, tmp_path: Path, orders: Path, flags: list[str]) -> None:
    refused = rfm("rollup", orders, "s3://bucket/out", *flags, cwd=tmp_path)
    assert refused.returncode == 2
    assert b"s3://bucket/out: only a cluster writes to a URL" in refused.stderr


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("path", ["nothing/", "nothing.parquet"])
def test_a_missing_path_is_an_error(rfm: Run, tmp_path: Path, engine: str, path: str) -> None:
    refused = rfm("rollup", path, "out", "--engine", engine, cwd=tmp_path)
    assert refused.returncode == 3
    assert f"{path}: no such file".encode() in refused.stderr


def test_a_server_that_is_not_there(rfm: Run, tmp_path: Path) -> None:
    port = free_port()
    url = f"sc://127.0.0.1:{port}/;token=SECRET"
    refused = rfm("rollup", "/orders/", "out", "--engine", url, cwd=tmp_path)
    assert refused.returncode == 3
    assert f"rfm: error: --engine 127.0.0.1:{port}: the server cannot be reached: ".encode() in refused.stderr
    assert b"SECRET" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 2


def test_a_server_that_does_not_answer(rfm: Run, tmp_path: Path, deaf: int) -> None:
    """Spark's own client goes on asking for ten minutes; the run would end by the time limit of the fixture."""
    begun = time.monotonic()
    refused = rfm("rollup", "/orders/", "out", "--engine", f"sc://127.0.0.1:{deaf}", cwd=tmp_path)
    assert refused.returncode == 3, time.monotonic() - begun
    assert b"the server cannot be reached: no Spark Connect server answers" in refused.stderr
    assert len(refused.stderr.splitlines()) == 2


def test_parameters_that_are_not_understood_are_not_shown(rfm: Run, tmp_path: Path, deaf: int) -> None:
    refused = rfm("rollup", "/orders/", "out", "--engine", f"sc://127.0.0.1:{deaf}/;SECRET", cwd=tmp_path)
    assert refused.returncode == 2
    assert b"the parameters of the URL are not understood" in refused.stderr
    assert b"SECRET" not in refused.stderr


@pytest.mark.parametrize("url", ["sc://h:1/token=S3CRET", "sc://u:S3CRET@h", "sc://u:S3CRET@h:1/;token=S3CRET"])
def test_an_engine_is_named_without_its_token(shop: Path, here: Callable[..., Any], url: str) -> None:
    ended = here("rollup", "orders.csv", "out", "--engine", url)
    assert ended.code == 2
    assert "***" in ended.err
    assert "S3CRET" not in ended.err
