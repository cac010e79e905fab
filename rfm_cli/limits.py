"""Limits on a run: those of the system and of Polars' variables, and the limit on memory that a user sets.

Polars panics, or stops the machine, under some limits and values of variables. So they are checked before it is
imported; only what is set is checked, and a usual run spends no time on it.

`--memory 4GB` goes to Polars through the environment of the process, and so holds for all that the process does.
Polars can move the rows that it groups, sorts or joins to disk; one row per customer stays in memory.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from rfm_cli import files
from rfm_cli.errors import OutputError, RfmError, UsageError

POLARS = "POLARS_"
SHOWN = "POLARS_FMT_"
"""Variables of how Polars prints frames, which `rfm` never does."""
COUNTS = ("_THREADS", "_THREAD_COUNT", "_CHUNK_SIZE", "_MORSEL_SIZE", "_SCANS", "_OPEN_SINKS")
"""Endings of variables that are a whole number of 1 or more."""
NUMBERS = ("_SIZE", "_MB", "_BUDGET", "_LIMIT", "_TTL", "_MS", "_SECS", "_BYTES", "_CONCURRENCY", "_TASKS")
"""Endings of variables that are a whole number."""
MOST_THREADS = 1024
"""Polars starts any number of threads, and a million of them stop a machine."""
WAITING = "POLARS_MAX_BLOCKING_THREAD_COUNT"
"""Threads that wait for files. Polars makes some for each file at once, and warns of a deadlock where 512 do not do, as
with many files on a machine that has other work."""
LEAST_SPACE = 1_600_000_000
"""Bytes of addresses that Polars takes before it has read anything; it aborts where it cannot have them."""

BUDGET, FOLDER, DISK = "POLARS_OOC_MEMORY_BUDGET_MB", "POLARS_OOC_SPILL_DIR", "POLARS_OOC_DISK_BUDGET_MB"
PREFIX = "rfm-spill-"
SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([KMGT])(i?)B?", re.ASCII | re.IGNORECASE)
OWN = 0.2
"""The part of the limit for what Polars does not count: Python, libraries, pages of files."""
ROOM = 0.9
"""The part of a disk's free space that may be taken; on a full disk Polars would complain for every block."""
NO_ROOM = "out-of-core disk budget"
"""The words of Polars' error when it would need more of the disk than that."""


def check_environment(variables: Mapping[str, str]) -> None:
    """Raise `UsageError` for a variable of Polars, or a limit of the system, with which Polars cannot run."""
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_SPACE:
        why = f"the system lets a process have {limit / 1e6:,.0f} MB of addresses, and Polars needs 1,600"
        raise UsageError(why, "raise the limit (ulimit -v 4000000), or give --memory in its place")
    polars = {name: text for name, text in variables.items() if name.startswith(POLARS)}
    for name, text in polars.items():
        _check_number(name, text)
    # Importing Polars takes a tenth of a second, which a run without such variables need not spend here.
    if polars:
        _check_by_import()


def allow_waiting(variables: MutableMapping[str, str]) -> None:
    """Let Polars wait for as many files at once as it wants, unless the user has set how many."""
    variables.setdefault(WAITING, str(MOST_THREADS))


def _check_number(name: str, text: str) -> None:
    """Raise `UsageError` where a variable that holds a number has none, or one that Polars cannot work with."""
    if name.startswith(SHOWN) or not name.endswith((*COUNTS, *NUMBERS)):
        return
    least = 1 if name.endswith(COUNTS) else 0
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else -1
    if name.endswith(COUNTS[:2]):
        if not 1 <= number <= MOST_THREADS:
            raise UsageError(f"{name}={text}: not a number of threads", f"write 1 to {MOST_THREADS}, or unset it")
    elif number < least:
        raise UsageError(f"{name}={text}: not understood", f"write a whole number of {least} or more, or unset it")


def _check_by_import() -> None:
    """Raise `UsageError` for a variable that Polars itself does not understand; it warns of one when it is loaded."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import polars  # noqa: F401 - for its warnings
    for one in caught:
        if found := re.match(r"illegal value '(.*)' found while parsing option '(\w+)'", str(one.message), re.DOTALL):
            raise UsageError(f"{found[2]}={found[1]}: Polars does not understand it", "unset it")


def system_limit_error(error: BaseException) -> RfmError | None:
    """Return the error to show where the system gave no more memory or files; None for every other error."""
    # Polars' errors keep the number of the system's error in their text alone.
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EMFILE, errno.ENFILE) or f"(os error {errno.EMFILE})" in str(error):
        return UsageError("too many open files for this system's limit", "raise it, for example ulimit -n 1024")
    if isinstance(error, MemoryError) or number == errno.ENOMEM:
        return UsageError("the system gives this run no more memory", "give --memory, or raise the limit (ulimit -v)")
    return None


def parse_memory(text: str) -> int:
    """Return the bytes in a size; `UsageError` that shows how to write one.

    >>> parse_memory("4GB"), parse_memory("1.5 M"), parse_memory("512MiB")
    (4000000000, 1500000, 536870912)
    """
    size = SIZE.fullmatch(text.strip())
    if size is None or not float(size[1]):
        raise UsageError(f"--memory {text}: not a size", "write a number and KB, MB, GB or GiB, such as 4GB or 512MiB")
    power = "KMGT".index(size[2].upper()) + 1
    return int(float(size[1]) * (1024 if size[3] else 1000) ** power)


def limit_memory(limit: int) -> None:
    """Keep Polars in this process under `limit` bytes from here on, as far as rows on disk can do it.

    The rows lie in a folder of their own, removed when the program ends: in POLARS_OOC_SPILL_DIR, else TMPDIR, else
    /var/tmp, since /tmp is often memory. `OutputError` where the folder cannot be made there.
    """
    import shutil

    import polars as pl

    os.environ[BUDGET] = str(max(1, int(limit * (1 - OWN)) >> 20))
    # A second shop of the same program uses the folder of the first.
    if not Path(os.environ.get(FOLDER, "")).name.startswith(PREFIX):
        os.environ[FOLDER] = _spill_folder()
    # The user's own budget for the disk counts, where there is one.
    free = shutil.disk_usage(os.environ[FOLDER]).free
    os.environ.setdefault(DISK, str(int(free * ROOM) >> 20))
    pl.Config.reload_env_vars()


def _spill_folder() -> str:
    """Make a folder that is removed when the program ends."""
    import atexit

    place = os.environ.get(FOLDER) or os.environ.get("TMPDIR") or "/var/tmp"
    try:
        folder = files.temporary_folder(PREFIX, place)
    except OSError as error:
        raise OutputError(
            f"--memory: cannot write to {place}: {error.strerror}", f"set {FOLDER} to a folder with room"
        ) from error
    atexit.register(files.remove_folder, folder)
    return str(folder)


def spill_error(text: str) -> OutputError | None:
    """Return the error of a disk with too little room for the rows, None where the text is of another error."""
    if NO_ROOM not in text:
        return None
    place = Path(os.environ.get(FOLDER, "")).parent
    return OutputError(
        f"--memory: {place} has too little room for the rows that do not fit into memory",
        f"set {FOLDER} to a larger disk, or give more --memory",
    )
