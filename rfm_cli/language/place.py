"""The place in a text that the parser could not go on from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rfm_cli.language.faults import Source, repeated
from rfm_cli.language.lexing import END, Piece
from rfm_cli.language.spans import Span

CONNECTIVES = ("AND", "OR", "MINUS")
LITERALS = ("TEXT", "NUMBER", "DATE", "TRUTH")
COMPARISONS = ("EQUAL", "COMPARE")


class Advice(NamedTuple):
    """What is wrong, with which letters, and what to write."""

    span: Span
    problem: str
    hint: str


@dataclass(frozen=True)
class Place:
    """A piece that cannot be where it is, among all pieces of its text, and the kinds that could be there."""

    source: Source
    start: str
    pieces: Sequence[Piece]
    at: int
    accepted: frozenset[str]

    def piece(self, offset: int = 0) -> Piece:
        """Return the piece at a distance behind the wrong one; at the ends an empty one."""
        place, end = self.at + offset, len(self.source.text)
        if 0 <= place < len(self.pieces):
            return self.pieces[place]
        return Piece(END, "", 0, 0) if place < 0 else Piece(END, "", end, end)

    def kinds(self, first: int, last: int) -> list[str]:
        """Return the kinds of pieces in a row."""
        return [self.piece(offset).kind for offset in range(first, last + 1)]

    def word(self, offset: int = 0) -> str:
        """Return a piece in lower case."""
        return self.piece(offset).text.lower()

    def span(self, first: int = 0, last: int | None = None) -> Span:
        """Return the letters of pieces in a row."""
        return Span(self.piece(first).start, self.piece(first if last is None else last).end)

    def text(self, first: int, last: int | None = None) -> str:
        """Return pieces in a row as they are written, on one line and not too long."""
        span = self.span(first, last)
        return repeated(self.source.text[span.start : span.end])

    def is_joined(self, offset: int = 0) -> bool:
        """Return whether no blank is before a piece."""
        return self.piece(offset - 1).end == self.piece(offset).start

    def end_of_condition(self) -> int:
        """Return the offset of the last piece before the next `and`, `or`, `minus` or closing bracket."""
        depth, offset = 0, 0
        while self.piece(offset).kind != END:
            kind = self.piece(offset).kind
            if depth == 0 and kind in (*CONNECTIVES, "RPAR", "COMMA"):
                break
            depth += (kind == "LPAR") - (kind == "RPAR")
            offset += 1
        return max(offset - 1, 0)

    def begin_of_condition(self) -> int:
        """Return the offset of the first piece behind the last `and`, `or`, `minus`, `not` or opening bracket."""
        depth, offset = 0, -1
        while self.piece(offset).kind != END:
            kind = self.piece(offset).kind
            if depth == 0 and kind in (*CONNECTIVES, "NOT", "LPAR"):
                break
            depth += (kind == "RPAR") - (kind == "LPAR")
            offset -= 1
        return offset + 1

    def opening(self, offset: int) -> int | None:
        """Return the offset of the bracket that a closing one at an offset belongs to, None where there is none."""
        depth = 0
        while self.piece(offset).kind != END:
            kind = self.piece(offset).kind
            depth += (kind == "RPAR") - (kind == "LPAR")
            if depth == 0:
                return offset
            offset -= 1
        return None

    def open_brackets(self) -> list[int]:
        """Return the offsets of the brackets that are open before the wrong piece, the outermost first."""
        found: list[int] = []
        for offset in range(-self.at, 0):
            kind = self.piece(offset).kind
            if kind == "LPAR":
                found.append(offset)
            elif kind == "RPAR" and found:
                found.pop()
        return found

    def advice(self, problem: str, hint: str, first: int = 0, last: int | None = None) -> Advice:
        """Return advice about pieces in a row, the wrong one where no others are given."""
        return Advice(self.span(first, last), problem, hint)
