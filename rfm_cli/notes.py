"""What a step has to say about its work: plain data that the commands hand to stderr or to `meta`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Note:
    """One sentence of narration. A warning makes a run fail under `--strict`; a note never does."""

    level: Literal["note", "warning"]
    text: str


def note(text: str) -> Note:
    """A plain remark: what was guessed, what was left out, how much."""
    return Note("note", text)


def warning(text: str) -> Note:
    """A remark that the user should act on."""
    return Note("warning", text)
