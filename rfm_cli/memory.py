"""A limit on memory (`--memory 4GB`): Polars keeps to it, and what does not fit lies on disk for the time being.

Polars takes the limit from the environment of the process, so that it holds for all that the process does. It can lay
down the rows that are being grouped, sorted or joined; one row a customer stays in memory.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

from rfm_cli import stopping
from rfm_cli.errors import OutputError, UsageError

BUDGET, FOLDER, DISK = "POLARS_OOC_MEMORY_BUDGET_MB", "POLARS_OOC_SPILL_DIR", "POLARS_OOC_DISK_BUDGET_MB"
PREFIX = "rfm-spill-"
SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([KMGT])(i?)B?", re.ASCII | re.IGNORECASE)
OWN = 0.2
"""This part of the limit is left to what Polars does not count: Python, libraries, pages of files."""
ROOM = 0.9
"""So much of a disk's free space may be taken; on a full one Polars would complain for every block."""
NO_ROOM = "out-of-core disk budget"
"""How Polars says that it would need more of the disk than that."""


def parse_memory(text: str) -> int:
    """Bytes in a size; `UsageError` that shows how to write one.

    >>> parse_memory("4GB"), parse_memory("1.5 M"), parse_memory("512MiB")
    (4000000000, 1500000, 536870912)
    """
    size = SIZE.fullmatch(text.strip())
    if size is None or not float(size[1]):
        raise UsageError(f"--memory {text}: not a size", "write a number and KB, MB, GB or GiB, such as 4GB or 512MiB")
    power = "KMGT".index(size[2].upper()) + 1
    return int(float(size[1]) * (1024 if size[3] else 1000) ** power)


def hold_to(limit: int) -> None:
    """Nothing: from here on Polars keeps this process under `limit` bytes, as far as rows on disk can do it.

    They lie in a folder of their own, removed when the program ends: in POLARS_OOC_SPILL_DIR, else TMPDIR, else
    /var/tmp, since /tmp is often memory. `OutputError` where none can be made there.
    """
    import polars as pl

    os.environ[BUDGET] = str(max(1, int(limit * (1 - OWN)) >> 20))
    if not Path(os.environ.get(FOLDER, "")).name.startswith(PREFIX):
        os.environ[FOLDER] = _own_folder()
    free = shutil.disk_usage(os.environ[FOLDER]).free
    os.environ.setdefault(DISK, str(int(free * ROOM) >> 20))
    pl.Config.reload_env_vars()


def _own_folder() -> str:
    """A new folder that goes away with the program."""
    place = os.environ.get(FOLDER) or os.environ.get("TMPDIR") or "/var/tmp"
    try:
        with stopping.deferred():
            folder = tempfile.mkdtemp(prefix=PREFIX, dir=place)
            stopping.temporary(folder)
    except OSError as error:
        raise OutputError(
            f"--memory: cannot write to {place}: {error.strerror}", f"set {FOLDER} to a folder with room"
        ) from error
    atexit.register(_remove, folder)
    return folder


def _remove(folder: str) -> None:
    """Remove the folder with the rows."""
    shutil.rmtree(folder, ignore_errors=True)
    stopping.settled(folder)


def out_of_room(told: str) -> OutputError | None:
    """The error of a disk with too little room for the rows, where that is what Polars told; else None."""
    if NO_ROOM not in told:
        return None
    place = Path(os.environ.get(FOLDER, "")).parent
    return OutputError(
        f"--memory: {place} has too little room for the rows that do not fit into memory",
        f"set {FOLDER} to a larger disk, or give more --memory",
    )
