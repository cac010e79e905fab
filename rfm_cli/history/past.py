"""Measures of a shop's customers at several dates, from one pass over the orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures import purchases
from rfm_cli.measures.customers import people_known, with_people
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, added, settled_steps, steps
from rfm_cli.model import Question, Shop
from rfm_cli.notes import Note
from rfm_cli.pipeline import agreed, counting_of, is_large, require_buyers
from rfm_cli.rollup import read as rollups
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Facts, Orders


@dataclass(frozen=True)
class StoredDay:
    """The customers of a day as they were measured then, and the cutoffs that they were scored with."""

    measured: pl.DataFrame
    cutoffs: Cutoffs


@dataclass(frozen=True)
class Past:
    """What a pass over the orders left of the past: the steps of customers up to the day `last`.

    `people` are known from other tables, and from which day; None without such tables. Days that were `stored` are
    told as they stand there, and nothing is added up; `remarks` are those that were made then.
    """

    steps: pl.DataFrame
    last: date
    shop: Shop
    facts: Facts
    question: Question
    people: pl.DataFrame | None = None
    stored: Mapping[date, StoredDay] = field(default_factory=dict)
    remarks: Sequence[Note] = ()


@dataclass(frozen=True)
class Wanted:
    """A past that somebody wants to know: in which stretches, up to the day `last`; by the day `first` somebody has to
    have bought."""

    question: Question
    stretches: Stretches
    last: date
    first: date


def past_at(shop: Shop, question: Question, dates: Sequence[date]) -> Past:
    """The past in stretches that end at the dates, and where a window begins at one of them.

    `InputError` where nobody has bought by the first of the dates.
    """
    return read_past(shop, wanted_at(shop, question, dates))


def wanted_at(shop: Shop, question: Question, dates: Sequence[date]) -> Wanted:
    """What `past_at` reads."""
    ends = {*dates}
    starts = {question.window.start(day) for day in dates} if question.window is not None else set()
    if shop.rollup:
        rollups.require_dates(shop.rollup, sorted(ends))
        rollups.require_dates(shop.rollup, sorted(starts), rollups.AT_START)
    ends |= starts
    return Wanted(question, Stretches(tuple(sorted(ends))), max(dates), min(dates))


def daily_past(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    ruler: date | None = None,
    money: bool = True,
) -> Past:
    """The past in stretches that end at the ascending `starts`, and day by day after them (none: from the beginning).

    Without `money` the single days may have none: for states that are not told by it. `UsageError` under a window:
    there F and M change on days without a row as well. `InputError` where nobody has bought by the day of the
    `ruler` (None: by the last day).
    """
    return read_past(shop, wanted_daily(shop, question, starts, last, ruler=ruler, money=money))


def wanted_daily(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    ruler: date | None = None,
    money: bool = True,
) -> Wanted:
    """What `daily_past` reads."""
    if question.window is not None:
        raise UsageError("spells are of all of history", "leave --window out")
    if shop.rollup:
        rollups.require_days(shop.rollup, "--speed, --history and --watch need")
    return Wanted(question, Stretches(tuple(starts), daily=True, money=money), last, ruler or last)


def read_past(shop: Shop, wanted: Wanted) -> Past:
    """The past that is wanted, from a pass over the orders of its own."""
    counting = counting_of(replace(agreed(shop, wanted.question), window=None), wanted.last)
    found, facts, shop = read_steps(shop, counting, wanted.stretches)
    return past_from(found, facts, shop, wanted)


def past_from(found: pl.DataFrame, facts: Facts, shop: Shop, wanted: Wanted) -> Past:
    """The past that is wanted, from the steps that a pass has found."""
    question = agreed(shop, wanted.question)
    source = shop.orders or shop.rollup
    assert source is not None
    require_buyers(found.filter(pl.col("step") <= wanted.first), facts, source, wanted.first)
    buyers = found["customer"].unique() if shop.customers or shop.events else found["customer"].clear()
    people, _ = people_known(shop.customers, shop.events, shop.buyers_after(), buyers, wanted.last)
    return Past(found, wanted.last, shop, facts, question, people)


def read_steps(shop: Shop, counting: Counting, stretches: Stretches) -> tuple[pl.DataFrame, Facts, Shop]:
    """The steps of the shop's customers, the facts of the pass, and the shop as it turned out."""
    end = stretches.of_day()
    if shop.rollup:
        return rollups.steps_of(shop.rollup, counting, end), shop.rollup.facts(), shop
    if shop.orders is None:
        raise UsageError("moves need orders", "a file of one row a customer has no history")
    found, facts, orders = _unsettled(shop.orders, counting, stretches)
    order_tables.refuse(orders, facts)
    found = settled_steps(found, order_tables.accepted(order_tables.rows(orders)), counting, end)
    return found, facts, replace(shop, orders=orders)


def _unsettled(orders: Orders, counting: Counting, stretches: Stretches) -> tuple[pl.DataFrame, Facts, Orders]:
    """Steps, perhaps unsure, by a shortcut where the files are large and prove it; facts and orders."""
    if is_large(orders) and counting.as_of is not None:
        from rfm_cli.measures.fast.steps import steps_of  # with numpy, which small files do without

        ends = [*stretches.ends, counting.as_of] if stretches.daily else stretches.ends
        if quick := steps_of(orders, counting, ends, daily=stretches.daily, money=stretches.money):
            return *quick, orders
    end = stretches.of_day()
    return order_tables.collect(
        orders,
        lambda given: lambda rows: steps(rows, counting, end, each_row_an_order=given.each_row, count_rows=True),
    )


def measured_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Each of the ascending dates with the measures of all customers of that day, as `pipeline.scored_from` takes them.

    They equal the measures of a `score` at that date. The steps of `past` end at the dates (and at the beginnings of
    their windows), or are days.
    """
    if past.stored:
        yield from ((day, past.stored[day].measured) for day in dates)
        return
    for day, measured in counted_at(past, dates):
        yield day, with_people(measured, past.people, day)


def counted_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """The same of the customers of the orders alone."""
    window = past.question.window
    starts = {day: window.start(day) for day in dates} if window else {}
    stops = sorted({*dates, *starts.values()})
    before = past.steps.clear().drop("step")
    at_starts: dict[date, pl.DataFrame] = {}
    since = None
    for stop in stops:
        inside = pl.col("step") <= stop if since is None else pl.col("step").is_between(since, stop, closed="right")
        before, since = added(before, past.steps.filter(inside)), stop
        if stop in starts.values():
            at_starts[stop] = before
        if stop in dates:
            counted = _less(before, at_starts[starts[stop]]) if window else before
            yield stop, purchases.with_recency(counted, stop)


def _less(customers: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The customers with what had added up at an earlier date taken off."""
    sums = [name for name in ("frequency", "monetary") if name in customers.columns]
    both = customers.join(earlier.select("customer", *sums), on="customer", how="left", suffix="_then")
    less = [(pl.col(name) - pl.col(f"{name}_then").fill_null(0)).alias(name) for name in sums]
    return both.with_columns(less).select(customers.columns)
