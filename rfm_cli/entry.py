"""Where the command `rfm` begins: signals are heeded and descriptors are in order before anything large is imported."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line."""
    try:
        from rfm_cli import stopping

        stopping.heed()
    except KeyboardInterrupt:  # before there was a handler
        os._exit(130)
    _occupy_standard_descriptors()
    from rfm_cli.cli import main as run

    run()


def _occupy_standard_descriptors() -> None:
    """Open the null device in place of each standard descriptor that is closed.

    Else the next file would take its number, and what a library tells the user would land in that file. Python has
    looked before: its `sys.stdout` is None, by which we know that nobody reads.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
