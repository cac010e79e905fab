"""Where `rfm` and `python -m rfm_cli` begin: signals and descriptors are seen to before anything large is imported."""

from __future__ import annotations

import os
import sys

LEAST_FILES = 16
"""The open files that a process needs, for Python to find its modules and Polars its input."""


def main() -> None:
    """Run the command line."""
    if 0 <= os.sysconf("SC_OPEN_MAX") < LEAST_FILES:
        os.write(2, b"rfm: error: too few open files allowed\nrfm: hint: raise the limit, for example ulimit -n 1024\n")
        sys.exit(2)
    # numpy reads this when it is imported: its linear algebra, which rfm does not use, would start threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Until `heed` has set handlers, Ctrl-C is Python's KeyboardInterrupt.
    try:
        _occupy_standard_descriptors()
        from rfm_cli import stopping

        stopping.heed()
    except KeyboardInterrupt:  # before there was a handler
        os._exit(130)
    from rfm_cli.cli.main import main as run

    run()


def _occupy_standard_descriptors() -> None:
    """Open the null device in place of each standard descriptor that is closed, so that using it is still an error.

    Else the next file would take its number, and what a library writes to the user would land in that file.
    """
    for number, wrong_way in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, wrong_way)
    if sys.stdout is None:  # Python saw that it was closed; Typer would then silently write no output
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor


if __name__ == "__main__":
    main()
