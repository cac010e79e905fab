"""From clean order rows to one row a customer, in plain expressions.

The rows come as `customer`, `order`?, `day`, `minor`? (money in minor units), accepted ones only. An order is
the rows with one (customer, order); a row without an order id is an order of its own. An order is a purchase,
on the day of its first row, if its rows of that day sum to 0 or more. Later rows change money only, each on
its own day: so a refund lowers money, is never a purchase and never undoes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Counting:
    """What counts as a purchase, and when.

    Rows after `as_of` are not seen (None: all are). F and M count the days in (`window_start`, `as_of`] (None:
    from the first day on); first and last order always see everything. `free` says whether purchases of zero
    value count; `one_a_day` makes a customer's purchases of one day one.
    """

    as_of: date | None = None
    window_start: date | None = None
    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False


def customers(rows: pl.LazyFrame, counting: Counting, *, each_row_an_order: bool = False) -> pl.LazyFrame:
    """One row a customer with at least one seen row, in no order.

    Columns: customer, first_order and last_order (days of purchases, null without any), frequency (purchases),
    monetary (minor units, net of refunds; absent where rows have no `minor`), free_orders (purchases of zero
    value), first_row (day of the first row of any kind). `each_row_an_order` is the promise that no two rows share
    an order id, which saves grouping by it.
    """
    if counting.as_of is not None:
        rows = rows.filter(pl.col("day") <= counting.as_of)
    schema = rows.collect_schema()
    has_money = "minor" in schema
    if "order" not in schema or each_row_an_order:
        orders = _rows_as_orders(rows, counting, has_money=has_money)
    else:
        named = _named_orders(rows.filter(pl.col("order").is_not_null()), counting, has_money=has_money)
        alone = _rows_as_orders(rows.filter(pl.col("order").is_null()), counting, has_money=has_money)
        orders = pl.concat([named, alone])
    return _by_customer(orders, counting, has_money=has_money)


def _inside(counting: Counting) -> pl.Expr:
    return pl.lit(value=True) if counting.window_start is None else pl.col("day") > counting.window_start


def _rows_as_orders(rows: pl.LazyFrame, counting: Counting, *, has_money: bool) -> pl.LazyFrame:
    """Each row as an order: customer, day, first_minor (what its first day sums to), money (counted minor units)."""
    if not has_money:
        return rows.select("customer", "day")
    money = pl.col("minor") if counting.window_start is None else pl.when(_inside(counting)).then("minor").otherwise(0)
    return rows.select("customer", "day", first_minor="minor", money=money)


def _named_orders(rows: pl.LazyFrame, counting: Counting, *, has_money: bool) -> pl.LazyFrame:
    """The same columns, a row an order: its days are added up first, so that the first one can be judged alone."""
    if not has_money:
        return rows.group_by("customer", "order").agg(pl.col("day").min()).drop("order")
    daily = rows.group_by("customer", "order", "day").agg(pl.col("minor").sum())
    money = pl.col("minor") if counting.window_start is None else pl.col("minor").filter(_inside(counting))
    orders = daily.group_by("customer", "order").agg(
        day=pl.col("day").min(), first_minor=pl.col("minor").min_by("day"), money=money.sum()
    )
    return orders.drop("order")


def _by_customer(orders: pl.LazyFrame, counting: Counting, *, has_money: bool) -> pl.LazyFrame:
    made = {"purchase": pl.when(_is_purchase(counting)).then("day") if has_money else pl.col("day")}
    counted = "purchase"
    if counting.window_start is not None:
        counted = "counted"
        made["counted"] = pl.when(_inside(counting)).then(made["purchase"])
    if has_money:
        made |= {"money": pl.col("money"), "free": pl.col("purchase").is_not_null() & (pl.col("first_minor") == 0)}
    made_frame = orders.with_columns(purchase=made.pop("purchase")).with_columns(**made)
    days = pl.col(counted)
    totals = {"monetary": pl.col("money").sum(), "free_orders": pl.col("free").sum()} if has_money else {}
    return made_frame.group_by("customer").agg(
        first_order=pl.col("purchase").min(),
        last_order=pl.col("purchase").max(),
        frequency=days.drop_nulls().n_unique() if counting.one_a_day else days.count(),
        **totals,
        first_row=pl.col("day").min(),
    )


def _is_purchase(counting: Counting) -> pl.Expr:
    first = pl.col("first_minor")
    return first > 0 if counting.free == "ignore" else first >= 0
