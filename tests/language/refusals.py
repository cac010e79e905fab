"""How tests look at errors of expressions."""

from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.parse import parse_expression


def refusal(text: str) -> UsageError:
    """Return the error of an expression; its exit code is that of usage."""
    with pytest.raises(UsageError) as raised:
        parse_expression(text)
    assert raised.value.exit_code == 2
    return raised.value


def pointed_at(error: UsageError) -> str:
    """Return the letters that an error has carets under."""
    *_, line, carets = error.message.split("\n")
    start = carets.index("^")
    return line[start : len(carets)]


def check(text: str, letters: str, hint: str) -> None:
    """Assert which letters of an expression an error points at, and its hint."""
    error = refusal(text)
    assert (pointed_at(error), error.hint) == (letters, hint)
