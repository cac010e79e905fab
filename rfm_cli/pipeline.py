"""From opened tables to scored customers, for the commands and for the Python API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures.customers import days_known, people_known, with_people
from rfm_cli.measures.purchases import Counting
from rfm_cli.model import Question, Scored, Shop
from rfm_cli.notes import Note
from rfm_cli.plausibility.rows import on_best_recency
from rfm_cli.progress import step
from rfm_cli.remarks.orders import on_orders, on_scoring
from rfm_cli.remarks.people import on_not_yet, on_people
from rfm_cli.scores.cutoffs import Cutoffs, split_new_subscribers, with_codes, with_scores
from rfm_cli.scores.fit import fit
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.orders import marks_refunds
from rfm_cli.tables.roster import roster_of


def score(shop: Shop, question: Question) -> Scored:
    """Measure, score and name the customers of a shop at the date of a question.

    Raises `InputError` if no customer has bought by then, and `UsageError` if the scheme needs money that the orders
    lack.
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
    """Score the measured customers of the orders (with recency_days), together with those of other tables."""
    with step("customers and events"):
        roster = roster_of(shop.customers, shop.events, measured["customer"])
        people, later = people_known(roster, shop.source.buyers_after, as_of)
    notes = [*on_people(roster, measured, shop), *on_not_yet(later, as_of)]
    notes += on_scoring(measured, facts, question, as_of, shop.source.rules_asked)
    once, dated = question.one_a_day, question.as_of is not None
    if shop.orders and (question.returned_ignored or marks_refunds(shop.orders)):
        from rfm_cli.plausibility.whole_orders import on_returned  # refunds, which many files have not

        notes += on_returned(shop.orders, as_of, ignored=question.returned_ignored)
    notes += on_orders(shop, facts, measured, as_of, one_a_day=once, dated=dated)
    result = scored_from(with_people(measured, people, as_of), shop, question, facts, as_of)
    return replace(result, notes=(*notes, *result.notes))


def scored_from(customers: pl.DataFrame, shop: Shop, question: Question, facts: Facts, as_of: date | None) -> Scored:
    """Score and name all customers of a date (with recency_days and known_from), by the question's cutoffs or new ones.

    Raises `UsageError` if the scheme does not fit the orders or the cutoffs.
    """
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
        cutoffs, notes = cutoffs_at(customers, question, scale)
        named = with_codes(with_scores(customers, cutoffs), question.scheme)
    if question.new_subscriber is not None and as_of is not None:
        named = split_new_subscribers(named, days_known(as_of), question.new_subscriber)
    return Scored(
        named,
        as_of,
        scale,
        question.scheme,
        cutoffs,
        facts,
        shop,
        notes,
        new_subscribers=question.new_subscriber is not None,
        windowed=question.window is not None,
    )


def cutoffs_at(customers: pl.DataFrame, question: Question, scale: int | None) -> tuple[Cutoffs, tuple[Note, ...]]:
    """Return the cutoffs of the question, or else those that the buyers give, and remarks on them."""
    if question.cutoffs:  # they were read before a pass proved how many decimals the money has
        cutoffs = question.cutoffs.at_scale(scale)
        return cutoffs, tuple(on_best_recency(cutoffs))
    cutoffs, notes = fit(customers.drop_nulls("recency_days"), question.fitting, scale)
    return cutoffs, (*notes, *on_best_recency(cutoffs))


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
    return Counting(
        as_of, "ignore" if free == "ignore" else "count", question.one_a_day, returned_ignored=question.returned_ignored
    )


def counts(scored: Scored) -> Mapping[str, int]:
    """Return the headline counts of a run: rows read, accepted and rejected by rule, customers, buyers, VIPs."""
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
