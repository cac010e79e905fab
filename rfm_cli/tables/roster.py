"""All ids that the tables of a shop have, each once, with the tables that know it and the day since which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.clock import EVER

if TYPE_CHECKING:
    from rfm_cli.tables.customers import Customers
    from rfm_cli.tables.events import Events

PLACE, IN_CUSTOMERS, IN_EVENTS = "place", "in_customers", "in_events"
IS_BUYER = pl.col(PLACE).is_not_null()
IS_ELSEWHERE = pl.col(IN_CUSTOMERS) | pl.col(IN_EVENTS)


def roster_of(customers: Customers | None, events: Events | None, buyers: pl.Series) -> pl.DataFrame | None:
    """Return the ids of the tables and of buyers, in no order; None without tables.

    Columns: customer (text), place among the buyers (null for others), known_from (the first day on which customers or
    events know them, ever where no table has a day, null where neither knows them), in_customers, in_events.
    """
    if customers is None and events is None:
        return None
    # Ids of other tables are text, whatever those of the orders are.
    parts = [pl.select(customer=buyers.cast(pl.String), place=pl.int_range(len(buyers), dtype=pl.UInt32))]
    if customers is not None:
        parts.append(customers.table.select("known_from", customer="customer_id", in_customers=pl.lit(value=True)))
    if events is not None:
        from rfm_cli.tables.event_days import first_days  # only shops with events load what reads them

        found = first_days(events)
        parts.append(found.select(customer="customer_id", known_from="day", in_events=pl.lit(value=True)))
    blank = {PLACE: pl.UInt32, "known_from": pl.Date, IN_CUSTOMERS: pl.Boolean, IN_EVENTS: pl.Boolean}
    # Of several tables the earliest day counts; a table without a day says nothing about it.
    dated = pl.when(pl.col("known_from") != EVER).then("known_from")
    grouped = _alike(parts, blank).group_by("customer")
    return (
        grouped.agg(
            pl.col(PLACE).max(),
            dated.min().alias("known_from"),
            pl.col(IN_CUSTOMERS).any(),
            pl.col(IN_EVENTS).any(),
        )
        .with_columns(known_from=pl.when(IS_ELSEWHERE).then(pl.col("known_from").fill_null(EVER)))
        .collect(engine="streaming")
    )


def _alike(parts: list[pl.DataFrame], blank: dict[str, type[pl.DataType]]) -> pl.LazyFrame:
    """Return rows of several tables under each other, with null in the columns that a table lacks."""
    lacking = {name: pl.lit(None, kind) for name, kind in blank.items()}
    made = [
        part.lazy().select("customer", *(name if name in part else lacking[name].alias(name) for name in blank))
        for part in parts
    ]
    return pl.concat(made)
