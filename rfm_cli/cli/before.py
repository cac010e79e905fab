"""Options before the command. The module is small, since every start loads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Before:
    """Options that stand before the command and count as if they stood behind it."""

    lang: str | None = None
    verbose: bool = False
