"""Customers at a date: those with an order row by then, and those that only other tables know by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from rfm_cli.clock import EVER
from rfm_cli.errors import InputError
from rfm_cli.tables.ids import places_in
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.orders import Named, require_rows
from rfm_cli.tables.roster import IS_BUYER, IS_ELSEWHERE

PERSON = ("customer", "known_from")
BuyersAfter = Callable[[date], pl.LazyFrame | None]
"""Returns the customers with an accepted order row after a day (customer), None where there is no history."""


def people_known(
    roster: pl.DataFrame | None, buyers_after: BuyersAfter, last: date | None
) -> tuple[pl.DataFrame | None, int]:
    """Find the customers that other tables know up to the day `last`, and count those that they know only later.

    `roster` has the ids of these tables and those of the buyers, who have an order row up to `last`. Columns: customer
    (text), known_from; None without such a table. An order row dates a customer, so a buyer whose other tables have no
    date (known from ever) is left out.
    """
    if roster is None:
        return None, 0
    is_early = pl.lit(value=True) if last is None else pl.col("known_from") <= last
    by_then = roster.filter(IS_ELSEWHERE & is_early)
    dated = by_then.filter(IS_BUYER, pl.col("known_from") != EVER).select(PERSON)
    then = by_then.filter(~IS_BUYER).select(PERSON)
    then = _without_later_buyers(then, then.filter(pl.col("known_from") == EVER), buyers_after, last)
    others = int(roster.select((IS_ELSEWHERE & ~IS_BUYER).sum()).item())
    return pl.concat([dated, then]), others - then.height


def _without_later_buyers(
    others: pl.DataFrame, ever: pl.DataFrame, buyers_after: BuyersAfter, last: date | None
) -> pl.DataFrame:
    """Leave out the customers known from `ever` who have an order row after the date, which dates them."""
    later = None if ever.is_empty() or last is None else buyers_after(last)
    if later is None:
        return others
    ids = later.select(pl.col("customer").cast(pl.String)).unique().collect()
    return others.join(ever.join(ids, on="customer", how="semi"), on="customer", how="anti")


def days_known(day: date) -> pl.Expr:
    """Count the days for which customers (known_from, first_row) have been known on `day`.

    Null for customers known from ever, who have been known for longer than any number of days.
    """
    known = pl.min_horizontal("known_from", "first_row")
    return pl.when(known != EVER).then((pl.lit(day) - known).dt.total_days())


def require_buyers(frame: pl.DataFrame, facts: Facts, source: Named, as_of: date | None) -> None:
    """Raise `InputError` if no customer has bought by the date; the message says which days the orders cover."""
    require_rows(facts, source)
    if frame.is_empty() or frame["last_order"].null_count() == frame.height:
        raise InputError(
            f"{source.name()}: no purchase on or before {as_of}",
            f"the orders cover {facts.first_day} to {facts.last_day}",
        )


def with_people(measured: pl.DataFrame, people: pl.DataFrame | None, as_of: date | None) -> pl.DataFrame:
    """Return all customers at `as_of`: the measured ones with known_from, and people known by then without a purchase.

    The known_from of measured ones is null where other tables know them only later, or not at all. Without other
    tables it is the day of the first order row. Measures of people without an order row are 0 or null.
    """
    if people is None:
        return measured.with_columns(known_from="first_row")
    then = people if as_of is None else people.filter(pl.col("known_from") <= as_of)
    ids = measured["customer"].cast(pl.String)
    places = places_in(then["customer"], ids)
    own = measured.with_columns(ids, known_from=then["known_from"].gather(places))
    others = then.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(places.implode()))
    # Counts of a customer without a row are 0; recency and the days of orders stay null.
    blank = others.with_columns(
        pl.lit(0, measured.schema[name]).alias(name)
        for name in ("frequency", "monetary", "free_orders")
        if name in measured.columns
    )
    return pl.concat([own, blank], how="diagonal")
