"""Advice about questions to tables in other ways: `any orders > 1`, `count(orders)`, `events('view')`."""

from __future__ import annotations

from collections.abc import Callable

from rfm_cli.language.habits_times import TODAY
from rfm_cli.language.lexing import END
from rfm_cli.language.place import COMPARISONS, Advice, Place

COLUMNS = {"amount": "orders", "product_id": "lines", "quantity": "lines", "category": "lines", "value": "events"}
"""The table that a column is likely to be of."""
AVERAGES = ("avg", "average", "mean", "median", "средний")
ASKED = {"events": "event", "lines": "product_id", "orders": "order_id", "refunds": "order_id", "letters": "letter"}
"""The column of a table that a text alone is likely to be about."""
TABLES = ("orders", "refunds", "lines", "events", "goods", "letters")
NUMBER_OF = ("number", "amount", "quantity", "total")


def compared_rows(place: Place) -> Advice | None:
    """Advise on `any orders > 1` and `any orders.amount > 100`."""
    if place.piece().kind not in COMPARISONS:
        return None
    begin = place.begin_of_condition()
    if place.piece(begin).kind != "SOME":
        return None
    if place.kinds(begin, begin + 3) == ["SOME", "WORD", "DOT", "WORD"] and begin + 3 == -1:
        where = f"{place.text(-1)} {place.text(0, place.end_of_condition())}"
        return place.advice(PICKS, f"write {place.word(begin)} {place.text(begin + 1)}({where})", -1)
    rows = place.text(begin + 1, -1)
    return place.advice(PICKS, f"write count {rows} {place.text(0, 1)}", begin, 0)


PICKS = "any and none ask whether there are rows: no number is compared with that"


def bare_conditions(place: Place) -> Advice | None:
    """Advise on `any orders amount > 100`."""
    if place.kinds(-2, 0) != ["SOME", "WORD", "WORD"]:
        return None
    if place.word() == "where":
        where = place.text(1, place.end_of_condition()) or "amount > 100"
    else:
        where = place.text(0, place.end_of_condition())
    if not any(place.piece(offset).kind in (*COMPARISONS, "IN", "LIKE", "BETWEEN") for offset in range(4)):
        return None
    return place.advice(IN_BRACKETS, f"write {place.word(-2)} {place.text(-1)}({where})", 0, place.end_of_condition())


IN_BRACKETS = "a condition on rows is in brackets behind their table"


def called(place: Place) -> Advice | None:
    """Advise on functions: `count(orders)`, `avg(orders.amount)`, `events('view')`."""
    if place.piece().kind != "LPAR":
        return None
    end = _closing(place)
    inside = place.text(1, end - 1) if end and end > 1 else ""
    word, before = place.word(-1), place.piece(-1)
    if before.kind in ("TOTAL", "PICK") or word == "distinct":
        rows = "orders" if inside in ("", "*", "1") else with_table(inside)
        word = "count distinct" if word == "distinct" else word
        return place.advice("functions have no brackets", f"write {word} {rows}", 0, end or 0)
    return _called_word(place, end, inside) if before.kind == "WORD" else None


def with_table(rows: str) -> str:
    """Return rows as they are written, a column alone with the table that it is likely to be of."""
    table = COLUMNS.get(rows.lower())
    return f"{table}.{rows}" if table else rows


def _called_word(place: Place, end: int | None, inside: str) -> Advice:
    """Return advice on a word before brackets: an average, a table, or a function of another language."""
    word, name = place.word(-1), place.text(-1)
    if word in AVERAGES:
        return place.advice(f"{name} is no function", AVERAGE, -1)
    if word in TODAY:
        return place.advice(f"{name} is no function", f"write {TODAY[word]}", -1)
    if end == 2 and place.piece(1).kind == "TEXT":
        where = f"{ASKED.get(word, 'column')} = {inside}"
        return place.advice("any is missing before the table", f"write any {name}({where})", -1)
    if inside and word in TABLES:
        return place.advice("any is missing before the table", f"write any {name}({inside})", -1)
    return place.advice(f"{name} is no function", FUNCTIONS, -1)


FUNCTIONS = "functions are count, sum, min, max, first and last, before rows: count orders"
AVERAGE = "aov is the average of a customer's orders; else compare sum orders.amount with 2 * count orders"


def _closing(place: Place) -> int | None:
    """Return the offset of the bracket that closes the one here."""
    depth, offset = 0, 0
    while place.piece(offset).kind != END:
        depth += (place.piece(offset).kind == "LPAR") - (place.piece(offset).kind == "RPAR")
        if depth == 0:
            return offset
        offset += 1
    return None


def averages(place: Place) -> Advice | None:
    """Advise on `avg orders.amount` and `count of orders`."""
    if place.piece().kind == "WORD" and place.word(-1) in AVERAGES and place.piece(-1).kind == "WORD":
        return place.advice(f"{place.text(-1)} is no function", AVERAGE, -1)
    if place.piece().kind == "OF" and (place.piece(-1).kind in ("TOTAL", "PICK") or place.word(-1) in NUMBER_OF):
        word = place.word(-1) if place.piece(-1).kind in ("TOTAL", "PICK") else "count"
        rows = place.text(1) if place.piece(1).kind == "WORD" else "orders"
        return place.advice("of cannot be here", f"write {word} {rows}")
    return None


def texts_alone(place: Place) -> Advice | None:
    """Advise on `any events('view')`."""
    if place.kinds(-3, 0) != ["WORD", "LPAR", "TEXT", "RPAR"]:
        return None
    table = place.text(-3)
    where = f"{ASKED.get(table.lower(), 'column')} = {place.text(-1)}"
    return place.advice("the column that has this text is missing", f"write any {table}({where})", -1)


def rows_alone(place: Place) -> Advice | None:
    """Advise on `any` before rows, where rows alone are asked for."""
    if place.start != "some_rows" or place.at > 0 or place.piece().kind not in ("SOME", "TOTAL", "PICK"):
        return None
    return place.advice(
        f"{place.word()} cannot be before rows here",
        f"write {place.text(1, 4)}"
        if len(place.pieces) < 6
        else "write the rows alone, such as events(event = 'view') within 4 weeks",
    )


def values_alone(place: Place) -> Advice | None:
    """Advise on a condition where a column has its value: `x = has phone`."""
    begin = {"column": 2, "formula": 0}.get(place.start)
    if place.at != begin or place.piece().kind not in ("HAS", "SOME", "REACHABLE"):
        return None
    end = place.end_of_condition()
    values = {"HAS": place.text(1), "SOME": f"count {place.text(1, max(end, 1))}"}
    value = values.get(place.piece().kind, "a value such as count orders")
    name = f"{place.text(-2)} = " if begin and place.piece().kind in values else ""
    return place.advice("a column has a value, and this is a condition", f"write {name}{value}", 0, end)


HABITS: tuple[Callable[[Place], Advice | None], ...] = (
    rows_alone,
    values_alone,
    compared_rows,
    bare_conditions,
    called,
    averages,
    texts_alone,
)
