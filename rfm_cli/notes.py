"""What a step has to say about its work: plain data that the commands hand to stderr or to `meta`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Note:
    """One sentence of narration. A warning makes a run fail under `--strict`; a note never does."""

    level: Literal["note", "warning"]
    text: str


def counted(count: int, what: str) -> str:
    """A number and what is counted, a noun that takes an s.

    >>> counted(1, "row"), counted(1234, "row")
    ('1 row', '1,234 rows')
    """
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def note(text: str) -> Note:
    """A plain remark: what was guessed, what was left out, how much."""
    return Note("note", text)


def warning(text: str) -> Note:
    """A remark that the user should act on."""
    return Note("warning", text)
