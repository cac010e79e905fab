"""Order files as the source of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from rfm_cli.measures.collect import collect
from rfm_cli.measures.customers import require_buyers
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, measures_of, with_recency
from rfm_cli.model import OrderRows, Source, SourcePass
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Facts, Orders


class OrderSource(Source):
    """Order files: each pass reads all of their rows, and proves what was assumed of them."""

    kind = "orders"
    has_history = True

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @property
    def orders(self) -> Orders:
        """The order files."""
        return self._orders

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return self._orders.scale

    @property
    def rows(self) -> OrderRows:
        """Counts of the accepted rows."""
        return AcceptedRows(self._orders)

    def name(self) -> str:
        """Return the name of the file, or the number of files."""
        return self._orders.name()

    def read(self) -> tuple[Source, Facts]:
        """Read all rows. Returns the source as its rows prove it, and the facts of the rows."""
        _, facts, orders = order_tables.collect(self._orders, lambda _: lambda rows: rows.select(pl.len()))
        return OrderSource(orders), facts

    def steps(self, counting: Counting, stretches: Stretches) -> SourcePass:
        """Count what each stretch of days added to each customer."""
        found = collect(self._orders, counting, stretches)
        return SourcePass(found.steps, found.facts, OrderSource(found.orders))

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Measure customers at the end of `counting`, or on the last day of the rows."""
        found = collect(self._orders, counting, Stretches.up_to(counting.as_of, start), strict=strict)
        as_of = counting.as_of or found.facts.last_day
        frame = found.steps.drop("step")  # the steps of one stretch are the measures already
        if start is not None:
            frame = measures_of(found.steps.lazy(), start).collect(engine="streaming")
        if strict:
            require_buyers(frame, found.facts, found.orders, as_of)
        if as_of is not None:  # without an accepted row there is no day, and no customer either
            frame = with_recency(frame, as_of)
        return SourcePass(frame, found.facts, OrderSource(found.orders))

    def buyers_after(self, day: date) -> pl.LazyFrame:
        """Return the customers with an accepted row after a day: customer."""
        return order_tables.buyers_after(self._orders, day)


class AcceptedRows(OrderRows):
    """The accepted rows of order files, counted in a pass of their own."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def of_customers(self, ids: Sequence[str], as_of: date | None) -> pl.LazyFrame:
        """Count the rows of some customers up to a date: customer, rows, money (0 without money)."""
        rows = self._up_to(as_of).filter(pl.col("customer").cast(pl.String).is_in(ids))
        money = pl.col("minor").sum() if "minor" in rows.collect_schema() else pl.lit(0)
        return rows.group_by(pl.col("customer").cast(pl.String)).agg(rows=pl.len(), money=money)

    def by_customer_and_day(self, as_of: date | None) -> pl.LazyFrame | None:
        """Count the rows of each customer and day; None where an order id says which rows are one order."""
        if self._orders.has_order_id:
            return None
        return self._up_to(as_of).group_by("customer", "day").agg(rows=pl.len().cast(pl.Int64))

    def by_day(self) -> pl.LazyFrame:
        """Count the rows of each day."""
        return self._up_to(None).group_by("day").agg(rows=pl.len().cast(pl.Int64))

    def by_customer(self, as_of: date | None) -> None:
        """Return None: the pass over the rows has counted them by customer, and the facts name the heavy id."""

    def _up_to(self, as_of: date | None) -> pl.LazyFrame:
        rows = order_tables.accepted(order_tables.rows(self._orders))
        return rows if as_of is None else rows.filter(pl.col("day") <= as_of)
