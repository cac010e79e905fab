"""The commands under one roof, and `main`: every error becomes one or two lines on stderr and an exit code."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys

import click

from rfm_cli import __version__, stopping
from rfm_cli.commands.listed import COMMANDS, command_called
from rfm_cli.errors import InputError, OutputError, RfmError, UsageError, nearest

INTERRUPTED, READER_GONE = 130, 141
UNWRITABLE = (errno.EBADF, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system says without a name when help or a script cannot be written, which goes to standard output."""

ALLOCATED = 100_000
"""So many new objects make Python look for garbage. Its own 700 are soon reached by imports, which leave none: a score
of 10,000 orders would spend a twentieth of its time on looking."""

SHELLS = ("bash", "zsh", "fish")
COMPLETE = "_RFM_COMPLETE"
"""The variable by which a shell's script asks for the words that could stand at the cursor."""


class Commands(click.Group):
    """All commands; only those that are asked for are imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, None where there is none of that name."""
        return command_called(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; `click.UsageError` with the nearest name where none is called so."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            close = nearest(name, COMMANDS)
            ctx.fail(f"No such command {name!r}." + (f" Did you mean {close!r}?" if close else ""))
        return super().resolve_command(ctx, args)


def _complete(ctx: click.Context, param: click.Parameter, shell: str | None) -> None:
    """Nothing: the script of a shell is shown or installed, and the run ends."""
    if not shell or ctx.resilient_parsing:
        return
    from rfm_cli.commands import completion

    text = completion.script(ctx.command, shell, COMPLETE)
    if param.name == "show_completion":
        click.echo(text, nl=False)
    else:
        from rfm_cli.notes import note
        from rfm_cli.out.narrate import Narrator

        Narrator().say([note(f"{completion.install(text, shell)}: open a new shell to use it")])
    ctx.exit()


def _shell(name: str, help: str) -> click.Option:
    """An option that takes the name of a shell."""
    return click.Option(
        [name],
        type=click.Choice(SHELLS),
        metavar="SHELL",
        is_eager=True,
        expose_value=False,
        callback=_complete,
        help=help,
    )


@click.command(
    cls=Commands,
    name="rfm",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="COMMAND [ARGS]...",
    epilog="Start with `rfm check orders.csv`, then `rfm score orders.csv`. Each command has its own --help.",
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version.")
@click.pass_context
def rfm(ctx: click.Context) -> None:
    """RFM and customer-segment analytics: who is new, active, slipping and gone, and what they are worth."""
    if ctx.invoked_subcommand is None:
        from rfm_cli.out.narrate import help_text

        help_text(ctx.get_help())
        ctx.exit(UsageError.exit_code)


rfm.params += [
    _shell("--install-completion", "Teach bash, zsh or fish the words of rfm."),
    _shell("--show-completion", "Show the script that does so."),
]


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
    """The exit code of what was asked for, which is done; Click's own `main` would take some errors for its own."""
    try:
        if wanted := os.environ.get(COMPLETE):
            from rfm_cli.commands import completion

            click.echo(completion.answer(rfm, wanted, COMPLETE))
        else:
            with rfm.make_context("rfm", sys.argv[1:]) as ctx:
                rfm.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def _failed(error: BaseException) -> int:
    """The exit code of an error, told in one or two lines: ours, what Click or the system says, or a bug."""
    from rfm_cli.out.narrate import fail, trace

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
    if isinstance(error, click.UsageError):
        return UsageError(error.format_message(), f"see {error.ctx.command_path if error.ctx else 'rfm'} --help")
    from rfm_cli.environment import limit_met

    if limit := limit_met(error):
        return limit
    if isinstance(error, OSError):
        return _of_the_system(error)
    if "polars" not in sys.modules:  # it could not be loaded: its variables are looked at while it is
        names = ", ".join(sorted(name for name in os.environ if name.startswith("POLARS_")))
        return UsageError(f"{names}: Polars cannot be loaded: {error}", "take the variable away") if names else None
    from rfm_cli.memory import out_of_room
    from rfm_cli.tables.money import too_large
    from rfm_cli.tables.trouble import too_many_rows

    return out_of_room(str(error)) or too_many_rows(str(error)) or too_large(str(error))
