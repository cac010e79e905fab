"""What the system and its variables allow a run, looked at before Polars is, which would panic or stop the machine.

Only what is set is looked at, so that a usual run spends nothing on it.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

from rfm_cli.errors import RfmError, UsageError

POLARS = "POLARS_"
SHOWN = "POLARS_FMT_"
"""Variables of how Polars prints frames, which `rfm` never does."""
COUNTS = ("_THREADS", "_THREAD_COUNT", "_CHUNK_SIZE", "_MORSEL_SIZE", "_SCANS", "_OPEN_SINKS")
"""Endings of variables that are a whole number of 1 or more."""
NUMBERS = ("_SIZE", "_MB", "_BUDGET", "_LIMIT", "_TTL", "_MS", "_SECS", "_BYTES", "_CONCURRENCY", "_TASKS")
"""Endings of variables that are a whole number."""
MOST_THREADS = 1024
"""Polars starts any number of threads, and a million of them stop a machine."""
LEAST_SPACE = 1_600_000_000
"""Bytes of addresses that Polars takes before it has read anything; it aborts where it cannot have them."""


def check(variables: Mapping[str, str]) -> None:
    """Raise `UsageError` for a variable of Polars, or a limit of the system, with which Polars cannot run."""
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_SPACE:
        told = f"the system lets a process have {limit / 1e6:,.0f} MB of addresses, and Polars needs 1,600"
        raise UsageError(told, "raise the limit (ulimit -v 4000000), or give --memory in its place")
    polars = {name: text for name, text in variables.items() if name.startswith(POLARS)}
    for name, text in polars.items():
        _check_number(name, text)
    if polars:
        _ask_polars()


def _check_number(name: str, text: str) -> None:
    """Raise `UsageError` where a variable that is a number is none, or one that Polars cannot work with."""
    if name.startswith(SHOWN) or not name.endswith((*COUNTS, *NUMBERS)):
        return
    least = 1 if name.endswith(COUNTS) else 0
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else -1
    if name.endswith(COUNTS[:2]):
        if not 1 <= number <= MOST_THREADS:
            raise UsageError(f"{name}={text}: not a number of threads", f"write 1 to {MOST_THREADS}, or unset it")
    elif number < least:
        raise UsageError(f"{name}={text}: not understood", f"write a whole number of {least} or more, or unset it")


def _ask_polars() -> None:
    """Raise `UsageError` for a variable that Polars itself does not understand; it warns of one when it is loaded."""
    import warnings

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        import polars  # noqa: F401 - for what it says
    for one in told:
        if found := re.match(r"illegal value '(.*)' found while parsing option '(\w+)'", str(one.message), re.DOTALL):
            raise UsageError(f"{found[2]}={found[1]}: Polars does not understand it", "unset it")


def limit_met(error: BaseException) -> RfmError | None:
    """The error to tell where the system gave no more memory or files; None for every other one."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EMFILE, errno.ENFILE) or f"(os error {errno.EMFILE})" in str(error):
        return UsageError("too many open files for this system's limit", "raise it, for example ulimit -n 1024")
    if isinstance(error, MemoryError) or number == errno.ENOMEM:
        return UsageError("the system gives this run no more memory", "give --memory, or raise the limit (ulimit -v)")
    return None
