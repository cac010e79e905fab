"""One customer's story: orders, measures, scores and the cutoffs that gave them, and what would change the segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import InputError
from rfm_cli.messages import Figure, Message, SchemeText, Value, Words, message, words
from rfm_cli.model import Scored
from rfm_cli.schemes import Axis, next_step
from rfm_cli.scores.cutoffs import Bounds, with_codes, with_scores
from rfm_cli.tables.ids import one_folded
from rfm_cli.tables.money import money_text
from rfm_cli.views.cutoffs import Range, ranges, vip_message
from rfm_cli.views.view import View, meta_of

SHOWN_ORDERS = 20
ORDERS, NEXT = message("orders"), message("next")
AXIS_WORDS = {"r": message("r"), "f": message("f"), "m": message("m")}
FAR = 1_000
"""The number of further purchases that are tried before a higher segment is out of reach."""
DISTANT = 1_000_000
"""A change that is this many days away is left out: the calendar may end before it."""
STATE = {"recency_days": pl.Int32, "frequency": pl.Int32, "monetary": pl.Int128}
"""Money is wider than in the tables, so that the sum of many purchases fits."""


@dataclass(frozen=True)
class Line:
    """One line of the story: its topic, the item, its value, and what that means."""

    topic: Message
    item: Value
    value: Value
    meaning: Value = ""


@dataclass(frozen=True, kw_only=True)
class Story(View):
    """The story of a customer: rows in English for files, and the same lines for any language."""

    customer_id: str
    as_of: date | None
    scheme: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class State:
    """The measures of a customer, as the cutoffs see them; money in minor units, None without any."""

    recency: int
    frequency: int
    money: int | None


@dataclass(frozen=True)
class Customer:
    """A scored customer: the columns of `Scored.frame`, with the scores by axis, empty without a purchase."""

    first_order: date | None
    last_order: date | None
    recency_days: int | None
    frequency: int
    monetary: int | None
    scores: Mapping[Axis, int]
    rfm: str
    segment: str | None
    vip: bool | None


def _customer_of(scored: Scored, found: pl.DataFrame) -> Customer:
    """Return the customer of one row; without money `monetary` is None."""
    row = found.row(0, named=True)
    return Customer(
        row["first_order"],
        row["last_order"],
        row["recency_days"],
        row["frequency"],
        row["monetary"] if scored.scale is not None else None,
        {axis: row[axis] for axis in scored.cutoffs.axes} if row["r"] is not None else {},
        row["rfm"],
        row["segment"],
        row["vip"],
    )


def explain_view(scored: Scored, customer_id: str) -> Story:
    """Return the story of a customer; raise `InputError` where no customer has this id by the date."""
    wanted = one_folded(customer_id.strip(), scored.shop.source.ids)
    found = scored.frame.filter(pl.col("customer").cast(pl.String) == wanted)
    if found.is_empty():
        when = f" on {scored.as_of}" if scored.as_of else ""
        raise InputError(f"no customer {customer_id!r} is known{when}", _hint(scored, customer_id))
    customer = _customer_of(scored, found)
    lines = [*_orders(scored, wanted), *_measures(scored, customer), *_scores(scored, customer)]
    if customer.recency_days is not None and customer.scores:
        lines += _ways(scored, State(customer.recency_days, customer.frequency, customer.monetary))
    return Story(
        "explain",
        story_rows(lines, words()),
        meta_of(scored, customer_id=wanted),
        customer_id=wanted,
        as_of=scored.as_of,
        scheme=scored.scheme.name,
        lines=lines,
    )


def story_rows(lines: Sequence[Line], w: Words) -> pl.DataFrame:
    """Return lines as rows in a language: topic, item, value, meaning; an empty text is null."""
    texts = [tuple(w(value) or None for value in (one.topic, one.item, one.value, one.meaning)) for one in lines]
    schema = dict.fromkeys(("topic", "item", "value", "meaning"), pl.String)
    return pl.DataFrame(texts, schema=schema, orient="row")


def _hint(scored: Scored, customer_id: str) -> str:
    """Return what to do next: the id that differs by zeros in front alone, if there is one."""
    rule = "ids are compared as text, zeros in front included"
    core = customer_id.strip().lstrip("0")
    ids = scored.frame.select(pl.col("customer").cast(pl.String)).to_series()
    # Spreadsheets drop zeros in front of ids.
    same = ids.filter(ids.str.strip_chars_start("0") == core) if core else ids.clear()
    return f"did you mean {same.sort()[0]}? {rule}" if len(same) else rule


def _orders(scored: Scored, customer_id: str) -> Iterator[Line]:
    """Yield the latest orders of the customer, or periods where the source knows no orders."""
    found = scored.shop.source.orders_of(customer_id, scored.as_of)
    if found is None:
        return
    hidden = found.rows.height - SHOWN_ORDERS
    if hidden > 0:
        number = message("{n|period|periods}", n=hidden) if found.by_period else message("{n|row|rows}", n=hidden)
        yield Line(ORDERS, message("earlier"), number, message("only the latest are listed"))
    for row in found.rows.tail(SHOWN_ORDERS).iter_rows(named=True):
        minor = row["minor"]
        money = "" if minor is None else Figure(money_text(minor, scored.scale or 0))
        if found.by_period:
            count = row["purchases"]
            meaning: Value = message("{n|purchase|purchases}", n=count) if count else message("money only")
        else:
            meaning = _order_message(row["order_id"], is_refund=minor is not None and minor < 0)
        yield Line(ORDERS, row["when"], money, meaning)


def _order_message(order: object, *, is_refund: bool) -> Value:
    """Return what an order row is: its id, and whether it is a refund."""
    refund = message("refund, money only")
    if order is None:
        return refund if is_refund else ""
    if is_refund:
        return message("order {id}: refund, money only", id=str(order))
    return message("order {id}", id=str(order))


def _measures(scored: Scored, customer: Customer) -> Iterator[Line]:
    topic = message("measures")
    yield Line(topic, message("first_order"), customer.first_order or message("none"))
    yield Line(topic, message("last_order"), customer.last_order or message("none"))
    days = customer.recency_days
    if days is not None:
        since = message("days from the last purchase")
        if scored.as_of:
            since = message("days from the last purchase to {day}", day=scored.as_of)
        yield Line(topic, message("recency_days"), Figure(str(days)), since)
    bought = message("purchases (counted over the window alone)") if scored.windowed else message("purchases")
    yield Line(topic, message("frequency"), Figure(str(customer.frequency)), bought)
    if scored.scale is not None and customer.monetary is not None:
        money = Figure(money_text(customer.monetary, scored.scale))
        yield Line(topic, message("monetary"), money, message("net of refunds"))


def _scores(scored: Scored, customer: Customer) -> Iterator[Line]:
    topic, segment = message("scores"), message("segment")
    if not customer.scores:
        yield Line(topic, message("rfm"), "", message("no purchase yet, so no scores"))
    else:
        for axis in scored.cutoffs.axes:
            score = customer.scores[axis]
            bounds = bounds_of(scored, axis, customer.scores["r"], customer.scores["f"])
            found = ranges(axis, bounds, scored.scale).get(score) if bounds else None
            yield Line(topic, AXIS_WORDS[axis], str(score), _score_message(scored, axis, found))
        yield Line(topic, message("rfm"), customer.rfm)
    name, step = (SchemeText(text or "") for text in (customer.segment, next_step(scored.scheme, customer.segment)))
    yield Line(segment, segment, name, step)
    if scored.cutoffs.vip.floor is not None:
        rule = message("a VIP has {rule}", rule=vip_message(scored))
        yield Line(segment, message("vip"), message("yes") if customer.vip else message("no"), rule)


def _score_message(scored: Scored, axis: Axis, found: Range | None) -> Message:
    """Return the values that get a score, and the best score of the axis."""
    best = scored.cutoffs.bins.k(axis)
    if found is None:
        return message("no cutoff; {n} is the best", n=best)
    values = found.words()
    if axis == "r":
        return message("for {values} days; {n} is the best", values=values, n=best)
    if axis == "f":
        return message("for {values} purchases; {n} is the best", values=values, n=best)
    return message("for {values}; {n} is the best", values=values, n=best)


def bounds_of(scored: Scored, axis: Axis, r: int, f: int) -> Bounds | None:
    """Return the cutoffs of one axis that apply beside these scores; None where nested cutoffs have no such group."""
    groups = scored.cutoffs.axes[axis]
    return groups.get(()) or groups.get((r,)) or groups.get((r, f))


def segments_at(scored: Scored, states: Sequence[State]) -> list[str]:
    """Return the segment of a customer in each state, under the cutoffs of the run; without a map the score code."""
    rows = [(state.recency, state.frequency, state.money) for state in states]
    measures = pl.DataFrame(rows, schema=STATE, orient="row")
    if scored.scale is None:
        measures = measures.drop("monetary")
    # The same functions as in `score`, so that a story never differs from the answer.
    named = with_codes(with_scores(measures, scored.cutoffs), scored.scheme)
    return named.select(pl.coalesce("segment", "rfm")).to_series().to_list()


def _ways(scored: Scored, state: State) -> Iterator[Line]:
    """Yield the nearest change up by buying today, and the changes by not buying, with their days."""
    here = segments_at(scored, [state])[0]
    yield _way_up(scored, state, here)
    # Under a window purchases leave it with time, so that more than R changes.
    if scored.windowed:
        fall = message("unknown under a window: F and M fall as purchases leave it")
        yield Line(NEXT, message("later"), "", fall)
    else:
        yield from _ways_down(scored, state, here)


def _rank(scored: Scored, segment: str) -> int:
    names = scored.scheme.names()
    # Without a map there are score codes alone, and no code is above another.
    return names.index(segment) if segment in names else len(names)


def _way_up(scored: Scored, state: State, here: str) -> Line:
    """Return the fewest purchases of today that lead to a segment of higher rank, each at the usual value."""
    # Refunds can exceed what was bought; a usual purchase is never below zero.
    usual = max(state.money or 0, 0) // max(state.frequency, 1)
    tried = range(1, FAR)
    paid = [None if state.money is None else state.money + more * usual for more in tried]
    states = [State(0, state.frequency + more, money) for more, money in zip(tried, paid, strict=True)]
    # All numbers of purchases are scored in one frame: a frame for each would be slow.
    for more, there in zip(tried, segments_at(scored, states), strict=True):
        if _rank(scored, there) < _rank(scored, here):
            return Line(NEXT, message("up"), SchemeText(there), _purchases_message(more, usual, scored.scale or 0))
    return Line(NEXT, message("up"), "", message("no higher segment is in reach by buying"))


def _purchases_message(more: int, usual: int, scale: int) -> Message:
    """Return how many purchases a change needs, and the usual value of one if there is any."""
    if not usual:
        return message("{n|more purchase|more purchases} today", n=more)
    money = Figure(money_text(usual, scale))
    return message("{n|more purchase|more purchases} today at the usual {money}", n=more, money=money)


def _ways_down(scored: Scored, state: State, here: str) -> Iterator[Line]:
    """Yield each change that comes without a purchase, and its day; or that none will come."""
    bounds = sorted(bound for _, bound in scored.cutoffs.axes["r"][()].at if state.recency <= bound < DISTANT)
    states = [State(bound + 1, state.frequency, state.money) for bound in bounds]
    # Changes come in the order of the days.
    stays = True
    for later, there in zip(states, segments_at(scored, states), strict=True):
        if there != here:
            wait = later.recency - state.recency
            day = days_before(scored.as_of, -wait) if scored.as_of else None
            when = message("without a purchase, in {n|day|days}", n=wait)
            if day:
                when = message("without a purchase, in {n|day|days} on {day}", n=wait, day=day)
            yield Line(NEXT, message("later"), SchemeText(there), when)
            here, stays = there, False
    if stays:
        yield Line(NEXT, message("later"), SchemeText(here), message("without a purchase, for good"))
