"""Errors of texts that are no expression: what is wrong, and what could be there, in words."""

from __future__ import annotations

from difflib import get_close_matches

from rfm_cli.errors import UsageError
from rfm_cli.language import (
    habits_brackets,
    habits_english,
    habits_numbers,
    habits_phrases,
    habits_segments,
    habits_tables,
    habits_times,
    habits_words,
    odd_pieces,
)
from rfm_cli.language.faults import fault_at, repeated
from rfm_cli.language.lexing import END, RESERVED
from rfm_cli.language.place import Advice, Place

HABITS = (
    *habits_segments.HABITS,
    *habits_phrases.HABITS,
    *habits_numbers.FIRST,
    *odd_pieces.HABITS,
    *habits_times.HABITS,
    *habits_numbers.HABITS,
    *habits_tables.HABITS,
    *habits_english.HABITS,
    *habits_words.HABITS,
    *habits_brackets.HABITS,
    *habits_phrases.LAST,
)
"""What people write who know other languages, the more special before the more general."""
EXPECTED = (
    ({"HAS", "SOME", "NOT"}, "a condition such as has phone"),
    ({"TEXT", "TOTAL", "AS_OF"}, "a value such as 30 or 'Moscow'"),
    ({"TEXT", "FILE"}, "a segment such as 'At risk', or file or snapshot"),
    ({"TEXT", "AS_OF"}, "a text, number or date"),
    ({"DATE", "AS_OF"}, "a date such as 2024-03-31"),
    ({"DURATION"}, "a time such as 4 weeks"),
    ({"TEXT"}, "a text such as 'Mo*'"),
    ({"WORD"}, "a name"),
    ({"COMMA"}, "a comma or a closing bracket"),
    ({"OR"}, "and, or or minus"),
    ({"LIKE"}, "a comparison such as = 'Moscow', > 3 or within 30 days"),
    ({"AND"}, "and with a second value"),
    ({"THAN"}, "than"),
    ({"OF"}, "of"),
    ({"EQUAL"}, "= and a value"),
    ({"LPAR"}, "an opening bracket"),
    ({"NUMBER"}, "a number"),
)
"""What could be there, by kinds that are accepted; the first that fits."""


def refused(place: Place) -> UsageError:
    """Return the error of a text that is no expression."""
    for habit in HABITS:
        if advice := habit(place):
            return fault_at(place.source, advice.span, advice.problem, advice.hint)
    advice = _plain(place)
    return fault_at(place.source, advice.span, advice.problem, advice.hint)


WORDS = {
    "TOTAL": ("count", "sum"),
    "PICK": ("min", "max", "first", "last"),
    "SOME": ("any", "none"),
    "HAS": ("has", "no"),
    "PAIR": ("with", "without"),
    "WHEN": ("before", "after", "since", "until", "on"),
    "TRUTH": ("true", "false"),
}
"""The keywords of kinds that have several."""


def _plain(place: Place) -> Advice:
    """Return what is to be there in place of a piece, and the keyword that the piece is nearly."""
    piece, expected = place.piece(), _expected(place)
    hint = f"write {expected}" if expected else "end the text before it"
    if piece.kind == END:
        return place.advice("the text ends too early", hint)
    words = [word for kind in sorted(place.accepted) for word in WORDS.get(kind, (kind.lower(),)) if word in RESERVED]
    if piece.kind == "WORD" and (close := _nearly(piece.text.lower(), words)):
        hint = f"did you mean {close}?"
    return place.advice(f"{repeated(piece.text)} cannot be here", hint)


def _nearly(text: str, words: list[str]) -> str | None:
    """Return the keyword that a word is but for a letter, or for the order of its letters."""
    same_letters = next((word for word in words if sorted(word) == sorted(text)), None)
    return same_letters or next(iter(get_close_matches(text, words, n=1, cutoff=0.75)), None)


def _expected(place: Place) -> str:
    """Return what could be there, in words."""
    if place.piece(-1).kind in ("SOME", "TOTAL", "PICK", "PAIR", "DISTINCT") and "WORD" in place.accepted:
        return "the name of a table such as orders"
    return next((words for kinds, words in EXPECTED if kinds <= place.accepted), "")
