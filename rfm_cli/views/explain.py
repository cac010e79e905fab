"""One customer's story: orders, measures, scores and the cutoffs that gave them, and what would change the segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import InputError
from rfm_cli.model import Scored
from rfm_cli.rollup.read import RollUp, periods_of
from rfm_cli.schemes import Axis, next_step
from rfm_cli.scores.apply import with_codes, with_scores
from rfm_cli.scores.cutoffs import Bounds
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.money import as_decimal, money_text
from rfm_cli.views.cutoffs import ranges, vip_text
from rfm_cli.views.view import View, meta_of, table_of

SHOWN_ORDERS = 20
WORDS = {"r": "days", "f": "purchases", "m": ""}
FAR = 1_000
"""So many further purchases are tried before a higher segment is called out of reach."""
DISTANT = 1_000_000
"""A change that is so many days away is not told: the calendar may end before it."""
STATE = {"recency_days": pl.Int32, "frequency": pl.Int32, "monetary": pl.Int128}
"""Money is wider than in the tables, so that what so many purchases add up to has room."""


@dataclass(frozen=True)
class Line:
    """One line of the story: on what, the value, and what it means."""

    topic: str
    item: str
    value: str
    meaning: str = ""


@dataclass(frozen=True)
class State:
    """A customer's measures, as the cutoffs see them; money in minor units, None without any."""

    recency: int
    frequency: int
    money: int | None


def explain_view(scored: Scored, customer_id: str) -> View:
    """The story as rows: topic, item, value, meaning. `InputError` where no customer has this id by the date."""
    found = scored.frame.filter(pl.col("customer").cast(pl.String) == customer_id.strip())
    if found.is_empty():
        when = f" on {scored.as_of}" if scored.as_of else ""
        raise InputError(f"no customer {customer_id!r} is known{when}", _hint(scored, customer_id))
    row = found.row(0, named=True)
    lines = [*_orders(scored, customer_id.strip()), *_measures(scored, row), *_scores(scored, row)]
    lines += _ways(scored, row) if row["r"] is not None else []
    schema = dict.fromkeys(("topic", "item", "value", "meaning"), pl.String)
    rows = table_of(lines, schema)
    return View("explain", rows, meta_of(scored, customer_id=customer_id.strip()))


def _hint(scored: Scored, customer_id: str) -> str:
    """What to do next: the id that differs by zeros in front alone, where there is one."""
    told = "ids are compared as text, zeros in front included"
    core = customer_id.strip().lstrip("0")
    ids = scored.frame.select(pl.col("customer").cast(pl.String)).to_series()
    same = ids.filter(ids.str.strip_chars_start("0") == core) if core else ids.clear()
    return f"did you mean {same.sort()[0]}? {told}" if len(same) else told


def headline(view: View) -> list[tuple[str, str]]:
    """Label and value of what stands above the story."""
    return [
        ("customer", str(view.meta["customer_id"])),
        ("as of", str(view.meta["as_of"] or "unknown")),
        ("scheme", str(view.meta["scheme"])),
    ]


def _orders(scored: Scored, customer_id: str) -> Iterator[Line]:
    orders = scored.shop.orders
    if scored.shop.rollup:
        yield from _periods(scored, scored.shop.rollup, customer_id)
    if orders is None:
        return
    rows = order_tables.accepted(order_tables.rows(orders)).filter(
        pl.col("customer").cast(pl.String) == customer_id, pl.col("day") <= scored.as_of
    )
    own = rows.collect(engine="streaming")
    keys = [name for name in ("day", "order") if name in own.columns]
    if "order" in own.columns:  # the lines of an order of one day are one; a row without an order id stays alone
        alone = own.filter(pl.col("order").is_null())
        added = [pl.col("minor").sum()] if "minor" in own.columns else []
        own = pl.concat([own.drop_nulls("order").group_by(keys).agg(added), alone], how="diagonal")
    if "minor" in own.columns:
        own = own.with_columns(money=as_decimal(pl.col("minor"), scored.scale or 0)).drop("minor")
    table = own.drop("customer", strict=False).sort([*keys, *(["money"] if "money" in own.columns else [])])
    hidden = table.height - SHOWN_ORDERS
    if hidden > 0:
        yield Line("orders", "earlier", f"{hidden:,} rows", "only the latest are listed")
    for row in table.tail(SHOWN_ORDERS).iter_rows(named=True):
        money = row.get("money")
        order = "" if row.get("order") is None else f"order {row['order']}"
        refund = "refund, money only" if money is not None and money < 0 else ""
        meaning = ": ".join(filter(None, [order, refund]))
        yield Line("orders", str(row["day"]), "" if money is None else str(money), meaning)


def _periods(scored: Scored, rollup: RollUp, customer_id: str) -> Iterator[Line]:
    """What is left of the orders: the periods of a roll-up, with their purchases and money."""
    table = periods_of(rollup, customer_id, scored.as_of)
    hidden = table.height - SHOWN_ORDERS
    if hidden > 0:
        yield Line("orders", "earlier", f"{hidden:,} periods", "only the latest are listed")
    for row in table.tail(SHOWN_ORDERS).iter_rows(named=True):
        money = "" if scored.scale is None else money_text(row["revenue"], scored.scale)
        several = "purchase" if row["orders"] == 1 else "purchases"
        yield Line("orders", str(row["period"]), money, f"{row['orders']} {several}" if row["orders"] else "money only")


def _measures(scored: Scored, row: dict[str, Any]) -> Iterator[Line]:
    yield Line("measures", "first_order", str(row["first_order"] or "none"))
    yield Line("measures", "last_order", str(row["last_order"] or "none"))
    days = row["recency_days"]
    if days is not None:
        end = f" to {scored.as_of}" if scored.as_of else ""
        yield Line("measures", "recency_days", str(days), f"days from the last purchase{end}")
    inside = " (counted over the window alone)" if scored.windowed else ""
    yield Line("measures", "frequency", str(row["frequency"]), f"purchases{inside}")
    if scored.scale is not None:
        yield Line("measures", "monetary", money_text(row["monetary"], scored.scale), "net of refunds")


def _scores(scored: Scored, row: dict[str, Any]) -> Iterator[Line]:
    if row["r"] is None:
        yield Line("scores", "rfm", "", "no purchase yet, so no scores")
    else:
        for axis in scored.cutoffs.axes:
            bounds = bounds_of(scored, axis, row["r"], row["f"])
            words = ranges(axis, bounds, scored.scale) if bounds else {}
            best = f"{scored.cutoffs.bins.k(axis)} is the best"
            values = f"for {words[row[axis]]} {WORDS[axis]}".strip() if row[axis] in words else "no cutoff"
            yield Line("scores", axis, str(row[axis]), f"{values}; {best}")
        yield Line("scores", "rfm", row["rfm"])
    yield Line("segment", "segment", row["segment"] or "", next_step(scored.scheme, row["segment"]))
    if scored.cutoffs.vip.floor is not None:
        yield Line("segment", "vip", "yes" if row["vip"] else "no", f"a VIP has {vip_text(scored)}")


def bounds_of(scored: Scored, axis: Axis, r: int, f: int) -> Bounds | None:
    """The cutoffs of one axis that apply beside these scores; None where nested cutoffs know no such group."""
    groups = scored.cutoffs.axes[axis]
    return groups.get(()) or groups.get((r,)) or groups.get((r, f))


def segments_at(scored: Scored, states: Sequence[State]) -> list[str]:
    """The segment of a customer in each state, under the cutoffs of the run; the score code where there is no map."""
    rows = [(state.recency, state.frequency, state.money) for state in states]
    measures = pl.DataFrame(rows, schema=STATE, orient="row")
    if scored.scale is None:
        measures = measures.drop("monetary")
    named = with_codes(with_scores(measures, scored.cutoffs), scored.scheme)
    return named.select(pl.coalesce("segment", "rfm")).to_series().to_list()


def _ways(scored: Scored, row: dict[str, Any]) -> Iterator[Line]:
    """The nearest change up by buying today, and the changes by not buying, with their days."""
    state = State(row["recency_days"], row["frequency"], row["monetary"] if scored.scale is not None else None)
    here = segments_at(scored, [state])[0]
    yield _way_up(scored, state, here)
    if scored.windowed:
        yield Line("next", "later", "", "not told under a window: F and M fall as purchases leave it")
    else:
        yield from _ways_down(scored, state, here)


def _rank(scored: Scored, segment: str) -> int:
    names = scored.scheme.names()
    return names.index(segment) if segment in names else len(names)


def _way_up(scored: Scored, state: State, here: str) -> Line:
    """The fewest purchases of today that lead to a segment of higher rank, each at the customer's usual value."""
    usual = max(state.money or 0, 0) // max(state.frequency, 1)
    tried = range(1, FAR)
    paid = [None if state.money is None else state.money + more * usual for more in tried]
    states = [State(0, state.frequency + more, money) for more, money in zip(tried, paid, strict=True)]
    for more, there in zip(tried, segments_at(scored, states), strict=True):
        if _rank(scored, there) < _rank(scored, here):
            what = f"{more} more purchase{'s' if more > 1 else ''} today"
            worth = f" at the usual {money_text(usual, scored.scale or 0)}" if usual else ""
            return Line("next", "up", there, what + worth)
    return Line("next", "up", "", "no higher segment is in reach by buying")


def _ways_down(scored: Scored, state: State, here: str) -> Iterator[Line]:
    """Each change that comes by itself without a purchase, and its day; or that none will come."""
    bounds = sorted(bound for _, bound in scored.cutoffs.axes["r"][()].at if state.recency <= bound < DISTANT)
    states = [State(bound + 1, state.frequency, state.money) for bound in bounds]
    stays = True
    for later, there in zip(states, segments_at(scored, states), strict=True):
        if there != here:
            wait = later.recency - state.recency
            day = days_before(scored.as_of, -wait) if scored.as_of else None
            told = f"without a purchase, in {wait:,} day{'s' if wait > 1 else ''}{f' on {day}' if day else ''}"
            yield Line("next", "later", there, told)
            here, stays = there, False
    if stays:
        yield Line("next", "later", here, "without a purchase, for good")
