"""The folder of a roll-up: its whole versions, and a link to the current one.

    OUT/manifest.json    -> .current/manifest.json
    OUT/rollup.parquet   -> .current/rollup.parquet
    OUT/recent.parquet   -> .current/recent.parquet
    OUT/.current         -> .version-1f0c...
    OUT/.version-1f0c.../   manifest.json, rollup.parquet, recent.parquet, ...
    OUT/.lock

A new version is written whole beside the old one and brought to the disk; then one rename turns `.current` to it. So
`.current` leads to a whole version, even where the program is killed or the power fails. A reader resolves `.current`
once and reads all files from there: the version before the current one is kept until the next is made. Versions share
the files that did not change.

A folder without `.current` that holds the files themselves is a roll-up as well: a copy, or what a cluster wrote.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from rfm_cli import files, stopping
from rfm_cli.errors import LockedError, OutputError, as_output_error

MANIFEST = "manifest.json"
ROLLUP = "rollup.parquet"
RECENT = "recent.parquet"
BEGUN = "begun.parquet"
SETTLED = "settled.arrow"
LATEST = "latest.arrow"
CHANGED = "changed.arrow"
SHOWN = (MANIFEST, ROLLUP, RECENT)
"""The files that a user finds in the folder; the other files of a version are there to save work."""
CURRENT, VERSION, LOCK = ".current", ".version-", ".lock"


def is_rollup(path: str) -> bool:
    """Return whether a path is the folder of a roll-up; False for one that cannot be looked at."""
    return files.is_file(manifest_in(Path(path)))


def manifest_in(folder: Path) -> Path:
    """Return the file of the manifest in a folder; a cluster has written a folder of that name with one text in it."""
    place = folder / MANIFEST
    return next(iter(sorted(place.glob("*.txt"))), place) if files.is_folder(place) else place


def version_of(out: Path) -> Path:
    """Return the folder with the files of the current version; a reader of several files resolves it once."""
    return (out / CURRENT).resolve() if (out / CURRENT).exists() else out


def require_place(out: Path) -> None:
    """Raise `OutputError` where a roll-up cannot be written to this place."""
    real = Path(os.path.realpath(out))
    with as_output_error(out):
        is_there = real.exists()
    if not is_there and not real.parent.is_dir():
        raise OutputError(f"cannot write {out}: no such folder", "create the folder around it first")
    if real.is_dir() and not is_rollup(str(real)) and any(real.iterdir()):
        raise OutputError(f"{out}: a folder with other things in it", "name a new folder for the roll-up")
    if is_there and not real.is_dir():
        raise OutputError(f"{out}: a file, and a roll-up is a folder", "name the folder last: rfm rollup ORDERS OUT")


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other runs from changing the roll-up inside the block; `LockedError` where one is changing it."""
    busy = LockedError(f"{out}: another run is changing this roll-up", "try again when it has ended")
    with files.locked(out / LOCK, busy):
        yield


@contextlib.contextmanager
def new_version(out: Path) -> Iterator[Path]:
    """Give a folder to fill; when the block ends well, readers of `out` find all of it at once.

    `OutputError` where the system refuses, or where `out` is a file or a folder of other things.
    """
    require_place(out)
    # Through links, since a rename would replace the link in place of the folder that it leads to.
    real = Path(os.path.realpath(out))
    is_new = not is_rollup(str(real))
    with ExitStack() as stack:
        with as_output_error(out):
            files.clear_dead(real.parent)
            # A new roll-up is made under a hidden name beside its place, and renamed when it has its first version.
            own = stack.enter_context(files.hidden_folder(real.parent)) if is_new else real
            made = stack.enter_context(files.unfinished_folder(files.unused_name(own, VERSION)))
        yield made
        with as_output_error(out):
            files.sync_all(made)
            # A signal between these steps would remove the version that has just become current.
            with stopping.deferred():
                before = _switch(own, made)
                stopping.settled(made)
                if is_new:
                    own.rename(real)
                    stopping.settled(own)
            files.sync(real.parent if is_new else real)
    # Outside the stack: an error here comes after the new version is current.
    with as_output_error(out):
        _clean(real, {made.name, before})


def keep(old: Path, new: Path) -> None:
    """Let a file of another version be a file of the new one too, without a copy where the file system can do that."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def write_file(path: Path, data: bytes) -> None:
    """Write the bytes into a new file of a version that is being made."""
    with as_output_error(path):
        path.write_bytes(data)


def _switch(own: Path, made: Path) -> str:
    """Turn `.current` to the new version by one rename; returns the name of the version before, or an empty text."""
    link = own / CURRENT
    before = link.readlink().name if link.is_symlink() else ""
    if link.is_dir() and not link.is_symlink():  # a copy that followed the links, and has the files beside it as well
        link.rename(files.unused_name(own, VERSION))
    files.replace_link(link, made.name)
    # Links lead through `.current`, so the rename above has turned them all; only files that came or went need more.
    for name in SHOWN:
        _show(own, name)
    return before


def _show(own: Path, name: str) -> None:
    """Link a file of the current version under its own name in the folder; remove the link where there is no file."""
    place, target = own / name, Path(CURRENT) / name
    if not (own / target).exists():
        place.unlink(missing_ok=True)
        return
    if place.is_symlink() and place.readlink() == target:
        return
    if place.is_dir() and not place.is_symlink():  # a cluster has written a folder of that name
        shutil.rmtree(place)
    files.replace_link(place, target)


def _clean(own: Path, kept: set[str]) -> None:
    """Remove the versions that no reader can still be reading, and what killed runs left."""
    for entry in own.iterdir():
        if entry.name.startswith(VERSION) and entry.name not in kept:
            shutil.rmtree(entry, ignore_errors=True)
    files.clear_links(own)
