"""Advice about words of other languages: `is null`, `contains`, `but not`, `= At risk`."""

from __future__ import annotations

import re
from collections.abc import Callable

from rfm_cli.language.faults import repeated
from rfm_cli.language.lexing import BAD, END, RESERVED
from rfm_cli.language.odd_pieces import in_quotes
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

MOST = 10
"""The most values that a hint repeats."""
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


COMPARED = ("=", "!=", "<>")


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


def alternatives(place: Place) -> Advice | None:
    """Advise on a second value without a comparison: `city = 'A' or 'B'`."""
    value, joined = place.piece(-1), place.piece(-2)
    first = place.kinds(-5, -3)
    if value.kind not in LITERALS or joined.kind not in ("OR", "AND", "COMMA") or "OR" in place.accepted:
        return None
    if first[0] != "WORD" or first[1] not in COMPARISONS or first[2] not in LITERALS:
        return None
    if place.word(-4) not in COMPARED:
        return place.advice("a comparison is missing", f"write it again: {place.text(-5, -4)} {place.text(-1)}", -1)
    values = [place.text(-3), place.text(-1)]
    offset = 0
    while len(values) < MOST and place.piece(offset).kind in ("OR", "AND") and place.piece(offset + 1).kind in LITERALS:
        values.append(place.text(offset + 1))
        offset += 2
    negation = "not in" if place.word(-4) in ("!=", "<>") else "in"
    hint = f"write {place.text(-5)} {negation} ({', '.join(values)})"
    return place.advice("a comparison is missing", hint, -1)


def unquoted(place: Place) -> Advice | None:
    """Advise on texts of several words without quotes: `segment = At risk`, `in At risk`, `city in Riga`."""
    begin = 0
    while place.piece(begin - 1).kind == "WORD":
        begin -= 1
    before = place.piece(begin - 1)
    is_list = before.kind == "IN" and _is_behind_name(place, begin - 1)
    if before.kind not in (*COMPARISONS, "IN") or place.piece(begin).text.startswith("["):
        return None
    if begin == 0 and place.word() not in RESERVED and not (is_list and place.piece().kind == "WORD"):
        return None
    end = begin
    while place.piece(end + 1).kind not in (*CONNECTIVES, END, "RPAR", "COMMA", *COMPARISONS, BAD, "TEXT"):
        end += 1
    if end < 0 or place.piece().kind == END:
        return None
    written = in_quotes(place.text(begin, end))
    hint = f"in ({written})" if is_list else f"in {written}" if before.kind == "IN" else written
    return place.advice(f"{place.text(begin, end)} is no text", f"write a text in straight quotes: {hint}", begin, end)


def _is_behind_name(place: Place, offset: int) -> bool:
    """Return whether a name is before an `in`, or a name and `not`."""
    before = place.piece(offset - 1).kind
    return before == "WORD" or (before == "NOT" and place.piece(offset - 2).kind == "WORD")


def lists(place: Place) -> Advice | None:
    """Advise on `in` behind a name without a list in brackets."""
    if place.piece(-1).kind != "IN":
        return None
    is_behind_name = _is_behind_name(place, -1)
    piece = place.piece()
    if is_behind_name and piece.kind in ("TEXT", "NUMBER", "DATE"):
        end = 0
        while place.kinds(end + 1, end + 2) == ["COMMA", piece.kind]:
            end += 2
        return place.advice("the values of in are in brackets", f"write in ({place.text(0, end)})", 0, end)
    if is_behind_name and piece.text.startswith("["):
        inside = ", ".join(in_quotes(one.strip(" '\"")) for one in place.text(0)[1:-1].split(","))
        return place.advice("the values of in are in round brackets", f"write in ({inside})")
    if piece.kind == "LPAR" and not is_behind_name:
        return place.advice("a name is missing before in", f"write city in {place.text(0, place.end_of_condition())}")
    return None


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


def without_comparison(place: Place) -> Advice | None:
    """Advise on a name and a value without a comparison: `city 'Moscow'`."""
    if place.piece(-1).kind == "WORD" and place.piece().kind in LITERALS and "COMPARE" in place.accepted:
        return place.advice("a comparison is missing", f"write {place.text(-1)} = {place.text(0)}")
    return None


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
