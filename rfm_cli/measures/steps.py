"""What adds up: steps, from clean order rows, and the measures of customers from steps.

A customer's frequency, money and last purchase change only on days with accepted rows. A step is what the rows of
one customer in one stretch of days add up to; stretches are as fine as the question needs, from one day to all the
days before a date. Steps add up: the measures at the end of a stretch are those of all steps up to it. So a score is
a past with one stretch, or with two under a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from rfm_cli.measures.purchases import Counting, exact_orders_of, is_purchase, orders_of

COUNT = pl.UInt32
"""The type of counts of one customer's rows, whichever build of Polars counts them."""
DAYS = (pl.col("first_order").min(), pl.col("last_order").max(), pl.col("first_row").min())
"""The days of several steps of a customer, as those of one."""


@dataclass(frozen=True)
class Stretches:
    """Stretches of days that end at the ascending `ends`; with `daily` those after them are single days.

    Without ends and not `daily` there is one stretch, of all days. Without `money` the days after the last end need
    no money.
    """

    ends: tuple[date, ...]
    daily: bool = False
    money: bool = True

    @classmethod
    def up_to(cls, as_of: date | None, start: date | None = None) -> Stretches:
        """Return the stretches of a score: up to the date (None: of all days), and under a window after its start."""
        return cls(tuple(end for end in (start, as_of) if end is not None))

    @property
    def is_one(self) -> bool:
        """Whether there is one stretch alone."""
        return not self.daily and len(self.ends) <= 1

    @property
    def end(self) -> date:
        """The last day of the last stretch that has an end; the last day of the calendar without any."""
        return self.ends[-1] if self.ends else date.max

    @property
    def money_until(self) -> date:
        """The last day whose money is needed; the first day of the calendar where no money is."""
        if self.daily and not self.money:
            return self.ends[-1] if self.ends else date.min
        return date.max if self.daily else self.end

    def step_of(self, day: pl.Expr) -> pl.Expr:
        """Return the stretch that a day is in, by its last day: the first end that is not before it.

        >>> days = pl.Series("day", [date(2024, 1, 5), date(2024, 2, 1)])
        >>> found = pl.select(days).select(Stretches((date(2024, 1, 31), date(2024, 2, 29))).step_of(pl.col("day")))
        >>> found.to_series().to_list()
        [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29)]
        """
        end, ends = (day, self.ends) if self.daily else (pl.lit(self.end), self.ends[:-1])
        # From the last end back, so that the first end on the day or after it is outermost.
        for one in reversed(ends):
            end = pl.when(day <= one).then(pl.lit(one)).otherwise(end)
        return end


def customers(
    rows: pl.LazyFrame, counting: Counting, *, start: date | None = None, each_row_an_order: bool = False
) -> pl.LazyFrame:
    """Measure customers from clean order rows: one row per customer with at least one seen row, in no order.

    Columns: customer, first_order and last_order (days of purchases, null without any), frequency (purchases),
    monetary (minor units, net of refunds; absent where rows have no `minor`), free_orders (orders of zero value,
    whether they count or not), first_row (day of the first row of any kind). Under a window that begins after the day
    `start`, frequency and monetary are of later days alone. `each_row_an_order` is the promise that no two rows share
    an order id, which saves grouping by it.
    """
    stretches = Stretches.up_to(counting.as_of or date.max, start)
    found = _exact_steps(_seen(rows, counting), counting, stretches, each_row_an_order=each_row_an_order)
    return measures_of(found, start)


def measures_of(steps: pl.LazyFrame, start: date | None) -> pl.LazyFrame:
    """Add the steps of each customer up to measures; frequency and monetary are those after the day `start`."""
    schema = steps.collect_schema()
    if start is not None:  # only F and M are of the window; first and last order see everything
        inside = pl.col("step") > start
        counts = [name for name in ("frequency", "monetary") if name in schema]
        steps = steps.with_columns(pl.when(inside).then(name).otherwise(0).alias(name) for name in counts)
    return steps.group_by("customer").agg(*DAYS, *_sums(schema))


def with_recency(measured: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the customers with recency_days (Int32, null without a purchase) and counts as Int32."""
    recency = (pl.lit(as_of) - pl.col("last_order")).dt.total_days().cast(pl.Int32)
    return measured.with_columns(recency_days=recency, frequency=pl.col("frequency").cast(pl.Int32))


def steps(
    rows: pl.LazyFrame,
    counting: Counting,
    stretches: Stretches,
    *,
    each_row_an_order: bool = False,
    count_rows: bool = False,
) -> pl.LazyFrame:
    """Count steps in one grouping by order: one row per customer and stretch with a row in it, in no order.

    Columns: customer, step (the last day of the stretch), first_order and last_order (days of purchases in it, null
    without any), frequency (purchases in it), monetary (minor units of its rows; absent without money), free_orders,
    first_row (the day of its first row), and `unsure`, the number of orders that may be judged wrongly until
    `settled_steps`. `each_row_an_order` and `count_rows` as in `purchases.orders_of`.
    """
    seen = _seen(rows, counting)
    if counting.returned_ignored:
        return _exact_steps(seen, counting, stretches, each_row_an_order=each_row_an_order)
    found = orders_of(seen, stretches.step_of, each_row_an_order=each_row_an_order, count_rows=count_rows)
    return _added(found, counting, stretches)


def settled_steps(quick: pl.DataFrame, rows: pl.LazyFrame, counting: Counting, stretches: Stretches) -> pl.DataFrame:
    """Return `steps`, collected, with the customers of unsure orders counted anew, each row's money on its own day."""
    if "unsure" not in quick.columns:
        return quick
    unsure = quick.filter(pl.col("unsure") > 0).select("customer").unique()
    if unsure.is_empty():
        return quick.drop("unsure")
    # A customer has one step in one stretch, which saves the join.
    sure = quick.filter(pl.col("unsure") == 0) if stretches.is_one else quick.join(unsure, on="customer", how="anti")
    own = _seen(rows, counting).join(unsure.lazy(), on="customer", how="semi")
    exact = _exact_steps(own, counting, stretches).collect(engine="streaming")
    return pl.concat([sure.drop("unsure"), exact.select(sure.drop("unsure").columns)])


def _exact_steps(
    rows: pl.LazyFrame, counting: Counting, stretches: Stretches, *, each_row_an_order: bool = False
) -> pl.LazyFrame:
    """Count steps of seen rows, each order judged by its first day alone, each row's money on its own day."""
    until = (counting.as_of or date.max) if counting.returned_ignored else None
    found = exact_orders_of(rows, each_row_an_order=each_row_an_order, returned_until=until)
    return _added(found, counting, stretches)


def _seen(rows: pl.LazyFrame, counting: Counting) -> pl.LazyFrame:
    return rows if counting.as_of is None else rows.filter(pl.col("day") <= counting.as_of)


def _added(orders: pl.LazyFrame, counting: Counting, stretches: Stretches) -> pl.LazyFrame:
    """Add orders (customer, day, and first_minor and money where there is money) up by customer and stretch.

    A row whose first_minor is null is money alone, and no purchase.
    """
    schema = orders.collect_schema()
    bought = is_purchase(counting) if "money" in schema else pl.lit(value=True)
    if "is_refund" in schema:  # without money, only this column shows it
        bought &= pl.col("is_refund").is_null()
    made = orders.with_columns(purchase=pl.when(bought).then("day"))
    purchase = pl.col("purchase")
    free = (pl.col("first_minor") == 0).sum().cast(COUNT)
    totals: dict[str, pl.Expr] = {"monetary": pl.col("money").sum(), "free_orders": free} if "money" in schema else {}
    # One stretch takes no part in the grouping, which costs less.
    keys = [] if stretches.is_one else [stretches.step_of(pl.col("day")).alias("step")]
    found = made.group_by("customer", *keys).agg(
        first_order=purchase.min(),
        last_order=purchase.max(),
        frequency=(purchase.drop_nulls().n_unique() if counting.one_a_day else purchase.count()).cast(pl.Int32),
        **totals,
        first_row=pl.col("day").min(),
        **{name: pl.col(name).sum().cast(COUNT) for name in ("unsure", "rows") if name in schema},
    )
    return found.with_columns(step=pl.lit(stretches.end)) if stretches.is_one else found


def added(before: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Add further steps to the measures of customers (the columns of `steps` without `step`), in no order."""
    stretch = steps.drop("step")
    if before.is_empty() and steps["step"].n_unique() == 1:
        return stretch  # each customer has one row in a stretch
    both = pl.concat([before, stretch.select(before.columns)]) if before.height else stretch
    return both.lazy().group_by("customer").agg(*DAYS, *_sums(stretch.schema)).collect(engine="streaming")


def _sums(schema: pl.Schema) -> list[pl.Expr]:
    """Return the sums of a customer's counts and money, taken in 64 bits, in the types that the columns have."""
    names = [name for name in ("frequency", "monetary", "free_orders") if name in schema]
    return [pl.col(name).cast(pl.Int64).sum().cast(schema[name]) for name in names]


def together(wanted: Sequence[Stretches]) -> Stretches:
    """Return stretches as fine as all of the wanted ones, so that `narrowed` can make each of them.

    >>> first, second = Stretches((date(2024, 1, 31), date(2024, 3, 31))), Stretches((date(2024, 2, 29),), daily=True)
    >>> together([first, second]).ends
    (datetime.date(2024, 1, 31), datetime.date(2024, 2, 29))
    """
    begins = [one.ends[-1] if one.ends else None for one in wanted if one.daily]
    from_ever = None in begins
    known = [day for day in begins if day is not None]
    days_from = None if from_ever or not known else min(known)
    ends = sorted({end for one in wanted for end in one.ends})
    # Single days hold every end that comes later, so these need no stretch of their own.
    if begins:
        ends = [end for end in ends if days_from is not None and end <= days_from]
    made = Stretches(tuple(ends), daily=bool(begins), money=False)
    # Days that one of them reads singly may lie before an end of another, which needs their money.
    return replace(made, money=any(one.money_until > made.money_until for one in wanted))


def narrowed(found: pl.DataFrame, stretches: Stretches, last: date) -> pl.DataFrame:
    """Add steps up to the day `last` up to those of coarser stretches, in no order."""
    seen = found.filter(pl.col("step") <= last)
    coarse = seen.lazy().rename({"step": "day"})
    grouped = (
        coarse.with_columns(step=stretches.step_of(pl.col("day")))
        .group_by("customer", "step")
        .agg(*DAYS, *_sums(found.schema))
    )
    return grouped.select(found.columns).cast(found.schema).collect(engine="streaming")
