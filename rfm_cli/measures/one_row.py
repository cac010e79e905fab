"""Measures of customers that come one row each: what the file lacks follows from the date, or stays empty."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.measures import purchases
from rfm_cli.tables.one_row import OneRow
from rfm_cli.tables.order_model import Facts


def from_one_row(table: OneRow, as_of: date | None) -> tuple[pl.DataFrame, Facts]:
    """Measures at `as_of` from a file of them, and its facts; `InputError` where the file is of a later day."""
    if table.table.is_empty():
        raise InputError(f"{table.name}: no customer accepted", "see what is wrong with rfm check")
    frame = _with_last_order(table, as_of)
    first = pl.col("first_order") if "first_order" in frame.columns else pl.lit(None, pl.Date)
    never = pl.col("frequency") == 0
    frame = frame.with_columns(
        first_order=first,
        recency_days=pl.when(~never).then(pl.col("recency_days").cast(pl.Int32)),
        last_order=pl.when(~never).then("last_order"),
        frequency=pl.col("frequency").cast(pl.Int32),
        first_row=first,
    )
    return frame, Facts(table.rows, None, table.last_day())


def _with_last_order(table: OneRow, as_of: date | None) -> pl.DataFrame:
    """The customers with both recency_days and last_order, the one from the other."""
    frame = table.table
    if "recency_days" in frame.columns:
        age = pl.duration(days=pl.col("recency_days"))
        last = pl.lit(as_of) - age if as_of else pl.lit(None, pl.Date)
        return frame.with_columns(last_order=last.cast(pl.Date))
    assert as_of is not None
    if frame.filter(pl.col("last_order") > as_of).height:
        raise InputError(
            f"{table.name}: some customers ordered after {as_of}, and their earlier state is not known",
            f"the last orders are of {frame['last_order'].min()!s} to {table.last_day()}",
        )
    return purchases.with_recency(frame, as_of)
