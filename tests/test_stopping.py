"""Signals at any moment: while the program starts, inside Polars, and while files get their names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from rfm_cli import stopping

ENDS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,1\nb,2024-02-01,2\n"
LONG = """
    import sys
    import polars as pl

    def endless(rows, sink, **_):
        sink.write(b"customer_id")
        print("inside", flush=True)
        numbers = pl.LazyFrame({"a": pl.int_range(20_000_000, eager=True)})
        numbers.join(numbers, how="cross").select((pl.col("a") * pl.col("a_right")).sum()).collect(engine="in-memory")

    import rfm_cli.output.formats
    rfm_cli.output.formats.write_csv = endless
"""
STUCK = """
    import time

    def endless(*_, **__):
        print("inside", flush=True)
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

    import rfm_cli.output.formats
    rfm_cli.output.formats.write_csv = endless
"""
"""A run that goes on after a signal: its own cleanup never comes."""
START = """
    from rfm_cli.__main__ import main
    main()
"""
ONE_STEP = """
    import os, signal
    from rfm_cli import stopping
    stopping.heed()
    with stopping.heard():
        with stopping.deferred():
            with stopping.deferred():
                os.kill(os.getpid(), {number})
            print("whole", flush=True)
        print("cut", flush=True)
"""


def started(code: str, *arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    """A fresh interpreter that runs the code; Ctrl-C is heeded whatever pytest's own parent does with it."""
    return subprocess.Popen(
        [sys.executable, "-c", dedent(code), *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(cwd), "POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number, _ in ENDS],  # noqa: PLW1509
    )


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "module", ["rfm_cli.stopping", "rfm_cli.cli.main", "typer", "rfm_cli.cli.commands.score", "polars"]
)
def test_ctrl_c_while_the_program_starts(tmp_path: Path, module: str) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    code = f"""
        import os, signal, sys

        class Finder:
            @staticmethod
            def find_spec(name, *_):
                if name == {module!r}:
                    os.kill(os.getpid(), signal.SIGINT)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.meta_path.insert(0, Finder)
    """
    run = started(dedent(code) + dedent(START), "score", "orders.csv", cwd=tmp_path)
    assert (*run.communicate(timeout=60), run.returncode) == (b"", b"", 130)


@pytest.mark.parametrize(("number", "code"), ENDS)
def test_a_signal_inside_polars_ends_the_run(tmp_path: Path, number: signal.Signals, code: int) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "s.csv").write_text("old")
    run = started(dedent(LONG) + dedent(START), "score", "orders.csv", "-q", "-o", "s.csv", cwd=tmp_path)
    assert run.stdout is not None
    assert run.stdout.readline() == b"inside\n"
    assert len(names(tmp_path)) == 3
    run.send_signal(number)
    assert (*run.communicate(timeout=60), run.returncode) == (b"", b"", code)
    assert names(tmp_path) == ["orders.csv", "s.csv"]
    assert (tmp_path / "s.csv").read_text() == "old"


@pytest.mark.parametrize(("number", "code"), ENDS[:2])
def test_a_signal_inside_a_job_leaves_its_folder_as_it_was(tmp_path: Path, number: signal.Signals, code: int) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    outputs = '"segments -o g.json", "score -o s.csv"'
    (tmp_path / "rfm.toml").write_text(f"[jobs.n]\nsnapshot = true\noutputs = [{outputs}]\n")
    first = started(START, "run", "n", "-q", "--as-of", "2024-01", cwd=tmp_path)
    assert (*first.communicate(timeout=60), first.returncode) == (b"", b"", 0)
    before = names(tmp_path)
    run = started(dedent(LONG) + dedent(START), "run", "n", "-q", "--as-of", "2024-02", cwd=tmp_path)
    assert run.stdout is not None
    assert run.stdout.readline() == b"inside\n"
    assert names(tmp_path) != before
    run.send_signal(number)
    assert (*run.communicate(timeout=60), run.returncode) == (b"", b"", code)
    assert names(tmp_path) == before
    assert os.readlink(tmp_path / "out" / "n" / "current") == "2024-01-31"  # noqa: PTH115 - the link as it is
    again = started(START, "run", "n", "-q", "--as-of", "2024-02", cwd=tmp_path)
    assert (*again.communicate(timeout=60), again.returncode) == (b"", b"", 0)


@pytest.mark.parametrize(("number", "code"), ENDS[1:])
def test_a_job_that_cannot_end_in_time_leaves_its_folder_as_it_was(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    outputs = '"segments -o g.json", "score -o s.csv"'
    (tmp_path / "rfm.toml").write_text(f"[jobs.n]\nsnapshot = true\noutputs = [{outputs}]\n")
    first = started(START, "run", "n", "-q", "--as-of", "2024-01", cwd=tmp_path)
    assert (*first.communicate(timeout=60), first.returncode) == (b"", b"", 0)
    before = names(tmp_path)
    run = started(dedent(STUCK) + dedent(START), "run", "n", "-q", "--as-of", "2024-02", cwd=tmp_path)
    assert run.stdout is not None
    assert run.stdout.readline() == b"inside\n"
    assert "snapshots/as_of=2024-02-29/customers.parquet" in names(tmp_path)
    run.send_signal(number)
    assert (*run.communicate(timeout=60), run.returncode) == (b"", b"", code)
    assert names(tmp_path) == before


def test_a_second_signal_ends_the_run_at_once(tmp_path: Path) -> None:
    code = """
        import os, signal, time
        from rfm_cli import stopping
        stopping.heed()
        stopping.GRACE = 3600.0
        open("left", "w").close()
        stopping.temporary("left")
        with stopping.heard():
            try:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(60)
            except KeyboardInterrupt:
                print("cleaning", flush=True)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(3600)
    """
    run = started(code, cwd=tmp_path)
    assert (*run.communicate(timeout=60), run.returncode) == (b"cleaning\n", b"", 130)
    assert names(tmp_path) == []


@pytest.mark.parametrize(("number", "code"), ENDS[1:])
def test_a_step_is_not_cut_in_two(tmp_path: Path, number: signal.Signals, code: int) -> None:
    run = started(ONE_STEP.format(number=int(number)), cwd=tmp_path)
    assert (*run.communicate(timeout=60), run.returncode) == (b"whole\n", b"", code)


def test_what_the_caller_ignores_stays_ignored(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    code = """
        import os, signal
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        from rfm_cli import stopping
        stopping.heed()
        with stopping.heard():
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGINT)
        print("done")
    """
    run = started(code, cwd=tmp_path)
    assert (*run.communicate(timeout=60), run.returncode) == (b"done\n", b"", 0)


def test_what_is_temporary_goes_and_what_is_settled_stays(tmp_path: Path) -> None:
    for name in ("gone", "kept"):
        (tmp_path / name).write_text("x")
        stopping.temporary(tmp_path / name)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    stopping.temporary(tmp_path / "folder")
    stopping.settled(tmp_path / "kept")
    stopping.clear()
    assert names(tmp_path) == ["kept"]
    assert not stopping.is_temporary(tmp_path / "gone")
