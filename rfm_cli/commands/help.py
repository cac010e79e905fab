"""Help in plain text, with the options of a command in groups: no rich is needed to ask for help."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from rfm_cli.options import COUNT, KEEP, OUT, READ, RUN

ARGUMENTS = "Arguments"
GROUPS = (ARGUMENTS, KEEP, READ, COUNT, OUT, RUN)
"""The titles in the order of the page, whatever the order of the parameters."""
WIDEST = 24
"""Longer names have their help on the next line, so that one of them does not squeeze all the others."""


class GroupedCommand(TyperCommand):
    """A command whose help lists its arguments and then its options by group."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Nothing: the groups go to the formatter, each under its title."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                groups.setdefault(_group(param), []).append(_plain(param, record))
        width = min(max(len(name) for records in groups.values() for name, _ in records), WIDEST)
        for title in sorted(groups, key=GROUPS.index):
            records = groups[title]
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), told) for name, told in records], col_max=WIDEST)


def _group(param: Any) -> str:
    """The title above a parameter."""
    if param.param_type_name == "argument":
        return ARGUMENTS
    return getattr(param, "rich_help_panel", None) or RUN


def _plain(param: Any, record: tuple[str, str]) -> tuple[str, str]:
    """The record of a parameter; an argument is called by its metavar, without the Python type behind it."""
    name, told = record
    return (param.metavar or name, told) if param.param_type_name == "argument" else (name, told)
