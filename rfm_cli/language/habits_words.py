"""Advice about words of other languages: `is null`, `contains`, `but not`, `= At risk`."""

from __future__ import annotations

import re
from collections.abc import Callable

from rfm_cli.language.faults import repeated
from rfm_cli.language.habits_values import COMPARED, alternatives, lists, unquoted, without_comparison
from rfm_cli.language.lexing import BAD, END, RESERVED
from rfm_cli.language.odd_pieces import in_quotes
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

MISSING = ("null", "empty", "none", "missing", "nan", "nil", "blank", "unknown", "undefined", "na")
LIKE = {
    "contains": "*{}*",
    "contain": "*{}*",
    "containing": "*{}*",
    "includes": "*{}*",
    "include": "*{}*",
    "has": "*{}*",
    "starts": "{}*",
    "startswith": "{}*",
    "begins": "{}*",
    "beginning": "{}*",
    "ends": "*{}",
    "endswith": "*{}",
    "ending": "*{}",
    "ilike": "*{}*",
    "matches": "*{}*",
    "regexp": "*{}*",
    "rlike": "*{}*",
    "~": "*{}*",
    "содержит": "*{}*",
    "начинается": "{}*",
}
WITHOUT = ("but", "except", "exclude", "excluding", "excludes", "unless", "excluded", "except_for", "subtract", "кроме")
RUSSIAN = {
    "и": "and",
    "или": "or",
    "не": "not",
    "минус": "minus",
    "без": "minus",
    "есть": "has",
    "нет": "no",
    "имеет": "has",
    "любой": "any",
    "все": "all",
    "в": "in",
    "между": "between",
    "за": "within",
    "до": "before",
    "после": "after",
    "с": "since",
}
"""Words of the language in Russian."""
QUERY = (
    "limit",
    "top",
    "sort",
    "select",
    "where",
    "from",
    "having",
    "when",
    "if",
    "join",
    "group",
    "order",
    "find",
    "show",
)


def negated_names(place: Place) -> Advice | None:
    """Advise on `is null`, `is not null`, `is 'x'`, `not null`, `not 'x'` behind a name."""
    if place.word() in ("is", "are", "isnt", "was") and place.piece(-1).kind == "WORD":
        begin = 0
    elif place.word(-1) == "not" and place.piece(-2).kind == "WORD":
        begin = -1
    elif place.word(-1) in COMPARED and place.piece(-2).kind == "WORD" and place.word() in MISSING:
        return _missing(place, -2, 0, is_there=place.word(-1) != "=")
    else:
        return None
    return _is(place, begin)


def _is(place: Place, begin: int) -> Advice | None:
    """Return advice on what comes behind a name and `is` or `not`."""
    value = begin + (place.word(begin) != "not")
    is_negated = place.word(value) == "not"
    value += is_negated
    if place.word(value) in MISSING:
        return _missing(place, begin - 1, value, is_there=is_negated)
    name = place.text(begin - 1)
    if place.piece(value).kind in (*LITERALS, "WORD") and place.piece(value).kind != END:
        end = value
        while place.kinds(end, end + 1) == ["WORD", "WORD"]:
            end += 1
        is_text = place.piece(value).kind == "WORD"
        written = in_quotes(place.text(value, end)) if is_text else place.text(value)
        sign = "!=" if is_negated else "="
        return place.advice(
            f"{place.text(begin, value - 1)} cannot be here", f"write {name} {sign} {written}", begin, value - 1
        )
    if place.piece(value).kind in COMPARISONS and is_negated:
        return place.advice(
            "not cannot be before a comparison", f"write {name} != {place.text(value + 1)}", begin, value
        )
    return None


def _missing(place: Place, name: int, end: int, *, is_there: bool) -> Advice:
    """Return advice on how to ask whether a value is there."""
    hint = f"write {'has' if is_there else 'no'} {place.text(name)}"
    return place.advice(f"{place.text(name + 1, end)} is not how a missing value is asked", hint, name + 1, end)


def parts_of_texts(place: Place) -> Advice | None:
    """Advise on `contains`, `starts with` and their like, and on a pattern without quotes."""
    pattern = LIKE.get(place.word())
    if pattern and place.piece().kind in ("WORD", "HAS", BAD) and "LIKE" in place.accepted:
        first = 2 if place.word(1) in ("with", "in") else 1
        text = place.text(first) if place.piece(first).kind == "TEXT" else _to_blank(place, first) or "x"
        text = text.strip("'\"")
        negation = "not " if place.word(-1) == "not" else ""
        hint = f"write {negation}like {in_quotes(pattern.format(text.strip('%*')))}"
        return place.advice(f"{place.text(0)} is no comparison of the language", hint)
    if place.piece(-1).kind == "LIKE" and place.piece().kind != END:
        inside = "".join(
            place.piece(offset).text for offset in range(4) if place.piece(offset).kind in ("STAR", "WORD")
        )
        return place.advice("the pattern of like is a text in quotes", f"write like {in_quotes(inside or '*x*')}")
    return None


def _to_blank(place: Place, offset: int) -> str:
    """Return the letters from a piece to the next blank or bracket."""
    found = re.match(r"[^\s)]*", place.source.text[place.piece(offset).start :])
    return repeated(found[0]) if found else ""


def without(place: Place) -> Advice | None:
    """Advise on `but not`, `except`, `without` and a dash between conditions."""
    if "MINUS" not in place.accepted and place.word() not in WITHOUT:
        return None
    piece = place.piece()
    if place.word() in WITHOUT and piece.kind == "WORD":
        end = 1 if place.word(1) in ("not", "for") else 0
        return place.advice(
            f"{place.text(0, end)} cannot be here", "write minus to take customers away, or and not", 0, end
        )
    if piece.kind == "PAIR":
        return place.advice(
            f"{piece.text.lower()} goes with rows of a table",
            "write minus to take customers away",
        )
    if piece.text == "-":
        return place.advice("- takes numbers away", "write minus to take customers away")
    if piece.text in (",", ";", "+", "."):
        return place.advice(f"{piece.text} does not join conditions", "write and, or or minus between them")
    return None


def russian(place: Place) -> Advice | None:
    """Advise on Russian words for those of the language."""
    for offset in (0, -1):
        own = RUSSIAN.get(place.word(offset))
        if own and place.piece(offset).kind == "WORD":
            hint = f"write {own}{_or_name(place, offset)}"
            return place.advice(f"{place.text(offset)} is no word of the language", hint, offset)
    return None


def _or_name(place: Place, offset: int) -> str:
    """Return how words in a row are written that are one name, empty where some of them are none of its language."""
    first = last = offset
    while _is_foreign(place, first - 1):
        first -= 1
    while _is_foreign(place, last + 1):
        last += 1
    return f"; a name with blanks is written as [{place.text(first, last)}]" if first < offset else ""


def _is_foreign(place: Place, offset: int) -> bool:
    """Return whether a piece is a word in other letters than those of the language."""
    piece = place.piece(offset)
    return piece.kind == "WORD" and not piece.text.isascii() and not piece.text.startswith("[")


def has_what(place: Place) -> Advice | None:
    """Advise on `has not phone` and `has phone = true`."""
    if place.piece(-1).kind == "HAS" and place.word() in ("not", "no"):
        name = place.text(1) if place.piece(1).kind == "WORD" else "phone"
        return place.advice(f"{place.word()} cannot be behind {place.word(-1)}", f"write no {name}", -1, 0)
    if place.kinds(-2, -1) == ["HAS", "WORD"] and place.piece().kind in (
        *COMPARISONS,
        "IN",
        "LIKE",
        "BETWEEN",
        "WITHIN",
        "OLDER",
    ):
        hint = f"write {place.text(-1)} {place.text(0, place.end_of_condition())}"
        return place.advice(f"{place.word(-2)} asks whether a value is there, and takes a name alone", hint)
    if place.piece(-1).kind == "REACHABLE" and place.piece().kind == "WORD":
        channel = place.text(1) if place.word() in ("via", "with", "in", "through", "at") else place.text(0)
        return place.advice("by is missing", f"write reachable by {channel or 'email'}")
    return None


def reserved(place: Place) -> Advice | None:
    """Advise on a column that is called like a word of the language."""
    piece, before = place.piece(), place.piece(-1)
    is_name_missing = "WORD" in place.accepted and place.accepted <= {"WORD", "TEXT", "FILE", "SNAPSHOT"}
    if is_name_missing and piece.text.lower() in RESERVED:
        return place.advice(
            f"{piece.text} is a word of the language", f"a column of this name is written as [{piece.text}]"
        )
    is_compared = piece.kind in (*COMPARISONS, "IN", "LIKE", "BETWEEN", "WITHIN", "OLDER", "WHEN", "DOT")
    is_compared_next = place.piece(1).kind in (*COMPARISONS, "IN", "LIKE", "BETWEEN", "WITHIN", "OLDER", "WHEN")
    if "WORD" in place.accepted and piece.text.lower() in RESERVED and is_compared_next:
        return place.advice(
            f"{piece.text} is a word of the language", f"a column of this name is written as [{piece.text}]"
        )
    if is_compared and before.text.lower() in RESERVED and before.kind not in (*CONNECTIVES, "NOT", "TRUTH", "AS_OF"):
        hint = f"a column of this name is written as [{before.text}]"
        return place.advice(f"{before.text} is a word of the language", hint, -1)
    return None


def queries(place: Place) -> Advice | None:
    """Advise on words that begin a query elsewhere."""
    first = next((offset for offset in (0, -1) if place.word(offset) in QUERY), None)
    if first is None or place.piece(first).kind != "WORD":
        return None
    return place.advice(
        f"{place.text(first)} cannot be here", "write the condition alone, such as has phone and vip", first
    )


HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    parts_of_texts,
    negated_names,
    alternatives,
    unquoted,
    lists,
    russian,
    without,
    has_what,
    queries,
    without_comparison,
    reserved,
)
