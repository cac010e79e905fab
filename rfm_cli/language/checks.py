"""What the grammar allows and no table can answer."""

from __future__ import annotations

import re
from dataclasses import replace

from rfm_cli.errors import UsageError
from rfm_cli.language.calendar import period
from rfm_cli.language.canonical import canonical
from rfm_cli.language.faults import fault, repeated
from rfm_cli.language.habits_tables import with_table
from rfm_cli.language.limits import check_size
from rfm_cli.language.nodes import (
    Aggregate,
    AnyRows,
    Between,
    Compare,
    Duration,
    In,
    InSnapshot,
    Name,
    Node,
    Number,
    Pairing,
    Rows,
    Text,
    Timed,
    WhenDate,
)
from rfm_cli.language.walk import nodes_of
from rfm_cli.language.written import SomeRows, Written
from rfm_cli.tables.fields import fold

NO_VALUES = ("null", "nil", "nan")
"""Names of a missing value in other languages."""


def check(written: Written, tree: Node) -> None:
    """Raise `UsageError` for the first part of a tree that cannot mean anything, or for a tree that is too large."""
    check_size(written, tree)
    for node in nodes_of(tree):
        if problem := _problem(written, node):
            raise problem
    if isinstance(written, SomeRows):
        _refuse_column(written, written.rows)
    if alone := _without_rows(tree):
        window = canonical(alone.windows[0])
        raise fault(written, alone, "a time alone is that of a row", f"write a date before it: last_order {window}")


def _problem(written: Written, node: Node) -> UsageError | None:
    """Return what is wrong with a node itself, None if it is right."""
    match node:
        case AnyRows(rows=rows):
            return _column_fault(written, rows, "none " if node.negated else "any ") if rows.column else None
        case Pairing(rows=rows):
            return _column_fault(written, rows, "with " if node.wanted else "without ") if rows.column else None
        case Aggregate():
            return _function_fault(written, node)
        case Compare():
            return _missing_fault(written, node) or _length_fault(written, node)
        case In():
            return _empty_fault(written, node)
    return _time_fault(written, node)


def _time_fault(written: Written, node: Node) -> UsageError | None:
    """Return what is wrong with a window or a date, None if it is right."""
    match node:
        case WhenDate(date=Number() as number, word=word):
            return fault(written, number, f"{number.written} is no date", _date_hint(number.written, word))
        case InSnapshot(day=Number() as number):
            return fault(written, number, f"{number.written} is no date", _date_hint(number.written))
        case Between(value=value, low=Duration() as low, high=Duration() as high) if value:
            hint = f"write {canonical(value)} within {canonical(high)} older than {canonical(low)}"
            return fault(written, low, LENGTH, hint)
        case Timed(value=Aggregate(function="count" | "count distinct" | "sum") as total):
            hint = f"write {canonical(node.windows[0])} before with and without"
            return fault(written, node.windows[0], f"{total.function} gives a number, which no window holds", hint)
    return None


DAYS_AGO = {"before": "older than", "until": "older than", "after": "within", "since": "within"}
A_YEAR = 9999


def _date_hint(number: str, word: str = "") -> str:
    """Return what is written in place of a number where a date is asked: that date, or a length of time."""
    if re.fullmatch(r"\d{8}", number) and period(day := f"{number[:4]}-{number[4:6]}-{number[6:]}"):
        return f"write {day}"
    hint = "write a date such as 2024-03-31 or 2024-03"
    if number.isdecimal() and int(number) > A_YEAR:
        return f"{hint}; the last year is {A_YEAR}"
    days = DAYS_AGO.get(word) if number.isdecimal() and int(number) else None
    length = "1 day" if number == "1" else f"{number} days"
    return f"{hint}; for a number of days, {days} {length}" if days else hint


MIRRORED = str.maketrans("<>", "><")
LENGTH = "a length of time is no date and no number"


def _refuse_column(written: Written, rows: Rows) -> None:
    """Raise `UsageError` where rows are asked for and a column is named."""
    if rows.column:
        alone = canonical(replace(rows, column=None))
        value = canonical(Aggregate("last", rows))
        hint = f'write {alone}: items are its product_id; a value of the last one is --with "x = {value}"'
        raise fault(written, rows.column, "rows have no column here", hint)


def _column_fault(written: Written, rows: Rows, before: str = "") -> UsageError:
    """Return the error of a column behind a table that is asked for rows."""
    table, column = canonical(rows.table), canonical(rows.column or rows.table)
    return fault(written, rows.column or rows, "rows have no column here", f"write {before}{table}(has {column})")


def _function_fault(written: Written, node: Aggregate) -> UsageError | None:
    """Return what is wrong with the function of some rows."""
    table, has_column = canonical(node.rows.table), node.rows.column is not None
    if node.function not in ("count", "count distinct", "sum", "min", "max", "first", "last"):
        return fault(written, node, "distinct goes with count alone", f"write sum {table}.amount")
    if node.function != "count" and not has_column:
        hint = f"write {_with_column(node.function, table)}"
        return fault(written, node.rows.table, f"{node.function} needs a column of the table", hint)
    return None


def _with_column(function: str, table: str) -> str:
    """Return how rows of a table are asked with a column, or the column that was meant."""
    name = f"{function}_{table.lower()}"
    if name in ("last_order", "first_order", "last_event"):
        return name
    if with_table(table) != table:
        return f"{function} {with_table(table)}"
    column = {"count distinct": "product_id", "first": "at", "last": "at"}.get(function, "amount")
    named = f"; a column with blanks is written as [{function} {table}]" if function in ("first", "last") else ""
    return f"{function} {table}.{column}, with the column that is meant{named}"


def _missing_fault(written: Written, node: Compare) -> UsageError | None:
    """Return the error of a comparison with no value: `= ''` and `= null`."""
    value, other = node.left, node.right
    is_empty = isinstance(other, Text) and not other.value.strip()
    is_null = isinstance(other, Name) and _is_no_value(written, other)
    if node.op not in ("=", "!=") or not (is_empty or is_null):
        return None
    word = "no" if node.op == "=" else "has"
    name = canonical(value) if isinstance(value, Name) else "phone"
    return fault(written, other, MISSING, f"write {word} {name}")


def _is_no_value(written: Written, name: Name) -> bool:
    """Return whether a name is that of a missing value; in square brackets it is that of a column."""
    letters = written.text[name.span.start : name.span.end]
    return letters.lower() in NO_VALUES


def _empty_fault(written: Written, node: In) -> UsageError | None:
    """Return the error of an empty text in a list, or None."""
    empty = next((one for one in node.literals if isinstance(one, Text) and not one.value.strip()), None)
    if empty is None:
        return None
    return fault(written, empty, MISSING, f"write no {canonical(node.value)}")


MISSING = "no value is equal to a missing one"


COUNTS_OF_DAYS = ("recency_days", "tenure_days", "last_event")
"""Measures that are numbers of days."""


def _length_fault(written: Written, node: Compare) -> UsageError | None:
    """Return the error of a comparison with a length of time: `last_order > 30 days`."""
    length = next((one for one in (node.right, node.left) if isinstance(one, Duration)), None)
    if length is None:
        return None
    value = repeated(canonical(node.left if length is node.right else node.right))
    is_older = (node.op in (">", ">=")) == (length is node.right)
    window = f"older than {canonical(length)}" if is_older else f"within {canonical(length)}"
    op = node.op if length is node.right else node.op.translate(MIRRORED)
    number = f"{'recency_days' if value == 'last_order' else value} {op} {length.count}"
    hint = f"for a date write {value} {window}, for a number of days {number}"
    if fold(value) in map(fold, COUNTS_OF_DAYS):
        hint = f"write the number alone: {number}"
    return fault(written, length, LENGTH, hint)


def _without_rows(tree: Node) -> Timed | None:
    """Return a window without a value that is outside of the brackets of all tables, None where there is none."""
    alone = [node for node in nodes_of(tree) if isinstance(node, Timed) and node.value is None]
    if not alone:
        return None
    of_rows = {id(node) for rows in nodes_of(tree) if isinstance(rows, Rows) for node in nodes_of(rows)}
    return next((node for node in alone if id(node) not in of_rows), None)
