"""Orders of several rows: what was decided about them, and what in them does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from rfm_cli.measures.purchases import returned_orders
from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.tables import order_model, rules, whole_orders
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.money import minor_units, money_text
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.refunds import BESIDE, GIVEN_BACK

FIELD_WORDS = {"customer_id": "customers", "currency": "currencies"}


def on_whole_orders(orders: Orders, facts: Facts) -> Iterator[Note]:
    """Remark on rows that continue an order, on whose the amounts are, and on orders whose rows do not fit together."""
    with input_errors(orders.name()):
        yield from _on_filled(orders)
        yield from _on_amounts(orders)
        yield from _on_partly_rejected(orders, facts)
        yield from _on_large_refunds(orders)


def _on_filled(orders: Orders) -> Iterator[Note]:
    found = orders.whole_orders
    if found is None:
        return
    if found.continuing:
        continues = "continue" if found.continuing > 1 else "continues"
        what = f"{found.continuing:,} of the accepted rows {continues} {counted(found.continued, 'order')}"
        yield note(f"{what}: what they lack is on other rows of the order")
    for one in found.unclear:
        has = f"order {one.example!r} has" if one.orders == 1 else f"{one.orders:,} orders ({one.example!r}, ...) have"
        yield note(f"{has} several {FIELD_WORDS[one.field]}, so that rows without one are rejected")


def _on_amounts(orders: Orders) -> Iterator[Note]:
    found = orders.whole_orders
    if found is None or found.amounts is None or orders.scale is None or not found.amounts.orders:
        return
    counts = found.amounts
    several = f"the {counted(counts.orders, 'order')} with several rows"
    if orders.options.amount_per is None and found.amount_per == "order":
        yield note(f"the amount is the order's, since the lines of each of {several} add up to it: it counts once")
    elif orders.options.amount_per is None and found.amount_per == "row":
        yield note(f"the amount is the row's, since it is quantity x unit_price in all rows of {several}")
    elif found.amount_per is None and counts.is_doubtful:
        total = whole_orders.revenue(orders)
        by_order, by_row = (money_text(one, orders.scale, grouped=True) for one in (total - counts.repeated, total))
        alike = f"{counts.alike:,} of {several} have one amount on all of them"
        both = f"amounts are added, to {by_row}; if they are the orders', the revenue is {by_order}"
        yield warning("repeated-amounts", f"{alike}: {both}; say which: --amount-per row, or --amount-per order")


def _on_partly_rejected(orders: Orders, facts: Facts) -> Iterator[Note]:
    """Warn of orders with accepted and rejected rows: the same order id, and the same customer where both have one."""
    if not orders.has_order_id or not facts.rejected:
        return
    rows = order_tables.rows(orders)
    schema = rows.collect_schema()
    if BESIDE in schema:
        rows = rows.filter(~pl.col(BESIDE))
    taken, ids = pl.col("rule") == rules.ACCEPTED, pl.col("order").is_not_null()
    # Rows that repeat others were left out at the user's word.
    repeats = pl.col("rule").cast(pl.String).is_in(("repeated", "overlap"))
    lost = rows.filter(~taken & ~repeats & ids).select("customer", "order").unique().collect(engine="streaming")
    if lost.is_empty():
        return
    # A rejected row without a customer may be of any customer's order with its id.
    known, unknown = lost.drop_nulls("customer"), lost.filter(pl.col("customer").is_null()).select("order")
    minor = pl.col("minor").sum() if "minor" in schema else pl.lit(0)
    own = rows.filter(taken & ids).join(lost.lazy().select("order").unique(), on="order", how="semi")
    by_order = own.group_by("customer", "order").agg(minor=minor).collect(engine="streaming")
    found = pl.concat(
        [
            by_order.join(known, on=["customer", "order"], how="semi"),
            by_order.join(unknown, on="order", how="semi"),
        ]
    ).unique()
    if found.height:
        money = (
            f" with {money_text(int(found['minor'].sum()), orders.scale, grouped=True)}"
            if orders.scale is not None
            else ""
        )
        have = "orders have" if found.height > 1 else "order has"
        why = f"{found.height:,} {have} accepted rows{money} and rejected ones; --rejects FILE lists these"
        yield warning("partly-rejected", why)


def _on_large_refunds(orders: Orders) -> Iterator[Note]:
    """Warn of orders to which a column of refunds gives back more than they were."""
    if orders.scale is None or not any(file.has_refunds for file in orders.files):
        return
    typed = order_model.typed_orders(orders).filter(pl.col("rule") == rules.ACCEPTED).drop_nulls("refunded")
    value, refunded = (minor_units(pl.col(name), orders.scale) for name in ("value", "refunded"))
    rows = typed.select("customer", "order" if orders.has_order_id else pl.lit(None).alias("order"), value, refunded)
    alone = rows.filter(pl.col("order").is_null()).select("value", "refunded")
    added = rows.drop_nulls("order").group_by("customer", "order").agg(pl.col("value", "refunded").sum())
    both = pl.concat([alone, added.select("value", "refunded")])
    above = both.filter(pl.col("refunded") > pl.max_horizontal(pl.col("value"), pl.lit(0)))
    count, excess = (
        above.select(pl.len(), (pl.col("refunded") - pl.col("value")).sum()).collect(engine="streaming").row(0)
    )
    if count:
        what = "orders were refunded by more than they were" if count > 1 else "order was refunded by more than it was"
        yield warning(
            "refund-above-order", f"{count:,} {what}, by {money_text(excess, orders.scale, grouped=True)} in all"
        )


def on_returned(orders: Orders, as_of: date | None, *, ignored: bool) -> Iterator[Note]:
    """Remark on orders whose money was all given back up to a date: on how many there are, and on how they count."""
    if orders.scale is None:
        return
    rows = order_tables.accepted(order_tables.rows(orders))
    if as_of is not None:
        rows = rows.filter(pl.col("day") <= as_of)
    schema = rows.collect_schema()
    count = 0
    with input_errors(orders.name()):
        if "order" in schema:
            count += returned_orders(rows).select(pl.len()).collect(engine="streaming").item()
        if GIVEN_BACK in schema:
            given_back = pl.col(GIVEN_BACK) <= as_of if as_of is not None else pl.col(GIVEN_BACK).is_not_null()
            alone = rows.filter(given_back)
            alone = alone.filter(pl.col("order").is_null()) if "order" in schema else alone
            count += alone.select(pl.len()).collect(engine="streaming").item()
    if count:
        back = "orders whose money was all given back"
        left_out = f"{back} are left out: {count:,} (--returned-orders count takes them in)"
        counts_too = f"{back} are purchases as well: {count:,} (--returned-orders ignore leaves them out)"
        yield note(left_out if ignored else counts_too)
