"""Order files as the source of customers, and files that have one row per customer already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.measures.collect import collect
from rfm_cli.measures.customers import require_buyers
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, measures_of, with_recency
from rfm_cli.model import CustomerOrders, Finding, OrderRows, Question, Source, SourcePass
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.one_row import OneRow
from rfm_cli.tables.options import Ids
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.refunds import row_count
from rfm_cli.tables.sources import InputFile


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
    def ids(self) -> Ids:
        """The rule that ids follow."""
        return self._orders.options.ids

    @property
    def rules_asked(self) -> Mapping[str, str]:
        """The rules by which rows are rejected at the user's word, and the option of each."""
        return self._orders.options.rules_asked

    @property
    def rows(self) -> OrderRows:
        """Counts of the accepted rows."""
        return AcceptedRows(self._orders)

    def name(self) -> str:
        """Return the name of the file, or the number of files."""
        return self._orders.name()

    def read(self) -> tuple[Source, Facts]:
        """Read all rows. Returns the source as its rows prove it, and the facts of the rows."""
        _, facts, orders = order_tables.collect(self._orders, order_tables.customers_of)
        return OrderSource(orders), facts

    def steps(self, counting: Counting, stretches: Stretches) -> SourcePass:
        """Count what each stretch of days added to each customer."""
        found = collect(self._orders, counting, stretches)
        return SourcePass(found.steps, found.facts, OrderSource(found.orders))

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Measure customers at the end of `counting`, or on the last day of the rows."""
        if counting.as_of is None and any(file.has_refunds for file in self._orders.files):
            source, facts = self.read()
            # A refund may lie after the last order row, whose day is known only now, and is not seen then.
            if facts.last_day is not None:
                return source.measure(replace(counting, as_of=facts.last_day), start, strict=strict)
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

    def orders_of(self, customer_id: str, as_of: date | None) -> CustomerOrders:
        """Return the orders of one customer up to a date (None: all); those without an id are as many as their rows."""
        rows = order_tables.accepted(order_tables.rows(self._orders))
        own = rows.filter(pl.col("customer").cast(pl.String) == customer_id)
        if as_of is not None:
            own = own.filter(pl.col("day") <= as_of)
        found = own.collect(engine="streaming")
        has_money = "minor" in found.columns
        found = found.with_columns(pl.lit(None).alias(name) for name in ("order", "minor") if name not in found.columns)
        # The lines of an order of one day are one; a row without an order id stays alone.
        alone = found.filter(pl.col("order").is_null()).select("day", "order", "minor")
        money = pl.col("minor").sum() if has_money else pl.lit(None)
        added = found.drop_nulls("order").group_by("day", "order").agg(minor=money)
        sorted_rows = pl.concat([added, alone], how="vertical_relaxed").sort("day", "order", "minor")
        return CustomerOrders(sorted_rows.rename({"day": "when", "order": "order_id"}))

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
        return rows.group_by(pl.col("customer").cast(pl.String)).agg(rows=row_count(rows), money=money)

    def by_customer_and_day(self, as_of: date | None) -> pl.LazyFrame | None:
        """Count the rows of each customer and day; None where an order id says which rows are one order."""
        if self._orders.has_order_id:
            return None
        rows = self._up_to(as_of)
        return rows.group_by("customer", "day").agg(rows=row_count(rows).cast(pl.Int64))

    def by_day(self) -> pl.LazyFrame:
        """Count the rows of each day."""
        rows = self._up_to(None)
        return rows.group_by("day").agg(rows=row_count(rows).cast(pl.Int64))

    def by_customer(self, as_of: date | None) -> None:
        """Return None: the pass over the rows has counted them by customer, and the facts name the heavy id."""

    def _up_to(self, as_of: date | None) -> pl.LazyFrame:
        rows = order_tables.accepted(order_tables.rows(self._orders))
        return rows if as_of is None else rows.filter(pl.col("day") <= as_of)


class OneRowSource(Source):
    """Customers who come measured already, at one date."""

    kind = "a file of one row per customer"

    def __init__(self, table: OneRow) -> None:
        self._table = table

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return self._table.scale

    @property
    def inputs(self) -> tuple[Sequence[InputFile], ColumnMap] | None:
        """The files, and the columns of the first."""
        return None if self._table.columns is None else (self._table.files, self._table.columns)

    @property
    def ids(self) -> Ids:
        """The rule that ids follow."""
        return self._table.ids

    @property
    def attributes(self) -> pl.DataFrame:
        """The columns that are no measures, by customer_id."""
        return self._table.attributes

    def name(self) -> str:
        """Return the name of the file, or the number of files."""
        return self._table.name

    def last_day(self) -> date | None:
        """Return the day of the last order, None where the file gives recency in days."""
        return self._table.last_day()

    def description(self) -> str:
        """Return in words which columns hold the measures."""
        return f"one row per customer: {self._table.columns_in_words}"

    def findings(self) -> Iterator[Finding]:
        """Yield the file and its columns, and its rows by rule."""
        yield Finding("orders", "file", PurePath(self.name()).name, self.description())
        for name, rows in self._table.rows.items():
            if rows:
                yield Finding("orders", "rows", name, rules.RULES.get(name, ""), rows)

    def agree(self, question: Question) -> Question:
        """Return the question; raises `UsageError` if it has a window, or asks for single orders."""
        if question.returned_ignored:
            raise UsageError("--returned-orders needs orders", "a file of one row per customer was counted already")
        if question.window is not None:
            raise UsageError("--window needs orders", "a file of one row per customer was counted already")
        return question

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Return the measures at the end of `counting`, or on the day of the last order.

        Raises `InputError` if no row was accepted, or if some customer ordered later than that.
        """
        as_of = counting.as_of or self._table.last_day()
        if self._table.table.is_empty():
            raise InputError(f"{self._table.name}: no customer accepted", "see what is wrong with rfm check")
        frame = self._with_last_order(as_of)
        first = pl.col("first_order") if "first_order" in frame.columns else pl.lit(None, pl.Date)
        # Recency without a purchase would score a customer who never bought.
        never = pl.col("frequency") == 0
        frame = frame.with_columns(
            first_order=first,
            recency_days=pl.when(~never).then(pl.col("recency_days").cast(pl.Int32)),
            last_order=pl.when(~never).then("last_order"),
            frequency=pl.col("frequency").cast(pl.Int32),
            first_row=first,
        )
        return SourcePass(frame, Facts(self._table.rows, None, self._table.last_day()), self)

    def _with_last_order(self, as_of: date | None) -> pl.DataFrame:
        """Return the customers with both recency_days and last_order, the one from the other."""
        frame = self._table.table
        if "recency_days" in frame.columns:
            age = pl.duration(days=pl.col("recency_days"))
            last = pl.lit(as_of) - age if as_of else pl.lit(None, pl.Date)
            return frame.with_columns(last_order=last.cast(pl.Date))
        assert as_of is not None
        if frame.filter(pl.col("last_order") > as_of).height:
            raise InputError(
                f"{self._table.name}: some customers ordered after {as_of}, and their earlier state is not known",
                f"the last orders are of {frame['last_order'].min()!s} to {self._table.last_day()}",
            )
        return with_recency(frame, as_of)
