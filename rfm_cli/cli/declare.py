"""Commands made from plain functions whose signatures list options and groups of options."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from rfm_cli import limits
from rfm_cli.cli.option_groups import expanded, grouped
from rfm_cli.cli.values import SETTINGS, plain, type_of_usage_errors, write_titles
from rfm_cli.errors import UsageError
from rfm_cli.safe_text import is_utf8

Pausing = Generator[None, None, None]
"""A command that a job can run pauses once: it has named its requests, and reads them after the pause.

A job starts all of its outputs up to the pause, reads the orders once, and then lets each of them go on.
"""

Function = Callable[..., Pausing | None]
PATHS = frozenset(
    "orders lines events customers products rates add output rejects save_cuts config scheme cuts".split()
)
"""Parameters that may hold the path of a file, which need not be UTF-8."""


class Command(TyperCommand):
    """A command whose parameters take text as it is; a job runs its function without a command line."""

    function: Function
    groups: Mapping[str, type]

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, --help among them."""
        return [plain(param) for param in super().get_params(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the words that are left over; an error knows the command, so that its hint can name it."""
        try:
            return super().parse_args(ctx, args)
        except type_of_usage_errors() as error:
            error.ctx = error.ctx or ctx
            raise

    def invoke(self, ctx: Any) -> Any:
        """Call the function; `UsageError` before that where the system or its variables do not let Polars run."""
        limits.check_environment(os.environ)
        limits.allow_waiting(os.environ)
        self._require_text(ctx)
        return super().invoke(ctx)

    def read(self, name: str, words: list[str]) -> dict[str, Any]:
        """Return what the function gets for the words of a command line, without its context."""
        ctx: Any = self.make_context(name, words)
        self._require_text(ctx)
        return grouped(self.groups, ctx.params)

    def _require_text(self, ctx: Any) -> None:
        """Raise `UsageError` for a value that is not UTF-8, unless it is a path: files may be called anything."""
        for param in self.params:
            value = ctx.params.get(param.name)
            # An option that can be repeated has a list of texts.
            for text in value if isinstance(value, list) else (value,):
                if param.name not in PATHS and isinstance(text, str) and not is_utf8(text):
                    raise UsageError(
                        f"{param.opts[0]} {text}: not UTF-8 text", "set the terminal and its input to UTF-8"
                    )

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options in groups, each under its title."""
        write_titles(self.get_params(ctx), formatter)


def command(function: Function) -> Command:
    """Return the command of a function."""
    # An app of its own for each command keeps the start from importing all others.
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    written_out, groups = expanded(function)
    app.command(function.__name__, cls=Command, context_settings=SETTINGS)(written_out)
    made = get_command(app)
    assert isinstance(made, Command)
    made.function, made.groups = function, groups
    return made
