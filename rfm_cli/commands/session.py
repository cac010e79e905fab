"""What a run knows of the command line before its command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Before:
    """Options that stand before the command and count as if they stood behind it."""

    lang: str | None = None
    verbose: bool = False
