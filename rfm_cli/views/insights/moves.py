"""Moves between segments in words: `rfm migrate`, `rfm migrate --speed`, and their sections of the report.

The most of something is looked for among ways of ten customers or more, and among thinner ones only where all wanted
ways are as thin. Among equals the better segment comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.history.states import NOT_YET
from rfm_cli.history.survival import mean_stays
from rfm_cli.messages import Figure, Listed, Message, SchemeText, Share, Value, message

if TYPE_CHECKING:
    from rfm_cli.history.states import States
    from rfm_cli.views.migrate import Directions

FEWEST = 10
"""A way of fewer customers, or moves, is no pattern to read anything from."""
Insight = tuple[Message, Value]
"""What is the most, and what it is."""


@dataclass(frozen=True)
class Way:
    """A way from one state to another: their places from the best, 0, and names; customers or moves; their part; days.

    `part` is that of the customers who were in the first state, `days` is the median until the move.
    """

    first: int
    last: int
    before: str
    after: str
    count: int
    part: float = 0.0
    days: int = 0

    @property
    def ends(self) -> dict[str, Value]:
        """The two segments as values of a message."""
        return {"a": SchemeText(self.before), "b": SchemeText(self.after)}


def most(
    ways: Sequence[Way], is_wanted: Callable[[Way], bool], by: Callable[[Way], float], fewest: int = FEWEST
) -> Way | None:
    """Return the wanted way with the most of something, None without any."""
    # A way of few customers is often the most by chance.
    wanted = [way for way in ways if is_wanted(way)]
    thick = [way for way in wanted if way.count >= fewest]
    # `max` takes the first of equals, so that sorting puts the better segment ahead.
    return max(sorted(thick or wanted, key=lambda way: (way.first, way.last)), key=by, default=None)


def is_up(way: Way) -> bool:
    """Return whether a way leads to a better state."""
    return way.last < way.first


def is_down(way: Way) -> bool:
    """Return whether a way leads to a weaker state."""
    return way.last > way.first


def moved_ways(rows: pl.DataFrame, names: Sequence[str]) -> list[Way]:
    """Return the ways of a matrix that some customer went; `names` are the states from the best down."""
    place = {name: number for number, name in enumerate(names)}
    columns = rows.select("from_segment", "to_segment", "customers", "share_of_from")
    return [
        Way(place[before], place[after], before, after, count, part)
        for before, after, count, part in columns.iter_rows()
        if before != NOT_YET and count
    ]


def timed_ways(rows: pl.DataFrame, names: Sequence[str]) -> list[Way]:
    """Return the ways of `rfm migrate --speed` whose median is known."""
    place = {name: number for number, name in enumerate(names)}
    columns = rows.drop_nulls("median_days").select("from_segment", "to_segment", "moves", "median_days")
    return [
        Way(place[before], place[after], before, after, count, days=days)
        for before, after, count, days in columns.iter_rows()
    ]


def way_message(before: str, after: str) -> Message:
    """Return a way from one segment to another."""
    return message("{a} > {b}", a=SchemeText(before), b=SchemeText(after))


def fall_message(days: int) -> Message:
    """Return when a fall comes that only waiting causes.

    >>> str(fall_message(10))
    'falls after 10 days without a purchase'
    """
    return message("falls after {n|day|days} without a purchase", n=days)


def matrix_insights(rows: pl.DataFrame, names: Sequence[str], days: int) -> list[Insight]:
    """Return the fastest way up, the biggest leak, and the segment that most stay in, for a matrix over some days.

    The fastest way up is the one that the largest part of a segment went. The biggest leak is the way down of the most
    customers. Most stay in the segment where the largest part is found again.
    """
    ways = moved_ways(rows, names)
    found: list[Insight] = []
    if up := most(ways, is_up, lambda way: way.part):
        text = message("{a} > {b}, {share} in {n} days", **up.ends, share=_percent(up.part), n=days)
        found.append((message("fastest way up"), text))
    if down := most(ways, is_down, lambda way: way.count):
        found.append((message("biggest leak"), message("{a} > {b}, {n} customers", **down.ends, n=down.count)))
    if same := most(ways, lambda way: way.first == way.last, lambda way: way.part):
        stay = message("{a}, {share}", a=SchemeText(same.before), share=_percent(same.part))
        found.append((message("most stay in"), stay))
    return found


def _percent(part: float) -> Figure:
    # Not as `Share`, which shows bounds near 0 and 1: the meta of JSON has had plain decimals from the beginning.
    return Figure(f"{part:.1%}".replace("%", " %"))


def speed_insights(
    rows: pl.DataFrame, falls: pl.DataFrame, stays: pl.DataFrame, states: States, days: int
) -> list[Insight]:
    """Return the fastest way up, the biggest leak, and the segment that customers stay in longest.

    The fastest way up has the smallest median of days, the biggest leak is the way down of the most moves. The stay is
    the mean number of days in a state, of as many `days` as are between the dates (restricted mean survival time).
    `falls` are the ways that only waiting causes, with their days.
    """
    ways = timed_ways(rows, states.names)
    found: list[Insight] = []
    if up := most(ways, is_up, lambda way: -way.days):
        found.append((message("fastest way up"), message("{a} > {b}, half of them in {n} days", **up.ends, n=up.days)))
    if down := most(ways, is_down, lambda way: way.count):
        leak = message("{a} > {b}, {n} moves", **down.ends, n=down.count)
        # Three equal quantiles say that no customer acted: the calendar did.
        if (down.before, down.after) in _pairs(falls):
            fall = fall_message(down.days)
            leak = message("{a} > {b}, {n} moves, {fall}", **down.ends, n=down.count, fall=fall)
        found.append((message("biggest leak"), leak))
    # Stays that are rare have means that one customer decides.
    means = mean_stays(stays, days).filter(pl.col("spells") >= FEWEST)
    if means.height:
        row = means.sort("stay", "state", descending=[True, False]).row(0, named=True)
        name, stay = SchemeText(states.names[row["state"]]), Figure(f"{row['stay']:.0f}")
        longest = message("{a}, {stay} of {n} days on average", a=name, stay=stay, n=days)
        found.append((message("longest stay"), longest))
    return found


def _pairs(falls: pl.DataFrame) -> set[tuple[str, str]]:
    """Return the ends of the falls that only waiting causes."""
    return set(falls.select("from_segment", "to_segment").iter_rows())


def in_english(insights: Sequence[Insight]) -> dict[str, str]:
    """Return insights as the meta of files has them."""
    return {str(label): str(text) for label, text in insights}


@dataclass(frozen=True)
class Counts:
    """How many customers of one segment there are at a date by its own cutoffs, and by those of an earlier date."""

    segment: str
    day: date
    own: int
    earlier: int


def on_moves(
    rows: pl.DataFrame,
    names: Sequence[str],
    directions: Directions,
    between: tuple[date, date],
    best: Counts | None,
) -> list[Message]:
    """Tell how many customers rose, stayed and fell, the way up that most of a segment took, and the biggest leak.

    `best` is given where moves are by other cutoffs than the rest of the page, which then has two counts of one day.
    """
    first, last = between
    lines = [_two_counts(best, first)] if best else []
    lines.append(
        message(
            "From {first} to {last}, {up|customer|customers} rose, {same} stayed and {down} fell; new: {new}.",
            first=first,
            last=last,
            up=directions.up,
            same=directions.same,
            down=directions.down,
            new=directions.new,
        )
    )
    ways = moved_ways(rows, names)
    if up := most(ways, is_up, lambda way: way.part):
        lines.append(
            message(
                "The way up that most of a segment went is from {a} to {b}: {share} of those in it.",
                **up.ends,
                share=Share(up.part),
            )
        )
    if down := most(ways, is_down, lambda way: way.count):
        lines.append(message("The biggest leak is from {a} to {b}: {n|customer|customers}.", **down.ends, n=down.count))
    return lines


def _two_counts(best: Counts, first: date) -> Message:
    return message(
        "{here} {segment} by the cutoffs of {last}; {there} by those of {first}, by which moves, speed and the "
        "watch-list count, as `rfm migrate` and `rfm vip --watch` do.",
        segment=SchemeText(best.segment),
        last=best.day,
        here=best.own,
        first=first,
        there=best.earlier,
    )


def on_speed(rows: pl.DataFrame, falls: pl.DataFrame, names: Sequence[str], last: date) -> list[Message]:
    """Tell the quickest way up, the way down that is made most, the falls by waiting, and what the figures are of."""
    if rows.is_empty():
        return [message("No customer who entered a segment in this time has left it.")]
    ways, lines = timed_ways(rows, names), []
    if up := most(ways, is_up, lambda way: -way.days):
        lines.append(
            message(
                "The quickest way up is from {a} to {b}: half of those who go it do so within {n|day|days}.",
                **up.ends,
                n=up.days,
            )
        )
    if down := most(ways, is_down, lambda way: way.count):
        lines.append(_way_down(down, waits=(down.before, down.after) in _pairs(falls)))
    parts = tuple(
        message("{a} > {b} {fall}", a=SchemeText(before), b=SchemeText(after), fall=fall_message(days))
        for before, after, days in falls.select("from_segment", "to_segment", "days").iter_rows()
    )
    if parts:
        lines.append(message("Only waiting makes these moves: {moves}.", moves=Listed(parts, "; ")))
    of = message("Shares are of stays, and not of customers; days are of those who moved by {day}.", day=last)
    return [*lines, of]


def _way_down(way: Way, *, waits: bool) -> Message:
    """Return the way down that is made most; `waits` says that only waiting makes it."""
    if waits:
        return message(
            "The way down that is gone most is from {a} to {b}: it comes after {n|day|days} without a purchase.",
            **way.ends,
            n=way.days,
        )
    return message(
        "The way down that is gone most is from {a} to {b}: half of them within {n|day|days}.", **way.ends, n=way.days
    )
