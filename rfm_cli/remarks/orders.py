"""Remarks on the rows of orders: how they were read, what was rejected, and what looks odd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import RfmError
from rfm_cli.notes import Note, note, warning
from rfm_cli.plausibility.ids import on_ids, on_one_order
from rfm_cli.plausibility.overlap import on_overlap
from rfm_cli.plausibility.refunds import on_refunds
from rfm_cli.plausibility.rows import MOST_ROWS, on_same_day, on_stray_end, on_time_zone
from rfm_cli.plausibility.statuses import on_statuses, on_totals
from rfm_cli.remarks.ids import on_folded, on_guards
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.order_model import typed_orders

if TYPE_CHECKING:
    from rfm_cli.model import Question, Shop
    from rfm_cli.tables.order_model import Facts, Orders

MOST_REJECTED = 0.05


def on_orders(
    shop: Shop,
    facts: Facts,
    measured: pl.DataFrame,
    as_of: date | None,
    *,
    one_a_day: bool = False,
    dated: bool = True,
    every_size: bool = False,
) -> Iterator[Note]:
    """Yield the remarks that every command makes which counts customers from order rows.

    `measured` are the customers up to `as_of`: customer, first_order, last_order and frequency. `one_a_day` says that
    the purchases of one day are one already, and `dated` that the user gave an as-of date. Remarks that need another
    pass over more than 200,000 rows are made only with `every_size`.
    """
    if shop.orders:
        yield from on_rows(shop.orders, facts, every_size=every_size)
        yield from on_overlap(shop.orders)
    # A date that the user has given is not the day of a stray row.
    if not dated:
        yield from on_stray_end(shop, facts.last_day, measured["last_order"])
    yield from on_currencies(shop.orders, facts)
    yield from on_ids(shop, facts, measured, as_of)
    yield from on_one_order(shop, measured)
    if not one_a_day and (every_size or facts.accepted <= MOST_ROWS):
        yield from on_same_day(shop, measured, as_of)
    yield from on_time_zone(shop, facts, every_size=every_size)


def on_scoring(
    measured: pl.DataFrame, facts: Facts, question: Question, as_of: date | None, asked: Mapping[str, str]
) -> Iterator[Note]:
    """Remark on the rows and the date: rejected rows (`asked`: see `on_rejects`), free orders, an as-of date after the
    data."""
    yield from on_rejects(facts, asked)
    last = facts.last_day
    if as_of and last and as_of > last:
        gap = (as_of - last).days
        days = f"{gap:,} day{'s' if gap > 1 else ''}"
        yield warning("as-of-after-data", f"the as-of date {as_of} is {days} after the last order row ({last})")
    if question.as_of is None and as_of:
        yield note(f"as of {as_of}, the day of the last order row")
    free = _free_orders(measured, facts, as_of)
    if free and (question.free_orders or question.scheme.free_orders) == "ignore":
        yield note(f"purchases of zero value are left out: {free:,} (--free-orders count takes them in)")
    elif free:
        yield note(f"purchases of zero value are counted as well: {free:,} (--free-orders ignore leaves them out)")


def _free_orders(measured: pl.DataFrame, facts: Facts, as_of: date | None) -> int:
    """Return the number of orders of zero value up to the date; a roll-up has them by period."""
    if facts.free_orders is not None and facts.last_day is not None:
        # The last period of a roll-up may end after the last order, whose day its counts are known from.
        ends = {period: min(period, facts.last_day) for period in facts.free_orders}
        return sum(count for period, count in facts.free_orders.items() if as_of is None or ends[period] <= as_of)
    return int(measured["free_orders"].cast(pl.Int64).sum()) if "free_orders" in measured.columns else 0


def on_rejects(facts: Facts, asked: Mapping[str, str]) -> Iterator[Note]:
    """Remark on rejected rows by rule; warn where they are many without those of the rules that were `asked` for, by
    the option of each."""
    count = sum(facts.rejected.values())
    if not count:
        return
    why = "; ".join(f"{rows:,} {rules.RULES[name]}" for name, rows in facts.rejected.items())
    # What is rejected at the user's word says little of the export.
    own = {option: facts.rejected[rule] for rule, option in asked.items() if facts.rejected.get(rule)}
    others = count - sum(own.values())
    share = f"{others / facts.read:.1%}" + (f" without {', '.join(own)}" if own else "")
    text = f"{count:,} of {facts.read:,} rows rejected ({share}): {why}"
    yield warning("many-rejects", text) if others > MOST_REJECTED * facts.read else note(text)


def on_rows(orders: Orders, facts: Facts, *, every_size: bool = False) -> Iterator[Note]:
    """Remark on how the rows of orders were read: their lines, orders of several rows, and the words in them."""
    yield from on_lines(orders)
    yield from on_guards([file.original for file in orders.files])
    if any(file.folds for file in orders.files):
        yield from on_folded(orders.name(), order_tables.written_ids(orders))
    if orders.has_order_id or any(file.has_refunds for file in orders.files):
        from rfm_cli.plausibility.whole_orders import on_whole_orders  # rows of one order, which many files have not

        yield from on_whole_orders(orders, facts)
    yield from on_totals(orders, facts)
    yield from on_statuses(orders)
    yield from on_refunds(orders, facts, every_size=every_size)


def on_currencies(orders: Orders | None, facts: Facts) -> Iterator[Note]:
    """Remark on several currencies in orders without amounts: nothing is added up, so they may differ."""
    if orders and not orders.has_money and facts.currency != facts.last_currency:
        several = f"{facts.currency}, {facts.last_currency}, ..."
        yield note(f"{orders.name()}: several currencies ({several}) play no part, since there are no amounts")


def on_lines(orders: Orders | None) -> Iterator[Note]:
    """Remark on lines without an order, and warn of order ids of several customers; reads all rows."""
    if orders is None or orders.sums is None:
        return
    sums, order = orders.sums, pl.col("order").cast(pl.String)
    rows = typed_orders(orders).select("customer", "rule", order=order).drop_nulls("order")
    taken = rows.filter(pl.col("rule") == rules.ACCEPTED).join(sums.table.lazy(), on="order", how="semi")
    owners = taken.group_by("order").agg(pl.col("customer").n_unique())
    unnamed, shared = pl.collect_all(
        [
            sums.table.lazy().join(rows, on="order", how="anti").select(pl.len()),
            owners.select((pl.col("customer") > 1).sum()),
        ],
        engine="streaming",
    )
    if count := unnamed.item():
        what, whose = ("orders with lines are", "their") if count > 1 else ("order with lines is", "its")
        yield note(f"{sums.name}: {count:,} {what} in no orders file, and {whose} money is left out")
    if count := shared.item():
        what = "order ids belong" if count > 1 else "order id belongs"
        first = "the first one got the money of the lines"
        yield warning("shared-order-ids", f"{count:,} {what} to several customers: {first}")


def on_trouble(orders: Orders, facts: Facts) -> Iterator[Note]:
    """Warn of all that would keep these orders from being scored."""
    try:
        order_tables.refuse(orders, facts)
    except RfmError as error:
        yield warning("unscorable", f"{error.message}; {error.hint}" if error.hint else error.message)
