"""Errors of texts that are no expression."""

from __future__ import annotations

from dataclasses import dataclass

from rfm_cli.errors import UsageError
from rfm_cli.language.faults import fault
from rfm_cli.language.lexing import END, Piece
from rfm_cli.language.nodes import All, Definition, Span


@dataclass(frozen=True)
class Place:
    """The piece that cannot be where it is, and what could be there."""

    text: str
    name: str
    start: str
    pieces: list[Piece]
    at: int
    accepted: frozenset[str]


def refused(place: Place) -> UsageError:
    """Return the error of a text that is no expression."""
    end = len(place.text)
    piece = place.pieces[place.at] if place.at < len(place.pieces) else Piece(END, "", end, end)
    return fault(
        Definition(place.text, All(), place.name), Span(piece.start, piece.end), f"{piece.text} cannot be read here"
    )
