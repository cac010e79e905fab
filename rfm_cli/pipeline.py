"""The whole way from tables to scored customers, for the commands and for the Python API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from rfm_cli import plausibility, remarks
from rfm_cli.errors import UsageError
from rfm_cli.measures.customers import days_known, people_known, with_people
from rfm_cli.measures.purchases import Counting
from rfm_cli.model import Question, Scored, Shop
from rfm_cli.notes import Note
from rfm_cli.plausibility.cutoffs import on_best_recency
from rfm_cli.plausibility.rows import on_stray_end, on_time_zone
from rfm_cli.progress import step
from rfm_cli.scores.apply import split_new_subscribers, with_codes, with_scores
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import fit
from rfm_cli.tables.order_model import Facts


def score(shop: Shop, question: Question) -> Scored:
    """The shop's customers with measures, scores and segments at the question's date.

    `InputError` where nobody has bought by then, `UsageError` where the scheme needs money that the orders lack.
    """
    source, question = shop.source, shop.source.agree(question)
    as_of = question.as_of
    if as_of is None and question.window is not None:  # a window is counted back from a day
        source, facts = source.read()
        as_of = facts.last_day
    start = question.window.start(as_of) if question.window and as_of else None
    found = source.measure(counting_of(question, as_of), start)
    as_of = as_of or found.facts.last_day
    return scored_customers(found.frame, replace(shop, source=found.source), question, found.facts, as_of)


def scored_customers(
    measured: pl.DataFrame, shop: Shop, question: Question, facts: Facts, as_of: date | None
) -> Scored:
    """The same from measures (with recency) of the customers of the orders, which a pass over the rows has left."""
    with step("customers and events"):
        people, later = people_known(shop.customers, shop.events, shop.source.buyers_after, measured["customer"], as_of)
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


def look_through(shop: Shop) -> tuple[Shop, Facts | None, pl.DataFrame | None]:
    """Read all orders without scoring them, even where their rows cannot be added up.

    Returns the shop with its source as all rows prove it, the facts of the rows, and the measures of customers on the
    last day; None for both where there are no order rows.
    """
    if not shop.has_history:
        return shop, None, None
    found = shop.source.measure(Counting(), strict=False)
    return replace(shop, source=found.source), found.facts, found.frame


def counting_of(question: Question, as_of: date | None) -> Counting:
    """Return what counts up to a date: the question decides on free orders where it says so, else the scheme."""
    free = question.free_orders or question.scheme.free_orders
    return Counting(as_of, "ignore" if free == "ignore" else "count", question.one_a_day)


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
