"""Progress on a terminal, and the times of the steps with `-v`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError
from rfm_cli.notes import note

if TYPE_CHECKING:
    from rfm_cli.output.narrate import Narrator


@contextmanager
def watched(narrator: Narrator, *, verbose: bool, quiet: bool) -> Iterator[None]:
    """Inside the block steps are shown where stderr is a terminal, unless `quiet`; with `verbose` their times are said
    at its end, wherever stderr goes."""
    if verbose and quiet:
        raise UsageError("-q and -v do not go together", "give one of them")
    shown = not quiet and _is_terminal()
    if not (verbose or shown):
        yield
        return
    from rfm_cli.output.progress import Times, bar_on_stderr
    from rfm_cli.progress import watched_by

    began, times = time.monotonic(), Times()
    with ExitStack() as stack:
        if shown:
            bar = bar_on_stderr()
            stack.callback(bar.close)
            stack.enter_context(watched_by(bar))
            stack.enter_context(narrator.beside(bar.erase))
        if verbose:
            stack.enter_context(watched_by(times))
        yield
    if verbose:
        narrator.say([note(line) for line in times.lines(time.monotonic() - began)])


def _is_terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:
        return False
