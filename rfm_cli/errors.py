"""The errors that a user can meet, each with its exit code; `cli.main` turns them into lines on stderr.

Raise where the problem is known, with file, column, row count and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class RfmError(Exception):
    """A problem that is told in one line (`message`) and, where it helps, a second (`hint`)."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CheckFailed(RfmError):
    """A check that was asked for failed (`--strict`, `--revenue`); nothing was written."""

    exit_code = 1


class UsageError(RfmError):
    """The command line, a variable or the configuration is wrong."""

    exit_code = 2


class InputError(RfmError):
    """What was given to read cannot be read, or cannot be understood."""

    exit_code = 3


class UnansweredError(InputError):
    """What was given to read is right, and does not hold what was asked: days of a roll-up by months, say."""


class OutputError(RfmError):
    """What was asked for could not be written."""

    exit_code = 4


class LockedError(RfmError):
    """Another run is changing what this one was to change."""

    exit_code = 75


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name that is closest to `name` (case ignored), or None if none comes near.

    >>> nearest("amuont", ["amount", "order_id"])
    'amount'
    >>> nearest("zzz", ["amount"]) is None
    True
    """
    from difflib import get_close_matches

    by_fold = {candidate.casefold(): candidate for candidate in valid}
    found = get_close_matches(name.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A hint that names the nearest valid name, and all of them where they are few.

    >>> did_you_mean("amuont", ["amount", "order_id"])
    'did you mean amount? Valid: amount, order_id'
    """
    names = list(valid)
    close = nearest(name, names)
    parts = [f"did you mean {close}?"] if close else []
    if 0 < len(names) <= 20:
        parts.append("Valid: " + ", ".join(names))
    return " ".join(parts)
