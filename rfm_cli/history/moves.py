"""Moves: where each customer stood at two dates, under one ruler or under that of each date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import polars as pl

from rfm_cli.history.past import measured_at
from rfm_cli.history.states import By, States, states_by, with_state
from rfm_cli.measures.customers import days_known
from rfm_cli.model import Past, Question, Scored
from rfm_cli.notes import Note
from rfm_cli.pipeline import cutoffs_at, scored_from
from rfm_cli.plausibility.cutoffs import on_rules


@dataclass(frozen=True)
class StatesAt:
    """All customers of a day with their measures and `state`, the states that there are, and remarks on the cutoffs."""

    day: date
    customers: pl.DataFrame
    states: States
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Moves:
    """Customers between two dates: customer, before and after (states; null where not yet a customer), and the money
    of both dates in minor units, money_before and money_after (0 where there is none)."""

    first: StatesAt
    last: StatesAt
    customers: pl.DataFrame

    @property
    def states(self) -> States:
        """The states, which are called the same at both dates."""
        return self.last.states


def states_at(past: Past, dates: Sequence[date], by: By, *, rescore: bool = False) -> Iterator[StatesAt]:
    """Where everybody stands at each of the ascending dates, by the question's cutoffs or those of the first date.

    `rescore` fits each date on its own, unless the question brings cutoffs.
    """
    states: States | None = None
    notes: tuple[Note, ...] = ()
    for day, measured in measured_at(past, dates):
        if states is None or rescore:
            states, notes = _states_at(day, measured, past, by)
        known = pl.lit(None, pl.Int64) if states.new_subscriber is None else days_known(day)
        yield StatesAt(day, with_state(measured, states, known), states, notes)


def on_cutoffs(stands: Sequence[StatesAt]) -> Iterator[Note]:
    """Yield the remarks on the cutoffs of these days, each once, and a warning where they come of different rules.

    Where days have cutoffs of their own, each remark names its days.
    """
    days: dict[Note, list[str]] = {}
    for one in stands:
        for remark in one.notes:
            days.setdefault(remark, []).append(str(one.day))
    if all(one.states.cutoffs is stands[0].states.cutoffs for one in stands):
        yield from days
        return
    yield from (replace(remark, text=f"{remark.text} ({', '.join(own)})") for remark, own in days.items())
    yield from on_rules({str(one.day): one.states.cutoffs.rules() for one in stands})


def _states_at(day: date, measured: pl.DataFrame, past: Past, by: By) -> tuple[States, tuple[Note, ...]]:
    question = past.question
    if day in past.kept:
        return states_by(by, question.scheme, past.kept[day].cutoffs, question.new_subscriber), ()
    cutoffs, notes = cutoffs_at(measured, question, past.shop.scale)
    return states_by(by, question.scheme, cutoffs, question.new_subscriber), notes


def moves_between(first: StatesAt, last: StatesAt) -> Moves:
    """The moves of everybody who is a customer at the later date: whoever was one before is one still."""
    money = "monetary" if "monetary" in last.customers.columns else None
    worth = pl.col(money).cast(pl.Int64) if money else pl.lit(0, pl.Int64)
    then = first.customers.select("customer", before="state", money_before=worth)
    now = last.customers.select("customer", after="state", money_after=worth)
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


def scored_at(stand: StatesAt, past: Past) -> Scored:
    """The customers of a stand with scores, codes and segments, under its own cutoffs, as `rfm score` has them."""
    question: Question = replace(past.question, as_of=stand.day, cutoffs=stand.states.cutoffs)
    return scored_from(stand.customers, past.shop, question, past.facts, stand.day)
