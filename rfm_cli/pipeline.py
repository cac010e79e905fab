"""The whole way from tables to scored customers, for the commands and for the Python API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli import plausibility, remarks
from rfm_cli.errors import InputError, UsageError
from rfm_cli.measures import purchases
from rfm_cli.measures.customers import days_known, people_known, with_people
from rfm_cli.measures.one_row import from_one_row
from rfm_cli.measures.purchases import Counting
from rfm_cli.model import Question, Scored, Shop
from rfm_cli.notes import Note
from rfm_cli.plausibility.rows import on_stray_end, on_time_zone
from rfm_cli.plausibility.rulers import on_best_recency
from rfm_cli.progress import step
from rfm_cli.scores.apply import split_new_subscribers, with_codes, with_scores
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import fit
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Facts, Orders

if TYPE_CHECKING:  # what few shops have is loaded where there is one
    from rfm_cli.rollup.read import RollUp

LARGE = 48 << 20
"""Files of fewer bytes together (some million orders) are counted plainly in the time that a shortcut takes to load."""
LARGE_REFUNDED = 8 << 20
"""The same where there are refunds: the plain way looks at their customers' rows a second time."""


def score(shop: Shop, question: Question) -> Scored:
    """The shop's customers with measures, scores and segments at the question's date.

    `InputError` where nobody has bought by then, `UsageError` where the scheme needs money that the orders lack.
    """
    question = agreed(shop, question)
    measured, facts, shop, as_of = _measured(shop, question)
    return scored_customers(measured, shop, question, facts, as_of)


def scored_customers(
    measured: pl.DataFrame, shop: Shop, question: Question, facts: Facts, as_of: date | None
) -> Scored:
    """The same from measures (with recency) of the customers of the orders, which a pass over the rows has left."""
    with step("customers and events"):
        people, later = people_known(shop.customers, shop.events, shop.buyers_after(), measured["customer"], as_of)
    said = [] if people is None else [*remarks.on_people(measured, shop), *remarks.on_not_yet(later, as_of)]
    said += [*remarks.on_scoring(measured, facts, question, as_of), *remarks.on_lines(shop.orders)]
    if question.as_of is None:
        said += on_stray_end(shop, facts.last_day, measured["last_order"])
    said += remarks.on_currencies(shop.orders, facts)
    said += plausibility.on_customers(shop, facts, measured, as_of, one_a_day=question.one_a_day)
    said += on_time_zone(shop, facts)
    result = scored_from(with_people(measured, people, as_of), shop, question, facts, as_of)
    return replace(result, notes=(*said, *result.notes))


def scored_from(everybody: pl.DataFrame, shop: Shop, question: Question, facts: Facts, as_of: date | None) -> Scored:
    """Measured customers (with recency and known_from) scored and named at a date, by the question's cutoffs or new
    ones. `UsageError` where the scheme does not fit the orders or the cutoffs."""
    scale = shop.scale
    if question.scheme.needs_money and scale is None:
        raise UsageError(
            f"the scheme {question.scheme.name} needs amounts, and these orders have none",
            "use a scheme of R and F, such as rf12, or map the amount: --map amount=HEADING",
        )
    if question.cutoffs and question.cutoffs.bins != question.scheme.bins:
        raise UsageError(
            f"these cutoffs are for {question.cutoffs.bins} bins, and the scheme has {question.scheme.bins}"
        )
    with step("cutoffs, scores, segments"):
        cutoffs, told = cutoffs_at(everybody, question, scale)
        named = with_codes(with_scores(everybody, cutoffs), question.scheme)
    new = question.new_subscriber is not None
    if question.new_subscriber is not None and as_of is not None:
        named = split_new_subscribers(named, days_known(as_of), question.new_subscriber)
    windowed = question.window is not None
    return Scored(named, as_of, scale, question.scheme, cutoffs, facts, shop, told, new, windowed)


def cutoffs_at(everybody: pl.DataFrame, question: Question, scale: int | None) -> tuple[Cutoffs, tuple[Note, ...]]:
    """The question's own cutoffs, or those that the buyers among measured customers give, with remarks on them."""
    if question.cutoffs:  # they were read before the pass that knows the money's scale for sure
        cutoffs = question.cutoffs.at_scale(scale)
        return cutoffs, tuple(on_best_recency(cutoffs))
    cutoffs, told = fit(everybody.drop_nulls("recency_days"), question.fitting, scale)
    return cutoffs, (*told, *on_best_recency(cutoffs))


def _measured(shop: Shop, question: Question) -> tuple[pl.DataFrame, Facts, Shop, date | None]:
    """Measures with recency, the facts of the pass, the shop as it turned out, and the as-of date."""
    if shop.one_row:
        if question.window is not None:
            raise UsageError("--window needs orders", "a file of one row a customer was counted already")
        as_of = question.as_of or shop.one_row.last_day()
        frame, facts = from_one_row(shop.one_row, as_of)
        return frame, facts, shop, as_of
    if shop.rollup:
        return _from_rollup(shop, shop.rollup, question)
    assert shop.orders is not None
    orders, as_of = shop.orders, question.as_of
    if as_of is None and question.window is not None:
        _, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows.select(pl.len()))
        as_of = facts.last_day
    counting = counting_of(question, as_of)
    frame, facts, orders = _counted(orders, counting)
    order_tables.refuse(orders, facts)
    frame = purchases.settled(frame, order_tables.accepted(order_tables.rows(orders)), counting)
    as_of = as_of or facts.last_day
    require_buyers(frame, facts, orders, as_of)
    assert as_of is not None
    return purchases.with_recency(frame, as_of), facts, replace(shop, orders=orders), as_of


def _counted(orders: Orders, counting: Counting) -> tuple[pl.DataFrame, Facts, Orders]:
    """Measures of customers, perhaps unsure, by a shortcut where the files are large and prove it; facts and orders."""
    if is_large(orders):
        from rfm_cli.measures.fast.customers import customers_of  # with numpy, which small files do without

        if found := customers_of(orders, counting):
            return *found, orders
    return order_tables.collect(
        orders,
        lambda given: (
            lambda rows: purchases.customers_quickly(rows, counting, each_row_an_order=given.each_row, count_rows=True)
        ),
    )


def look_through(shop: Shop) -> tuple[Shop, Facts | None, pl.DataFrame | None]:
    """Read all orders without scoring them, whatever would keep them from it.

    Returns the shop with its orders as all of their rows prove them, the facts of the pass, and what its customers
    measure on the last day (`measures.customers`); None where there are no orders.
    """
    counting = Counting()
    if shop.rollup:
        from rfm_cli.rollup.read import customers_of

        return shop, shop.rollup.facts(), customers_of(shop.rollup, counting)
    if shop.orders is None:
        return shop, None, None
    frame, facts, orders = order_tables.collect(
        shop.orders,
        lambda given: (
            lambda rows: purchases.customers_quickly(rows, counting, each_row_an_order=given.each_row, count_rows=True)
        ),
    )
    measured = purchases.settled(frame, order_tables.accepted(order_tables.rows(orders)), counting)
    return replace(shop, orders=orders), facts, measured


def is_large(orders: Orders) -> bool:
    """Whether the files are so large that a shortcut pays."""
    return orders.size >= (LARGE_REFUNDED if orders.refunded and orders.has_order_id else LARGE)


def _from_rollup(shop: Shop, rollup: RollUp, question: Question) -> tuple[pl.DataFrame, Facts, Shop, date | None]:
    from rfm_cli.rollup.read import customers_of

    as_of, facts = question.as_of or rollup.manifest.last_day, rollup.facts()
    frame = customers_of(rollup, counting_of(question, as_of))
    require_buyers(frame, facts, rollup, as_of)
    return purchases.with_recency(frame, as_of), facts, shop, as_of


def agreed(shop: Shop, question: Question) -> Question:
    """The question with what a roll-up has counted already; `UsageError` where it has counted otherwise."""
    if shop.rollup is None:
        return question
    from rfm_cli.rollup.compatibility import purchases_for
    from rfm_cli.rollup.read import require_days

    free, one_a_day = question.free_orders, question.one_a_day
    name, manifest = shop.rollup.name(), shop.rollup.manifest
    counted = purchases_for(name, manifest, free, question.scheme.free_orders, one_a_day=one_a_day)
    if question.new_subscriber is not None:
        require_days(shop.rollup, "--new-subscriber needs")
    return replace(question, free_orders=counted.free, one_a_day=counted.one_a_day)


def counting_of(question: Question, as_of: date | None) -> Counting:
    """What counts, for a question at a date: its own word on free orders before the scheme's."""
    start = question.window.start(as_of) if question.window and as_of else None
    free = question.free_orders or question.scheme.free_orders
    return Counting(as_of, start, "ignore" if free == "ignore" else "count", question.one_a_day)


def require_buyers(frame: pl.DataFrame, facts: Facts, orders: Orders | RollUp, as_of: date | None) -> None:
    """Nothing, or `InputError` where nobody has bought by the date, with what the orders cover."""
    order_tables.require_rows(facts, orders)
    if frame.is_empty() or frame["last_order"].null_count() == frame.height:
        raise InputError(
            f"{orders.name()}: no purchase on or before {as_of}",
            f"the orders cover {facts.first_day} to {facts.last_day}",
        )


def counts(scored: Scored) -> Mapping[str, int]:
    """The headline counts of a run: rows read, accepted and rejected by rule, customers, buyers, VIPs."""
    frame = scored.frame
    vips = frame["vip"].sum()
    return {
        **row_counts(scored.facts),
        "customers": frame.height,
        "buyers": frame.height - frame["recency_days"].null_count(),
        "vips": int(vips or 0),
    }


def row_counts(facts: Facts) -> dict[str, int]:
    """Count the order rows: read, accepted, rejected by rule."""
    rejected = {f"rejected_{name}": count for name, count in facts.rejected.items()}
    return {"rows_read": facts.read, "rows_accepted": facts.accepted, **rejected}
