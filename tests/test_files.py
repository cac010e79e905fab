"""Files, folders, links and locks: whole or not at all, and what killed runs leave does not stay."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rfm_cli import files, stopping
from rfm_cli.errors import Advice, LockedError, OutputError, as_output_error
from rfm_cli.output.target import open_target

BUSY = LockedError("another run", "wait")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_live_run_writes_stays(tmp_path: Path) -> None:
    with open_target(str(tmp_path / "a")) as slow:
        slow.write(b"slow")
        with open_target(str(tmp_path / "a")) as quick:
            quick.write(b"quick")
        assert (tmp_path / "a").read_bytes() == b"quick"
    assert (tmp_path / "a").read_bytes() == b"slow"
    with files.hidden_folder(tmp_path) as path:
        files.clear_dead(tmp_path)
        assert path.is_dir()
    assert names(tmp_path) == ["a"]


def test_a_file_that_was_cleared_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = fcntl.flock, []

    def flock(file: int, how: int) -> None:
        if not calls:
            calls.append(file)
            next(tmp_path.glob(".rfm-*")).unlink()
        plain(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    path, held = files.new_file(tmp_path)
    assert names(tmp_path) == [path.name]
    os.close(held)


def test_many_threads_clear_and_write(tmp_path: Path) -> None:
    """Runs that write into one folder at the same time do not take each other's files."""

    def write(name: str) -> None:
        for number in range(30):
            path, held = files.new_file(tmp_path)
            files.clear_dead(tmp_path)
            path.replace(tmp_path / f"{name}{number}")
            os.close(held)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(tmp_path)) == 60


@pytest.mark.parametrize("name", ["none", "a/b", "x" * 300, "nul\0"])
def test_a_name_that_leads_nowhere_is_neither_file_nor_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").touch()
    assert not files.is_file(tmp_path / name)
    assert not files.is_folder(tmp_path / name)


def test_files_pipes_and_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path)
    assert files.is_file(__file__)
    assert files.is_file(tmp_path / "pipe")
    assert files.is_folder(tmp_path / "link")
    assert not files.is_file(tmp_path / "link")


def test_a_replacement_is_the_old_file_until_it_is_published(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_text("old")
    place.chmod(0o640)
    with files.replacement(place, "a") as new:
        os.write(new.descriptor, b"new")
    assert place.read_text() == "old"
    files.publish([new])
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("new", 0o640)
    new.discard()
    assert names(tmp_path) == ["a"]


def test_a_replacement_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), files.replacement(tmp_path / "a", "a"):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


@pytest.mark.parametrize("settled", [True, False])
def test_unfinished_and_hidden_folders_stay_where_they_are_settled(tmp_path: Path, settled: bool) -> None:
    with files.unfinished_folder(tmp_path / "made") as made, files.hidden_folder(tmp_path) as hidden:
        (made / "file").touch()
        if settled:
            stopping.settled(made)
            stopping.settled(hidden)
    assert names(tmp_path) == (sorted(["made", hidden.name]) if settled else [])


def test_a_temporary_folder_is_for_this_user_and_gone_when_it_is_removed(tmp_path: Path) -> None:
    folder = files.temporary_folder("rfm-", str(tmp_path))
    (folder / "file").touch()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0
    files.remove_folder(folder)
    assert names(tmp_path) == []
    assert not stopping.is_temporary(folder)


def test_a_link_is_replaced_and_what_a_killed_run_left_of_one_is_cleared(tmp_path: Path) -> None:
    for target in ("a", "b"):
        files.replace_link(tmp_path / "current", target)
        assert (tmp_path / "current").readlink() == Path(target)
    (tmp_path / f"{files.LINK}1").symlink_to("a")
    (tmp_path / f"{files.LINK}2").touch()
    files.clear_links(tmp_path)
    assert names(tmp_path) == [f"{files.LINK}2", "current"]


def test_one_holds_a_lock_at_a_time(tmp_path: Path) -> None:
    with files.locked(tmp_path / "lock", BUSY), pytest.raises(LockedError), files.locked(tmp_path / "lock", BUSY, 0.2):
        pass
    with files.locked(tmp_path / "lock", BUSY):
        pass


def test_the_dead_hold_no_lock(tmp_path: Path) -> None:
    code = "import os, signal, sys; from pathlib import Path; from rfm_cli import files\n"
    code += "with files.locked(Path(sys.argv[1]), None): os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], check=False)
    with files.locked(tmp_path / "lock", BUSY):
        pass


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"), files.locked(tmp_path / "none" / "lock", BUSY):
        pass


def test_refusals_of_the_system_have_advice() -> None:
    advice = Advice("look", {28: "free some space"})
    for number, hint in ((28, "free some space"), (13, "look")):
        with pytest.raises(OutputError) as raised, as_output_error("x", advice):
            raise OSError(number, os.strerror(number))
        assert (raised.value.message, raised.value.hint) == (f"cannot write x: {os.strerror(number)}", hint)
    with pytest.raises(BrokenPipeError), as_output_error("x"):
        raise BrokenPipeError
