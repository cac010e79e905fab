"""The commands by name, with the line that `rfm --help` shows; each is imported when it is run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rfm_cli.cli.declare import Command

COMMANDS = {
    "check": "Tell what was found in the files, and which rows are left out.",
    "score": "Score every customer, and name the segment: one row per customer.",
    "segments": "Show how full each segment is, and what it is worth.",
    "grid": "Show the grid of two scores with the segments on it.",
    "matrix": "Cross any two measures, scores or attributes of customers.",
    "vip": "Show the few customers who bring most of the money.",
    "migrate": "Show where customers went between two dates, and how fast.",
    "diff": "List who entered, left and moved between two snapshots.",
    "reach": "Show whom a message can reach, by channel too.",
    "report": "Make one page of all views, to hand on.",
    "explain": "Tell one customer's story: orders, scores, and what comes next.",
    "rollup": "Reduce orders to one row per customer and period.",
    "snapshot": "Keep the scored customers of a date as they are.",
    "snapshots": "List the snapshots of a store: one row per date.",
    "run": "Make all outputs of a job, and publish them at once.",
    "schemes": "List the shipped schemes, or draw the map of one.",
    "help": "Show the help of a command.",
}
"""In the order of the work: each is a module of `rfm_cli.cli.commands`, and what it defines by that name."""


def command_called(name: str) -> Command | None:
    """Return the command, None where there is none of that name."""
    if name not in COMMANDS:
        return None
    from rfm_cli.cli.declare import Command

    found = getattr(import_module(f"rfm_cli.cli.commands.{name}"), name)
    assert isinstance(found, Command)
    return found
