"""Measures of a shop's customers at several dates, from one pass over the orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures.customers import people_known, require_buyers, with_people
from rfm_cli.measures.steps import Stretches, added, with_recency
from rfm_cli.model import Past, PastRequest, Question, Shop, SourcePass
from rfm_cli.pipeline import counting_of

AT_START = ", after which the window begins"
"""What a message adds to the day on which a window begins."""


def past_at(shop: Shop, question: Question, dates: Sequence[date]) -> Past:
    """Read the past in stretches that end at the dates, and where a window begins at one of them.

    Raises `InputError` if no customer has bought by the first of the dates.
    """
    return read_past(request_at(shop, question, dates))


def request_at(shop: Shop, question: Question, dates: Sequence[date]) -> PastRequest:
    """Return the request that `past_at` reads."""
    ends = {*dates}
    starts = {question.window.start(day) for day in dates} if question.window is not None else set()
    shop.source.require_dates(sorted(ends))
    shop.source.require_dates(sorted(starts), AT_START)
    return PastRequest(shop, question, Stretches(tuple(sorted(ends | starts))), min(dates), max(dates))


def daily_past(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    ruler: date | None = None,
    money: bool = True,
) -> Past:
    """Read the past in stretches that end at the ascending `starts`, and day by day after them.

    Without `starts` it is day by day from the beginning. Without `money` the single days may have none, which serves
    states that money does not decide. Raises `UsageError` under a window, where F and M change on days without a row
    as well, and `InputError` if no customer has bought by the day of the `ruler` (None: by the last day).
    """
    return read_past(daily_request(shop, question, starts, last, ruler=ruler, money=money))


def daily_request(
    shop: Shop,
    question: Question,
    starts: Sequence[date],
    last: date,
    *,
    ruler: date | None = None,
    money: bool = True,
) -> PastRequest:
    """Return the request that `daily_past` reads."""
    if question.window is not None:
        raise UsageError("spells are of all of history", "leave --window out")
    shop.source.require_days("--speed, --history and --watch need")
    return PastRequest(shop, question, Stretches(tuple(starts), daily=True, money=money), ruler or last, last)


def read_past(request: PastRequest) -> Past:
    """Read the past of a request in a pass of its own."""
    shop = request.shop
    if kept := shop.source.kept_past(request):
        return kept
    counting = counting_of(shop.source.agree(request.question), request.last)
    return past_from(shop.source.steps(counting, request.stretches), request)


def past_from(found: SourcePass, request: PastRequest) -> Past:
    """Return the past of a request from steps that a pass has found in its stretches."""
    shop, steps = replace(request.shop, source=found.source), found.frame
    by_first = steps.filter(pl.col("step") <= request.first)
    # The error names the days of the orders, so it is raised here, where the facts are known.
    require_buyers(by_first, found.facts, shop.source, request.first)
    # Without other tables no customer is looked up, and making the ids distinct would cost time for nothing.
    buyers = steps["customer"].unique() if shop.customers or shop.events else steps["customer"].clear()
    people, _ = people_known(shop.customers, shop.events, shop.source.buyers_after, buyers, request.last)
    return Past(steps, request.last, shop, found.facts, shop.source.agree(request.question), people)


def measured_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Yield each of the ascending dates with the measures of all customers of that day, for `pipeline.scored_from`.

    They equal the measures of a `score` at that date. The steps of `past` end at the dates (and at the beginnings of
    their windows), or are days.
    """
    if past.kept:
        yield from ((day, past.kept[day].measured) for day in dates)
        return
    for day, measured in buyers_at(past, dates):
        yield day, with_people(measured, past.people, day)


def buyers_at(past: Past, dates: Sequence[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Yield each of the ascending dates with the measures of the customers who have an order row by then."""
    window = past.question.window
    starts = {day: window.start(day) for day in dates} if window else {}
    stops = sorted({*dates, *starts.values()})
    before = past.steps.clear().drop("step")
    at_starts: dict[date, pl.DataFrame] = {}
    since = None
    # Each stop adds only the steps since the stop before, so that a long chain of dates reads each step once.
    for stop in stops:
        inside = pl.col("step") <= stop if since is None else pl.col("step").is_between(since, stop, closed="right")
        before, since = added(before, past.steps.filter(inside)), stop
        if stop in starts.values():
            at_starts[stop] = before
        if stop in dates:
            measured = _less(before, at_starts[starts[stop]]) if window else before
            yield stop, with_recency(measured, stop)


def _less(customers: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the customers without the purchases and the money that had added up at an earlier date."""
    sums = [name for name in ("frequency", "monetary") if name in customers.columns]
    both = customers.join(earlier.select("customer", *sums), on="customer", how="left", suffix="_then")
    less = [(pl.col(name) - pl.col(f"{name}_then").fill_null(0)).alias(name) for name in sums]
    return both.with_columns(less).select(customers.columns)
