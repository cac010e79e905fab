"""Advice about numbers and comparisons in the ways of other languages: `1,000`, `2 < x < 5`, `18-25`, `at least 3`."""

from __future__ import annotations

import re
from collections.abc import Callable

from rfm_cli.language.habits_words import RUSSIAN
from rfm_cli.language.lexing import END
from rfm_cli.language.odd_pieces import MINUTES, MONTHS, RUSSIAN_UNITS, unit_advice
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

BEHIND = ("WITHIN", "OLDER", "WHEN", "PAIR")
"""Kinds of pieces that may be behind a word that is meant as a unit: `2 times within 30 days`."""
MOST = 10
"""The most parts of a number that are looked at."""
AT_LEAST = {
    "at least": ">=",
    "at most": "<=",
    "more than": ">",
    "greater than": ">",
    "less than": "<",
    "fewer than": "<",
    "equal to": "=",
    "equals to": "=",
    "no less": ">=",
    "no more": "<=",
}
WORDS = {"equals": "=", "equal": "=", "eq": "=", "gt": ">", "lt": "<", "gte": ">=", "lte": "<=", "ne": "!=", "is": "="}


def commas(place: Place) -> Advice | None:
    """Advise on commas in numbers: `1,000`, `0,5`."""
    begin = -1 if place.piece().kind == "COMMA" else -2
    if place.piece(begin + 1).kind != "COMMA" or place.piece(begin).kind != "NUMBER":
        return None
    parts, end = [place.text(begin)], begin
    while (
        len(parts) < MOST
        and place.piece(end + 1).kind == "COMMA"
        and place.is_joined(end + 1)
        and place.is_joined(end + 2)
    ):
        if not re.fullmatch(r"\d+", place.text(end + 2)):
            break
        parts.append(place.text(end + 2))
        end += 2
    # In a list, numbers without blanks behind the commas are right, as long as each of them is one.
    if end < 0 or (place.piece().kind == "NUMBER" and "COMMA" in place.accepted):
        return None
    is_grouped = parts[0] != "0" and all(len(part) == 3 for part in parts[1:])
    written = ("" if is_grouped else ".").join(parts) if is_grouped or len(parts) == 2 else parts[0]
    return place.advice("numbers have no commas", f"write {written}", begin, end)


def blanks(place: Place) -> Advice | None:
    """Advise on blanks in numbers: `1 000`."""
    if place.piece(-1).kind != "NUMBER" or not re.fullmatch(r"\d{3}(\.\d+)?", place.text(0)):
        return None
    end = 0
    while end < MOST and re.fullmatch(r"\d{3}(\.\d+)?", place.text(end + 1)):
        end += 1
    written = "".join(place.text(offset) for offset in range(-1, end + 1))
    return place.advice("numbers have no blanks", f"write {written}", -1, end)


def points(place: Place) -> Advice | None:
    """Advise on a number that begins with its decimal point: `.5`."""
    if place.kinds(0, 1) != ["DOT", "NUMBER"] or not place.is_joined(1) or "TEXT" not in place.accepted:
        return None
    return place.advice("a number begins with a digit", f"write 0.{place.text(1)}", 0, 1)


def counted_words(place: Place) -> Advice | None:
    """Advise on a word behind a number: `2 times`, `5 min`, `1 m`, `100 EUR`."""
    begin = 0 if place.piece().kind == "NUMBER" else -1
    # A minute may be written as `min`, which is a word of the language.
    if place.piece(begin).kind != "NUMBER" or place.piece(begin + 1).kind not in ("WORD", "PICK"):
        return None
    number, word = place.text(begin), place.word(begin + 1)
    if word in MINUTES or word in MONTHS or word in RUSSIAN_UNITS:
        return unit_advice(place, number, word, begin, begin + 1)
    if begin == 0 and place.accepted & {"DURATION"} and "TEXT" not in place.accepted:
        return place.advice(f"{place.text(1)} is no unit of time", f"write {number} days", 1)
    is_last = place.piece(begin + 2).kind in (END, "RPAR", "COMMA", *CONNECTIVES, *BEHIND)
    if word in RUSSIAN or not is_last:
        return None  # it joins conditions, and is no unit
    if begin < 0 and place.piece(-2).kind in (*COMPARISONS, "IN", "LPAR", "COMMA"):
        return place.advice(f"{place.text(0)} cannot be behind a number", f"write the number alone: {number}")
    return None


def in_a_row(place: Place) -> Advice | None:
    """Advise on `2 < frequency < 5`, and on a second comparison without its name: `frequency > 2 and < 5`."""
    piece = place.piece()
    if piece.kind not in COMPARISONS:
        return None
    if place.kinds(-3, -1) == ["NUMBER", "COMPARE", "WORD"] and place.piece(1).kind == "NUMBER":
        hint = f"write {place.text(-1)} between {place.text(-3)} and {place.text(1)}"
        return place.advice("two comparisons in a row", hint, -3, 1)
    if place.piece(-1).kind in CONNECTIVES and place.piece(-4).kind == "WORD" and place.piece(-3).kind in COMPARISONS:
        name = place.text(-4)
        return place.advice("a name is missing before the comparison", f"write it again: {name} {place.text(0, 1)}")
    if (
        place.piece(-1).kind != "RPAR"
        and {"AND", "OR"} <= place.accepted
        and any(place.piece(offset).kind in COMPARISONS for offset in range(-4, 0))
    ):
        return place.advice("two comparisons in a row", "join them with and: a < b and b < c")
    return None


def ranges(place: Place) -> Advice | None:
    """Advise on `age 18-25`, `between 2, 5`, and values without a comparison."""
    piece, name = place.piece(), place.piece(-1)
    if name.kind == "WORD" and piece.kind == "NUMBER" and place.word(1) == "-" and place.piece(2).kind == "NUMBER":
        hint = f"write {place.text(-1)} between {place.text(0)} and {place.text(2)}"
        return place.advice("a comparison is missing", hint, 0, 2)
    begin = next((offset for offset in range(-1, -5, -1) if place.piece(offset).kind == "BETWEEN"), None)
    if begin is not None and "AND" in place.accepted and "OR" not in place.accepted:
        high = place.text(0) if piece.kind in LITERALS else place.text(1)
        low = place.text(begin + 1, -1).rstrip("- ")
        return place.advice(
            "and is missing in between", f"write between {low} and {high}" if high else "write between 2 and 5"
        )
    return None


def written_comparisons(place: Place) -> Advice | None:
    """Advise on comparisons in words: `at least 3`, `equals 3`."""
    if "COMPARE" not in place.accepted and "OR" not in place.accepted:
        return None
    two = f"{place.word()} {place.word(1)}"
    value = next((place.text(offset) for offset in (1, 2, 3) if place.piece(offset).kind in LITERALS), "3")
    if two in AT_LEAST:
        return place.advice(f"{two} cannot be here", f"write {AT_LEAST[two]} {value}", 0, 1)
    if place.word() in WORDS and place.word() != "is" and place.piece().kind == "WORD":
        return place.advice(f"{place.text(0)} cannot be here", f"write {WORDS[place.word()]} {value}")
    return None


def products(place: Place) -> Advice | None:
    """Advise on a product with the number behind, and on arithmetic in brackets."""
    piece = place.piece()
    if piece.kind == "STAR" and place.kinds(-1, 1) == ["WORD", "STAR", "NUMBER"]:
        return place.advice("the number of a product comes first", f"write {place.text(1)} * {place.text(-1)}", -1, 1)
    if piece.kind == "STAR" and place.piece(-1).kind == "LIKE":
        return None
    if piece.kind == "LPAR" and place.word(-1) in ("*", "+", "-"):
        return place.advice(NO_BRACKETS, WITHOUT)
    if piece.kind == "RPAR" and _is_value(place):
        opening = place.opening(0)
        return place.advice(NO_BRACKETS, WITHOUT, opening if opening is not None else 0, 0)
    if (piece.kind in (*COMPARISONS, "STAR") or place.word() in ("+", "-")) and place.piece(-1).kind == "RPAR":
        return _value_in_brackets(place)
    return None


NO_BRACKETS = "arithmetic has no brackets"
WITHOUT = "write the product on the other side, without brackets: 2 * a + 2 * b for (a + b) * 2"


def _is_value(place: Place) -> bool:
    """Return whether the bracket that closes here has a value in it, and is not that of a table."""
    opening = place.opening(0)
    if opening is None or place.piece(opening - 1).kind in ("WORD", "IN", "DATE", "NUMBER", "AS_OF", "SOME", "TOTAL"):
        return False
    return (
        "OR" not in place.accepted
        and place.piece(-1).kind in ("WORD", "NUMBER", "DURATION")
        and any(place.word(offset) in ("+", "-", "*") for offset in range(opening, 0))
    )


def _value_in_brackets(place: Place) -> Advice | None:
    """Return advice on a value in brackets before a comparison, None where they hold something else."""
    opening = place.opening(-1)
    if opening is None or place.piece(opening - 1).kind in ("WORD", "IN"):
        return None
    kinds = [place.piece(offset).kind for offset in range(opening + 1, -1)]
    if not set(kinds) <= {"WORD", "DOT", "NUMBER", "SIGN", "STAR"}:
        return None
    is_name = set(kinds) <= {"WORD", "DOT"}
    hint = f"write {place.text(opening + 1, -2)} {place.text(0, 1)}" if is_name else WITHOUT
    return place.advice("values have no brackets" if is_name else NO_BRACKETS, hint, opening, -1)


FIRST: tuple[Callable[[Place], Advice | None], ...] = (commas, blanks, points, counted_words)
"""What is looked for before windows and odd pieces."""
HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    in_a_row,
    ranges,
    written_comparisons,
    products,
)
