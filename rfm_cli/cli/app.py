"""The commands under one roof, and `main`: every error becomes one or two lines on stderr and an exit code."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from rfm_cli import stopping
from rfm_cli.cli import values
from rfm_cli.cli.before import Before
from rfm_cli.cli.command_table import COMMANDS, command_called
from rfm_cli.cli.plain_param import SETTINGS, plain, type_of_usage_errors, write_titles
from rfm_cli.errors import InputError, OutputError, RfmError, UsageError
from rfm_cli.version import __version__

INTERRUPTED, READER_GONE = 130, 141
UNWRITABLE = (errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says without a name when help or a script cannot be written, which goes to standard output."""

ALLOCATED = 100_000
"""So many new objects make Python look for garbage. Its own 700 are soon reached by imports, which leave none: a score
of 10,000 orders would spend a twentieth of its time on looking."""

COMPLETE = "_RFM_COMPLETE"
"""The variable by which a shell's script asks for the words that could stand at the cursor."""


class Commands(TyperGroup):
    """All commands: Typer lists, completes and suggests them by name and line, and imports only the one that runs."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.commands = {name: TyperCommand(name, short_help=line) for name, line in COMMANDS.items()}

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, --help among them."""
        return [plain(param) for param in super().get_params(ctx)]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that the first word names, imported now."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and command_called(str(name)), rest

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, and then the options, which most people need once."""
        self.format_commands(ctx, formatter)
        write_titles(self.get_params(ctx), formatter, "Options")


def _install(ctx: typer.Context, shell: str | None) -> None:
    """Install the script of a shell, and end the run."""
    if shell and not ctx.resilient_parsing:
        from rfm_cli.cli import completion
        from rfm_cli.notes import note
        from rfm_cli.output.narrate import Narrator

        Narrator().say([note(f"{completion.install(shell, COMPLETE)}: open a new shell to use it")])
        raise typer.Exit


def _show(ctx: typer.Context, shell: str | None) -> None:
    """Show the script of a shell, and end the run."""
    if shell and not ctx.resilient_parsing:
        from rfm_cli.cli import completion

        typer.echo(completion.script(shell, COMPLETE))
        raise typer.Exit


def _shell(name: str, help: str, callback: Any) -> Any:
    """Declare an option that takes the name of a shell."""
    return typer.Option(
        name,
        metavar="SHELL",
        is_eager=True,
        callback=callback,
        autocompletion=values.SHELLS,
        help=help,
    )


app = typer.Typer(
    name="rfm",
    cls=Commands,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings=SETTINGS,
    epilog="Start with `rfm check orders.csv`, then `rfm score orders.csv`. Each command has its own --help.",
)


@app.callback()
def rfm(
    ctx: typer.Context,
    *,
    version: Annotated[bool, typer.Option("-V", "--version", help="Show the version; more with -v.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell more.")] = False,
    lang: Annotated[
        str | None,
        typer.Option("--lang", metavar="LANG", autocompletion=values.LANGUAGES, help="As of each command."),
    ] = None,
    install: Annotated[
        str | None, _shell("--install-completion", "Teach bash, zsh, fish or powershell the words of rfm.", _install)
    ] = None,
    show: Annotated[str | None, _shell("--show-completion", "Show the script that does so.", _show)] = None,
) -> None:
    """RFM and customer-segment analytics: who is new, active, slipping and gone, and what they are worth."""
    if version:
        from rfm_cli.cli.version import details

        typer.echo(f"rfm {__version__}")
        for line in details() if verbose else ():
            typer.echo(line)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        from rfm_cli.output.narrate import help_text

        help_text(ctx.get_help())
        raise typer.Exit(UsageError.exit_code)
    ctx.obj = Before(lang, verbose)


def main() -> None:
    """Run the command line and exit with its code; the whole of what a user sees of an error is made here."""
    gc.set_threshold(ALLOCATED)
    atexit.register(gc.freeze)  # what is left then need not be searched for garbage
    with stopping.heard():
        try:
            code = _run()
        except KeyboardInterrupt:  # Polars and Python may each raise one for the same Ctrl-C
            code = INTERRUPTED
    _give_up_on_streams()
    sys.exit(code)


def _give_up_on_streams() -> None:
    """Do not try again, when Python ends, to write what cannot be written: that would change the exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run() -> int:
    try:
        code = _answer()
        if sys.stdout:
            sys.stdout.flush()  # help waits in a buffer, and Python would only grumble about it at its very end
    except BrokenPipeError:
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BaseException as error:  # a panic of Polars is no Exception
        return _failed(error)
    return code


def _answer() -> int:
    """Do what was asked for and return its exit code; Typer's own `main` would take some errors for its own."""
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


def _failed(error: BaseException) -> int:
    """The exit code of an error, told in one or two lines: ours, what Typer or the system says, or a bug."""
    from rfm_cli.output.narrate import fail, trace

    ours = _translated(error)
    if ours is None and os.environ.get("RFM_DEBUG"):
        trace(error)
    told = ours or RfmError(
        f"a bug in rfm: {type(error).__name__}: {error}", "please report it; RFM_DEBUG=1 shows where it happened"
    )
    fail(told)
    return told.exit_code


def _of_the_system(error: OSError) -> RfmError:
    """What the system refused where no output was being written: those name themselves (`out.target`)."""
    if error.filename is None and error.errno in UNWRITABLE:
        return OutputError(f"cannot write standard output: {error.strerror}")
    try:
        os.getcwd()  # noqa: PTH109 - for its error
    except OSError:
        return InputError("the working directory is gone", "go to a folder that exists")
    where = f"{error.filename}: " if error.filename else ""
    return InputError(f"{where}{error.strerror or error}", "check the path")


def _translated(error: BaseException) -> RfmError | None:
    """The error as one of ours, or None where nobody foresaw it."""
    if isinstance(error, RfmError):
        return error
    if isinstance(error, type_of_usage_errors()):
        from rfm_cli.cli.misused import misused

        return misused(error)
    from rfm_cli.limits import system_limit_error

    if limit := system_limit_error(error):
        return limit
    if isinstance(error, OSError):
        return _of_the_system(error)
    if "polars" not in sys.modules:  # it could not be loaded: its variables are looked at while it is
        names = ", ".join(sorted(name for name in os.environ if name.startswith("POLARS_")))
        return UsageError(f"{names}: Polars cannot be loaded: {error}", "take the variable away") if names else None
    from rfm_cli.limits import spill_error
    from rfm_cli.tables.money import too_large
    from rfm_cli.tables.read_errors import too_many_rows

    return spill_error(str(error)) or too_many_rows(str(error)) or too_large(str(error))
