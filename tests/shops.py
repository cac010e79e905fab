"""Random small shops, and a day-by-day simulation in plain Python to hold the expressions to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl
from hypothesis import strategies as st

from rfm_cli.history.states import States
from rfm_cli.model import Question, Shop, TablePaths
from rfm_cli.schemes import AXES, load_scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

START = date(2024, 1, 1)
DAYS = 60


class Row(NamedTuple):
    """An order row; the day is counted from START."""

    customer: str
    order: str
    day: int
    cents: int


class Person(NamedTuple):
    """A row of the customers table; no day means that it does not say since when."""

    customer: str
    day: int | None


@dataclass(frozen=True)
class State:
    """A customer at the end of a day, counted by hand."""

    recency: int | None
    frequency: int
    cents: int
    known: int


NAMES = ["a", "b", "c", "d"]
ROWS = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from(NAMES),
        order=st.sampled_from(["", "", "1", "2", "3", "4"]),
        day=st.integers(0, DAYS),
        cents=st.sampled_from([-5000, -999, 0, 1, 250, 999, 1000, 5000]),
    ),
    max_size=18,
).map(lambda rows: [Row("first", "0", 0, 1234), *rows])
PEOPLE = st.lists(
    st.builds(Person, customer=st.sampled_from([*NAMES, "x", "y"]), day=st.none() | st.integers(-20, DAYS + 40)),
    unique_by=lambda person: person.customer,
    max_size=4,
)


def day(number: int) -> date:
    """The date of a numbered day."""
    return START + timedelta(days=number)


def shop_of(rows: list[Row], people: list[Person] | None = None) -> Shop:
    """The rows (and people) opened as a shop."""
    orders = pl.DataFrame(
        {
            "customer_id": [row.customer for row in rows],
            "order_id": [row.order or None for row in rows],
            "ordered_at": [day(row.day) for row in rows],
            "amount": [row.cents / 100 for row in rows],
        },
        schema={"customer_id": pl.String, "order_id": pl.String, "ordered_at": pl.Date, "amount": pl.Float64},
    )
    paths = TablePaths(orders=(orders,))
    if people:
        known = pl.DataFrame(
            {
                "customer_id": [person.customer for person in people],
                "registered_at": [None if person.day is None else day(person.day) for person in people],
            },
            schema={"customer_id": pl.String, "registered_at": pl.Date},
        )
        paths = TablePaths(orders=(orders,), customers=(known,))
    return open_shop(paths, ReadOptions(amount_per="row"))


def simulated(
    rows: list[Row], people: list[Person], customer: str, *, free: bool = True, one_a_day: bool = False
) -> Iterator[tuple[int, State]]:
    """Each day from 0 to DAYS on which the customer is one, with the state at its end."""
    own = [row for row in rows if row.customer == customer]
    bought = purchases(own, free=free, one_a_day=one_a_day)
    dated = [person.day for person in people if person.customer == customer and person.day is not None]
    dated += [row.day for row in own]
    ever = any(person.customer == customer for person in people)
    if not dated and not ever:
        return
    known = min(dated) if dated else -10_000
    for today in range(max(known, 0), DAYS + 1):
        past = [one for one in bought if one <= today]
        cents = sum(row.cents for row in own if row.day <= today)
        yield today, State(today - max(past) if past else None, len(past), cents, today - known)


def purchases(rows: list[Row], *, free: bool, one_a_day: bool) -> list[int]:
    """The days of a customer's purchases."""
    orders: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        orders.setdefault(row.order or f"alone {number}", []).append(row)
    days = []
    for own in orders.values():
        first = min(row.day for row in own)
        cents = sum(row.cents for row in own if row.day == first)
        if cents > 0 or (cents == 0 and free):
            days.append(first)
    return sorted(set(days) if one_a_day else days)


def score_by_hand(value: int, axis: str, cutoffs: Cutoffs) -> int:
    """The score of a measure by cutoffs that are not nested."""
    bounds = cutoffs.axes[axis][()].at  # type: ignore[index]
    reached = [score for score, bound in bounds if (value <= bound if axis == "r" else value >= bound)]
    return max(reached, default=1)


def state_by_hand(state: State, states: States, segment_of: dict[str, str], axes: tuple[str, ...]) -> str:
    """The name of the state that a customer is in."""
    if state.recency is None:
        young = states.new_subscriber is not None and state.known < states.new_subscriber
        return "New subscriber" if young else "No purchases"
    values = dict(zip(AXES, (state.recency, state.frequency, state.cents), strict=True))
    if states.by == "vip":
        vip, floor = states.cutoffs.vip, states.cutoffs.vip.floor
        assert floor is not None
        return "VIP" if state.cents >= floor and state.frequency >= vip.min_orders else "Not VIP"
    code = "".join(str(score_by_hand(values[axis], axis, states.cutoffs)) for axis in axes)
    return segment_of[code] if states.by == "segment" else code


def asked(name: str = "rf12", **more: object) -> Question:
    """A question under a shipped scheme."""
    return Question(Fitting(load_scheme(name)), **more)  # type: ignore[arg-type]
