"""Help in plain text, with the options of a command in groups: no rich is needed to ask for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from rfm_cli.options import COUNT, KEEP, OUT, READ, RUN, Argument, Number, Option, Switch, Texts

ARGUMENTS = "Arguments"
GROUPS = (ARGUMENTS, KEEP, READ, COUNT, OUT, RUN)
"""The titles in the order of the page, whatever the order of the parameters."""
WIDEST = 24
"""Longer names have their help on the next line, so that one of them does not squeeze all the others."""


FILES = ("FILE", "ORDERS")
"""What a metavar calls files, which the shell completes by name."""


class ToldArgument(click.Argument):
    """An argument with a help of its own."""

    def __init__(self, name: str, kind: object, said: Argument) -> None:
        many = kind == Texts
        super().__init__([name], nargs=-1 if many else 1, required=not many, type=_type(kind, said.metavar))
        self.said = said

    def make_metavar(self, ctx: click.Context) -> str:
        """The argument in the line of usage."""
        return self.said.metavar if self.required else f"[{self.said.metavar}]..."

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Its name, and what there is to say of it."""
        return self.said.metavar, self.said.help + ("  [required]" if self.required else "")


class ToldOption(click.Option):
    """An option that knows under which title the help lists it; None where it was not given."""

    def __init__(self, name: str, kind: object, said: Option) -> None:
        super().__init__(
            [name, *said.names],
            help=said.help,
            metavar=said.metavar,
            default=None,
            multiple=kind == Texts,
            is_flag=kind == Switch,
            type=_type(kind, said.metavar, said.least),
        )
        self.panel = said.panel


def _type(kind: object, metavar: str | None, least: int | None = None) -> click.ParamType[Any]:
    """What Click makes of a word; a file is text as well, and need not be there."""
    if kind == Number:
        return click.IntRange(min=least)
    if kind == Switch:
        return click.BOOL
    return click.Path() if any(word in (metavar or "") for word in FILES) else click.STRING


def write_groups(params: Sequence[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Nothing: the parameters go to the formatter, each group under its title."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if (record := param.get_help_record(ctx)) is not None:
            groups.setdefault(_group(param), []).append(record)
    width = min(max(len(name) for records in groups.values() for name, _ in records), WIDEST)
    for title in sorted(groups, key=GROUPS.index):
        with formatter.section(title):
            formatter.write_dl([(name.ljust(width), told) for name, told in groups[title]], col_max=WIDEST)


def _group(param: click.Parameter) -> str:
    """The title above a parameter; Click's own --help is of the run."""
    if isinstance(param, ToldArgument):
        return ARGUMENTS
    return param.panel if isinstance(param, ToldOption) else RUN
