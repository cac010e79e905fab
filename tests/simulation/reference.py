"""What the terms mean, counted by hand: customers day by day, scores, segments. Plain Python, nothing of the package.

The only thing shared with the package are the tables of its schemes, which are data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path

from tests.simulation.shop import CUTS, Asked, Event, Person, Row, Shop

SCHEMES = Path(__file__).parents[2] / "rfm_cli" / "schemes"
EVER = date(1, 1, 1)
NO_PURCHASES, NEW_SUBSCRIBER, NOT_YET = "No purchases", "New subscriber", "Not yet a customer"
AXES = ("r", "f", "m")

Bounds = Sequence[tuple[int, int]]
"""Scores with what a value must reach, or not exceed, for each; score 1 has none."""


@dataclass(frozen=True)
class Scheme:
    """A scheme file: how many scores, which axes name a segment, the segments by rank and the one of each code."""

    bins: Mapping[str, int]
    axes: Sequence[str]
    names: Sequence[str]
    of_code: Mapping[str, str]
    rules: Mapping[str, str]
    cuts: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Customer:
    """A customer: the accepted rows, the days of purchases (ascending), and the day of becoming one."""

    name: str
    rows: Sequence[Row]
    bought: Sequence[date]
    known: date


@dataclass(frozen=True)
class Measures:
    """A customer at the end of a day; without a purchase by then, first, last and recency are None."""

    customer: Customer
    first: date | None
    last: date | None
    recency: int | None
    frequency: int
    cents: int


@dataclass(frozen=True)
class Ruler:
    """What customers are scored by: bounds of each axis, the VIP floor in cents, the purchases of a VIP."""

    bounds: Mapping[str, Bounds]
    floor: int
    min_orders: int


def scheme_of(name: str) -> Scheme:
    """The shipped scheme of that name."""
    told = tomllib.loads((SCHEMES / f"{name}.toml").read_text(encoding="utf-8"))
    segments = sorted(told["segments"], key=lambda one: one["rank"])
    of_code = {code: one["name"] for one in segments for code in one["cells"]}
    bins = dict(zip(AXES, told["bins"], strict=True))
    return Scheme(bins, told["by"], [one["name"] for one in segments], of_code, told["rules"], told.get("cuts", {}))


def customers_of(shop: Shop) -> list[Customer]:
    """All who are named in any table, by id."""
    accepted = [row for row in shop.rows if row.customer and row.status != "cancelled"]
    people, events = shop.people or [], shop.events or []
    names = {row.customer for row in accepted} | {one.customer for one in (*people, *events)}
    return [_customer(name, accepted, people, events, shop) for name in sorted(names)]


def _customer(
    name: str, accepted: Sequence[Row], people: Sequence[Person], events: Sequence[Event], shop: Shop
) -> Customer:
    rows = [row for row in accepted if row.customer == name]
    days = [row.day for row in rows]
    days += [one.registered for one in people if one.customer == name and one.registered is not None]
    days += [one.day for one in events if one.customer == name]
    return Customer(name, rows, purchases(rows, shop), min(days, default=EVER))


def purchases(rows: Sequence[Row], shop: Shop) -> list[date]:
    """The days of the purchases among a customer's rows.

    An order is the rows with one id; it is a purchase on the day of its first row if its rows of that day sum to zero
    or more.
    """
    orders: dict[object, list[Row]] = {}
    for number, row in enumerate(rows):
        key = row.order if row.order and shop.with_order_ids else number
        orders.setdefault(key, []).append(row)
    days = []
    for own in orders.values():
        first = min(row.day for row in own)
        cents = sum(row.cents for row in own if row.day == first)
        if cents > 0 or (cents == 0 and not shop.asked.free_ignored):
            days.append(first)
    return sorted(set(days) if shop.asked.one_a_day else days)


def measures(customer: Customer, day: date, window_start: date = EVER) -> Measures:
    """The customer at the end of a day; F and M count the days after the start of a window, R counts all."""
    bought = [one for one in customer.bought if one <= day]
    last = bought[-1] if bought else None
    return Measures(
        customer,
        bought[0] if bought else None,
        last,
        (day - last).days if last else None,
        sum(one > window_start for one in bought),
        sum(row.cents for row in customer.rows if window_start < row.day <= day),
    )


def everybody(customers: Sequence[Customer], day: date, window_start: date = EVER) -> list[Measures]:
    """All who are customers on a day, by id."""
    return [measures(one, day, window_start) for one in customers if one.known <= day]


def ruler_of(there: Sequence[Measures], asked: Asked, scheme: Scheme) -> Ruler:
    """The cutoffs that the buyers of a day give, or those that were given; the VIP floor."""
    buyers = [one for one in there if one.recency is not None]
    bounds: dict[str, Bounds] = {}
    for axis in AXES:
        values, k = [_value(one, axis) for one in buyers], scheme.bins[axis]
        if asked.given_cuts:
            bounds[axis] = _fixed(CUTS[axis], axis)
        elif axis in scheme.cuts:
            bounds[axis] = _fixed(scheme.cuts[axis], axis)
        else:
            bounds[axis] = _quantile(values, axis, k)
            if scheme.rules[axis] == "auto" and len(bounds[axis]) < k - 1:
                bounds[axis] = _fixed({"r": (30, 90, 180, 365), "f": (2, 3, 4, 7)}[axis], axis)
    money = sorted((one.cents for one in buyers), reverse=True)
    place = ceil(len(money) * Fraction(asked.share, 100))
    return Ruler(bounds, money[place - 1], asked.min_orders)


def _fixed(numbers: Sequence[int], axis: str) -> Bounds:
    """Upper bounds of scores k..2 for R, lower bounds of 2..k for F and M."""
    k = len(numbers) + 1
    return list(zip(range(k, 1, -1), numbers, strict=True)) if axis == "r" else list(enumerate(numbers, start=2))


def _quantile(values: Sequence[int], axis: str, k: int) -> Bounds:
    """Score = 1 + (k x buyers strictly worse) // buyers."""
    scores: dict[int, list[int]] = {}
    for value in set(values):
        worse = sum(other > value if axis == "r" else other < value for other in values)
        scores.setdefault(1 + k * worse // len(values), []).append(value)
    edge = max if axis == "r" else min
    return [(score, edge(own)) for score, own in sorted(scores.items()) if score > 1]


def _value(one: Measures, axis: str) -> int:
    assert one.recency is not None
    return {"r": one.recency, "f": one.frequency, "m": one.cents}[axis]


def scores_of(one: Measures, ruler: Ruler) -> dict[str, int] | None:
    """The scores of a buyer by axis; None for others."""
    if one.recency is None:
        return None
    found = {}
    for axis in AXES:
        value = _value(one, axis)
        reached = [score for score, bound in ruler.bounds[axis] if (value <= bound if axis == "r" else value >= bound)]
        found[axis] = max(reached, default=1)
    return found


def is_vip(one: Measures, ruler: Ruler) -> bool:
    """A buyer with as much money as the floor, and purchases enough."""
    return one.recency is not None and one.cents >= ruler.floor and one.frequency >= ruler.min_orders


def segment_of(one: Measures, ruler: Ruler, scheme: Scheme, day: date, asked: Asked) -> str:
    """The segment of a customer at the end of a day."""
    scores = scores_of(one, ruler)
    if scores is not None:
        return scheme.of_code["".join(str(scores[axis]) for axis in scheme.axes)]
    known = one.customer.known
    young = asked.new_subscriber is not None and known != EVER and (day - known).days < asked.new_subscriber
    return NEW_SUBSCRIBER if young else NO_PURCHASES


def state_of(one: Measures, ruler: Ruler, scheme: Scheme, day: date, asked: Asked, by: str = "segment") -> str:
    """The state that moves lead between: a segment, scores of `by`, or VIP or not."""
    scores = scores_of(one, ruler)
    if by == "segment" or scores is None:
        return segment_of(one, ruler, scheme, day, asked)
    if by == "vip":
        return "VIP" if is_vip(one, ruler) else "Not VIP"
    return "".join(str(scores[axis]) for axis in by)


def states_of(by: str, scheme: Scheme, asked: Asked) -> list[str]:
    """All states, the best first, those without a purchase last."""
    outside = [NO_PURCHASES] if asked.new_subscriber is None else [NEW_SUBSCRIBER, NO_PURCHASES]
    if by == "segment":
        return [*scheme.names, *outside]
    if by == "vip":
        return ["VIP", "Not VIP", *outside]
    codes = [""]
    for axis in by:
        codes = [code + str(score) for code in codes for score in range(scheme.bins[axis], 0, -1)]
    return [*codes, *outside]


@dataclass(frozen=True)
class Spell:
    """A stay in a state: from the day `entered` to the day before `left`; None where it has not ended."""

    customer: str
    state: str
    entered: date
    left: date | None = None
    next: str | None = None


def spells_of(
    customer: Customer, begin: date, last: date, ruler: Ruler, scheme: Scheme, asked: Asked, by: str = "segment"
) -> list[Spell]:
    """The stays of a customer from a day on, found by looking at every day; the first may have begun before."""
    found: list[Spell] = []
    day = max(begin, customer.known)
    while day <= last:
        state = state_of(measures(customer, day), ruler, scheme, day, asked, by)
        if not found or found[-1].state != state:
            if found:
                old = found[-1]
                found[-1] = Spell(old.customer, old.state, old.entered, day, state)
            found.append(Spell(customer.name, state, day))
        day += timedelta(days=1)
    return found
