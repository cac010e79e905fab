"""The folder of a roll-up: whole versions, one of which is current.

    OUT/manifest.json    -> .current/manifest.json
    OUT/rollup.parquet   -> .current/rollup.parquet
    OUT/recent.parquet   -> .current/recent.parquet
    OUT/.current         -> .version-1f0c...
    OUT/.version-1f0c.../   manifest.json, rollup.parquet, recent.parquet, ...
    OUT/.lock

A new version is written whole beside the old one and made to last; then one rename turns `.current` to it. Whatever is
killed when, `.current` leads to a whole version. A reader looks at `.current` once and reads all files from where it
led: the version before the current one is kept until the next is made. Versions share the files that did not change.

A folder without `.current` that holds the files themselves is a roll-up as well: a copy, or what a cluster wrote.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from rfm_cli import files, stopping
from rfm_cli.errors import LockedError, OutputError

MANIFEST = "manifest.json"
ROLLUP = "rollup.parquet"
RECENT = "recent.parquet"
BEGUN = "begun.parquet"
SETTLED = "settled.arrow"
LATEST = "latest.arrow"
CHANGED = "changed.arrow"
SHOWN = (MANIFEST, ROLLUP, RECENT)
"""What a user finds in the folder; the other files of a version are there to save work."""
CURRENT, VERSION, LOCK = ".current", ".version-", ".lock"


def is_rollup(path: str) -> bool:
    """Whether a path is the folder of a roll-up; one that cannot be looked at is none."""
    try:
        return manifest_in(Path(path)).is_file()
    except OSError:
        return False


def manifest_in(folder: Path) -> Path:
    """The file of the manifest in a folder; a cluster has written a folder of that name with one text in it."""
    place = folder / MANIFEST
    return next(iter(sorted(place.glob("*.txt"))), place) if place.is_dir() else place


def version_of(out: Path) -> Path:
    """The folder with the files of the current version, to be looked at once by whoever reads several of them."""
    return (out / CURRENT).resolve() if (out / CURRENT).exists() else out


def require_place(out: Path) -> None:
    """Nothing, or `OutputError` where a roll-up cannot stand in this place."""
    real = Path(os.path.realpath(out))
    with _as_output_error(out):
        is_there = real.exists()
    if not is_there and not real.parent.is_dir():
        raise OutputError(f"cannot write {out}: no such folder", "create the folder around it first")
    if real.is_dir() and not is_rollup(str(real)) and any(real.iterdir()):
        raise OutputError(f"{out}: a folder with other things in it", "name a new folder for the roll-up")
    if real.exists() and not real.is_dir():
        raise OutputError(f"{out}: a file, and a roll-up is a folder", "name the folder last: rfm rollup ORDERS OUT")


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Nobody else changes the roll-up inside the block; `LockedError` where somebody does. The dead hold no lock."""
    with _as_output_error(out):
        file = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LockedError(f"{out}: another run is changing this roll-up", "try again when it has ended") from error
        yield
    finally:
        os.close(file)


@contextlib.contextmanager
def new_version(out: Path) -> Iterator[Path]:
    """A folder to fill; when the block ends well it is what readers of `out` find, all of it at once.

    `OutputError` where the system refuses, or where `out` is a file or a folder of other things.
    """
    require_place(out)
    real = Path(os.path.realpath(out))
    is_new = not is_rollup(str(real))
    with ExitStack() as stack:
        with _as_output_error(out):
            files.clear_dead(real.parent)
            own = stack.enter_context(_hidden_folder(real.parent)) if is_new else real
            made = stack.enter_context(_folder(own / f"{VERSION}{os.urandom(8).hex()}"))
        yield made
        with _as_output_error(out):
            _make_last(made)
            with stopping.deferred():
                before = _switch(own, made)
                stopping.settled(made)
                if is_new:
                    own.rename(real)
                    stopping.settled(own)
            _sync(real.parent if is_new else real)
    with _as_output_error(out):
        _clean(real, {made.name, before})


@contextlib.contextmanager
def _hidden_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder beside the place of a new roll-up; gone where the block fails, Ctrl-C and an exit included."""
    made, held = files.new_folder(folder)
    try:
        yield made
    except BaseException:
        _drop(made)
        raise
    finally:
        os.close(held)


@contextlib.contextmanager
def _folder(made: Path) -> Iterator[Path]:
    """A new folder; gone where the block fails before it has become the current version."""
    with stopping.deferred():
        made.mkdir()
        stopping.temporary(made)
    try:
        yield made
    except BaseException:
        if stopping.is_temporary(made):
            _drop(made)
        raise


def _drop(made: Path) -> None:
    """Remove a folder that no reader knows."""
    shutil.rmtree(made, ignore_errors=True)
    stopping.settled(made)


def keep(old: Path, new: Path) -> None:
    """The file `old` of another version stands as `new` as well, without a copy where the file system can do that."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def write_file(path: Path, data: bytes) -> None:
    """The bytes in a new file of a version that is being made."""
    with _as_output_error(path):
        path.write_bytes(data)


def _switch(own: Path, made: Path) -> str:
    """`.current` leads to the new version, by one rename; the name of the version before, or empty."""
    link, new = own / CURRENT, own / f"{CURRENT}-{os.urandom(8).hex()}"
    before = link.readlink().name if link.is_symlink() else ""
    new.symlink_to(made.name)
    if link.is_dir() and not link.is_symlink():  # a copy that followed the links, and has the files beside it as well
        link.rename(own / f"{VERSION}{os.urandom(8).hex()}")
    new.replace(link)
    for name in SHOWN:
        _show(own, name)
    return before


def _show(own: Path, name: str) -> None:
    """The file of the current version under its own name in the folder; none where the version has not got it."""
    place, target = own / name, Path(CURRENT) / name
    if not (own / target).exists():
        place.unlink(missing_ok=True)
        return
    if place.is_symlink() and place.readlink() == target:
        return
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    new = own / f"{CURRENT}-{os.urandom(8).hex()}"
    new.symlink_to(target)
    new.replace(place)


def _clean(own: Path, kept: set[str]) -> None:
    """Nothing: versions that no reader can still be reading are gone, and what killed runs left."""
    for entry in own.iterdir():
        if entry.name.startswith(VERSION) and entry.name not in kept:
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name.startswith(f"{CURRENT}-"):
            entry.unlink(missing_ok=True)


def _make_last(folder: Path) -> None:
    """Nothing: the files of the folder are on the disk, not only on their way to it; those that were kept are there."""
    for place in sorted(folder.rglob("*")):
        if place.is_dir() or place.stat().st_nlink == 1:
            _sync(place)
    _sync(folder)


def _sync(place: Path) -> None:
    file = os.open(place, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def _as_output_error(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}", "check the folder and its disk") from error
