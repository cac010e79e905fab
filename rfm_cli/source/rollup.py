"""A roll-up as the source of customers: its rows are read in place of the orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures.customers import require_buyers
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, with_recency
from rfm_cli.model import CustomerOrders, Finding, OrderRows, Question, Source, SourcePass
from rfm_cli.rollup import read as rollups
from rfm_cli.rollup.compatibility import StatedOptions, purchases_for, require_agreement, require_ids, require_people
from rfm_cli.rollup.read import RollUp
from rfm_cli.tables import rules
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.fields import STEP, fold
from rfm_cli.tables.options import Ids
from rfm_cli.tables.order_model import Facts


class RollupSource(Source):
    """An opened roll-up, which answers the dates at which its periods end."""

    kind = "a roll-up"
    has_history = True

    def __init__(self, rollup: RollUp) -> None:
        self._rollup = rollup

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return self._rollup.scale

    @property
    def timezone(self) -> str:
        """The time zone in which the days of the orders were counted."""
        return self._rollup.manifest.timezone

    @property
    def ids(self) -> Ids:
        """The rule that ids follow."""
        return self._rollup.manifest.ids

    @property
    def no_customer(self) -> tuple[str, ...]:
        """The ids that were no customer."""
        return self._rollup.manifest.no_customer

    @property
    def rules_asked(self) -> Mapping[str, str]:
        """The rules by which rows were rejected at the user's word, and the option of each."""
        return self._rollup.manifest.rules_asked

    @property
    def attribute_hint(self) -> str:
        """What to do where an attribute is missing: a roll-up has none of those of order rows."""
        return "a roll-up has no attributes of order rows: give the orders, or --customers FILE"

    @property
    def rows(self) -> OrderRows:
        """Counts of the order rows, which the roll-up has by customer and period."""
        return RolledRows(self._rollup)

    def name(self) -> str:
        """Return the path of the folder."""
        return self._rollup.name()

    def description(self) -> str:
        """Return in words the periods and the rows of the roll-up."""
        return self._rollup.summary()

    def agree(self, question: Question) -> Question:
        """Return the question with what the roll-up counts as a purchase.

        Raises `UsageError` if the roll-up has counted otherwise, and `UnansweredError` if the question needs single
        days and the roll-up has longer periods.
        """
        if question.returned_ignored:
            why = f"--returned-orders ignore: {self._rollup.name()} is a roll-up, in which no order is known by its id"
            raise UsageError(why, "give the orders in its place")
        free, one_a_day = question.free_orders, question.one_a_day
        name, manifest = self._rollup.name(), self._rollup.manifest
        purchases = purchases_for(name, manifest, free, question.scheme.free_orders, one_a_day=one_a_day)
        if question.new_subscriber is not None:
            rollups.require_days(self._rollup, "--new-subscriber needs")
        return replace(question, free_orders=purchases.free, one_a_day=purchases.one_a_day)

    def require_agreement(self, stated: StatedOptions) -> None:
        """Raise `UsageError` if an option that the user has set contradicts how the orders were rolled up."""
        require_agreement(self._rollup.name(), self._rollup.manifest, stated)

    def require_ids(self, wanted: Ids) -> None:
        """Raise `UsageError` if the ids of other tables follow another rule than those of the roll-up."""
        require_ids(self._rollup.name(), self.ids, wanted)

    def require_people(self, wanted: str | None, customers: Customers) -> None:
        """Raise `UsageError` if the customers table names keys and the roll-up persons, or the other way round.

        `wanted` is the column of persons, as the map has it, None without a map. A table that has no such column, or
        has it as its id, may well be one row a person.
        """
        made = self._rollup.manifest.person
        column = fold((made or "").rpartition(STEP)[2])
        headings = {fold(heading) for file in customers.files for heading in file.header}
        if wanted is None and (column not in headings or fold(customers.columns["customer_id"]) == column):
            return
        require_people(self._rollup.name(), made, wanted, customers.name)

    def require_dates(self, days: Iterable[date], where: str = "") -> None:
        """Raise `UnansweredError` if no period ends on one of the days."""
        rollups.require_dates(self._rollup, days, where)

    def require_days(self, who: str) -> None:
        """Raise `UnansweredError` if the periods are longer than days."""
        rollups.require_days(self._rollup, who)

    def read(self) -> tuple[Source, Facts]:
        """Return the source and the facts of the order rows, which were found when it was made."""
        return self, self._rollup.facts()

    def steps(self, counting: Counting, stretches: Stretches) -> SourcePass:
        """Count what each stretch of days added to each customer."""
        found = rollups.steps_of(self._rollup, counting, stretches.step_of(pl.col("day")))
        return SourcePass(found, self._rollup.facts(), self)

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Measure customers at the end of `counting`, or on the last day of the roll-up."""
        as_of = counting.as_of or self._rollup.manifest.last_day
        found, facts = rollups.customers_of(self._rollup, replace(counting, as_of=as_of), start), self._rollup.facts()
        if strict:
            require_buyers(found, facts, self._rollup, as_of)
        return SourcePass(with_recency(found, as_of), facts, self)

    def findings(self) -> Iterator[Finding]:
        """Yield what a roll-up was made of, and what it can answer."""
        rollup = self._rollup
        made, facts = rollup.manifest, rollup.facts()
        count = rollup.frame().select(pl.len()).collect(engine="streaming").item()
        yield Finding("orders", "roll-up", PurePath(rollup.path).name, rollup.summary(), count)
        for file in made.inputs:
            yield Finding("orders", "file", file.name, "rolled up" + (f", {file.bytes:,} bytes" if file.bytes else ""))
        yield Finding("orders", "rows", "read", "", facts.read)
        yield Finding("orders", "rows", rules.ACCEPTED, "", facts.accepted)
        for name, rows in facts.rejected.items():
            yield Finding("orders", "rejected", name, rules.RULES[name], rows)
        yield Finding("orders", "days", "covered", f"{facts.first_day} to {facts.last_day}")
        yield Finding("orders", "days", "of the calendar", made.timezone)
        yield Finding("orders", "days", "can be asked for", rollup.dates())
        yield Finding("orders", "days", "can be added from", str(made.watermark))
        money = (
            "none" if made.scale is None else f"{made.scale} decimals" + (f", {made.currency}" if made.currency else "")
        )
        yield Finding("orders", "money", "scale", money)
        free = "are counted" if made.purchases.free == "count" else "are left out"
        yield Finding("orders", "purchases", "of zero value", free, sum(made.free_orders.values()))
        how = "x@y.z in lower case, 17850.0 as 17850" if made.ids == "folded" else "as they are written"
        yield Finding("orders", "ids", "of customers", how)
        if made.no_customer:
            yield Finding("orders", "ids", "no customer", ", ".join(made.no_customer))
        if made.purchases.one_a_day:
            yield Finding("orders", "purchases", "of one day", "are one")

    def orders_of(self, customer_id: str, as_of: date | None) -> CustomerOrders:
        """Return the periods of one customer up to a date (None: all), with their purchases and money."""
        money = pl.lit(None) if self.scale is None else pl.col("revenue")
        found = rollups.periods_of(self._rollup, customer_id, as_of)
        return CustomerOrders(found.select(when="period", purchases="orders", minor=money), by_period=True)

    def buyers_after(self, day: date) -> pl.LazyFrame:
        """Return the customers with an order row after a day: customer."""
        return rollups.buyers_after(self._rollup, day)


class RolledRows(OrderRows):
    """The order rows that a roll-up has counted by customer and period."""

    def __init__(self, rollup: RollUp) -> None:
        self._rollup = rollup

    def of_customers(self, ids: Sequence[str], as_of: date | None) -> pl.LazyFrame:
        """Count the rows of some customers up to a date: customer, rows, money."""
        return rollups.rows_of(self._rollup, ids, as_of)

    def by_customer_and_day(self, as_of: date | None) -> pl.LazyFrame | None:
        """Count the rows of each customer and day; None where orders had ids, or periods are longer than days."""
        made = self._rollup.manifest
        # Where purchases of one day are one already, rows of one day are no doubt any more.
        if made.order_ids or made.periods.grain != "day" or made.purchases.one_a_day:
            return None
        return rollups.rows_by_customer_and_day(self._rollup, as_of)

    def by_day(self) -> pl.LazyFrame:
        """Count the rows by the day on which their period ends."""
        return rollups.rows_by_day(self._rollup)

    def by_customer(self, as_of: date | None) -> pl.LazyFrame:
        """Count the rows of each customer."""
        return rollups.rows_by_customer(self._rollup, as_of)
