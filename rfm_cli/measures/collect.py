"""The only place that chooses how orders are counted: plainly, or by a shortcut where the files are large."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rfm_cli.measures import purchases
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, settled_steps, steps
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Facts, Orders

LARGE = 48 << 20
"""Smaller files together, of some million orders, are counted plainly in the time that a shortcut takes to load."""
LARGE_REFUNDED = 8 << 20
"""The same where there are refunds: the plain way looks at their customers' rows a second time."""


@dataclass(frozen=True)
class Collected:
    """What a pass over orders has found: the steps of customers, the facts of the rows, and the orders as proved."""

    steps: pl.DataFrame
    facts: Facts
    orders: Orders


def collect(orders: Orders, counting: Counting, stretches: Stretches) -> Collected:
    """Count what each stretch of days added to each customer, with the columns of `measures.steps.steps`.

    Raises `InputError` or `UsageError` if the rows cannot be added up (`tables.orders.refuse`).
    """
    end = stretches.of_day()
    found = _steps(orders, counting, stretches)
    order_tables.refuse(found.orders, found.facts)
    rows = order_tables.accepted(order_tables.rows(found.orders))
    return Collected(settled_steps(found.steps, rows, counting, end), found.facts, found.orders)


def measure(orders: Orders, counting: Counting, *, strict: bool = True) -> Collected:
    """Measure customers, with the columns of `measures.purchases.customers`.

    Without `strict`, rows that cannot be added up raise no error.
    """
    found = _measures(orders, counting)
    if strict:
        order_tables.refuse(found.orders, found.facts)
    rows = order_tables.accepted(order_tables.rows(found.orders))
    return Collected(purchases.settled(found.steps, rows, counting), found.facts, found.orders)


def is_large(orders: Orders) -> bool:
    """Whether the files are so large that a shortcut pays."""
    return orders.size >= (LARGE_REFUNDED if orders.refunded and orders.has_order_id else LARGE)


def _measures(orders: Orders, counting: Counting) -> Collected:
    """Measure customers; the orders of some may be unsure."""
    if is_large(orders):
        from rfm_cli.measures.fast.customers import customers_of  # with numpy, which small files do without

        if found := customers_of(orders, counting):
            return Collected(*found, orders)
    return Collected(
        *order_tables.collect(
            orders,
            lambda given: (
                lambda rows: purchases.customers_quickly(
                    rows, counting, each_row_an_order=given.each_row, count_rows=True
                )
            ),
        )
    )


def _steps(orders: Orders, counting: Counting, stretches: Stretches) -> Collected:
    """Count steps; the orders of some customers may be unsure."""
    if is_large(orders) and counting.as_of is not None:
        from rfm_cli.measures.fast.steps import steps_of  # with numpy, which small files do without

        ends = [*stretches.ends, counting.as_of] if stretches.daily else stretches.ends
        if quick := steps_of(orders, counting, ends, daily=stretches.daily, money=stretches.money):
            return Collected(*quick, orders)
    end = stretches.of_day()
    return Collected(
        *order_tables.collect(
            orders,
            lambda given: lambda rows: steps(rows, counting, end, each_row_an_order=given.each_row, count_rows=True),
        )
    )
