"""`main`: the command line is run, and every error becomes one or two lines on stderr and an exit code."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from typing import Any

import typer
from typer.main import get_command

from rfm_cli import stopping
from rfm_cli.cli.app import COMMANDS, COMPLETE, app, command_called
from rfm_cli.cli.values import type_of_usage_errors
from rfm_cli.errors import InputError, OutputError, RfmError, UsageError, nearest

INTERRUPTED, READER_GONE = 130, 141
UNWRITABLE = (errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Errors without a file name that the system reports when help or a script cannot be written to standard output."""

ALLOCATED = 100_000
"""The number of new objects after which Python looks for garbage.

Imports soon reach Python's own limit of 700 and leave no garbage: a score of 10,000 orders would spend a twentieth of
its time looking for some.
"""


def main() -> None:
    """Run the command line, and exit with its code; all that a user sees of an error is made here."""
    gc.set_threshold(ALLOCATED)
    atexit.register(gc.freeze)  # at the end Python would search all that is left for garbage
    with stopping.heard():
        try:
            code = _run()
        except KeyboardInterrupt:  # Polars and Python may each raise one for the same Ctrl-C
            code = INTERRUPTED
    _give_up_on_streams()
    sys.exit(code)


def _give_up_on_streams() -> None:
    """Drop what cannot be written: if Python tried again at its end, the exit code would change."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run() -> int:
    """Run the command, and return its exit code, or that of its error."""
    try:
        code = _invoke()
        # Help waits in a buffer. Its error is caught here, since Python would only print it at the very end.
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BaseException as error:  # a panic of Polars is no Exception
        return _report(error)
    return code


def _invoke() -> int:
    """Complete a word or run the command, and return the exit code; Typer's own `main` would swallow some errors."""
    root = get_command(app)
    try:
        if wanted := os.environ.get(COMPLETE):
            from rfm_cli.cli import completion

            return completion.answer(root, wanted, COMPLETE)
        with root.make_context("rfm", sys.argv[1:]) as ctx:
            root.invoke(ctx)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _report(error: BaseException) -> int:
    """Print an error in one or two lines, and return its exit code; one that is not translated is a bug."""
    from rfm_cli.output.narrate import fail, trace

    ours = _translated(error)
    if ours is None and os.environ.get("RFM_DEBUG"):
        trace(error)
    shown = ours or RfmError(
        f"a bug in rfm: {type(error).__name__}: {error}", "please report it; RFM_DEBUG=1 shows where it happened"
    )
    fail(shown)
    return shown.exit_code


def _translated(error: BaseException) -> RfmError | None:
    """Return the error as one of ours, or None if it is not foreseen."""
    if isinstance(error, RfmError):
        return error
    # This comes first, since it needs no further import: a typing error is answered at once.
    if isinstance(error, type_of_usage_errors()):
        return _of_the_command_line(error)
    from rfm_cli.limits import WAITING, system_limit_error

    if limit := system_limit_error(error):
        return limit
    if isinstance(error, OSError):
        return _of_the_system(error)
    if "polars" not in sys.modules:  # loading it failed: it reads its variables while it is loaded
        names = ", ".join(sorted(name for name in os.environ if name.startswith("POLARS_") and name != WAITING))
        return UsageError(f"{names}: Polars cannot be loaded: {error}", "take the variable away") if names else None
    from rfm_cli.limits import spill_error
    from rfm_cli.tables.money import too_large
    from rfm_cli.tables.read_errors import too_many_rows

    return spill_error(str(error)) or too_many_rows(str(error)) or too_large(str(error))


def _of_the_command_line(error: Any) -> UsageError:
    """Translate what Typer does not understand.

    The nearest option takes the place of all that resemble the word; the hint names the page that has them all.
    """
    page = f"see {error.ctx.command_path if error.ctx else 'rfm'} --help"
    named = getattr(error, "option_name", None)
    # An error without a context, or with the outermost one, is about the words before the command.
    if named and not (error.ctx and error.ctx.parent) and (command := _command_with(named)):
        return UsageError(error.message, f"write it behind the command: rfm {command} {named}")
    if not getattr(error, "possibilities", None) or not named:
        return UsageError(error.format_message(), page)
    close = nearest(named, error.possibilities)
    return UsageError(error.message, f"did you mean {close}? Else {page}" if close else page)


def _command_with(option: str) -> str | None:
    """Return the name of the command on the command line, or None if there is none or it has no such option."""
    name = next((word for word in sys.argv[1:] if word in COMMANDS), "")
    found = command_called(name)
    has_it = found and any(option in (*param.opts, *param.secondary_opts) for param in found.params)
    return name if has_it else None


def _of_the_system(error: OSError) -> RfmError:
    """Translate what the system refused, except for outputs: those name themselves (`output.target`)."""
    if error.filename is None and error.errno in UNWRITABLE:
        return OutputError(f"cannot write standard output: {error.strerror}")
    try:
        os.getcwd()  # noqa: PTH109 - for its error
    except OSError:
        return InputError("the working directory is gone", "go to a folder that exists")
    where = f"{error.filename}: " if error.filename else ""
    return InputError(f"{where}{error.strerror or error}", "check the path")
