"""What `rfm matrix` answers, made by hand: the labels of customers on two axes, and who is in each cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from tests.simulation.answers import Answers, Line, share, worth
from tests.simulation.reference import NO_PURCHASES, Measures, is_vip, scores_of

ENGAGING = ("open", "click", "visit", "page_view")
"""Events of the random shops that are a sign of life."""
DAY_BINS = ((0, "0-14"), (15, "15-30"), (31, "31-90"), (91, "91-180"), (181, "181-365"), (366, "366+"))
EVENT_BINS = ((0, "0"), (1, "1-2"), (3, "3-5"), (6, "6-9"), (10, "10+"))


def _binned(value: int | None, bins: Sequence[tuple[int, str]], missing: str) -> str:
    return missing if value is None else [label for low, label in bins if value >= low][-1]


def axis(a: Answers, name: str, day: date) -> tuple[Callable[[Measures], str | None], list[str | None]]:
    """The label of a customer on an axis, and all labels in order."""
    ruler = a.ruler(day)
    if name == "recency":
        return lambda one: _binned(one.recency, DAY_BINS, NO_PURCHASES), [*(n for _, n in DAY_BINS), NO_PURCHASES]
    if name in ("engagement", "last_event"):
        return _event_axis(a, name, day)
    if name == "city":
        cities = {one.customer: one.city or None for one in a.shop.people or []}
        return lambda one: cities.get(one.customer.name), ["Omsk", "Ufa", None]
    if name == "vip":
        told = {True: "VIP", False: "Not VIP"}
        return lambda one: NO_PURCHASES if one.recency is None else told[is_vip(one, ruler)], [
            "VIP",
            "Not VIP",
            NO_PURCHASES,
        ]
    if name == "segment":
        return lambda one: a.segment(one, day, ruler), list(a.states())
    scores = [str(score) for score in range(a.scheme.bins[name], 0, -1)]
    return lambda one: NO_PURCHASES if one.recency is None else str((scores_of(one, ruler) or {})[name]), [
        *scores,
        NO_PURCHASES,
    ]


def _event_axis(a: Answers, name: str, day: date) -> tuple[Callable[[Measures], str | None], list[str | None]]:
    """Events of the last 90 days, or the days since the last one, of those that are a sign of life."""
    ages: dict[str, list[int]] = {}
    for event in a.shop.events or []:
        if event.event in ENGAGING and event.day <= day:
            ages.setdefault(event.customer, []).append((day - event.day).days)
    if name == "last_event":
        labels = [*(label for _, label in DAY_BINS), "never"]
        return lambda one: _binned(min(ages.get(one.customer.name, []), default=None), DAY_BINS, "never"), [*labels]
    counted = {who: sum(age < 90 for age in own) for who, own in ages.items()}
    return lambda one: _binned(counted.get(one.customer.name, 0), EVENT_BINS, ""), [label for _, label in EVENT_BINS]


OPTIONAL = (NO_PURCHASES, "never", None)
"""Labels that are shown only where a customer has them."""


def matrix(a: Answers, day: date, by: tuple[str, str]) -> list[Line]:
    """`rfm matrix --by A,B`: every pair of labels."""
    there = a.there(day)
    whole = sum(one.cents for one in there)
    found = [axis(a, name, day) for name in by]
    told = [tuple(label(one) for label, _ in found) for one in there]
    orders = [
        [label for label in order if label not in OPTIONAL or any(pair[place] == label for pair in told)]
        for place, (_, order) in enumerate(found)
    ]
    lines: list[Line] = []
    for pair in ((first, second) for first in orders[0] for second in orders[1]):
        own = [one for one, cell in zip(there, told, strict=True) if cell == pair]
        lines.append((*pair, len(own), share(len(own), len(there)), *worth(a, own, whole)))
    return lines
