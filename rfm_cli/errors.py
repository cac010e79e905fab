"""The errors that a user can meet, each with its exit code; `cli.main` turns them into lines on stderr.

Raise where the problem is known, with file, column, row count and what to do next.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar


class RfmError(Exception):
    """A problem as one line (`message`) and, where it helps, a second (`hint`).

    With `has_lines` the message goes on in lines that are printed as they are, as those that point at letters do.
    """

    # EX_SOFTWARE of sysexits.h: whatever is no fault of a user, an input or an output.
    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "", *, has_lines: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.has_lines = has_lines


class CheckFailed(RfmError):
    """A check of the user's (`--strict`, `--revenue`, `--fail-on`) failed; no output was written."""

    exit_code = 1


class UsageError(RfmError):
    """The command line, a variable or the configuration is wrong."""

    exit_code = 2


class InputError(RfmError):
    """An input cannot be read, or cannot be understood."""

    exit_code = 3


class UnansweredError(InputError):
    """An input is right, and does not hold the answer: days of a roll-up by months, say."""


class OutputError(RfmError):
    """An output could not be written."""

    exit_code = 4


class LockedError(RfmError):
    """Another run is changing what this one was to change."""

    # EX_TEMPFAIL of sysexits.h: schedulers may try again later.
    exit_code = 75


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name that is closest to `name` (case ignored), None if none comes near.

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
    """Return a hint that names the nearest valid name, and all of them where they are few.

    >>> did_you_mean("amuont", ["amount", "order_id"])
    'did you mean amount? Valid: amount, order_id'
    """
    names = list(valid)
    close = nearest(name, names)
    parts = [f"did you mean {close}?"] if close else []
    if 0 < len(names) <= 20:
        parts.append("Valid: " + ", ".join(names))
    return " ".join(parts)


@dataclass(frozen=True)
class Advice:
    """What to do next where the system refuses to write: by the number of its error, or otherwise."""

    otherwise: str
    by_error: Mapping[int, str] = field(default_factory=dict)


CHECK_FOLDER = Advice("check the folder and its disk")


@contextlib.contextmanager
def as_output_error(name: object, advice: Advice = CHECK_FOLDER) -> Iterator[None]:
    """Turn an error of the system inside the block into `OutputError`, also where Polars reports it.

    A reader that has gone away stays `BrokenPipeError`.
    """
    try:
        yield
    except (RfmError, BrokenPipeError):
        raise
    except OSError as error:
        raise refusal(name, error, advice) from error
    except Exception as error:
        number = _number_in(str(error))
        if number is None or not type(error).__module__.startswith("polars"):
            raise
        raise refusal(name, OSError(number, os.strerror(number)), advice) from error


def refusal(name: object, error: OSError, advice: Advice = CHECK_FOLDER) -> OutputError:
    """Return the error to raise when the system refuses to write: what, why, and what to do next."""
    number = error.errno if error.errno is not None else _number_in(str(error))
    reason = os.strerror(number) if number is not None else str(error)
    return OutputError(f"cannot write {name}: {reason}", advice.by_error.get(number or 0, advice.otherwise))


def _number_in(text: str) -> int | None:
    """Return the number of a system error in a text: Polars drops the errno, but keeps "(os error 28)"."""
    found = re.search(r"os error (\d+)", text)
    return int(found[1]) if found else None
