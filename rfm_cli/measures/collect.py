"""The only place that chooses how orders are counted: plainly, or by a shortcut where the files are large."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, settled_steps, steps
from rfm_cli.tables import ids, whole_orders
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Facts, Orders

LARGE = 48 << 20
"""Below this total size (about a million orders) the plain way ends before the libraries of the fast one are loaded."""
LARGE_REFUNDED = 8 << 20
"""The same where there are refunds: the plain way looks at their customers' rows a second time."""


@dataclass(frozen=True)
class Collected:
    """What a pass over orders has found: the steps of customers, the facts of the rows, and the orders as proved."""

    steps: pl.DataFrame
    facts: Facts
    orders: Orders


def collect(orders: Orders, counting: Counting, stretches: Stretches, *, strict: bool = True) -> Collected:
    """Count what each stretch of days added to each customer, with the columns of `measures.steps.steps`.

    A score is a past with one stretch, or with two under a window. Raises `InputError` or `UsageError` if the rows
    cannot be added up (`tables.orders.refuse`), unless `strict` is False.
    """
    found = _fast(orders, counting, stretches) or _plainly(orders, counting, stretches)
    # Only all rows show broken ids, sums past 64 bits and several currencies.
    if strict:
        order_tables.refuse(found.orders, found.facts)
    rows = order_tables.accepted(order_tables.rows(found.orders))
    return Collected(settled_steps(found.steps, rows, counting, stretches), found.facts, found.orders)


def is_large(orders: Orders) -> bool:
    """Whether the files are so large that a shortcut pays."""
    return orders.size >= (LARGE_REFUNDED if orders.refunded and orders.has_order_id else LARGE)


def _fast(orders: Orders, counting: Counting, stretches: Stretches) -> Collected | None:
    """Count by integer arithmetic; None for small files, and where some row does not bear out what that needs."""
    if not is_large(orders):
        return None
    from rfm_cli.measures.fast import steps_of  # with numpy, which small files do without

    found = steps_of(orders, counting, stretches)
    if found is not None and orders.may_fold:
        customers = found[0]["customer"]
        upper = ids.not_lower(customers)
        if len(ids.odd_ones(customers, upper)):
            orders = orders.folding()
            found = steps_of(orders, counting, stretches)
        else:  # the search for ids that differ in case alone is spared where none is in upper case
            found = found[0], replace(found[1], proof={**found[1].proof, ids.UPPER: len(upper)})
    if found is None:
        return None
    # Files whose rows take something from each other are counted plainly, from the start.
    whole = whole_orders.decided(orders, found[1])
    if all(one is file for one, file in zip(whole.files, orders.files, strict=True)):
        return Collected(*found, whole)
    return _plainly(whole, counting, stretches)


def _plainly(orders: Orders, counting: Counting, stretches: Stretches) -> Collected:
    """Count by plain expressions; the orders of some customers may be unsure."""
    return Collected(
        *order_tables.collect(
            orders,
            lambda given: (
                lambda rows: steps(rows, counting, stretches, each_row_an_order=given.each_row, count_rows=True)
            ),
        )
    )
