"""Advice about values: a second one without a comparison, texts without quotes, lists without brackets."""

from __future__ import annotations

from rfm_cli.language.lexing import BAD, END, RESERVED
from rfm_cli.language.odd_pieces import in_quotes
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

MOST = 10
"""The most values that a hint repeats."""

COMPARED = ("=", "!=", "<>")


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


def without_comparison(place: Place) -> Advice | None:
    """Advise on a name and a value without a comparison: `city 'Moscow'`."""
    if place.piece(-1).kind == "WORD" and place.piece().kind in LITERALS and "COMPARE" in place.accepted:
        return place.advice("a comparison is missing", f"write {place.text(-1)} = {place.text(0)}")
    return None
