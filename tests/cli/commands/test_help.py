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
    assert here("help", "grid", "score") == (
        2, b"", "rfm: error: Got unexpected extra argument(s) (score)\nrfm: hint: see rfm help --help\n"
    )  # fmt: skip


def test_the_usage_shows_how_many_words_are_taken(here: Here) -> None:
    assert here("help", "--help").out.startswith(b"Usage: rfm help [OPTIONS] [COMMAND]\n")
    assert here("check", "--help").out.startswith(b"Usage: rfm check [OPTIONS] [ORDERS]...\n")
    assert here("schemes", "--help").out.startswith(b"Usage: rfm schemes [OPTIONS] [show NAME|FILE]\n")
