"""Advice about conditions in plain English: `have phone`, `is older than`, `with phone`, `in file ids.csv`."""

from __future__ import annotations

import re
from collections.abc import Callable

from rfm_cli.language import calendar
from rfm_cli.language.lexing import END
from rfm_cli.language.odd_pieces import in_quotes
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

ARTICLES = ("a", "an", "the", "any", "some")
IS = ("is", "are", "was", "were", "be", "isn't", "has")
THERE = {"have": "has", "having": "has", "exists": "has", "exist": "has", "got": "has", "lacks": "no", "lacking": "no"}
"""Words for a value that is there, or is not."""
WINDOWS = ("WITHIN", "OLDER", "WHEN")


def fillers(place: Place) -> Advice | None:
    """Advise on `is` before a comparison: `last_order is older than 90 days`."""
    is_compared = place.piece(1).kind in (*WINDOWS, *COMPARISONS, "IN", "LIKE", "BETWEEN")
    if place.word() in IS and is_compared and place.piece(-1).kind == "WORD":
        hint = f"leave it out: {place.text(-1)} {place.text(1, place.end_of_condition())}"
        return place.advice(f"{place.text(0)} cannot be here", hint)
    if place.word(-1) in IS and place.piece(-1).kind == "WORD" and place.piece().kind == "WORD":
        return place.advice(f"{place.text(-1)} cannot be here", f"leave it out: {place.text(0)}", -1)
    return None


def values_that_are_there(place: Place) -> Advice | None:
    """Advise on `have phone`, `phone exists`, `has a phone`, and on `with phone` as a condition."""
    if place.piece(-2).kind == "HAS" and place.word(-1) in ARTICLES and place.piece().kind == "WORD":
        return place.advice(f"{place.text(-1)} cannot be here", f"write {place.word(-2)} {place.text(0)}", -1)
    for offset, name in ((0, -1), (0, 1), (-1, 0)):
        own = THERE.get(place.word(offset))
        if own and place.piece(name).kind == "WORD" and place.piece(offset).kind == "WORD":
            return place.advice(
                f"{place.text(offset)} is no word of the language", f"write {own} {place.text(name)}", offset
            )
    if place.piece().kind == "PAIR" and "HAS" in place.accepted and place.piece(1).kind == "WORD":
        word = "has" if place.word() == "with" else "no"
        return place.advice(f"{place.text(0)} goes with rows of a table", f"write {word} {place.text(1)}")
    if place.piece().kind == "MINUS" and "HAS" in place.accepted and place.piece(-1).kind in (END, "LPAR"):
        return place.advice("minus takes customers away from others", "write all minus ... for everybody else")
    return None


def files_and_days(place: Place) -> Advice | None:
    """Advise on a file without quotes, and on a date in quotes."""
    piece, before = place.piece(), place.piece(-1)
    if piece.kind == "FILE" and before.kind == "IN" and place.piece(1).kind == "TEXT":
        is_negated = place.piece(-2).kind == "NOT"
        name, negation = place.text(-3 if is_negated else -2), "not " if is_negated else ""
        hint = f"write {negation}in file {place.text(1)} by {name}"
        return place.advice("no name is before in file", hint, -3 if is_negated else -2, 1)
    if before.kind == "FILE":
        found = re.match(r"[^\s)]*", place.source.text[piece.start :])
        name = found[0] if found and piece.kind != "TEXT" else ""
        return place.advice("the name of a file is a text", f"write in file {in_quotes(name or 'ids.csv')}")
    if before.kind in ("SNAPSHOT", "WHEN") and piece.kind == "TEXT":
        inside = piece.text[1:-1].strip()
        day = inside if calendar.period(inside) else "2024-03-31"
        return place.advice("a date is written without quotes", f"write {day}")
    return None


def words_in_lists(place: Place) -> Advice | None:
    """Advise on texts without quotes in a list: `city in (Riga, New York)`."""
    if place.piece().kind != "WORD" or "TEXT" not in place.accepted or "TOTAL" in place.accepted:
        return None
    if place.piece(-1).kind not in ("LPAR", "COMMA"):
        return None
    end = 0
    while place.piece(end + 1).kind not in ("COMMA", "RPAR", END, *CONNECTIVES):
        end += 1
    written = in_quotes(place.text(0, end))
    return place.advice(f"{place.text(0, end)} is no text", f"write a text in straight quotes: {written}", 0, end)


def windows_behind(place: Place) -> Advice | None:
    """Advise on a window behind the number that is counted: `count orders > 3 within 30 days`."""
    begin = place.begin_of_condition()
    if place.piece().kind not in WINDOWS or place.piece(begin).kind != "TOTAL" or place.piece(-1).kind not in LITERALS:
        return None
    if place.piece(-2).kind not in COMPARISONS or "OR" not in place.accepted:
        return None
    window = place.text(0, place.end_of_condition())
    hint = f"write it before the comparison: {place.text(begin, -3)} {window} {place.text(-2, -1)}"
    return place.advice("a window cannot be behind a comparison", hint, 0, place.end_of_condition())


HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    fillers,
    values_that_are_there,
    files_and_days,
    words_in_lists,
    windows_behind,
)
