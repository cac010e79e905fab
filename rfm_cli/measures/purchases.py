"""Which order is a purchase: from clean order rows to one row per order, in plain expressions.

The rows come as `customer`, `order`?, `day`, `minor`? (money in minor units), accepted ones only. An order is
the rows with one (customer, order); a row without an order id is an order of its own. An order is a purchase,
on the day of its first row, if its rows of that day sum to 0 or more. Later rows change money only, each on
its own day: so a refund lowers money, is never a purchase and never undoes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

StepOf = Callable[[pl.Expr], pl.Expr]
"""Returns the stretch that a day is in, by its last day."""


@dataclass(frozen=True)
class Counting:
    """What counts as a purchase, and up to which day.

    Rows after `as_of` are not seen (None: all are). `free` says whether purchases of zero value count; `one_a_day`
    makes a customer's purchases of one day one.
    """

    as_of: date | None = None
    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False


def is_purchase(counting: Counting) -> pl.Expr:
    """Return whether an order is a purchase, by its first_minor; null, which is none, where that is null."""
    first = pl.col("first_minor")
    return first > 0 if counting.free == "ignore" else first >= 0


def orders_of(
    rows: pl.LazyFrame, step_of: StepOf, *, each_row_an_order: bool = False, count_rows: bool = False
) -> pl.LazyFrame:
    """Return one row per order from one grouping; some orders may be judged wrongly.

    Columns: customer, day (of the first row), first_minor and money (the sum of all rows), and where rows are added up
    `unsure`: whether the sum of the first day may be judged otherwise than that of all rows, or whether the rows of an
    order are in several stretches. Without `minor` there is customer and day alone, and every order is a purchase.
    `each_row_an_order` is the promise that no two rows share an order id, which saves grouping by it. `count_rows`
    adds `rows`, the number of rows of an order.
    """
    schema = rows.collect_schema()
    one, many = ({"rows": pl.lit(1, pl.UInt32)}, {"rows": pl.len()}) if count_rows else ({}, {})
    has_orders = "order" in schema and not each_row_an_order
    if "minor" not in schema:
        return _orders_without_money(rows, one, many) if has_orders else rows.select("customer", "day", **one)
    if not has_orders:
        return _rows_as_orders(rows, one)
    # Diagonal, since a row that is an order by itself is never unsure, and lacks that column.
    summed = _summed_orders(rows.filter(pl.col("order").is_not_null()), many, step_of)
    return pl.concat([summed, _rows_as_orders(rows.filter(pl.col("order").is_null()), one)], how="diagonal")


def exact_orders_of(rows: pl.LazyFrame, *, each_row_an_order: bool = False) -> pl.LazyFrame:
    """Return one row per order and one per row of money, each order judged by the rows of its first day alone.

    Columns: customer, day, first_minor (null for a row of money), money (0 for an order). Without `minor` there is
    customer and day alone, one row per order.
    """
    schema = rows.collect_schema()
    if "minor" not in schema:
        return orders_of(rows, lambda day: day, each_row_an_order=each_row_an_order)
    judged = rows.select("customer", "day", first_minor="minor")
    if "order" in schema and not each_row_an_order:
        # The rows of each day are added up first, so that those of the first day can be looked at alone.
        daily = rows.drop_nulls("order").group_by("customer", "order", "day").agg(pl.col("minor").sum())
        first = daily.group_by("customer", "order").agg(pl.col("day").min(), first_minor=pl.col("minor").min_by("day"))
        alone = rows.filter(pl.col("order").is_null())
        judged = pl.concat([first.drop("order"), alone.select("customer", "day", first_minor="minor")])
    # Purchases without money and money without purchases: each amount counts on the day of its own row.
    bought = judged.with_columns(money=pl.lit(0, pl.Int64))
    paid = rows.select("customer", "day", first_minor=pl.lit(None, pl.Int64), money="minor")
    return pl.concat([bought, paid], how="vertical_relaxed")


RowCount = Mapping[str, pl.Expr]
"""The expression that counts the rows of an order, by the name of its column; empty where rows are not counted."""


def _orders_without_money(rows: pl.LazyFrame, one: RowCount, many: RowCount) -> pl.LazyFrame:
    """Return customer and first day of each order."""
    named = rows.filter(pl.col("order").is_not_null()).group_by("customer", "order").agg(pl.col("day").min(), **many)
    return pl.concat([named.drop("order"), rows.filter(pl.col("order").is_null()).select("customer", "day", **one)])


def _rows_as_orders(rows: pl.LazyFrame, one: RowCount) -> pl.LazyFrame:
    """Return each row as an order."""
    return rows.select("customer", "day", first_minor="minor", money="minor", **one)


def _summed_orders(rows: pl.LazyFrame, many: RowCount, step_of: StepOf) -> pl.LazyFrame:
    """Return the orders of rows with order ids, from one grouping."""
    orders = rows.group_by("customer", "order").agg(
        last_day=pl.col("day").max(),
        # Zero counts as negative here: whether a first day of 0 was a free order must be found out as well.
        lowers=(pl.col("minor") <= 0).any(),
        day=pl.col("day").min(),
        first_minor=pl.col("minor").sum(),
        **many,
    )
    day, last_day = pl.col("day"), pl.col("last_day")
    unsure = (last_day > day) & (pl.col("lowers") | (step_of(last_day) != step_of(day)))
    counts = {name: name for name in many}
    return orders.select("customer", "day", "first_minor", money="first_minor", unsure=unsure, **counts)
