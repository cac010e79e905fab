"""A limit on memory: how it is written, that rows go to disk for it, and that the answer is the same."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from rfm_cli import limits
from rfm_cli.errors import OutputError, UsageError
from rfm_cli.limits import BUDGET, DISK, FOLDER, PREFIX, limit_memory, parse_memory
from rfm_cli.rollup.store import version_of

Run = Callable[..., subprocess.CompletedProcess[bytes]]
SAMPLE = Path(__file__).parents[1] / "sample_data"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1KB", 1_000),
        ("4GB", 4 * 10**9),
        ("4gb", 4 * 10**9),
        ("4G", 4 * 10**9),
        (" 0.5 TB ", 5 * 10**11),
        ("512MiB", 2**29),
        ("2Gi", 2**31),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    "text", ["", "4", "GB", "0GB", "-1GB", "4 G B", "4PB", "1e3GB", "inf GB", "9" * 400 + "GB", "٤GB"]
)
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match="not a size") as error:
        parse_memory(text)
    assert "4GB or 512MiB" in error.value.hint


@pytest.fixture
def polars_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder to spill to; afterwards Polars is as it was."""
    for name in (BUDGET, FOLDER, DISK):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield tmp_path
    monkeypatch.undo()
    pl.Config.reload_env_vars()


def test_polars_is_told_and_may_use_most_of_the_free_disk(polars_settings: Path) -> None:
    limit_memory(10 * 2**30)
    assert os.environ[BUDGET] == str(8 * 1024)
    folder = Path(os.environ[FOLDER])
    assert (folder.parent, folder.name.startswith(PREFIX)) == (polars_settings, True)
    assert folder.stat().st_mode & 0o077 == 0
    assert int(os.environ[DISK]) > 0
    limit_memory(2**20)  # another shop of the same program
    assert (os.environ[BUDGET], os.environ[FOLDER]) == ("1", str(folder))


def test_what_the_user_says_of_the_disk_counts(polars_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (polars_settings / "mine").mkdir()
    monkeypatch.setenv(FOLDER, str(polars_settings / "mine"))
    monkeypatch.setenv(DISK, "7")
    limit_memory(2**30)
    assert Path(os.environ[FOLDER]).parent == polars_settings / "mine"
    assert os.environ[DISK] == "7"


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    polars_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(polars_settings / "absent"))
    with pytest.raises(OutputError, match=r"absent: No such file or directory") as error:
        limit_memory(2**30)
    assert error.value.hint == f"set {FOLDER} to a folder with room"


@pytest.mark.parametrize(
    "command",
    [
        ("score",),
        ("score", "--with", "city,channel,engagement", "--history"),
        ("segments", "--by", "city"),
        ("vip", "--list"),
        ("migrate", "--from", "2024-03", "--to", "2024-12", "--speed"),
        ("check",),
    ],
)
def test_the_same_bytes_with_next_to_no_memory(rfm: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    env = {"TMPDIR": str(tmp_path)}
    plain = rfm(*command, "--format", "csv", cwd=SAMPLE)
    tight = rfm(*command, "--format", "csv", "--memory", "1MB", cwd=SAMPLE, env=env)
    assert (tight.returncode, tight.stdout, tight.stderr) == (0, plain.stdout, plain.stderr)
    assert list(tmp_path.iterdir()) == []  # what lay there is gone


def test_the_same_roll_up_with_next_to_no_memory(rfm: Run, tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    env = {"TMPDIR": str(tmp_path / "spill")}
    lines = (SAMPLE / "orders.csv").read_text().splitlines(keepends=True)
    rows = sorted(lines[1:], key=lambda line: line.split(",")[1])
    for name, part in (("old.csv", rows[:-500]), ("new.csv", rows[-500:])):
        (tmp_path / name).write_text("".join([lines[0], *part]))
    for out, more in (("plain", []), ("tight", ["--memory", "1MB"])):
        for args in (["old.csv", out], [out, "--add", "new.csv"]):
            done = rfm("rollup", *args, *more, cwd=tmp_path, env=env)
            assert done.returncode == 0, done.stderr
    places = [version_of(tmp_path / out) for out in ("plain", "tight")]
    plain, tight = [{file.name: file.read_bytes() for file in place.iterdir()} for place in places]
    assert (plain, len(plain)) == (tight, 3)
    assert list((tmp_path / "spill").iterdir()) == []


def test_rows_really_go_to_disk(rfm: Run, tmp_path: Path) -> None:
    env = {FOLDER: str(tmp_path), DISK: "0"}
    done = rfm("score", "-q", "--memory", "1MB", cwd=SAMPLE, env=env)
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr.decode() == (
        f"rfm: error: --memory: {tmp_path} has too little room for the rows that do not fit into memory\n"
        f"rfm: hint: set {FOLDER} to a larger disk, or give more --memory\n"
    )
    assert rfm("score", "-q", "--memory", "4GB", cwd=SAMPLE, env=env).returncode == 0


def test_other_errors_are_not_of_the_disk() -> None:
    assert limits.spill_error("no such column") is None


def test_variable_and_configuration_say_it_too(rfm: Run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,1\n")
    told = b"rfm: error: --memory much: not a size\n"
    for env in ({"RFM_MEMORY": "much"}, {}):
        done = rfm("segments", cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr.startswith(told)) == (2, True)
        (tmp_path / "rfm.toml").write_text('[run]\nmemory = "much"\n')
    assert rfm("segments", "-q", "--memory", "1GB", cwd=tmp_path).returncode == 0
