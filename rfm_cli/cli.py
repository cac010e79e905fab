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
from rfm_cli.commands.schemes import schemes
from rfm_cli.commands.score import score
from rfm_cli.commands.segments import segments
from rfm_cli.errors import RfmError, UsageError

BUG, INTERRUPTED, READER_GONE = 70, 130, 141

# Without rich's markup, help is plain text in a pipe and needs no rich at start-up.
app = typer.Typer(
    name="rfm",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(score)
app.command()(segments)
app.command()(explain)
app.command()(check)
app.command()(schemes)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rfm {__version__}")
        raise typer.Exit


@app.callback()
def rfm(
    version: Annotated[
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = None,
) -> None:
    """RFM and customer-segment analytics: who is new, active, slipping and gone, and what they are worth."""


def main() -> None:
    """Run the command line and exit with its code; the whole of what a user sees of an error is made here."""
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(_run())


def _run() -> int:
    from rfm_cli.out.narrate import fail

    try:
        code = app(standalone_mode=False)
    except RfmError as error:
        fail(error)
        return error.exit_code
    except BrokenPipeError:
        return READER_GONE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        return _other(error)
    return code if isinstance(code, int) else 0


def _other(error: Exception) -> int:
    """The exit code of an error that is not ours: what Typer says of the command line, or a bug."""
    from rfm_cli.out.narrate import fail

    said = getattr(error, "format_message", None)
    if said is not None:
        place = getattr(getattr(error, "ctx", None), "command_path", "rfm")
        fail(UsageError(str(said()), f"see {place} --help"))
        return UsageError.exit_code
    if os.environ.get("RFM_DEBUG"):
        raise error
    fail(
        RfmError(
            f"a bug in rfm: {type(error).__name__}: {error}", "please report it; RFM_DEBUG=1 shows where it happened"
        )
    )
    return BUG


def _terminated(number: int, frame: FrameType | None) -> None:
    """A polite end on SIGTERM: half-written files are removed on the way out."""
    sys.exit(128 + number)
