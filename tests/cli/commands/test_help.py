"""`rfm help`: the help of a command by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Here = Callable[..., Any]


def test_help_of_a_command_by_its_name(here: Here) -> None:
    assert here("help", "grid") == here("grid", "--help")
    assert here("help") == here("--help")
    assert here("help", "gird") == (
        2, b"", "rfm: error: No such command 'gird'. Did you mean 'grid'?\nrfm: hint: see rfm --help\n"
    )  # fmt: skip
    assert here("help", "grid", "score").code == 2
