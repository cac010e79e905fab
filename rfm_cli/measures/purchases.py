"""From clean order rows to one row a customer, in plain expressions.

The rows come as `customer`, `order`?, `day`, `minor`? (money in minor units), accepted ones only. An order is
the rows with one (customer, order); a row without an order id is an order of its own. An order is a purchase,
on the day of its first row, if its rows of that day sum to 0 or more. Later rows change money only, each on
its own day: so a refund lowers money, is never a purchase and never undoes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

COUNT = pl.UInt32
"""The type of counts of one customer's rows, whichever build of Polars counts them."""


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
    monetary (minor units, net of refunds; absent where rows have no `minor`), free_orders (orders of zero value,
    whether they count or not), first_row (day of the first row of any kind). `each_row_an_order` is the promise that
    no two rows share an order id, which saves grouping by it.
    """
    return _customers(rows, counting, each_row_an_order=each_row_an_order, exact=True)


def customers_quickly(
    rows: pl.LazyFrame, counting: Counting, *, each_row_an_order: bool = False, count_rows: bool = False
) -> pl.LazyFrame:
    """The same in one grouping by order, and `unsure`: orders that it may have judged wrongly, to be `settled`.

    An order is judged by the sum of all its rows. That is the sum of its first day, unless it has rows on several
    days and a negative one among them. With `count_rows` there is a column `rows`, the seen rows of the customer.
    """
    return _customers(rows, counting, each_row_an_order=each_row_an_order, exact=False, count_rows=count_rows)


def settled(quick: pl.DataFrame, rows: pl.LazyFrame, counting: Counting) -> pl.DataFrame:
    """`customers_quickly`, collected, with the customers of unsure orders counted anew from their rows."""
    if "unsure" not in quick.columns:
        return quick
    unsure = quick.filter(pl.col("unsure") > 0).select("customer")
    sure = quick.filter(pl.col("unsure") == 0).drop("unsure")
    if unsure.is_empty():
        return sure
    own = rows.join(unsure.lazy(), on="customer", how="semi")
    return pl.concat([sure, customers(own, counting).collect(engine="streaming").select(sure.columns)])


def _customers(
    rows: pl.LazyFrame, counting: Counting, *, each_row_an_order: bool, exact: bool, count_rows: bool = False
) -> pl.LazyFrame:
    if counting.as_of is not None:
        rows = rows.filter(pl.col("day") <= counting.as_of)
    has_money = "minor" in rows.collect_schema()
    if has_money and counting.window_start is not None:
        rows = rows.with_columns(money=pl.when(_inside(counting)).then("minor").otherwise(0))
    orders = purchases_of(rows, each_row_an_order=each_row_an_order, exact=exact, count_rows=count_rows)
    return _by_customer(orders, counting)


def purchases_of(
    rows: pl.LazyFrame,
    *,
    each_row_an_order: bool = False,
    exact: bool = False,
    spread: bool = False,
    count_rows: bool = False,
) -> pl.LazyFrame:
    """A row an order: customer, day of its first row, first_minor (what its rows of that day sum to), money (of all).

    Without `minor` the rows are customer and day alone. Where orders are added up from rows and not `exact`,
    first_minor is the sum of all rows, and `unsure` marks the orders whose first day may sum to something else; with
    `spread` it marks every order with rows on several days. `count_rows` adds `rows`, how many an order has; exact
    orders have no such count.
    """
    schema = rows.collect_schema()
    one, many = ({"rows": pl.lit(1, pl.UInt32)}, {"rows": pl.len()}) if count_rows else ({}, {})
    if "minor" not in schema:
        return _orders_without_money(rows, one, many, each_row_an_order=each_row_an_order)
    if "order" not in schema or each_row_an_order:
        return _rows_as_orders(rows, one)
    own = rows.filter(pl.col("order").is_not_null())
    named = _exact_orders(own) if exact else _summed_orders(own, many, spread=spread)
    return pl.concat([named, _rows_as_orders(rows.filter(pl.col("order").is_null()), one)], how="diagonal")


def _inside(counting: Counting) -> pl.Expr:
    """Whether a day lies in the window."""
    return pl.lit(value=True) if counting.window_start is None else pl.col("day") > counting.window_start


RowCount = Mapping[str, pl.Expr]
"""The expression that counts the rows of an order, by the name of its column; empty where none is counted."""


def _orders_without_money(
    rows: pl.LazyFrame, one: RowCount, many: RowCount, *, each_row_an_order: bool
) -> pl.LazyFrame:
    """Customer and first day of each order; all of them are purchases."""
    if "order" not in rows.collect_schema() or each_row_an_order:
        return rows.select("customer", "day", **one)
    named = rows.filter(pl.col("order").is_not_null()).group_by("customer", "order").agg(pl.col("day").min(), **many)
    return pl.concat([named.drop("order"), rows.filter(pl.col("order").is_null()).select("customer", "day", **one)])


def _rows_as_orders(rows: pl.LazyFrame, one: RowCount) -> pl.LazyFrame:
    """Each row as an order: customer, day, first_minor (what its first day sums to), money (what counts of it).

    Without a window rows have no `money` of their own: all of it counts.
    """
    money = "money" if "money" in rows.collect_schema() else "minor"
    return rows.select("customer", "day", first_minor="minor", money=money, **one)


def _exact_orders(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The same columns, a row an order: its days are added up first, so that the first one can be judged alone."""
    money = "money" if "money" in rows.collect_schema() else "minor"
    daily = rows.group_by("customer", "order", "day").agg(pl.col("minor").sum(), money=pl.col(money).sum())
    orders = daily.group_by("customer", "order").agg(
        day=pl.col("day").min(), first_minor=pl.col("minor").min_by("day"), money=pl.col("money").sum()
    )
    return orders.drop("order")


def _summed_orders(rows: pl.LazyFrame, many: RowCount, *, spread: bool) -> pl.LazyFrame:
    """The same columns from one grouping, and `unsure` where all rows together may not stand for the first day."""
    windowed = {"money": pl.col("money").sum()} if "money" in rows.collect_schema() else {}
    orders = rows.group_by("customer", "order").agg(
        last_day=pl.col("day").max(),
        # Zero counts as negative here: whether a first day of 0 was a free order must be told as well.
        lowers=(pl.col("minor") <= 0).any(),
        day=pl.col("day").min(),
        first_minor=pl.col("minor").sum(),
        **windowed,
        **many,
    )
    unsure = pl.col("last_day") > pl.col("day")
    if not spread:
        unsure &= pl.col("lowers")
    money = pl.col("money" if windowed else "first_minor")
    return orders.select("customer", "day", "first_minor", money=money, unsure=unsure, **{name: name for name in many})


def _by_customer(orders: pl.LazyFrame, counting: Counting) -> pl.LazyFrame:
    """Orders (customer, day, and first_minor and money where there is money) added up by customer."""
    schema = orders.collect_schema()
    has_money = "money" in schema
    bought = is_purchase(counting) if has_money else pl.lit(value=True)
    made = orders.with_columns(purchase=pl.when(bought).then("day"))
    if counting.window_start is not None:
        made = made.with_columns(counted=pl.when(_inside(counting)).then("purchase"))
    counted = pl.col("purchase" if counting.window_start is None else "counted")
    free = pl.col("first_minor") == 0
    totals = {"monetary": pl.col("money").sum(), "free_orders": free.sum().cast(COUNT)} if has_money else {}
    return made.group_by("customer").agg(
        first_order=pl.col("purchase").min(),
        last_order=pl.col("purchase").max(),
        frequency=(counted.drop_nulls().n_unique() if counting.one_a_day else counted.count()).cast(COUNT),
        **totals,
        first_row=pl.col("day").min(),
        **{name: pl.col(name).sum().cast(COUNT) for name in ("unsure", "rows") if name in schema},
    )


def is_purchase(counting: Counting) -> pl.Expr:
    """Whether an order is a purchase, by its first_minor; null, which is none, where that is null."""
    first = pl.col("first_minor")
    return first > 0 if counting.free == "ignore" else first >= 0


def with_recency(measured: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Customers with recency_days (Int32, null without a purchase) and counts as Int32."""
    recency = (pl.lit(as_of) - pl.col("last_order")).dt.total_days().cast(pl.Int32)
    return measured.with_columns(recency_days=recency, frequency=pl.col("frequency").cast(pl.Int32))
