"""What commands answer about one date, made by hand from the reference: rows of plain values, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from tests.simulation.reference import (
    EVER,
    Customer,
    Measures,
    Ruler,
    Scheme,
    Spell,
    customers_of,
    everybody,
    is_vip,
    ruler_of,
    scheme_of,
    scores_of,
    segment_of,
    spells_of,
    state_of,
    states_of,
)
from tests.simulation.shop import START, Shop

EARLIEST = START - timedelta(days=200)
"""Before anybody is known whose first day is known."""
Line = tuple[object, ...]
"""A row of an answer: shares are fractions, money and what is rounded decimals."""


@dataclass(frozen=True)
class Answers:
    """The answers about one shop."""

    shop: Shop

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme that is asked for."""
        return scheme_of(self.shop.asked.scheme)

    @cached_property
    def customers(self) -> list[Customer]:
        """All who are named in any table."""
        return customers_of(self.shop)

    @cached_property
    def scale(self) -> int:
        """The decimals of the money: the fewest that hold all of it."""
        cents = [row.cents for row in self.shop.rows if row.customer and row.status != "cancelled"]
        return next(places for places in (0, 1, 2) if all(one % 10 ** (2 - places) == 0 for one in cents))

    def there(self, day: date, window_start: date = EVER) -> list[Measures]:
        """All customers of a day."""
        return everybody(self.customers, day, window_start)

    def ruler(self, day: date, window_start: date = EVER) -> Ruler:
        """The cutoffs of a day."""
        return ruler_of(self.there(day, window_start), self.shop.asked, self.scheme)

    def segment(self, one: Measures, day: date, ruler: Ruler) -> str:
        """The segment of a customer."""
        return segment_of(one, ruler, self.scheme, day, self.shop.asked)

    def state(self, one: Measures, day: date, ruler: Ruler, by: str) -> str:
        """The state of a customer."""
        return state_of(one, ruler, self.scheme, day, self.shop.asked, by)

    def states(self, by: str = "segment") -> list[str]:
        """All states, the best first."""
        return states_of(by, self.scheme, self.shop.asked)

    def spells(self, begin: date, last: date, ruler: Ruler, by: str = "segment") -> list[Spell]:
        """The stays of everybody."""
        own = (spells_of(one, begin, last, ruler, self.scheme, self.shop.asked, by) for one in self.customers)
        return [spell for spells in own for spell in spells]

    def money(self, cents: int) -> Decimal:
        """Money as it is written."""
        return Decimal(cents).scaleb(-2).quantize(Decimal(1).scaleb(-self.scale))

    def fine(self, value: Fraction | None) -> Decimal | None:
        """A mean or a median, with two decimals more than the money."""
        if value is None:
            return None
        unit = Fraction(1, 10 ** (self.scale + 2))
        return Decimal(round(value / unit)).scaleb(-self.scale - 2)  # Python rounds half to even


def share(part: int, whole: int) -> Fraction | None:
    """A part of a whole; of none, and of one below zero, nothing."""
    return Fraction(part, whole) if whole > 0 else None


def median(values: Sequence[int]) -> Fraction | None:
    """The middle one, or the mean of the middle two."""
    ranked, half = sorted(values), len(values) // 2
    if not ranked:
        return None
    return Fraction(ranked[half] + ranked[half - 1 + len(ranked) % 2], 2)


def score(a: Answers, day: date, window_start: date = EVER, ruler: Ruler | None = None) -> list[Line]:
    """`rfm score`."""
    ruler = ruler or a.ruler(day, window_start)
    return [_scored(a, one, day, ruler) for one in a.there(day, window_start)]


def _scored(a: Answers, one: Measures, day: date, ruler: Ruler) -> Line:
    scores = scores_of(one, ruler)
    given = [None] * 4 if scores is None else [*scores.values(), "".join(map(str, scores.values()))]
    counted = (one.first, one.last, one.recency, one.frequency, a.money(one.cents))
    return (one.customer.name, *counted, *given, a.segment(one, day, ruler), is_vip(one, ruler))


def history(a: Answers, day: date) -> list[Line]:
    """The columns of `rfm score --history`: customer_id, segment_since, previous_segment."""
    ruler = a.ruler(day)
    lines: list[Line] = []
    for customer in a.customers:
        spells = spells_of(customer, EARLIEST, day, ruler, a.scheme, a.shop.asked)
        if spells:
            since = None if customer.known == EVER and len(spells) == 1 else spells[-1].entered
            lines.append((customer.name, since, spells[-2].state if len(spells) > 1 else None))
    return lines


def segments(a: Answers, day: date) -> list[Line]:
    """`rfm segments`."""
    ruler, there = a.ruler(day), a.there(day)
    whole = sum(one.cents for one in there)
    lines: list[Line] = []
    for name in a.states():
        own = [one for one in there if a.segment(one, day, ruler) == name]
        orders = sum(one.frequency for one in own)
        middle = [
            median([one.recency for one in own if one.recency is not None]),
            median([one.frequency for one in own]),
            _coins(median([one.cents for one in own])),
        ]
        lines.append((name, len(own), share(len(own), len(there)), orders, *worth(a, own, whole), *map(a.fine, middle)))
    return lines


def _coins(cents: Fraction | None) -> Fraction | None:
    return None if cents is None else cents / 100


def worth(a: Answers, own: Sequence[Measures], whole: int) -> tuple[Decimal, Fraction | None, Decimal | None]:
    """Revenue, its share, and the money of a purchase."""
    orders, cents = sum(one.frequency for one in own), sum(one.cents for one in own)
    return a.money(cents), share(cents, whole), a.fine(Fraction(cents, 100 * orders) if orders else None)


def grid(a: Answers, day: date, by: str = "rf") -> list[Line]:
    """`rfm grid`: the cells of two scores, and those without a purchase."""
    ruler, there = a.ruler(day), a.there(day)
    whole = sum(one.cents for one in there)
    cells: dict[tuple[int, int], list[Measures]] = {}
    for one in there:
        scores = scores_of(one, ruler)
        if scores is not None:
            cells.setdefault((scores[by[0]], scores[by[1]]), []).append(one)
    lines: list[Line] = []
    for first in range(1, a.scheme.bins[by[0]] + 1):
        for second in range(1, a.scheme.bins[by[1]] + 1):
            own = cells.get((first, second), [])
            there_told = (len(own), share(len(own), len(there)), *worth(a, own, whole))
            lines.append((first, second, _segment_of_cell(a, by, (first, second)), *there_told))
    for name in a.states()[len(a.scheme.names) :]:
        own = [one for one in there if a.segment(one, day, ruler) == name]
        if own:
            lines.append((None, None, name, len(own), share(len(own), len(there)), *worth(a, own, whole)))
    return lines


def _segment_of_cell(a: Answers, by: str, cell: tuple[int, int]) -> str | None:
    """The segment where all codes of the cell agree."""
    fixed = dict(zip(by, map(str, cell), strict=True))
    found = {
        name
        for code, name in a.scheme.of_code.items()
        if all(fixed.get(axis, digit) == digit for axis, digit in zip(a.scheme.axes, code, strict=True))
    }
    return found.pop() if len(found) == 1 else None


def vip(a: Answers, day: date) -> list[Line]:
    """`rfm vip`: the tops of the buyers."""
    money = sorted((one.cents for one in a.there(day) if one.recency is not None), reverse=True)
    lines: list[Line] = []
    for percent in sorted({1, 5, 10, 15, 20, 50, 100, a.shop.asked.share}):
        floor = money[ceil(len(money) * Fraction(percent, 100)) - 1]
        top = [cents for cents in money if cents >= floor]
        lines.append((Fraction(percent, 100), len(top), a.money(sum(top)), share(sum(top), sum(money)), a.money(floor)))
    return lines


LEAVES = ("VIP", "Two or more purchases", "One purchase", "No purchase")


def reach(a: Answers, day: date) -> list[Line]:
    """`rfm reach`: the tree of those who can be reached, by any channel and by each."""
    there, ruler = a.there(day), a.ruler(day)
    whole = sum(one.cents for one in there)
    by_mail, by_phone = (
        {one.customer for one in a.shop.people or [] if able(a, one.customer, day)} for able in (_mail, _phone)
    )
    either = by_mail | by_phone
    everyone = {one.customer.name for one in there}
    tops = {"Reachable": either, "Not reachable": everyone - either, "By email": by_mail, "By phone": by_phone}
    lines: list[Line] = [("All", len(there), share(len(there), len(there)), a.money(whole), share(whole, whole))]
    for top, names in tops.items():
        own = [one for one in there if one.customer.name in names]
        parts = {top: own} | {f"{top} > {leaf}": [one for one in own if _leaf(one, ruler) == leaf] for leaf in LEAVES}
        for branch, inside in parts.items():
            cents = sum(one.cents for one in inside)
            lines.append((branch, len(inside), share(len(inside), len(there)), a.money(cents), share(cents, whole)))
    return lines


def _leaf(one: Measures, ruler: Ruler) -> str:
    if one.recency is None:
        return "No purchase"
    return "VIP" if is_vip(one, ruler) else "Two or more purchases" if one.frequency > 1 else "One purchase"


def _mail(a: Answers, name: str, day: date) -> bool:
    """An address with an @, consent, and nothing against it since."""
    person = next(one for one in a.shop.people or [] if one.customer == name)
    return "@" in person.email and person.email_consent == "yes" and not _stopped(a, name, day, "email")


def _phone(a: Answers, name: str, day: date) -> bool:
    """Five digits or more, consent is not asked for, and nothing against it since."""
    person = next(one for one in a.shop.people or [] if one.customer == name)
    return sum(letter.isdigit() for letter in person.phone) >= 5 and not _stopped(a, name, day, "sms")


def _stopped(a: Answers, name: str, day: date, channel: str) -> bool:
    """Whether the last word on a channel, or on all, is against it; of words of one day the one against is the last."""
    said = [
        one for one in a.shop.events or [] if one.customer == name and one.day <= day and one.channel in ("", channel)
    ]
    against = max((one.day for one in said if one.event in ("unsubscribe", "bounce")), default=None)
    pro = max((one.day for one in said if one.event == "subscribe"), default=None)
    return against is not None and (pro is None or pro <= against)
