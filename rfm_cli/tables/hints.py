"""Which column a missing field may be in, by the values of the first rows: what `--map` is proposed for it.

A column is proposed only where its values fit the field. Its heading decides between columns that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import polars as pl

from rfm_cli.errors import nearest
from rfm_cli.tables.fields import aliases, further_aliases
from rfm_cli.tables.heading_words import (
    BIRTHS,
    EVENTS,
    KEYS,
    MOMENTS,
    MONEY,
    NO_MONEY,
    ORDERS,
    PARTS,
    PEOPLE,
    PRODUCTS,
    THINGS,
    words_of,
)
from rfm_cli.tables.value_kinds import Counts, counts_of

HEAD = 10_000
"""This many rows are looked at."""
MOST, GUESSED = 3, 4
"""At most this many columns are named for a field, and those without a word for it only where no other fits."""
CLOSE = 0.75
"""How much of a heading has to agree with a field where values fit: order_id and user_id agree less."""
Judge = Callable[[Counts, frozenset[str], bool], int | None]
"""Returns how well a column with these words in its heading fits, less for better; None where it does not.

The last argument says whether the heading is nearly the name of the field."""


@dataclass(frozen=True)
class Proposal:
    """The columns that may hold a field, the best first. `differs` says that the best is different in every row.

    `wanted` says in words what the values of the field read as.
    """

    field: str
    headings: tuple[str, ...]
    differs: bool = False
    wanted: str = ""


def proposals(
    table: str, missing: Sequence[str], free: Sequence[str], head: pl.LazyFrame | None, skip: Sequence[str] = ()
) -> list[Proposal]:
    """Return for each missing field the columns among `free` that may hold it, by their values in the rows of `head`.

    Without rows the spelling of the headings decides. Fields of `skip` get no column by their spelling.
    """
    rows = _rows(head, free)
    if rows is None:
        return [Proposal(name, () if name in skip else _spelled(table, name, free)) for name in missing]
    seen = counts_of(rows, rows.columns)
    found = []
    for name in missing:
        wanted, judge = FIELDS.get(name, ("", _any))
        near = () if name in skip else _spelled(table, name, free, CLOSE)
        fits = {one.heading: rank for one in seen if (rank := _rank(one, judge, near)) is not None}
        # A column that differs in every row tells rows apart, and perhaps no people.
        apart = {one.heading for one in seen if one.differ} if name == "customer_id" else set()
        if min(fits.values(), default=GUESSED) < GUESSED:
            fits = {heading: rank for heading, rank in fits.items() if rank < GUESSED}
        best = sorted(fits, key=lambda heading: (heading in apart, fits[heading], rows.columns.index(heading)))
        # Where one repeats, no other is named; where none does, the best alone, with a warning.
        best = [heading for heading in best if heading not in apart][:MOST] or best[:1]
        found.append(Proposal(name, tuple(best), bool(best) and best[0] in apart, wanted))
    return found


def in_words(table: str, proposed: Sequence[Proposal], further: Sequence[Proposal] = ()) -> str:
    """Return the hint of an error: options to copy, then what else may be meant, and what fits no column.

    `further` are fields that a table may do without.
    """
    options = [f"--map {option_of(table, one.field)}={_heading(one)}" for one in (*proposed, *further)]
    options[-1] += " (where there is money)" if further else ""
    notes = []
    for one in (*proposed, *further):
        if one.differs:
            notes.append(f"{one.headings[0]!r} differs in every row: each would be a {_whose(one.field)} of its own")
        if one.headings[1:]:
            notes.append(f"{one.field} may also be {' or '.join(map(quoted, one.headings[1:]))}")
        if not one.headings and one.wanted:
            notes.append(f"no other column looks like {one.wanted}")
    return "; ".join([" ".join(options), *dict.fromkeys(notes)])


def option_of(table: str, field: str) -> str:
    """Return the field as `--map` takes it: with its table, unless that is the orders."""
    return field if table in ("orders", "one_row") else f"{table}.{field}"


def quoted(text: str) -> str:
    """Return a text in quotes, as a shell takes it for one word.

    >>> quoted("Order Date"), quoted("buyer's e-mail")
    ("'Order Date'", "'buyer'\\\\''s e-mail'")
    """
    return "'" + text.replace("'", "'\\''") + "'"


def _heading(one: Proposal) -> str:
    return quoted(one.headings[0]) if one.headings else "HEADING"


def _whose(field: str) -> str:
    return field.removesuffix("_id")


def _rows(head: pl.LazyFrame | None, free: Sequence[str]) -> pl.DataFrame | None:
    """Return the first rows of the columns that are free; None where there are no rows to judge by."""
    if head is None:
        return None
    names = [name for name in dict.fromkeys(free) if name in head.collect_schema()]
    try:
        rows = head.select(names).head(HEAD).collect()
    except pl.exceptions.PolarsError:  # rows with too many fields, say: an error of its own once headings are known
        return None
    return rows if rows.height else None


def _spelled(table: str, name: str, free: Sequence[str], least: float = 0.0) -> tuple[str, ...]:
    """Return the heading that is spelled most like a field or an alias of it, if one comes near."""
    names = (name, *aliases(table, name), *further_aliases(table, name))
    near = ((alias, found) for alias in names if (found := nearest(alias, free)))
    close = next((found for alias, found in near if SequenceMatcher(None, alias, found.lower()).ratio() >= least), None)
    return (close,) if close else ()


def _rank(one: Counts, judge: Judge, near: Sequence[str]) -> int | None:
    """Return how well a column fits a field; a heading that is nearly the field's own comes first."""
    is_near = one.heading in near
    rank = judge(one, frozenset(words_of(one.heading)), is_near)
    return -1 if is_near and rank is not None else rank


def _any(_one: Counts, _words: frozenset[str], _near: bool) -> int | None:
    return None


def _date(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    if one.are("dates"):
        return 3 if words & BIRTHS else 0 if words & MOMENTS else 1
    return 2 if words & MOMENTS and one.rows and one.numbered * 10 >= one.rows * 9 else None


def _money(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    if not one.are("money") or one.are("dates") or words & (NO_MONEY | KEYS):
        return None
    says, part = bool(words & MONEY), bool(words & PARTS)
    if not says and one.are("whole numbers"):
        return None
    return (2 if part else 0) + (0 if says else 1)


def _key(own: frozenset[str], others: frozenset[str]) -> Judge:
    """Return the judge of ids: texts and whole numbers that are neither dates, amounts nor counts."""

    def judge(one: Counts, words: frozenset[str], near: bool) -> int | None:
        is_own = bool(words & own)
        if not one.rows or one.are("dates") or one.are("yes/no"):
            return None
        if (words & (others | THINGS | MONEY | PARTS) and not is_own) or words & {"qty", "quantity", "count"}:
            return None
        if is_own or near:
            return 0 if words & KEYS or one.are("e-mails") else 1
        # Without a word for it an id has digits, and many values.
        if one.numbered * 10 >= one.rows * 9 and not words & KEYS:
            return None
        looks_like_one = one.worded * 2 < one.rows and one.different * 20 >= one.rows and not one.fractions
        return (2 if one.are("e-mails") else 3 if words & KEYS else GUESSED) if looks_like_one else None

    return judge


def _person(one: Counts, words: frozenset[str], near: bool) -> int | None:
    if one.are("e-mails"):
        return 1 if words & PEOPLE else 2
    return _key(PEOPLE, ORDERS | PRODUCTS)(one, words, near)


def _whole(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    if not one.are("whole numbers") or words & (KEYS - {"number"}) or words & MONEY:
        return None
    return 0 if words & {"qty", "quantity", "count", "orders", "days", "number", "количество", "кол"} else 1


def _number(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    is_number = one.are("decimal point") or one.are("decimal comma")
    return (0 if words & {"rate", "курс", "value"} else 1) if is_number and not words & KEYS else None


def _event(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    few = one.rows > 0 and one.worded * 10 >= one.rows * 9 and one.different <= max(50, one.rows // 100)
    return (0 if words & EVENTS else 1) if few else None


def _currency(one: Counts, words: frozenset[str], _near: bool) -> int | None:
    few = one.rows > 0 and one.worded == one.rows and one.different <= 200
    return 0 if few and words & {"currency", "code", "iso", "валюта"} else None


FIELDS: Mapping[str, tuple[str, Judge]] = {
    "customer_id": ("ids of people", _person),
    "order_id": ("ids of orders", _key(ORDERS, PEOPLE | PRODUCTS)),
    "product_id": ("ids of products", _key(PRODUCTS, PEOPLE | ORDERS)),
    **dict.fromkeys(("ordered_at", "at", "last_order", "registered_at"), ("dates", _date)),
    **dict.fromkeys(("amount", "unit_price", "monetary", "value"), ("money", _money)),
    **dict.fromkeys(("quantity", "frequency", "recency_days"), ("whole numbers", _whole)),
    "event": ("names of events", _event),
    "currency": ("currencies", _currency),
    "rate": ("numbers", _number),
}
"""What the values of a field read as, in words, and the judge of columns."""
