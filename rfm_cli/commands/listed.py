"""The commands by name, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

COMMANDS = (
    "check",
    "score",
    "segments",
    "grid",
    "matrix",
    "vip",
    "migrate",
    "diff",
    "reach",
    "report",
    "explain",
    "rollup",
    "snapshot",
    "snapshots",
    "run",
    "schemes",
)
"""In the order of the work: each is a module of `rfm_cli.commands`, and what it defines by that name."""
MODULES = {"run": "job"}
"""Commands whose module is called otherwise."""


def command_called(name: str) -> click.Command | None:
    """The command, None where there is none of that name."""
    if name not in COMMANDS:
        return None
    module = import_module(f"rfm_cli.commands.{MODULES.get(name, name)}")
    return cast(click.Command, getattr(module, name))
