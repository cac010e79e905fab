"""States and moves: the state of each measured customer at a date, best first, and where it moved between two dates.

Both dates are scored by the cutoffs of the first one, or each by its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.history.requests import measured_at
from rfm_cli.measures.customers import days_known
from rfm_cli.model import Past, Scored
from rfm_cli.notes import Note
from rfm_cli.pipeline import cutoffs_at, scored_from
from rfm_cli.plausibility.rows import on_rules
from rfm_cli.remarks.orders import on_orders, on_scoring
from rfm_cli.remarks.people import on_people
from rfm_cli.schemes import AXES, NEW_SUBSCRIBER, NO_PURCHASES, Axis, Scheme, all_codes
from rfm_cli.scores.cutoffs import Cutoffs, place_of, score_of, with_vip
from rfm_cli.tables.roster import roster_of

By = Literal["segment", "rf", "r", "f", "m", "vip", "named"]
BYS: tuple[By, ...] = ("segment", "rf", "r", "f", "m", "vip")
NOT_YET = "Not yet a customer"
VIP, NOT_VIP = "VIP", "Not VIP"


@dataclass(frozen=True, eq=False)
class NamedStates:
    """States that expressions name, in their order: `of` returns the number of each scored customer's state."""

    names: tuple[str, ...]
    of: Callable[[Scored], pl.Series]


@dataclass(frozen=True)
class States:
    """The states of one kind under some cutoffs, best first, the states without a purchase last.

    The number of a state is its place in `names`, so a move to a smaller number is a move up. Segments are in rank
    order, codes of R and F in the order of R and then F, scores from the best to 1. `of_place` gives the state of each
    cell of `axes` (empty for VIPs). `new_subscriber` splits customers without a purchase by the number
    of days they have been known.
    """

    by: By
    names: tuple[str, ...]
    axes: tuple[Axis, ...]
    of_place: tuple[int, ...]
    cutoffs: Cutoffs
    new_subscriber: int | None = None

    @property
    def by_money(self) -> bool:
        """Whether money decides a state."""
        return self.by == "vip" or "m" in self.axes

    def number(self, name: str) -> int:
        """Return the number of the state called `name`."""
        return self.names.index(name)


def money_decides(by: By, scheme: Scheme) -> bool:
    """Return whether money decides the states of a kind."""
    return by in ("m", "vip") or (by == "segment" and "m" in scheme.axes)


def states_by(by: By, scheme: Scheme, cutoffs: Cutoffs, new_subscriber: int | None = None) -> States:
    """Return the states of a kind.

    Raises `UsageError` if the scheme has no segments, or if the states need money and the cutoffs have none.
    """
    outside = (NO_PURCHASES,) if new_subscriber is None else (NEW_SUBSCRIBER, NO_PURCHASES)
    if by == "segment" and not scheme.segments:
        raise UsageError(f"the scheme {scheme.name} has no segments", "use --by rf, r, f, m or vip")
    if by in ("m", "vip") and cutoffs.scale is None:
        raise UsageError(f"--by {by} needs amounts, and these orders have none")
    if by == "vip":
        return States(by, (VIP, NOT_VIP, *outside), (), (), cutoffs, new_subscriber)
    if by == "segment":
        names, cells = scheme.names(), scheme.segment_by_cell()
        place = tuple(names.index(cells[cell]) for cell in all_codes(scheme.axes, cutoffs.bins))
        return States(by, (*names, *outside), scheme.axes, place, cutoffs, new_subscriber)
    # "rf" is two axes and "r" one: the kind is spelled by its axes.
    axes: tuple[Axis, ...] = tuple(axis for axis in AXES if axis in by)
    codes = list(all_codes(axes, cutoffs.bins))
    best_first = tuple(reversed(range(len(codes))))
    return States(by, (*reversed(codes), *outside), axes, best_first, cutoffs, new_subscriber)


def with_state(measured: pl.DataFrame, states: States, known_days: pl.Expr) -> pl.DataFrame:
    """Give measured customers (recency_days, frequency, monetary in minor units?) their `state` (UInt16).

    Without a purchase (recency_days null) a customer who has been known for less than `new_subscriber` days by
    `known_days` is a New subscriber, and else has No purchases; so has one whose `known_days` are null.
    """
    buyer = pl.col("recency_days").is_not_null()
    if states.by == "vip":
        vip = with_vip(measured, states.cutoffs)["vip"]
        inside = pl.when(vip).then(pl.lit(0, pl.UInt16)).otherwise(pl.lit(1, pl.UInt16))
        scored = measured
    else:
        scored = _with_axes(measured, states)
        place = place_of(states.axes, states.cutoffs.bins)
        inside = pl.lit(pl.Series(states.of_place, dtype=pl.UInt16)).gather(place)
    outside = pl.lit(states.number(NO_PURCHASES), pl.UInt16)
    if states.new_subscriber is not None:
        new = pl.lit(states.number(NEW_SUBSCRIBER), pl.UInt16)
        outside = pl.when(known_days < states.new_subscriber).then(new).otherwise(outside)
    return scored.with_columns(state=pl.when(buyer).then(inside).otherwise(outside))


def _with_axes(measured: pl.DataFrame, states: States) -> pl.DataFrame:
    """Score the customers on the axes that their state needs; nested scores need the axes before as well."""
    last = max(AXES.index(axis) for axis in states.axes)
    nested = any(set(groups) != {()} for groups in states.cutoffs.axes.values())
    frame = measured
    for axis in AXES[: last + 1]:
        if nested or axis in states.axes:
            frame = frame.with_columns(score_of(axis, states.cutoffs.axes[axis]).alias(axis))
    return frame


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


def states_at(past: Past, dates: Sequence[date], by: By | NamedStates, *, rescore: bool = False) -> Iterator[StatesAt]:
    """Yield the customers and their states at each of the ascending dates.

    The cutoffs are those of the question, or else found at the first date. With `rescore` they are found at each date,
    unless the question brings cutoffs.
    """
    states: States | None = None
    notes: tuple[Note, ...] = ()
    for day, measured in measured_at(past, dates):
        if states is None or rescore:
            states, notes = _states_on(day, measured, past, by)
        if isinstance(by, NamedStates):
            found = StatesAt(day, measured, states, notes)
            numbers = by.of(scored_at(found, past)).cast(pl.UInt16)
            yield replace(found, customers=measured.with_columns(state=numbers))
            continue
        known = pl.lit(None, pl.Int64) if states.new_subscriber is None else days_known(day)
        yield StatesAt(day, with_state(measured, states, known), states, notes)


def _states_on(day: date, measured: pl.DataFrame, past: Past, by: By | NamedStates) -> tuple[States, tuple[Note, ...]]:
    """Return the possible states under the cutoffs of a day, and remarks on these cutoffs."""
    question = past.question
    if isinstance(by, NamedStates):
        cutoffs, notes = cutoffs_at(measured, question, past.shop.scale)
        return States("named", by.names, (), (), cutoffs, question.new_subscriber), notes
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
    # A customer never stops being one, so the customers of the later date are all there are.
    joined = now.join(then, on="customer", how="left").with_columns(pl.col("money_before").fill_null(0))
    return Moves(first, last, joined.select("customer", "before", "after", "money_before", "money_after"))


def moves_along(
    past: Past,
    dates: Sequence[date],
    by: By | NamedStates,
    seen: list[StatesAt],
    *,
    rescore: bool = False,
    among: pl.DataFrame | None = None,
) -> Iterator[Moves]:
    """Yield the moves from each of the ascending dates to the next, and collect the customers of each date in `seen`.

    Only those of the first and the latest date keep their rows there, so that a long chain needs no more memory. With
    `among` (customer) the moves are those of these customers.
    """
    for first, last in pairwise(states_at(past, dates, by, rescore=rescore)):
        bare = [replace(one, customers=one.customers.clear()) for one in seen[-1:] if len(seen) > 1]
        seen[:] = [*(seen[: len(seen) - len(bare)] or [first]), *bare, last]
        yield moves_between(only_those(first, among), only_those(last, among))


def only_those(found: StatesAt, among: pl.DataFrame | None) -> StatesAt:
    """Return the customers of a day who are `among` some (customer), all without them."""
    if among is None:
        return found
    kept = found.customers.join(among.select("customer"), on="customer", how="semi", maintain_order="left")
    return replace(found, customers=kept)


def past_of(past: Past, among: pl.DataFrame | None) -> Past:
    """Return the past of customers who are `among` some (customer), all without them."""
    if among is None:
        return past
    those = among.select("customer")
    people = None if past.people is None else past.people.join(those, on="customer", how="semi")
    return replace(past, steps=past.steps.join(those, on="customer", how="semi", maintain_order="left"), people=people)


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
        buyers, shop = _buyers(past), past.shop
        roster = roster_of(shop.customers, shop.events, buyers["customer"])
        yield from on_people(roster, buyers, shop)
    question, asked = replace(past.question, as_of=past.last), past.shop.source.rules_asked
    yield from on_scoring(past.steps, past.facts, question, past.last, asked)
    yield from past.remarks
    if past.shop.source.rows is not None:
        once, customers = past.question.one_a_day, states[-1].customers
        yield from on_orders(past.shop, past.facts, customers, past.last, one_a_day=once)
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
