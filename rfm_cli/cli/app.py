"""All commands: their names and lines, and the options that come before a command."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from rfm_cli.cli import values
from rfm_cli.cli.values import SETTINGS, plain, write_titles
from rfm_cli.errors import UsageError
from rfm_cli.version import __version__

if TYPE_CHECKING:  # help of all commands needs none of their options
    from rfm_cli.cli.declare import Command

COMMANDS = {
    "init": "Look at the files of this folder, and write an rfm.toml for them.",
    "check": "Show what was found in the files, and which rows are left out.",
    "score": "Score every customer, and name the segment: one row per customer.",
    "select": "Select the customers who meet an expression.",
    "segments": "Show how full each segment is, and what it is worth.",
    "grid": "Show the grid of two scores with the segments on it.",
    "matrix": "Cross any two measures, scores or attributes of customers.",
    "vip": "Show the few customers who bring most of the money.",
    "migrate": "Show where customers went between two dates, and how fast.",
    "diff": "List who entered, left and moved between two snapshots.",
    "reach": "Show which customers a message can reach, by channel too.",
    "report": "Make one page of all views, to hand on.",
    "explain": "Tell one customer's story: orders, scores, and what comes next.",
    "rollup": "Reduce orders to one row per customer and period.",
    "snapshot": "Keep the scored customers of a date as they are.",
    "snapshots": "List the snapshots of a store: one row per date.",
    "run": "Make all outputs of a job, and publish them at once.",
    "schemes": "List the shipped schemes, or draw the map of one.",
    "help": "Show the help of a command.",
}
"""The commands in the order of the work, with the line that `rfm --help` shows.

Each is a module of `rfm_cli.cli.commands` and a function of that name in it, and is imported when it runs.
"""

COMPLETE = "_RFM_COMPLETE"
"""The variable by which the script of a shell asks for the words that fit at the cursor."""

PACKAGES = ("polars", "pyarrow", "typer", "fastexcel")
EXTRAS = {"duckdb": "duckdb", "spark": "pyspark-client"}
"""The extras of the package, with the package that each of them brings."""


def command_called(name: str) -> Command | None:
    """Import and return the command of that name, or None if there is none."""
    if name not in COMMANDS:
        return None
    from rfm_cli.cli.declare import Command

    found = getattr(import_module(f"rfm_cli.cli.commands.{name}"), name)
    assert isinstance(found, Command)
    return found


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
        """Write the commands, then the options, which most people need once."""
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
    version: Annotated[
        bool, typer.Option("-V", "--version", help="Show the version; with -v those of all parts.")
    ] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show the time that each step took.")] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="LANG",
            autocompletion=values.LANGUAGES,
            help="The language of what people read: en or ru.",
        ),
    ] = None,
    install: Annotated[
        str | None, _shell("--install-completion", "Let Tab complete words: bash, zsh, fish, powershell.", _install)
    ] = None,
    show: Annotated[str | None, _shell("--show-completion", "Print the script that does this.", _show)] = None,
) -> None:
    """RFM and customer-segment analytics: who is new, active, slipping and gone, and what they are worth."""
    if version:
        typer.echo(f"rfm {__version__}")
        for line in _details() if verbose else ():
            typer.echo(line)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        # No command is given: help is an error here, and goes to stderr.
        from rfm_cli.output.narrate import help_text

        help_text(ctx.get_help())
        raise typer.Exit(UsageError.exit_code)


def _details() -> Iterator[str]:
    """Yield what a report of a bug needs: the versions of Python, of the packages, of the system and of the extras."""
    import platform

    yield f"python {platform.python_version()}"
    for name in PACKAGES:
        yield f"{name} {_installed(name)}"
    yield f"platform {platform.platform()}"
    for extra, name in EXTRAS.items():
        found = _installed(name)
        yield f"extra {extra}: {f'{name} {found}' if found else 'not installed'}"


def _installed(name: str) -> str | None:
    """Return the version of a package, or None if it is not installed; the package is not imported."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None
