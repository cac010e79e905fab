"""Advice about phrases that nearly are of the language: `last order`, `no orders later`, `from 2 to 5`, `> =`."""

from __future__ import annotations

from collections.abc import Callable

from rfm_cli.language.habits_tables import TABLES
from rfm_cli.language.lexing import END
from rfm_cli.language.place import COMPARISONS, CONNECTIVES, LITERALS, Advice, Place

SIGNS = (">=", "<=", "!=", "<>")
WINDOWS = ("WITHIN", "OLDER", "WHEN")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
LATER = ("after", "afterwards", "afterward", "thereafter", "since", "then")


def signs_apart(place: Place) -> Advice | None:
    """Advise on signs that have a blank in them, or are doubled: `> =`, `>>`."""
    piece, before = place.piece(), place.piece(-1)
    if place.word() == "!" and place.word(1) == "=":
        return place.advice("a sign has no blanks in it", "write !=", 0, 1)
    if piece.kind not in COMPARISONS or before.kind not in COMPARISONS:
        return None
    together = before.text + piece.text
    return place.advice("two signs in a row", f"write {together if together in SIGNS else before.text}", -1, 0)


def whole_in_quotes(place: Place) -> Advice | None:
    """Advise on an expression in quotes of its own."""
    if place.piece().kind != END or len(place.pieces) != 1 or place.piece(-1).kind != "TEXT":
        return None
    return place.advice("a text alone is no condition", f"write it without quotes: {place.text(-1)[1:-1]}", -1)


def lists_of_texts(place: Place) -> Advice | None:
    """Advise on `city = ('A', 'B')`, `city != in ('A')`, `in 'At risk', 'Lost'` and `in ('At risk', 'Lost')`."""
    before = place.piece(-1)
    if before.kind in COMPARISONS and place.kinds(0, 1) == ["LPAR", "TEXT"]:
        word = "not in" if before.text in ("!=", "<>") else "in"
        return place.advice(
            "a list goes with in", f"write {place.text(-2)} {word} {place.text(0, place.end_of_condition())}", -1
        )
    if before.kind in COMPARISONS and place.piece().kind in ("IN", "LIKE", "BETWEEN", *WINDOWS):
        negation = "not " if before.text in ("!=", "<>") else ""
        hint = f"write {place.text(-2)} {negation}{place.text(0, place.end_of_condition())}"
        return place.advice(f"{before.text} cannot be before {place.word()}", hint, -1)
    if place.kinds(-2, 1) == ["IN", "TEXT", "COMMA", "TEXT"] and "MINUS" in place.accepted:
        return place.advice("a comma does not join sets", f"write in {place.text(-1)} or in {place.text(1)}")
    if before.kind == "IN" and place.kinds(0, 1) == ["LPAR", "TEXT"] and place.piece(-2).kind not in ("WORD", "NOT"):
        hint = f"write segment in {place.text(0, place.end_of_condition())}, or a column in place of segment"
        return place.advice("a name is missing before in", hint)
    return None


def from_to(place: Place) -> Advice | None:
    """Advise on `from 2024-01 to 2024-03`, `= 2 to 5` and `between 2 - 5`."""
    if place.word() == "from" and place.piece(1).kind in LITERALS and place.word(2) in ("to", "till", "until"):
        return place.advice("from cannot be here", f"write between {place.text(1)} and {place.text(3)}", 0, 3)
    if place.word() in ("to", "till", "..") and place.piece(-1).kind in LITERALS and place.piece(1).kind in LITERALS:
        return place.advice(f"{place.word()} cannot be here", f"write between {place.text(-1)} and {place.text(1)}")
    if place.kinds(-4, -1) == ["BETWEEN", "NUMBER", "SIGN", "NUMBER"] or place.kinds(-4, -1) == [
        "BETWEEN",
        "DATE",
        "SIGN",
        "DATE",
    ]:
        return place.advice("and is missing in between", f"write between {place.text(-3)} and {place.text(-1)}", -2)
    return None


def months_by_name(place: Place) -> Advice | None:
    """Advise on months by their names: `since March 2024`, `3 April`."""
    month = place.word()[:3]
    if (
        month not in MONTHS
        or place.piece().kind != "WORD"
        or not (place.accepted & {"DATE"} or place.piece(-1).kind == "NUMBER")
    ):
        return None
    year = place.text(1) if place.piece(1).kind == "NUMBER" else "2024"
    day = f"-{int(place.text(-1)):02}" if place.piece(-1).kind == "NUMBER" and len(place.text(-1)) < 3 else ""
    return place.advice("a date is written in digits", f"write {year}-{MONTHS.index(month) + 1:02}{day}")


def names_with_blanks(place: Place) -> Advice | None:
    """Advise on a name with blanks: `total spent > 5`, `new without orders`."""
    if place.kinds(-1, 0) != ["WORD", "WORD"] or place.begin_of_condition() != -1:
        return None
    end = 0
    while place.piece(end + 1).kind == "WORD":
        end += 1
    after, name = place.piece(end + 1).kind, place.text(-1, end)
    if after in (*COMPARISONS, "IN", "LIKE", "BETWEEN", *WINDOWS):
        return place.advice("a name cannot have blanks", f"a column with blanks is written as [{name}]", -1, end)
    if after not in (END, "RPAR", *CONNECTIVES) or name.isascii():
        return None
    hint = f"write and, or or minus between conditions; a name with blanks is written as [{name}]"
    return place.advice(f"{place.text(0)} cannot be here", hint)


def names_of_columns(place: Place) -> Advice | None:
    """Advise on a name with blanks before the value of a column: `in the cart = count events`."""
    offsets = range(-place.at, len(place.pieces) - place.at)
    sign = next((at for at in offsets if place.piece(at).kind == "EQUAL"), None)
    if place.start != "column" or sign is None or sign < max(0, 2 - place.at):
        return None
    name = place.text(-place.at, sign - 1)
    comma = next((at for at in range(-place.at, sign) if place.piece(at).kind == "COMMA"), None)
    if comma is not None:
        return place.advice("a value has a --with of its own", _with_each(place, comma), comma)
    hint = f"a name with blanks is written as [{name}]"
    return place.advice("a name cannot have blanks", hint, -place.at, sign - 1)


def values_in_a_row(place: Place) -> Advice | None:
    """Advise on a second column behind the value of one: `n = count orders, m = 2`."""
    if place.start != "column" or place.piece().kind != "COMMA" or place.open_brackets():
        return None
    return place.advice("a value has a --with of its own", _with_each(place, 0))


def _with_each(place: Place, comma: int) -> str:
    """Return two columns that a comma parts, each with its option."""
    both = (place.text(-place.at, comma - 1), place.text(comma + 1, len(place.pieces) - place.at - 1))
    return "write " + " ".join(f'--with "{one}"' for one in both)


def columns_of_sums(place: Place) -> Advice | None:
    """Advise on `sum orders amount`, and on conditions behind `count`: `count event = 'open' > 2`."""
    if place.kinds(-1, 0) == ["WORD", "WORD"] and place.piece(-2).kind in ("TOTAL", "PICK", "DISTINCT"):
        return place.advice(
            "a dot is missing before the column", f"write {place.word(-2)} {place.text(-1)}.{place.text(0)}"
        )
    if place.piece().kind in COMPARISONS and place.kinds(-4, -2) == ["TOTAL", "WORD", "EQUAL"]:
        where = place.text(-3, -1)
        table = {"event": "events", "kind": "events", "category": "lines", "product_id": "lines"}.get(
            place.word(-3), "orders"
        )
        hint = f"write {place.word(-4)} {table}({where}) {place.text(0, 1)}"
        return place.advice("a condition on rows is in brackets behind their table", hint, -3, -1)
    return None


def pairs(place: Place) -> Advice | None:
    """Advise on `with no orders later`, `and without orders later`, `without orders after`."""
    before = place.piece(-1)
    if before.kind == "PAIR" and place.piece().kind in ("HAS", "SOME") and place.piece(1).kind == "WORD":
        is_without = before.text.lower() == "without" or place.word() in ("no", "none")
        word = "without" if is_without else "with"
        return place.advice(
            f"{place.word()} cannot be behind {before.text.lower()}", f"write {word} {place.text(1)}", -1, 0
        )
    if place.piece().kind == "PAIR" and before.kind == "AND" and _is_table(place.word(1)):
        return place.advice(
            "and cannot be before what a row is paired with", f"leave and out: {place.text(0, 1)}", -1, 0
        )
    if place.piece().kind == "LATER" and place.kinds(-2, -1) == ["HAS", "WORD"]:
        word = "without" if place.word(-2) == "no" else "with"
        return place.advice(
            "later goes with rows of a table", f"write {word} {place.text(-1)} later behind the rows, and leave and out"
        )
    is_last = place.piece(1).kind in (END, "RPAR", *CONNECTIVES)
    if place.word() in LATER and is_last and ("LATER" in place.accepted or place.piece(-2).kind == "PAIR"):
        return place.advice(f"{place.word()} cannot be here", "write later")
    return None


def tables_that_are_had(place: Place) -> Advice | None:
    """Advise on `has any orders`, `no orders within 30 days`, `any lines with category = 'Tea'`."""
    before = place.piece(-1)
    if before.kind == "HAS" and (place.piece().kind == "SOME" or place.word() == "no") and _is_table(place.word(1)):
        is_none = before.text.lower() == "no" or place.word() in ("no", "none")
        return place.advice("has asks for values", f"write {'none' if is_none else 'any'} {place.text(1)}", -1, 0)
    if place.kinds(-2, -1) == ["HAS", "WORD"] and place.piece().kind in WINDOWS and _is_table(place.word(-1)):
        word = "none" if place.word(-2) == "no" else "any"
        hint = f"write {word} {place.text(-1)} {place.text(0, place.end_of_condition())}"
        return place.advice(f"{place.word(-2)} asks whether a value is there, not a row", hint, -2)
    if place.piece().kind in COMPARISONS and place.kinds(-4, -1) == ["SOME", "WORD", "PAIR", "WORD"]:
        where = place.text(-1, place.end_of_condition())
        hint = f"write {place.word(-4)} {place.text(-3)}({where})"
        return place.advice("a condition on rows is in brackets behind their table", hint, -2, place.end_of_condition())
    return None


def _is_table(word: str) -> bool:
    """Return whether a word is a table of the language, or one row of it."""
    return word in TABLES or f"{word}s" in TABLES


def channels(place: Place) -> Advice | None:
    """Advise on a channel in quotes."""
    if place.piece(-1).kind != "BY" or place.piece().kind != "TEXT":
        return None
    return place.advice("a name has no quotes", f"write by {place.text(0).strip(chr(34) + chr(39))}")


LAST: tuple[Callable[[Place], Advice | None], ...] = (names_with_blanks,)
"""What is looked for behind all other habits."""
HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    names_of_columns,
    values_in_a_row,
    signs_apart,
    whole_in_quotes,
    lists_of_texts,
    from_to,
    months_by_name,
    columns_of_sums,
    pairs,
    tables_that_are_had,
    channels,
)
