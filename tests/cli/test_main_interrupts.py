"""Ends from outside: a reader that goes away, a disk that is full, Ctrl-C, SIGTERM. Nothing half-written stays."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
RFM = [sys.executable, "-m", "rfm_cli"]
MANY = 20_000


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders of so many customers that their scores do not fit a pipe, made the working directory."""
    rows = "".join(f"c{number:06},2024-01-{number % 28 + 1:02},{number}.50\n" for number in range(MANY))
    (tmp_path / "big.csv").write_text("customer_id,ordered_at,amount\n" + rows)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "md"])
def test_a_closed_pipe(many: Path, fmt: str) -> None:
    run = subprocess.Popen(
        [*RFM, "score", "big.csv", "-q", "--format", fmt], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout is not None and run.stderr is not None
    assert len(run.stdout.read(1)) == 1
    run.stdout.close()
    assert (run.wait(60), run.stderr.read()) == (141, b"")
    run.stderr.close()


def test_a_closed_pipe_in_a_shell(many: Path) -> None:
    script = f"{sys.executable} -m rfm_cli score big.csv -q | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert done.stdout.splitlines()[1] == b"141"
    assert done.stderr == b""


def test_a_reader_that_was_never_there(many: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*RFM, "schemes"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    "arguments",
    [("score", "big.csv", "-q"), ("score", "big.csv", "-q", "-o", "/dev/full"), ("--help",), ("--version",)],
)
def test_a_full_device_stays_a_device(many: Path, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run([*RFM, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 4
    assert b"No space left on device\n" in done.stderr
    assert b"Traceback" not in done.stderr
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    assert os.major(Path("/dev/full").stat().st_rdev) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 KiB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can mount a small disk; test_a_limit_on_file_size stands in")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet", "xlsx"])
def test_a_full_disk(many: Path, small_disk: Path, here: Here, suffix: str) -> None:
    target = small_disk / f"s.{suffix}"
    target.write_text("old")
    assert here("score", "big.csv", "-q", "-o", target) == (
        4,
        b"",
        f"rfm: error: cannot write {target}: No space left on device\n"
        "rfm: hint: free some space or write elsewhere with -o\n",
    )
    assert (names(small_disk), target.read_text()) == ([f"s.{suffix}"], "old")


def test_a_limit_on_file_size(many: Path) -> None:
    (many / "s.csv").write_text("old")
    before = names(many)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))

    done = subprocess.run(
        [*RFM, "score", "big.csv", "-q", "-o", "s.csv"],
        capture_output=True,
        check=False,
        preexec_fn=limit,
    )
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr.startswith(b"rfm: error: cannot write s.csv: File too large\nrfm: hint: ")
    assert (names(many), (many / "s.csv").read_text()) == (before, "old")


def waiting(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    """A run that waits for the rest of `fifo`, whose first rows it has read."""
    os.mkfifo(folder / "fifo")
    (folder / "temp").mkdir()
    return subprocess.Popen(
        [*RFM, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder / "temp")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_while_reading(many: Path, number: signal.Signals, code: int) -> None:
    (many / "s.csv").write_text("old")
    run = waiting(many, "score", "fifo", "-q", "-o", "s.csv")
    with (many / "fifo").open("wb") as pipe:  # opens when the run reads
        pipe.write(b"customer_id,ordered_at,amount\na,2024-01-01,1\n")
        pipe.flush()
        time.sleep(0.2)
        run.send_signal(number)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (code, b"", b"")
    assert names(many) == ["big.csv", "fifo", "s.csv", "temp"]
    assert names(many / "temp") == []
    assert (many / "s.csv").read_text() == "old"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_while_writing(many: Path, number: signal.Signals, code: int) -> None:
    os.mkfifo(many / "out")
    run = subprocess.Popen(
        [*RFM, "score", "big.csv", "-q", "-o", "out", "--format", "csv", "--save-cuts", "c.toml"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    with (many / "out").open("rb") as pipe:
        assert pipe.read(1) == b"c"  # it writes, and waits for a reader
        run.send_signal(number)
        _, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (code, b"")
    assert names(many) == ["big.csv", "out"]


def test_stdout_that_is_closed(many: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m rfm_cli score big.csv -q >&-"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        4,
        b"rfm: error: cannot write standard output: Bad file descriptor\n"
        b"rfm: hint: no file is open there: write to a file with -o\n",
    )


def test_a_bug_is_told_without_a_traceback(here: Here, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As Polars raises it: no Exception."""

    def broken(*_: object) -> None:
        raise PanicException("of no kind we know")

    monkeypatch.setattr("rfm_cli.history.requests.open_shop", broken)
    assert here("score", "orders.csv") == (
        70,
        b"",
        "rfm: error: a bug in rfm: PanicException: of no kind we know\n"
        "rfm: hint: please report it; RFM_DEBUG=1 shows where it happened\n",
    )


def test_a_bug_shows_where_it_happened_without_secrets(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("cannot open https://u:hunter2@h/a.csv?sig=abc")

    monkeypatch.setattr("rfm_cli.history.requests.open_shop", broken)
    monkeypatch.setenv("RFM_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["rfm", "score", "orders.csv"])
    from rfm_cli.cli.main import main

    with pytest.raises(SystemExit) as end:
        main()
    told = capfd.readouterr().err
    assert end.value.code == 70
    assert told.startswith("Traceback (most recent call last):\n")
    assert "RuntimeError: cannot open https://***@h/a.csv?sig=***\n" in told
    assert "hunter2" not in told and "abc" not in told
