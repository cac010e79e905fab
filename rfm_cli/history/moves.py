"""Moves: the state of each customer at two dates, under the cutoffs of the first date or under those of each date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import polars as pl

from rfm_cli import remarks
from rfm_cli.history.past import measured_at
from rfm_cli.history.states import By, States, states_by, with_state
from rfm_cli.measures.customers import days_known
from rfm_cli.model import Past, Scored
from rfm_cli.notes import Note
from rfm_cli.pipeline import cutoffs_at, scored_from
from rfm_cli.plausibility.cutoffs import on_rules
from rfm_cli.scores.apply import with_vip


@dataclass(frozen=True)
class StatesAt:
    """All customers of a day with their measures and `state`, the possible states, and remarks on the cutoffs."""

    day: date
    customers: pl.DataFrame
    states: States
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Moves:
    """One row per customer of the later of two dates.

    Columns: customer, before and after (states; before is null for customers who are new since the first date),
    money_before and money_after (minor units, 0 without money).
    """

    first: StatesAt
    last: StatesAt
    customers: pl.DataFrame

    @property
    def states(self) -> States:
        """The states, which have the same names at both dates."""
        return self.last.states


def states_at(past: Past, dates: Sequence[date], by: By, *, rescore: bool = False) -> Iterator[StatesAt]:
    """Yield the customers and their states at each of the ascending dates.

    The cutoffs are those of the question, or else found at the first date. With `rescore` they are found at each date,
    unless the question brings cutoffs.
    """
    states: States | None = None
    notes: tuple[Note, ...] = ()
    for day, measured in measured_at(past, dates):
        if states is None or rescore:
            states, notes = _states_on(day, measured, past, by)
        known = pl.lit(None, pl.Int64) if states.new_subscriber is None else days_known(day)
        yield StatesAt(day, with_state(measured, states, known), states, notes)


def _states_on(day: date, measured: pl.DataFrame, past: Past, by: By) -> tuple[States, tuple[Note, ...]]:
    """Return the possible states under the cutoffs of a day, and remarks on these cutoffs."""
    question = past.question
    if day in past.kept:
        return states_by(by, question.scheme, past.kept[day].cutoffs, question.new_subscriber), ()
    cutoffs, notes = cutoffs_at(measured, question, past.shop.scale)
    return states_by(by, question.scheme, cutoffs, question.new_subscriber), notes


def moves_between(first: StatesAt, last: StatesAt) -> Moves:
    """Return the moves of all customers of the later date; a customer of the first date is one of the later date."""
    money = "monetary" if "monetary" in last.customers.columns else None
    worth = pl.col(money).cast(pl.Int64) if money else pl.lit(0, pl.Int64)
    then = first.customers.select("customer", before="state", money_before=worth)
    now = last.customers.select("customer", after="state", money_after=worth)
    # A customer never stops to be one, so the customers of the later date are all there are.
    joined = now.join(then, on="customer", how="left").with_columns(pl.col("money_before").fill_null(0))
    return Moves(first, last, joined.select("customer", "before", "after", "money_before", "money_after"))


def moves_along(
    past: Past, dates: Sequence[date], by: By, seen: list[StatesAt], *, rescore: bool = False
) -> Iterator[Moves]:
    """Yield the moves from each of the ascending dates to the next, and collect the customers of each date in `seen`.

    Only those of the first and the latest date keep their rows there, so that a long chain needs no more memory.
    """
    for first, last in pairwise(states_at(past, dates, by, rescore=rescore)):
        bare = [replace(one, customers=one.customers.clear()) for one in seen[-1:] if len(seen) > 1]
        seen[:] = [*(seen[: len(seen) - len(bare)] or [first]), *bare, last]
        yield moves_between(first, last)


def scored_at(found: StatesAt, past: Past) -> Scored:
    """Score the customers of a date under the cutoffs of their states, as `rfm score` scores them."""
    question = replace(past.question, as_of=found.day, cutoffs=found.states.cutoffs)
    return scored_from(found.customers, past.shop, question, past.facts, found.day)


def unscored_at(found: StatesAt, past: Past) -> Scored:
    """Return the customers of a date with VIP marks, but without scores, which cost time and serve no view of moves."""
    question = past.question
    return Scored(
        with_vip(found.customers, found.states.cutoffs),
        found.day,
        past.shop.scale,
        question.scheme,
        found.states.cutoffs,
        past.facts,
        past.shop,
        new_subscribers=question.new_subscriber is not None,
        windowed=question.window is not None,
    )


def remarks_on_past(past: Past, states: Sequence[StatesAt]) -> Iterator[Note]:
    """Yield the remarks on a past, and on the cutoffs of the states that were read from it."""
    if past.people is not None:
        yield from remarks.on_people(_buyers(past), past.shop)
    yield from remarks.on_scoring(past.steps, past.facts, replace(past.question, as_of=past.last), past.last)
    yield from past.remarks
    if past.shop.source.rows is not None:
        once, customers = past.question.one_a_day, states[-1].customers
        yield from remarks.on_orders(past.shop, past.facts, customers, past.last, one_a_day=once)
    yield from on_cutoffs(states)


def on_cutoffs(states: Sequence[StatesAt]) -> Iterator[Note]:
    """Yield the remarks on the cutoffs of these days, each once, and a warning if the rules of the days differ.

    Where days have cutoffs of their own, each remark names its days.
    """
    days: dict[Note, list[str]] = {}
    for one in states:
        for remark in one.notes:
            days.setdefault(remark, []).append(str(one.day))
    # The same cutoffs at all dates make the same remarks, which then need no dates.
    if all(one.states.cutoffs is states[0].states.cutoffs for one in states):
        yield from days
        return
    yield from (replace(remark, text=f"{remark.text} ({', '.join(own)})") for remark, own in days.items())
    yield from on_rules({str(one.day): one.states.cutoffs.rules() for one in states})


def _buyers(past: Past) -> pl.DataFrame:
    """Return the customers who have bought by the last day of the past: customer, recency_days."""
    bought = past.steps.drop_nulls("last_order").group_by("customer").agg(pl.col("last_order").max())
    return bought.select("customer", recency_days=(pl.lit(past.last) - pl.col("last_order")).dt.total_days())
