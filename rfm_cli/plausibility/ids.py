"""Ids that are no customers: placeholders, and one id with too many rows for one customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, warning
from rfm_cli.tables.money import money_text
from rfm_cli.tables.order_model import HEAVY_PART, is_heavy
from rfm_cli.tables.read_errors import input_errors

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.order_model import Facts

PLACEHOLDERS = tuple("0 -1 na n/a null none nan guest anonymous unknown test гость нет".split())
"""Lower-cased ids that mean no customer in particular."""
LONGEST_PLACEHOLDER = max(len(name.encode()) for name in PLACEHOLDERS)


def on_ids(shop: Shop, facts: Facts, measured: pl.DataFrame, as_of: date | None) -> Iterator[Note]:
    """Warn of ids that are placeholders and of one that has too many rows for one customer, with rows and money."""
    scale, placeholders = shop.scale, placeholders_in(measured["customer"])
    heavy = facts.heavy[0] if facts.heavy else _heavy_of_rows(shop, measured["frequency"], as_of)
    found = _rows_of(shop, [*placeholders, *([heavy] if heavy else [])], as_of)
    for name in placeholders:
        rows, minor = found.get(name, (0, 0))
        if rows > 1:
            yield warning("placeholder-id", f"{_share_of(name, rows, minor, scale)}: is that one customer?")
    if heavy in found and heavy not in placeholders:
        rows, minor = found[heavy]
        most = f"{_share_of(heavy, rows, minor, scale)}, ten times the next id"
        yield warning("heavy-id", f"{most}: is that one customer?")


def _share_of(name: str, rows: int, minor: int, scale: int | None) -> str:
    money = "" if scale is None else f" with {money_text(minor, scale, grouped=True)}"
    return f"the id {name!r} has {counted(rows, 'row')}{money}"


def placeholders_in(customers: pl.Series) -> list[str]:
    """Return the ids, as text, that mean no customer in particular, in the order of their text."""
    if customers.dtype != pl.String:
        found = customers.filter(customers.is_in([0, -1]))
    else:
        # Long texts cannot match, so that they are not folded.
        short = customers.filter(customers.str.len_bytes() <= LONGEST_PLACEHOLDER)
        found = short.filter(short.str.to_lowercase().is_in(PLACEHOLDERS))
    return sorted(found.cast(pl.String).unique())


def _rows_of(shop: Shop, ids: Sequence[str], as_of: date | None) -> dict[str, tuple[int, int]]:
    """Return the accepted rows of some customers up to `as_of`, and their money in minor units (0 without money)."""
    rows = shop.source.rows
    if not ids or rows is None:
        return {}
    found = rows.of_customers(ids, as_of)
    with input_errors(shop.source.name()):
        return {name: (rows, money) for name, rows, money in found.collect(engine="streaming").iter_rows()}


def _heavy_of_rows(shop: Shop, frequency: pl.Series, as_of: date | None) -> str | None:
    """Return the heavy id of a source whose facts do not name it, None where there is none.

    Rows are counted only where one customer has a remarkable part of the purchases: the nightly run reads the
    state of a day of a roll-up, which does not hold them.
    """
    rows = shop.source.rows
    if rows is None or frequency.is_empty() or not _is_remarkable(frequency):
        return None
    plan = rows.heaviest(as_of)
    if plan is None:
        return None
    with input_errors(shop.source.name()):
        name, total, most, after = plan.collect(engine="streaming").row(0)
    return str(name) if is_heavy(total, most, after) else None


def _is_remarkable(frequency: pl.Series) -> bool:
    """Return whether one customer has over 2.5 % of the purchases, half of what makes an id heavy."""
    most = frequency.max()
    return isinstance(most, int) and 2 * HEAVY_PART * most > int(frequency.cast(pl.Int64).sum())
