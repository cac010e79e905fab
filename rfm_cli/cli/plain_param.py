"""Parameters that take text as it is, and help that lists them in plain text under titles.

Typer would check each value with pydantic, even one that is text already, and importing pydantic takes longer than
all else that happens before a file is opened. Only what Typer documents is used here: the classes of `typer.core`
with the methods that they keep from Click. Their contexts have no public type, hence `Any`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperArgument, TyperOption

SETTINGS = {"help_option_names": ["-h", "--help"]}
"""The settings of every command: both names of its help."""
ARGUMENTS = "Arguments"
FIRST = (ARGUMENTS, "What to show", "Common options")
"""Titles that help shows before all others."""
WIDEST = 24
"""Longer names have their help on the next line, so that one of them does not squeeze all the others."""


def _taken(param: Any, ctx: Any, value: Any) -> Any:
    """Return the value as the command line has it, or as the callback of the parameter reads it."""
    if value is None or (isinstance(value, list | tuple) and not value):
        if param.required and not ctx.resilient_parsing:
            ctx.fail(f"Missing {param.param_type_name} '{param.metavar}'.")
        value = None
    value = list(value) if isinstance(value, tuple) else value
    return value if param.callback is None else param.callback(ctx, param, value)


class PlainOption(TyperOption):
    """An option whose value stays text."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Return the value as it is."""
        return _taken(self, ctx, value)

    def record(self) -> tuple[str, str]:
        """Return the names and the help."""
        names = ", ".join(sorted(self.opts, key=len))
        if self.secondary_opts:
            names += f" / {', '.join(self.secondary_opts)}"
        return f"{names} {self.metavar}" if self.metavar else names, self.help or ""

    @property
    def title(self) -> str:
        """The title that help lists it under."""
        return self.rich_help_panel or FIRST[-1]


class PlainArgument(TyperArgument):
    """An argument whose value stays text."""

    multiple = False

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Return the value as it is."""
        return _taken(self, ctx, value)

    def get_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the argument as the line of usage has it."""
        return [str(self.metavar) if self.required else f"[{self.metavar}]..."]

    def record(self) -> tuple[str, str]:
        """Return the name and the help."""
        return str(self.metavar), (self.help or "") + ("  [required]" if self.required else "")

    @property
    def title(self) -> str:
        """The title that help lists it under."""
        return ARGUMENTS


Plain = PlainOption | PlainArgument


def plain(param: Any) -> Any:
    """Make a parameter of Typer take text as it is."""
    # Typer makes its own classes; replacing them is the only way that needs none of its private functions.
    param.__class__ = PlainOption if isinstance(param, TyperOption) else PlainArgument
    return param


def write_titles(params: Sequence[Plain], formatter: Any, title: str | None = None) -> None:
    """Write the parameters under their titles, the common ones first; or all under the one `title`."""
    titles: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if not param.hidden:
            titles.setdefault(title or param.title, []).append(param.record())
    width = min(max(len(name) for records in titles.values() for name, _ in records), WIDEST)
    for one in sorted(titles, key=lambda one: FIRST.index(one) if one in FIRST else len(FIRST)):
        with formatter.section(one):
            formatter.write_dl([(name.ljust(width), text) for name, text in titles[one]], col_max=WIDEST)


def whole_number(least: int) -> Callable[[str | None], int | None]:
    """Return a function that reads a whole number of `least` or more."""

    def read(value: str | None) -> int | None:
        if value is None:
            return None
        if not value.isascii() or not value.isdecimal() or int(value) < least:
            raise typer.BadParameter(f"{value!r} is not a whole number of {least} or more")
        return int(value)

    return read


def type_of_usage_errors() -> type[Any]:
    """Return the class of the errors that Typer raises for a command line that it does not understand.

    The class has no public name of its own, but `typer.BadParameter` is made from it.
    """
    return typer.BadParameter.__mro__[1]
