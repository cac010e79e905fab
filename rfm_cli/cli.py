"""The Typer app, and `main`: every error becomes one or two lines on stderr and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from rfm_cli import __version__
from rfm_cli.commands.check import check
from rfm_cli.commands.explain import explain
from rfm_cli.commands.grid import grid
from rfm_cli.commands.help import GroupedCommand
from rfm_cli.commands.matrix import matrix
from rfm_cli.commands.migrate import migrate
from rfm_cli.commands.reach import reach
from rfm_cli.commands.rollup import rollup
from rfm_cli.commands.schemes import schemes
from rfm_cli.commands.score import score
from rfm_cli.commands.segments import segments
from rfm_cli.commands.shop import ShopCommand
from rfm_cli.commands.vip import vip
from rfm_cli.errors import OutputError, RfmError, UsageError

INTERRUPTED, READER_GONE = 130, 141

# Without rich's markup, help is plain text in a pipe and needs no rich at start-up.
app = typer.Typer(
    name="rfm",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `rfm check orders.csv`, then `rfm score orders.csv`. Each command has its own --help.",
)
app.command(cls=GroupedCommand)(check)  # in the order of the work
for command in (score, segments, grid, matrix, vip, migrate, reach, explain):
    app.command(cls=ShopCommand)(command)
app.command(cls=GroupedCommand)(rollup)
app.command(cls=GroupedCommand)(schemes)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rfm {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def rfm(
    ctx: typer.Context,
    version: Annotated[
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = None,
) -> None:
    """RFM and customer-segment analytics: who is new, active, slipping and gone, and what they are worth."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help(), err=True)
        raise typer.Exit(UsageError.exit_code)


def main() -> None:
    """Run the command line and exit with its code; the whole of what a user sees of an error is made here."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = _run()
    except KeyboardInterrupt:  # Polars and Python may each raise one for the same Ctrl-C
        code = INTERRUPTED
    _give_up_on_stdout()
    sys.exit(code)


def _give_up_on_stdout() -> None:
    """Nothing: what still cannot be written is not tried again when Python ends, which would change the exit code."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run() -> int:
    try:
        code = app(prog_name="rfm", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()  # help waits in a buffer, and Python would only grumble about it at its very end
    except (BrokenPipeError, KeyboardInterrupt, SystemExit) as error:
        return _stopped(error)
    except BaseException as error:  # a panic of Polars is no Exception
        return _failed(error)
    return code if isinstance(code, int) else 0


def _stopped(end: BaseException) -> int:
    """The exit code of an end from outside: Ctrl-C, SIGTERM, or a pipe that nobody reads (of which Typer makes 1)."""
    if isinstance(end, SystemExit) and not isinstance(end.__context__, BrokenPipeError):
        return end.code if isinstance(end.code, int) else 0
    return INTERRUPTED if isinstance(end, KeyboardInterrupt) else READER_GONE


def _failed(error: BaseException) -> int:
    """The exit code of an error, told in one or two lines: ours, what Typer or the system says, or a bug."""
    from rfm_cli.out.narrate import fail

    if isinstance(error, typer.Abort) and error.__cause__:  # so Typer calls an EOFError
        error = error.__cause__
    ours = _translated(error)
    if ours is None and os.environ.get("RFM_DEBUG"):
        raise error
    told = ours or RfmError(
        f"a bug in rfm: {type(error).__name__}: {error}", "please report it; RFM_DEBUG=1 shows where it happened"
    )
    fail(told)
    return told.exit_code


def _translated(error: BaseException) -> RfmError | None:
    """The error as one of ours, or None where nobody foresaw it."""
    if isinstance(error, RfmError):
        return error
    if said := getattr(error, "format_message", None):
        place = getattr(getattr(error, "ctx", None), "command_path", "rfm")
        return UsageError(str(said()), f"see {place} --help")
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return OutputError(f"{where}{error.strerror or error}")
    return None


def _terminated(number: int, frame: FrameType | None) -> None:
    """A polite end on SIGTERM: half-written files are removed on the way out."""
    sys.exit(128 + number)
