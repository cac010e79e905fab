"""Commands from plain functions: the signature says which options there are, `Annotated` how each is told.

Click does the rest. Typer would do this too, and would import pydantic on the way, which costs more than all else
that happens before a file is opened.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from typing import Annotated, get_args, get_origin, get_type_hints

import click

from rfm_cli import environment
from rfm_cli.commands.help import ToldArgument, ToldOption, write_groups
from rfm_cli.errors import UsageError
from rfm_cli.options import Argument, Option
from rfm_cli.printable import is_utf8

Function = Callable[..., None]
PATHS = frozenset(
    "orders lines events customers products rates add output rejects save_cuts config scheme cuts".split()
)
"""Parameters that may hold the path of a file."""


class Command(click.Command):
    """The command of a function, which is called with the context and the options that its signature declares.

    The `shared` ones are taken beside them; all values are in the context, where `run.begin` finds them.
    """

    def __init__(self, function: Function, shared: Sequence[click.Parameter] = ()) -> None:
        own = parameters(function)
        self.own = [param.name for param in own if param.name]
        super().__init__(function.__name__, callback=function, params=[*own, *shared], help=inspect.getdoc(function))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words that are left over; an error knows the command, so that its hint can name it."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def invoke(self, ctx: click.Context) -> None:
        """Call the function; `UsageError` before that where the system or its variables do not let Polars run."""
        environment.check(os.environ)
        for param in self.params:
            _require_text(param, ctx.params.get(param.name or ""))
        assert self.callback is not None
        self.callback(ctx, **{name: ctx.params[name] for name in self.own})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: the groups of options go to the formatter, each under its title."""
        write_groups(self.get_params(ctx), ctx, formatter)


def _require_text(param: click.Parameter, value: object) -> None:
    """Raise `UsageError` for a value that is not UTF-8, unless it is a path: files may be called anything."""
    texts = value if isinstance(value, tuple | list) else (value,)
    for text in texts:
        if param.name not in PATHS and isinstance(text, str) and not is_utf8(text):
            raise UsageError(f"{param.opts[0]} {text}: not UTF-8 text", "set the terminal and its input to UTF-8")


def command(function: Function) -> Command:
    """The command that takes just what the function declares."""
    return Command(function)


def parameters(function: Function) -> list[click.Parameter]:
    """What a signature declares, in its order; the context, which is not annotated so, is no parameter.

    >>> from rfm_cli import options as opt
    >>> def draw(ctx: click.Context, orders: opt.Orders = None, limit: opt.Limit = None) -> None: ...
    >>> [(param.name, param.nargs) for param in parameters(draw)]
    [('orders', -1), ('limit', 1)]
    """
    hints = get_type_hints(function, include_extras=True)
    declared = {name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Annotated}
    return [_parameter(name, kind, said) for name, (kind, said) in declared.items()]


def _parameter(name: str, kind: object, said: Argument | Option) -> click.Parameter:
    return ToldArgument(name, kind, said) if isinstance(said, Argument) else ToldOption(name, kind, said)
