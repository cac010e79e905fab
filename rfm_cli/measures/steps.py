"""From clean order rows to steps: what a stretch of days added to a customer's measures.

A customer's frequency, money and last purchase change only on days with accepted rows. A step is what the rows of
one customer in one stretch of days add up to; stretches are as fine as the question needs, from one day to all the
days before a date. Steps add up: the measures at the end of a stretch are those of all steps up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from rfm_cli.measures.purchases import COUNT, Counting, is_purchase, purchases_of

EMPTY = pl.lit(None, pl.Date)


@dataclass(frozen=True)
class Stretches:
    """Stretches that end at the ascending `ends`; with `daily` those after them are single days.

    Without `money` nobody will ask what the days after the last end cost.
    """

    ends: tuple[date, ...]
    daily: bool = False
    money: bool = True

    def of_day(self) -> pl.Expr:
        """The stretch of each row's `day`, by its last day."""
        return daily_after(self.ends) if self.daily else stretch_ends(self.ends)


def stretch_ends(ends: Sequence[date]) -> pl.Expr:
    """The stretch of each row's `day`, by its last day: the first of the ascending `ends` that is not before it.

    >>> days = pl.Series("day", [date(2024, 1, 5), date(2024, 2, 1)])
    >>> found = pl.select(days).select(stretch_ends([date(2024, 1, 31), date(2024, 2, 29)]))
    >>> found.to_series().to_list()
    [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)]
    """
    end: pl.Expr = pl.lit(ends[-1])
    for one in reversed(ends[:-1]):
        end = pl.when(pl.col("day") <= one).then(pl.lit(one)).otherwise(end)
    return end


def daily_after(ends: Sequence[date]) -> pl.Expr:
    """Stretches that end at the ascending dates, and after the last of them one a day (without dates: all days)."""
    end: pl.Expr = pl.col("day")
    for one in reversed(ends):
        end = pl.when(pl.col("day") <= one).then(pl.lit(one)).otherwise(end)
    return end


def steps(
    rows: pl.LazyFrame,
    counting: Counting,
    end: pl.Expr,
    *,
    each_row_an_order: bool = False,
    count_rows: bool = False,
) -> pl.LazyFrame:
    """A row a customer and stretch with a row in it, in no order, and `unsure`, to be `settled_steps`.

    Columns: customer, step (the last day of the stretch), first_order and last_order (days of purchases in it, null
    without any), frequency (purchases in it), monetary (minor units of its rows; absent without money), free_orders,
    first_row (the day of its first row). The window of `counting` plays no part. `each_row_an_order` and
    `count_rows` as in `measures`.
    """
    seen = _seen(rows, counting)
    schema = seen.collect_schema()
    if "minor" not in schema or "order" not in schema or each_row_an_order:
        orders = purchases_of(seen, each_row_an_order=each_row_an_order, count_rows=count_rows)
        return _added(orders, counting, end)
    orders = purchases_of(seen, spread=True, count_rows=count_rows)
    return _added(orders, counting, end)


def settled_steps(quick: pl.DataFrame, rows: pl.LazyFrame, counting: Counting, end: pl.Expr) -> pl.DataFrame:
    """`steps`, collected, with the customers of unsure orders counted anew, each row's money on its own day."""
    if "unsure" not in quick.columns:
        return quick
    unsure = quick.filter(pl.col("unsure") > 0).select("customer").unique()
    if unsure.is_empty():
        return quick.drop("unsure")
    sure = quick.join(unsure, on="customer", how="anti").drop("unsure")
    own = _seen(rows, counting).join(unsure.lazy(), on="customer", how="semi")
    bought = purchases_of(own, exact=True).with_columns(money=pl.lit(0, pl.Int64))
    paid = own.select("customer", "day", first_minor=pl.lit(None, pl.Int64), money="minor")
    exact = _added(pl.concat([bought.select(paid.collect_schema().names()), paid]), counting, end)
    return pl.concat([sure, exact.collect(engine="streaming").select(sure.columns)])


def _seen(rows: pl.LazyFrame, counting: Counting) -> pl.LazyFrame:
    return rows if counting.as_of is None else rows.filter(pl.col("day") <= counting.as_of)


def _added(orders: pl.LazyFrame, counting: Counting, end: pl.Expr) -> pl.LazyFrame:
    """Orders (customer, day, and first_minor and money where there is money) added up by customer and stretch.

    A row whose first_minor is null is money alone, and no purchase.
    """
    schema = orders.collect_schema()
    bought = is_purchase(counting) if "money" in schema else pl.lit(value=True)
    made = orders.with_columns(step=end, purchase=pl.when(bought).then("day"))
    purchase = pl.col("purchase")
    free = (pl.col("first_minor") == 0).sum().cast(COUNT)
    totals: dict[str, Any] = {"monetary": pl.col("money").sum(), "free_orders": free} if "money" in schema else {}
    return made.group_by("customer", "step").agg(
        first_order=purchase.min(),
        last_order=purchase.max(),
        frequency=(purchase.drop_nulls().n_unique() if counting.one_a_day else purchase.count()).cast(pl.Int32),
        **totals,
        first_row=pl.col("day").min(),
        **{name: pl.col(name).sum().cast(COUNT) for name in ("unsure", "rows") if name in schema},
    )


def added(before: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Measures of customers (as `steps` has them, without `step`) with those of more steps added, in no order."""
    stretch = steps.drop("step")
    if before.is_empty() and steps["step"].n_unique() == 1:
        return stretch  # a customer has one row a stretch
    sums = _sums(stretch.schema)
    ends = [pl.col("first_order").min(), pl.col("last_order").max(), pl.col("first_row").min()]
    both = pl.concat([before, stretch.select(before.columns)]) if before.height else stretch
    return both.lazy().group_by("customer").agg(*ends, *sums).collect(engine="streaming")


def _sums(schema: pl.Schema) -> list[pl.Expr]:
    """Return the sums of a customer's counts and money, taken in 64 bits, in the types that the columns have."""
    names = [name for name in ("frequency", "monetary", "free_orders") if name in schema]
    return [pl.col(name).cast(pl.Int64).sum().cast(schema[name]) for name in names]


def together(wanted: Sequence[Stretches]) -> Stretches:
    """Stretches as fine as all of the wanted ones, which `narrowed` makes of their steps.

    >>> first, second = Stretches((date(2024, 1, 31), date(2024, 3, 31))), Stretches((date(2024, 2, 29),), daily=True)
    >>> together([first, second]).ends
    (datetime.date(2024, 1, 31), datetime.date(2024, 2, 29))
    """
    begins = [one.ends[-1] if one.ends else None for one in wanted if one.daily]
    from_ever = None in begins
    known = [day for day in begins if day is not None]
    days_from = None if from_ever or not known else min(known)
    ends = sorted({end for one in wanted for end in one.ends})
    if begins:
        ends = [end for end in ends if days_from is not None and end <= days_from]
    return Stretches(tuple(ends), daily=bool(begins), money=any(one.money for one in wanted))


def narrowed(found: pl.DataFrame, stretches: Stretches, last: date) -> pl.DataFrame:
    """Steps up to the day `last`, in no order, in coarser stretches than those that they were found in."""
    seen = found.filter(pl.col("step") <= last)
    coarse = seen.lazy().rename({"step": "day"})
    sums = _sums(found.schema)
    grouped = (
        coarse.with_columns(step=stretches.of_day())
        .group_by("customer", "step")
        .agg(pl.col("first_order").min(), pl.col("last_order").max(), *sums, pl.col("first_row").min())
    )
    return grouped.select(found.columns).cast(found.schema).collect(engine="streaming")
