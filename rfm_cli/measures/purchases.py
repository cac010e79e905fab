"""Which order is a purchase: from clean order rows to one row per order, in plain expressions.

The rows come as `customer`, `order`?, `day`, `minor`? (money in minor units), accepted ones only, and with refunds as
`tables.orders.accepted` marks them: a row with `refund` is money alone, and no part of an order. An order is
the rows with one (customer, order); a row without an order id is an order of its own. An order is a purchase,
on the day of its first row, if its rows of that day sum to 0 or more. Later rows change money only, each on
its own day: so a refund not_above_zero money, is never a purchase and never undoes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from rfm_cli.tables.refunds import GIVEN_BACK, LINES

StepOf = Callable[[pl.Expr], pl.Expr]
"""Returns the stretch that a day is in, by its last day."""


@dataclass(frozen=True)
class Counting:
    """What counts as a purchase, and up to which day.

    Rows after `as_of` are not seen (None: all are). `free` says whether purchases of zero value count; `one_a_day`
    makes a customer's purchases of one day one. With `returned_ignored` an order is no purchase if its money up to
    `as_of` is 0 or less after refunds.
    """

    as_of: date | None = None
    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False
    returned_ignored: bool = False


def is_purchase(counting: Counting) -> pl.Expr:
    """Return whether an order is a purchase, by its first_minor; null (no purchase) where that is null."""
    first = pl.col("first_minor")
    return first > 0 if counting.free == "ignore" else first >= 0


def orders_of(
    rows: pl.LazyFrame, step_of: StepOf, *, each_row_an_order: bool = False, count_rows: bool = False
) -> pl.LazyFrame:
    """Return one row per order, in one grouping; orders that it may judge wrongly are marked `unsure`.

    Columns: customer, day (of the first row), first_minor and money (the sum of all rows), and where rows are added up
    `unsure`: whether the sum of the first day may have another sign than that of all rows, or whether the rows of an
    order are in several stretches (`measures.steps.settled_steps` corrects these). Without `minor` there is customer
    and day alone, and every order is a purchase. `each_row_an_order` is the promise that no two rows share an
    order id, which saves grouping by it. `count_rows` adds `rows`, the number of rows of an order.
    """
    schema = rows.collect_schema()
    if "refund" in schema:
        sold = rows.filter(~pl.col("refund")).drop("refund")
        orders = orders_of(sold, step_of, each_row_an_order=each_row_an_order, count_rows=count_rows)
        return pl.concat([orders, _money_alone(rows, count_rows=count_rows)], how="diagonal_relaxed")
    count_one, count_all = ({"rows": pl.lit(1, pl.UInt32)}, {"rows": pl.len()}) if count_rows else ({}, {})
    has_orders = "order" in schema and not each_row_an_order
    if "minor" not in schema:
        return (
            _orders_without_money(rows, count_one, count_all)
            if has_orders
            else rows.select("customer", "day", **count_one)
        )
    if not has_orders:
        return _rows_as_orders(rows, count_one)
    # Diagonal, since a row that is an order by itself is never unsure, and lacks that column.
    summed = _summed_orders(rows.filter(pl.col("order").is_not_null()), count_all, step_of)
    return pl.concat([summed, _rows_as_orders(rows.filter(pl.col("order").is_null()), count_one)], how="diagonal")


def _money_alone(rows: pl.LazyFrame, *, count_rows: bool) -> pl.LazyFrame:
    """Return the refunds among rows as rows of money, which are no purchases."""
    schema = rows.collect_schema()
    found = {"first_minor": pl.lit(None, pl.Int64), "money": pl.col("minor")} if "minor" in schema else {}
    counts = {"rows": pl.col(LINES) if LINES in schema else pl.lit(1, pl.UInt32)} if count_rows else {}
    return rows.filter("refund").select("customer", "day", **found, **counts, is_refund=pl.lit(value=True))


def exact_orders_of(
    rows: pl.LazyFrame, *, each_row_an_order: bool = False, returned_until: date | None = None
) -> pl.LazyFrame:
    """Return one row per order and one per row of money, each order judged by the rows of its first day alone.

    Columns: customer, day, first_minor (null for a row of money), money (0 for an order). Without `minor` there is
    customer and day alone, one row per order. With `returned_until`, orders whose money was given back by that day are
    no purchases.
    """
    schema = rows.collect_schema()
    if "minor" not in schema:
        return orders_of(rows, lambda day: day, each_row_an_order=each_row_an_order)
    sold = rows.filter(~pl.col("refund")) if "refund" in schema else rows
    alone = sold
    if returned_until is not None and GIVEN_BACK in schema:
        kept = pl.col(GIVEN_BACK).is_null() | (pl.col(GIVEN_BACK) > returned_until)
        alone = sold.with_columns(minor=pl.when(kept).then("minor"))
    judged = alone.select("customer", "day", first_minor="minor")
    if "order" in schema and not each_row_an_order:
        first = _first_days(sold)
        if returned_until is not None:
            first = first.join(returned_orders(rows), on=["customer", "order"], how="anti")
        alone = alone.filter(pl.col("order").is_null())
        judged = pl.concat([first.drop("order"), alone.select("customer", "day", first_minor="minor")])
    # Purchases without money and money without purchases: each amount counts on the day of its own row.
    bought = judged.with_columns(money=pl.lit(0, pl.Int64))
    paid = rows.select("customer", "day", first_minor=pl.lit(None, pl.Int64), money="minor")
    return pl.concat([bought, paid], how="vertical_relaxed")


def _first_days(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the orders of rows with order ids by the rows of their first day: customer, order, day, first_minor."""
    # The rows of each day are added up first, so that those of the first day can be looked at alone.
    daily = rows.drop_nulls("order").group_by("customer", "order", "day").agg(pl.col("minor").sum())
    return daily.group_by("customer", "order").agg(pl.col("day").min(), first_minor=pl.col("minor").min_by("day"))


def returned_orders(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the orders of accepted rows whose money was given back: customer, order.

    Their rows add up to 0 or less, and one of them is a refund or below 0, but not all: a free order was not given
    back, and a refund with an order id of its own was never bought.
    """
    lowers = pl.col("minor") < 0
    if "refund" in rows.collect_schema():
        lowers |= pl.col("refund")
    by_order = (
        rows.drop_nulls("order")
        .group_by("customer", "order")
        .agg(pl.col("minor").sum(), lowers=lowers.any(), all_lower=lowers.all())
    )
    return by_order.filter((pl.col("minor") <= 0) & pl.col("lowers") & ~pl.col("all_lower")).select("customer", "order")


RowCount = Mapping[str, pl.Expr]
"""The expression that counts the rows of an order, by the name of its column; empty where rows are not counted."""


def _orders_without_money(rows: pl.LazyFrame, count_one: RowCount, count_all: RowCount) -> pl.LazyFrame:
    """Return customer and first day of each order."""
    named = (
        rows.filter(pl.col("order").is_not_null()).group_by("customer", "order").agg(pl.col("day").min(), **count_all)
    )
    return pl.concat(
        [named.drop("order"), rows.filter(pl.col("order").is_null()).select("customer", "day", **count_one)]
    )


def _rows_as_orders(rows: pl.LazyFrame, count_one: RowCount) -> pl.LazyFrame:
    """Return each row as an order."""
    return rows.select("customer", "day", first_minor="minor", money="minor", **count_one)


def _summed_orders(rows: pl.LazyFrame, count_all: RowCount, step_of: StepOf) -> pl.LazyFrame:
    """Return the orders of rows with order ids, from one grouping."""
    orders = rows.group_by("customer", "order").agg(
        last_day=pl.col("day").max(),
        # Zero counts as negative here: whether a first day of 0 was a free order must be found out as well.
        not_above_zero=(pl.col("minor") <= 0).any(),
        day=pl.col("day").min(),
        first_minor=pl.col("minor").sum(),
        **count_all,
    )
    day, last_day = pl.col("day"), pl.col("last_day")
    unsure = (last_day > day) & (pl.col("not_above_zero") | (step_of(last_day) != step_of(day)))
    counts = {name: name for name in count_all}
    return orders.select("customer", "day", "first_minor", money="first_minor", unsure=unsure, **counts)
