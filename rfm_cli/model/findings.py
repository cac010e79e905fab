"""What `rfm check` finds in the tables of a shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A column of an input: its heading, the field that it holds (empty for none), by what that was found, what its
    values read as, some of them, and what it is used for."""

    file: str
    heading: str
    field: str
    by: str
    type: str
    examples: tuple[str, ...]
    used_for: str


@dataclass(frozen=True)
class Finding:
    """One row of `rfm check`: table, topic, item, what was found, in how many rows, and the options that change it.

    `role` is that of a column, None for all other findings.
    """

    table: str
    topic: str
    item: str
    found: str
    rows: int | None = None
    change_with: tuple[str, ...] = ()
    role: Role | None = None
