"""Letters of a text: where a word, a node or a fault is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """The letters of a part of a text: the first, and the one behind the last."""

    start: int
    end: int


NOWHERE = Span(0, 0)
