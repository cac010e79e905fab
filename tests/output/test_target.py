from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from rfm_cli.errors import OutputError, UsageError
from rfm_cli.output.target import _descriptor, open_target

HEAD = "import os, sys\nfrom rfm_cli.output.target import open_target\n"


def run(code: str, redirect: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
    """A fresh interpreter in a shell, so that redirections are real."""
    command = ["bash", "-c", f'"$0" -c "$1" {redirect}', sys.executable, HEAD + dedent(code)]
    return subprocess.run(command, env=os.environ | env, capture_output=True, check=False, timeout=60)


def names(folder: Path) -> list[str]:
    """All that is in the folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_appears_at_the_end_with_the_umask_applied(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with open_target(str(target)) as sink:
        assert sink.write(b"one\n") == 4
        assert not target.exists()
        assert sink.path is not None
        assert Path(sink.path).parent == tmp_path
        assert Path(sink.path).name.startswith(".")
    assert target.read_bytes() == b"one\n"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    assert names(tmp_path) == ["a.csv"]


def test_the_mode_of_an_old_file_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    target.chmod(0o640)
    with open_target(str(target)) as sink:
        sink.write(b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, BrokenPipeError])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with pytest.raises(error), open_target(str(target)) as sink:
        sink.write(b"new")
        raise error
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.csv"]


def test_an_exit_by_signal_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
        import signal
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        with open_target({str(tmp_path / "a.csv")!r}) as sink:
            sink.write(b"x")
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
    """
    assert run(code).returncode == 143
    assert names(tmp_path) == []


def test_the_target_of_a_link_is_replaced_and_the_link_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link, chain = tmp_path / "real" / "a.csv", tmp_path / "link.csv", tmp_path / "chain.csv"
    real.write_bytes(b"old")
    link.symlink_to("real/a.csv")
    chain.symlink_to(link)
    with open_target(str(chain)) as sink:
        sink.write(b"new")
    assert real.read_bytes() == b"new"
    assert link.is_symlink()
    assert chain.is_symlink()


def test_a_dangling_link_gets_its_target(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "later.csv")
    with open_target(str(link)) as sink:
        sink.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "later.csv").read_bytes() == b"new"


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, told in [
        ("", "name a file inside it"),
        ("missing/a.csv", "create the folder first"),
        ("missing/", "name a file inside it"),
        ("file/a.csv", "a part of the path is a file"),
        ("loop", "-o"),
        ("x" * 300, "shorter"),
    ]:
        path = f"{tmp_path}/{name}"
        with pytest.raises(OutputError) as raised, open_target(path):
            pass
        assert path in raised.value.message
        assert told in raised.value.hint
    with pytest.raises(UsageError), open_target(""):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_files_and_folders_without_permission(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o755)
    (tmp_path / "read_only").write_bytes(b"old")
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == 0 and "pytest" in folder.name:
            folder.chmod(0o755)
    code = f"""
        from rfm_cli.errors import OutputError
        os.setuid(65534)
        for name in ("shut/a.csv", "read_only"):
            try:
                with open_target({str(tmp_path)!r} + "/" + name) as sink:
                    sink.write(b"new")
            except OutputError as error:
                print(error.message.rpartition(": ")[2])
    """
    assert run(code).stdout == b"Permission denied\nPermission denied\n"
    assert (tmp_path / "read_only").read_bytes() == b"old"


def test_dev_full_stays_a_device() -> None:
    with pytest.raises(OutputError, match="No space left") as raised, open_target("/dev/full") as sink:
        sink.write(b"x")
    assert "/dev/full" in raised.value.message
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_full_standard_output() -> None:
    code = """
        from rfm_cli.errors import OutputError
        try:
            with open_target(None) as sink:
                sink.write(b"x" * 1_000_000)
        except OutputError as error:
            sys.exit(error.exit_code)
    """
    assert run(code, "> /dev/full").returncode == 4
    assert run(code, "> /dev/full", PYTHONUNBUFFERED="1").returncode == 4
    assert run(code, ">&-").returncode == 4


def test_a_large_write_to_a_slow_pipe_is_whole() -> None:
    code = """
        os.set_blocking(1, False)
        print("first")
        with open_target("-") as sink:
            assert sink.write(b"x" * 5_000_000) == 5_000_000
    """
    assert run(code, "| (sleep 0.3; wc -c)", PYTHONUNBUFFERED="1").stdout.strip() == b"5000006"


def test_a_reader_that_left_is_a_broken_pipe() -> None:
    code = """
        try:
            with open_target(None) as sink:
                for _ in range(100):
                    sink.write(b"x" * 1_000_000)
        except BrokenPipeError:
            sys.stderr.write("broken")
    """
    assert run(code, "| true").stderr == b"broken"


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_dev_stdout_appends_where_the_shell_does(tmp_path: Path, name: str) -> None:
    log, link = tmp_path / "log", tmp_path / "link"
    log.write_bytes(b"old\n")
    link.symlink_to("/dev/stdout")
    output = str(link) if name == "link" else name
    code = f"with open_target({output!r}) as sink: sink.write(b'new')"
    before = log.stat().st_ino
    assert run(code, f">> {log}").returncode == 0
    assert log.read_bytes() == b"old\nnew"
    assert log.stat().st_ino == before
    assert names(tmp_path) == ["link", "log"]


def test_a_named_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with open_target(str(pipe)) as sink:
        sink.write(b"data")
    reader.join()
    assert got == [b"data"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_limit_on_file_size(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    code = f"""
        import resource
        from rfm_cli.errors import OutputError
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            with open_target({str(target)!r}) as sink:
                sink.write(b"x" * 5000)
        except OutputError as error:
            sys.stderr.write(error.message + error.hint)
    """
    told = run(code).stderr.decode()
    assert "File too large" in told
    assert "ulimit" in told
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.csv"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB with an old file on it, where root may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        (disk / "a.csv").write_bytes(b"old")
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("method", ["own", "write_parquet", "write_csv", "write_ndjson"])
def test_a_full_disk_keeps_the_old_file(small_disk: Path, method: str) -> None:
    rows = pl.DataFrame({"a": pl.int_range(200_000, eager=True).shuffle(seed=1)})
    with pytest.raises(OutputError, match="No space left"), open_target(str(small_disk / "a.csv")) as sink:
        if method == "own":
            sink.write(b"x" * 1_000_000)
        else:
            getattr(rows, method)(sink.path)
    assert (small_disk / "a.csv").read_bytes() == b"old"
    assert names(small_disk) == ["a.csv"]


def test_a_native_write_to_the_hidden_file_arrives(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    with open_target(str(target)) as sink:
        pl.DataFrame({"a": [1]}).write_parquet(sink.path)
    assert pl.read_parquet(target).to_dict(as_series=False) == {"a": [1]}


def test_other_errors_of_polars_are_not_the_disks(tmp_path: Path) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError), open_target(str(tmp_path / "a")):
        pl.DataFrame({"a": [1]}).select("b")
    assert names(tmp_path) == []


def test_the_process_is_asked_for_its_number_when_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 4_000_001)
    assert _descriptor("/proc/4000001/fd/2") == 2
