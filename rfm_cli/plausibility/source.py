"""The rows of a shop, for those who look at them once more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.tables import orders as order_tables

if TYPE_CHECKING:
    from rfm_cli.model import Shop


def accepted_rows(shop: Shop, as_of: date | None) -> pl.LazyFrame:
    """Return the accepted order rows up to a date (None: all) of a shop that has orders."""
    assert shop.orders is not None
    rows = order_tables.accepted(order_tables.rows(shop.orders))
    return rows if as_of is None else rows.filter(pl.col("day") <= as_of)


def source_name(shop: Shop) -> str:
    """Return what the orders or the roll-up of a shop are called in messages."""
    source = shop.orders or shop.rollup
    return source.name() if source else ""
