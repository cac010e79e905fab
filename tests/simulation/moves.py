"""What commands that look back answer, made by hand: moves between dates, paths, speeds, the watch-list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.simulation.answers import EARLIEST, Answers, Line, share
from tests.simulation.reference import NOT_YET, Ruler, Spell, is_vip, measures


def watch(a: Answers, since: date, last: date) -> list[Line]:
    """`rfm vip --watch`: VIPs and the best segment of then who are below their own rank, day by day."""
    ruler, states = a.ruler(since), a.states()
    found: list[tuple[int, Line]] = []
    for then in a.there(since):
        was = a.segment(then, since, ruler)
        if not (is_vip(then, ruler) or (then.recency is not None and was == states[0])):
            continue
        slipped, day = None, since
        while day <= last:
            here = a.segment(measures(then.customer, day), day, ruler)
            weaker = states.index(here) > states.index(was)
            slipped = (slipped or day) if weaker else None
            day += timedelta(days=1)
        if slipped is not None:
            stake = measures(then.customer, since, since - timedelta(days=365)).cents
            told = (is_vip(then, ruler), slipped, (last - slipped).days + 1, a.money(stake))
            found.append((stake, (then.customer.name, was, here, *told)))
    return [line for _, line in sorted(found, key=lambda one: (-one[0], str(one[1][0])))]


@dataclass(frozen=True)
class Move:
    """A customer between two dates, with the cents of both; `before` is None for one who was none yet."""

    name: str
    before: str | None
    after: str
    cents_before: int
    cents_after: int


def moved(a: Answers, first: date, last: date, by: str, ruler: Ruler, later: Ruler | None = None) -> list[Move]:
    """Where everybody stood at both dates, by one ruler or by two."""
    then = {one.customer.name: one for one in a.there(first)}
    moves = []
    for one in a.there(last):
        old = then.get(one.customer.name)
        before = None if old is None else a.state(old, first, ruler, by)
        cents = 0 if old is None else old.cents
        moves.append(Move(one.customer.name, before, a.state(one, last, later or ruler, by), cents, one.cents))
    return moves


def migration(a: Answers, moves: Sequence[Move], by: str) -> list[Line]:
    """`rfm migrate`: every way from a state to a state."""
    lines: list[Line] = []
    for before in (*a.states(by), None):
        row = [move for move in moves if move.before == before]
        for after in a.states(by):
            own = [move for move in row if move.after == after]
            money = (a.money(sum(move.cents_before for move in own)), a.money(sum(move.cents_after for move in own)))
            lines.append((before or NOT_YET, after, len(own), share(len(own), len(row)), *money))
    return lines


def flows(a: Answers, moves: Sequence[Move], by: str) -> list[Line]:
    """`rfm migrate --flows`."""
    lines: list[Line] = []
    for name in a.states(by):
        left, came = [one for one in moves if one.before == name], [one for one in moves if one.after == name]
        out, into = sum(one.after != name for one in left), sum(one.before != name for one in came)
        money = (a.money(sum(one.cents_before for one in left)), a.money(sum(one.cents_after for one in came)))
        lines.append((name, len(left), into, out, into - out, len(came), *money))
    return lines


def directions(a: Answers, moves: Iterable[Move], by: str) -> list[Line]:
    """`rfm migrate --moves`: a row a customer."""
    states = a.states(by)
    lines: list[Line] = []
    for move in moves:
        way = "new"
        if move.before is not None:
            step = states.index(move.after) - states.index(move.before)
            way = "up" if step < 0 else "down" if step > 0 else "same"
        lines.append((move.name, move.before or NOT_YET, move.after, way))
    return lines


def paths(a: Answers, dates: Sequence[date], by: str) -> list[Line]:
    """`rfm migrate --paths`: the states of a customer at the dates, the commonest path first."""
    ruler = a.ruler(dates[0])
    walked: dict[str, int] = {}
    for customer in a.customers:
        if customer.known > dates[-1]:
            continue
        names = [
            a.state(measures(customer, day), day, ruler, by) if customer.known <= day else NOT_YET for day in dates
        ]
        path = " > ".join(name for place, name in enumerate(names) if place == 0 or names[place - 1] != name)
        walked[path] = walked.get(path, 0) + 1
    ranked = sorted(walked.items(), key=lambda one: (-one[1], one[0]))
    return [(path, count, share(count, sum(walked.values()))) for path, count in ranked]


def speed(a: Answers, first: date, last: date, by: str, horizons: Sequence[int]) -> list[Line]:
    """`rfm migrate --speed`: the incidence of Aalen and Johansen of the stays entered between the dates."""
    spells = [one for one in a.spells(EARLIEST, last, a.ruler(first), by) if first <= one.entered <= last]
    states = a.states(by)
    lines: list[Line] = []
    for before in states:
        own = [one for one in spells if one.state == before]
        for after in states:
            curve, moves = _incidence(own, after, last)
            if moves:
                lines.append((before, after, moves, *_shares(own, curve, last, horizons), *_quantiles(curve)))
    return lines


def _days(spell: Spell, last: date) -> int:
    return ((spell.left or last) - spell.entered).days


def _incidence(spells: Sequence[Spell], after: str, last: date) -> tuple[dict[int, Fraction], int]:
    """The share of the spells that has left for a state, by the days on which that rose, and how many did."""
    curve: dict[int, Fraction] = {}
    there, so_far = Fraction(1), Fraction(0)
    for day in sorted({_days(one, last) for one in spells}):
        at_risk = sum(_days(one, last) >= day for one in spells)
        ended = [one for one in spells if one.left is not None and _days(one, last) == day]
        to_it = sum(one.next == after for one in ended)
        if to_it:
            so_far += there * Fraction(to_it, at_risk)
            curve[day] = so_far
        there *= 1 - Fraction(len(ended), at_risk)
    return curve, sum(one.next == after for one in spells)


def _shares(
    spells: Sequence[Spell], curve: Mapping[int, Fraction], last: date, horizons: Sequence[int]
) -> list[Fraction | None]:
    """The incidence at each horizon; nothing past the last day seen while spells are open then."""
    longest = max(_days(one, last) for one in spells)
    still_open = any(one.left is None and _days(one, last) == longest for one in spells)
    return [
        None
        if still_open and longest < days
        else max((curve[day] for day in curve if day <= days), default=Fraction(0))
        for days in horizons
    ]


def _quantiles(curve: Mapping[int, Fraction]) -> list[int]:
    end = max(curve.values())
    return [min(day for day, told in curve.items() if told >= end * Fraction(part, 4)) for part in (1, 2, 3)]
