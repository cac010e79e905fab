"""Variables and limits of the system with which Polars cannot run: errors of usage that name them."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rfm_cli import limits
from rfm_cli.errors import UsageError

RFM = [sys.executable, "-m", "rfm_cli"]
ORDERS = "customer_id,ordered_at,amount\na,2024-01-01,1\n"


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("MAX_THREADS", "0", "write 1 to 1024, or unset it"),
        ("MAX_THREADS", "abc", "write 1 to 1024, or unset it"),
        ("MAX_THREADS", "", "write 1 to 1024, or unset it"),
        ("MAX_THREADS", "-1", "write 1 to 1024, or unset it"),
        ("MAX_THREADS", "1000000", "write 1 to 1024, or unset it"),
        ("MAX_THREADS", "9" * 50, "write 1 to 1024, or unset it"),
        ("ASYNC_THREAD_COUNT", "0", "write 1 to 1024, or unset it"),
        ("MAX_BLOCKING_THREAD_COUNT", "0", "write 1 to 1024, or unset it"),
        ("CSV_CHUNK_SIZE", "0", "write a whole number of 1 or more, or unset it"),
        ("IDEAL_MORSEL_SIZE", "0", "write a whole number of 1 or more, or unset it"),
        ("MAX_CONCURRENT_SCANS", "0", "write a whole number of 1 or more, or unset it"),
        ("FILE_CACHE_TTL", "abc", "write a whole number of 0 or more, or unset it"),
        ("OOC_MEMORY_BUDGET_MB", "abc", "write a whole number of 0 or more, or unset it"),
    ],
)
def test_a_number_that_polars_cannot_work_with(name: str, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        limits.check_environment({f"POLARS_{name}": text})
    assert raised.value.message.startswith(f"POLARS_{name}={text}: not ")
    assert raised.value.hint == hint


def test_what_polars_can_work_with() -> None:
    limits.check_environment(
        {"POLARS_MAX_THREADS": "2", "POLARS_FMT_MAX_ROWS": "-1", "POLARS_FILE_CACHE_TTL": "0", "HOME": "x"}
    )


@pytest.mark.parametrize("name", ["VERBOSE", "ENGINE_AFFINITY", "OOC_SPILL_FORMAT"])
def test_what_polars_itself_does_not_understand(tmp_path: Path, name: str) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    env = {**os.environ, f"POLARS_{name}": "abc"}
    done = subprocess.run([*RFM, "score"], cwd=tmp_path, env=env, capture_output=True, check=False)
    told = f"rfm: error: POLARS_{name}=abc: Polars does not understand it\nrfm: hint: unset it\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", told)


@pytest.mark.parametrize(
    ("kind", "limit", "told"),
    [
        (
            resource.RLIMIT_AS,
            400_000_000,
            "the system lets a process have 400 MB of addresses, and Polars needs 1,600",
        ),
        (resource.RLIMIT_NOFILE, 8, "too few open files allowed"),
    ],
)
def test_a_limit_that_is_too_small(tmp_path: Path, kind: int, limit: int, told: str) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    done = subprocess.run(
        [*RFM, "score", "-o", "s.csv"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"rfm: error: {told}\nrfm: hint: raise the limit")
    assert len(done.stderr.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "too many open files for this system's limit"),
        (RuntimeError("Too many open files (os error 24)"), "too many open files for this system's limit"),
        (MemoryError(), "the system gives this run no more memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "the system gives this run no more memory"),
    ],
)
def test_a_limit_that_is_met_on_the_way(error: Exception, told: str) -> None:
    met = limits.system_limit_error(error)
    assert isinstance(met, UsageError)
    assert met.message == told


def test_other_errors_are_no_limits() -> None:
    assert limits.system_limit_error(OSError(errno.ENOENT, "No such file")) is None


def test_numpy_starts_no_threads_of_its_own(tmp_path: Path) -> None:
    code = "import os, sys; from rfm_cli.__main__ import main; sys.argv[1:] = ['--version']; main()"
    script = code.replace("main()", "\ntry: main()\nfinally: print(os.environ['OPENBLAS_NUM_THREADS'])")
    for given, kept in ((None, b"1"), ("3", b"3")):
        env = {name: text for name, text in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        env |= {"OPENBLAS_NUM_THREADS": given} if given else {}
        done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False)
        assert done.stdout.splitlines()[-1] == kept


def test_a_limit_is_told_before_variables_are_asked_of_polars(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    done = subprocess.run(
        [*RFM, "score", "-o", "s.csv"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000)),
    )
    assert (done.returncode, b"Polars needs 1,600" in done.stderr) == (2, True)


def test_a_variable_with_which_polars_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    env = {**os.environ, "POLARS_FORCE_PKG": "x"}
    done = subprocess.run([*RFM, "score"], cwd=tmp_path, capture_output=True, check=False, env=env)
    assert done.returncode == 2
    assert done.stderr.startswith(b"rfm: error: POLARS_FORCE_PKG")
    assert len(done.stderr.splitlines()) == 2


def test_polars_may_wait_for_many_files_unless_the_user_has_set_how_many() -> None:
    variables: dict[str, str] = {}
    limits.allow_waiting(variables)
    assert variables == {"POLARS_MAX_BLOCKING_THREAD_COUNT": "1024"}
    limits.check_environment(variables)
    limits.allow_waiting(given := {"POLARS_MAX_BLOCKING_THREAD_COUNT": "8"})
    assert given == {"POLARS_MAX_BLOCKING_THREAD_COUNT": "8"}
