"""A roll-up is seen whole or not at all: the old one or the new one, whatever is killed when."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rfm_cli.errors import LockedError, OutputError
from rfm_cli.rollup import store

NAMES = (store.MANIFEST, store.ROLLUP, store.RECENT)


def publish(out: Path, word: str) -> None:
    with store.new_version(out) as folder:
        for name in NAMES:
            store.write_file(folder / name, word.encode())


def words(out: Path) -> set[str]:
    """What a reader of all files finds."""
    folder = store.version_of(out)
    return {(folder / name).read_text() for name in NAMES}


def by_hand(out: Path) -> set[str]:
    """What somebody finds who opens the files by their names."""
    return {(out / name).read_text() for name in NAMES}


def versions(out: Path) -> int:
    return len(list(out.glob(f"{store.VERSION}*")))


def test_a_new_roll_up_and_the_next_versions(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for number in range(4):
        publish(out, str(number))
        assert words(out) == by_hand(out) == {str(number)}
        assert store.is_rollup(str(out))
    assert versions(out) == 2
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_a_reader_of_the_version_before_reads_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, "old")
    folder = store.version_of(out)
    publish(out, "new")
    assert (folder / store.ROLLUP).read_text() == "old"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    publish(tmp_path / "out", "new")
    assert words(tmp_path / "out") == {"new"}


def test_a_link_to_a_roll_up_stays_a_link(tmp_path: Path) -> None:
    publish(tmp_path / "real", "old")
    (tmp_path / "out").symlink_to("real")
    publish(tmp_path / "out", "new")
    assert (tmp_path / "out").is_symlink()
    assert words(tmp_path / "real") == {"new"}


@pytest.mark.parametrize("symlinks", [True, False])
def test_a_copy_is_a_roll_up(tmp_path: Path, symlinks: bool) -> None:
    publish(tmp_path / "out", "old")
    shutil.copytree(tmp_path / "out", tmp_path / "copy", symlinks=symlinks)
    shutil.rmtree(tmp_path / "out")
    assert words(tmp_path / "copy") == by_hand(tmp_path / "copy") == {"old"}
    publish(tmp_path / "copy", "new")
    assert words(tmp_path / "copy") == by_hand(tmp_path / "copy") == {"new"}


def test_files_alone_are_a_roll_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in NAMES:
        (out / name).write_text("old")
    assert store.is_rollup(str(out))
    assert words(out) == {"old"}
    publish(out, "new")
    assert words(out) == by_hand(out) == {"new"}


def test_what_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path / "out", "old")
    for out in (tmp_path / "out", tmp_path / "never"):
        with pytest.raises(KeyboardInterrupt), store.new_version(out) as folder:
            store.write_file(folder / store.MANIFEST, b"half")
            raise KeyboardInterrupt
    assert words(tmp_path / "out") == {"old"}
    assert versions(tmp_path / "out") == 1
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_other_things_are_spared(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.csv").write_text("mine")
    with pytest.raises(OutputError, match="a file, and a roll-up is a folder"):
        publish(tmp_path / "file", "new")
    with pytest.raises(OutputError, match="a folder with other things in it"):
        publish(tmp_path / "folder", "new")
    with pytest.raises(OutputError, match="no such folder"):
        publish(tmp_path / "none" / "out", "new")


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"cannot write .*No space left"):
        publish(tmp_path / "out", "new")
    assert not (tmp_path / "out").exists()


def test_one_changes_it_at_a_time(tmp_path: Path) -> None:
    publish(tmp_path, "old")
    with store.locked(tmp_path), pytest.raises(LockedError, match="another run"), store.locked(tmp_path):
        pass
    with store.locked(tmp_path):
        pass
    assert LockedError.exit_code == 75


KILLED = """
import os, signal, sys
from pathlib import Path
from rfm_cli.rollup import store

left = int(sys.argv[2])

def dying(step):
    def wrapped(*args, **more):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return step(*args, **more)
    return wrapped

for place, name in [(os, "fsync"), (os, "open"), (os, "link"), (Path, "mkdir"), (Path, "symlink_to"), (Path, "rename"),
                    (Path, "replace"), (Path, "write_bytes"), (Path, "unlink"), (store.shutil, "rmtree")]:
    setattr(place, name, dying(getattr(place, name)))

with store.new_version(Path(sys.argv[1])) as folder:
    for name in (store.MANIFEST, store.ROLLUP, store.RECENT):
        store.write_file(folder / name, b"new")
print("done")
"""


def killed(out: Path, after: int) -> bool:
    """Whether a run that publishes was killed before its step of that number."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(out), str(after)], capture_output=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def prepared(place: Path, kind: str) -> None:
    """An old roll-up in one of the forms that there are."""
    if kind == "files":
        place.mkdir()
        for name in NAMES:
            (place / name).write_text("old")
    elif kind != "none":
        publish(place, "older")
        publish(place, "old")
    if kind == "copy":
        shutil.copytree(place, place.with_name("copy"))
        shutil.rmtree(place)
        place.with_name("copy").rename(place)


@pytest.mark.parametrize("kind", ["none", "version", "copy", "files"])
def test_whatever_is_killed_when_it_is_the_old_or_the_new_one(tmp_path: Path, kind: str) -> None:
    seen, after, was_killed = set(), 0, True
    while was_killed:
        out = tmp_path / str(after)
        prepared(out, kind)
        was_killed = killed(out, after)
        found = words(out) if out.exists() else {"none"}
        assert found in ({"new"}, {"none"} if kind == "none" else {"old"}), after
        if kind == "version":
            assert by_hand(out) == found
        seen |= found
        publish(out, "next")  # what was left behind is in nobody's way
        assert words(out) == by_hand(out) == {"next"}
        assert versions(out) <= 2
        after += 1
    assert seen == {"none" if kind == "none" else "old", "new"}


def test_the_dead_hold_no_lock(tmp_path: Path) -> None:
    publish(tmp_path, "old")
    code = "import os, signal, sys; from pathlib import Path; from rfm_cli.rollup import store\n"
    code += "with store.locked(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with store.locked(tmp_path), (tmp_path / store.LOCK).open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
