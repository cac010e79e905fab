"""What the rows of an order show together, decided over all rows: fields on one of them, and whose the amount is.

A pass over the rows shows whether there is anything to decide (`hints`). Only then are all rows looked at again, and
the pass is made anew over files whose rows have taken what they take from each other.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import amount_per, money, refunds, rules
from rfm_cli.tables.amount_per import AmountCounts, may_repeat
from rfm_cli.tables.filling import filled
from rfm_cli.tables.options import AmountPer
from rfm_cli.tables.order_file import TAKEN
from rfm_cli.tables.order_model import Facts, Orders, WholeOrders, typed_orders
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import input_errors

LACKING = ("customer", "date", "amount")
"""Rules that a row breaks which lacks a field."""


def hint_rows(orders: Orders) -> list[pl.LazyFrame]:
    """Return one row that shows whether rows of orders have to be looked at together: `several` and `varied` as in
    `amount_per.hint_row`; no frame where no file asks."""
    asking = [file for file in orders.files if amount_per.asks(file, orders.options)]
    # Where every row is an order of its own, no order has several rows.
    if orders.sums or orders.each_row or not asking or (orders.whole_orders and orders.whole_orders.amounts):
        return []
    return [amount_per.hint_row([typed_rows(file, orders.options) for file in asking])]


def decided(orders: Orders, facts: Facts) -> Orders:
    """Return the orders as their rows show them together; the same object where a pass over them needs no change.

    Raises `InputError` where an amount may be the order's or the row's, and nothing proves either.
    """
    if not orders.has_order_id:
        return orders
    with input_errors(orders.name()):
        if orders.whole_orders is None and _may_lack(facts):
            filled_up = _filled(orders)
            if filled_up.changes:
                return filled_up
            orders = filled_up
        settled = _with_amounts(orders, facts)
        if settled.changes == orders.changes:
            _refuse_two_refunds(orders)
        return settled


def _may_lack(facts: Facts) -> bool:
    return bool(facts.proof.get("blanks")) or any(facts.rows.get(name) for name in LACKING)


def _filled(orders: Orders) -> Orders:
    """Return the orders with the fields that their rows take from each other."""
    found = [filled(file, orders.options.zone) for file in orders.files]
    unclear = tuple(one for own in found for one in own.unclear)
    made = replace(orders, files=tuple(one.file for one in found), whole_orders=WholeOrders(unclear=unclear))
    if all(one.file is file for one, file in zip(found, orders.files, strict=True)):
        return made
    continuing, continued = _continuing(made)
    counts = WholeOrders(unclear=unclear, continuing=continuing, continued=continued, changes=1)
    # Rows that were rejected before may share order ids, and may need more decimals.
    return replace(made, each_row=False, whole=False, whole_orders=counts)


def _continuing(orders: Orders) -> tuple[int, int]:
    """Count the accepted rows that took something from their order, and these orders."""
    rows = orders_count = 0
    for file in orders.files:
        if TAKEN in file.source.schema:
            typed = typed_rows(file, orders.options, {TAKEN: pl.col(TAKEN)})
            own = typed.filter(pl.col(TAKEN) & (pl.col("rule") == rules.ACCEPTED))
            found = own.select(rows=pl.len(), orders=pl.col("order").n_unique()).collect(engine="streaming").row(0)
            rows, orders_count = rows + int(found[0]), orders_count + int(found[1])
    return rows, orders_count


def _with_amounts(orders: Orders, facts: Facts) -> Orders:
    """Return the orders with each amount counted as often as it is meant."""
    before, option = orders.whole_orders or WholeOrders(), orders.options.amount_per
    if before.amounts is not None or orders.sums or orders.scale is None or option == "row":
        return orders
    known = orders.precedents.orders if orders.precedents and option is None else AmountCounts()
    hint = hinted(facts).with_others(known)
    if option is None and not (facts.proof.get("several") and may_repeat(hint.several, hint.orders - hint.alike)):
        return orders
    asked = [file for file in orders.files if "order_id" in file.columns and file.money_fields() == ("amount",)]
    counts = amount_per.amount_counts(asked, orders.options, orders.scale)
    together = counts.with_others(known)
    answer: AmountPer | None = option or together.proved
    if answer is None and together.is_open:
        amount_per.refuse_open(counts, revenue(orders), orders.scale, orders.name(), adding=known.several > 0)
    after = replace(before, amounts=counts, amount_per=answer)
    if answer != "order" or not (counts.several or any(file.has_refunds for file in asked)):
        return replace(orders, whole_orders=after)
    files = tuple(amount_per.once_per_order(file, orders.options) for file in orders.files)
    return replace(orders, files=files, each_row=False, whole_orders=replace(after, changes=after.changes + 1))


def hinted(facts: Facts) -> AmountCounts:
    """Return what a pass has counted of orders with several rows above 0: those with several amounts, and all."""
    several, varied = (int(facts.proof.get(name) or 0) for name in ("several", "varied"))
    return AmountCounts(orders=varied, several=several)


def counts_of(orders: Orders, facts: Facts) -> AmountCounts:
    """Return the counts of orders with several rows, as far as a pass over them had to count."""
    found = orders.whole_orders.amounts if orders.whole_orders else None
    return hinted(facts) if found is None else found


def _refuse_two_refunds(orders: Orders) -> None:
    """Raise `InputError` where orders have refunds in a column and in rows, which may be the same money twice."""
    columns = [file for file in orders.files if file.has_refunds]
    # Naming the column says that both count.
    if orders.scale is None or not columns or all(file.columns.reasons["refunded"] == "given" for file in columns):
        return
    found = refunds.twice_refunded(typed_orders(orders), orders.scale)
    if found is None:
        return
    heading = columns[0].columns["refunded"]
    taken = accepted_money(orders)
    one, both = (money.money_text(sum_, orders.scale, grouped=True) for sum_ in (taken + found.beside, taken))
    have = (
        f"{found.orders:,} orders ({found.example!r}, ...) have" if found.orders > 1 else f"order {found.example!r} has"
    )
    raise InputError(
        f"{orders.name()}: {have} refunds in column {heading!r} and in rows: if they are the same refunds, the revenue "
        f"is {one}; if both were given, {both}",
        f"say which: --map refunded=- leaves the column out, --map refunded={heading!r} takes both",
    )


def accepted_money(orders: Orders) -> int:
    """Return the money of all accepted rows, less the refunds in a column, in minor units."""
    assert orders.scale is not None
    taken = typed_orders(orders).filter(pl.col("rule") == rules.ACCEPTED)
    less = money.minor_units(pl.col("refunded"), orders.scale).sum()
    return revenue(orders) - int(taken.select(less).collect(engine="streaming").item())


def revenue(orders: Orders) -> int:
    """Return the money of all accepted rows, before refunds in a column, in minor units."""
    assert orders.scale is not None
    taken = typed_orders(orders).filter(pl.col("rule") == rules.ACCEPTED)
    minor = money.minor_units(pl.col("value"), orders.scale)
    return int(taken.select(minor.sum()).collect(engine="streaming").item())
