"""Random small shops as files, with all that makes the counting of real ones hard."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

START = date(2022, 1, 1)
DAYS = 560
EVENTS = ("open", "click", "visit", "send", "page_view")
CUTS = {"r": (20, 60, 120, 240), "f": (2, 3, 4, 6), "m": (1500, 4000, 9000, 20000)}
"""Cutoffs of five scores, F by purchases and M in cents."""


class Row(NamedTuple):
    """An order row; an empty customer or a cancelled status is a row to be rejected."""

    customer: str
    order: str
    day: date
    cents: int
    status: str = "paid"


class Person(NamedTuple):
    """A row of the customers table; None is a customer who was registered on an unknown day."""

    customer: str
    registered: date | None
    city: str
    email: str
    phone: str
    email_consent: str


class Event(NamedTuple):
    """A row of the events table."""

    customer: str
    event: str
    day: date
    channel: str


@dataclass(frozen=True)
class Asked:
    """What is asked of a shop: its scheme and rules, the date of the answer and an earlier one."""

    scheme: str
    first: date
    last: date
    free_ignored: bool
    one_a_day: bool
    new_subscriber: int | None
    given_cuts: bool
    share: int
    min_orders: int

    def options(self) -> list[str]:
        """The same for the command line; the dates are left to each command."""
        told = ["--scheme", self.scheme, "--share", f"{self.share}%", "--min-orders", str(self.min_orders), "-q"]
        told += ["--free-orders", "ignore" if self.free_ignored else "count"]
        told += ["--one-order-per", "day"] if self.one_a_day else []
        told += [] if self.new_subscriber is None else ["--new-subscriber", f"{self.new_subscriber}d"]
        if self.given_cuts:
            bounds = {**CUTS, "m": [cents / 100 for cents in CUTS["m"]]}
            for axis, numbers in bounds.items():
                told += ["--cuts", f"{axis}={','.join(map(str, numbers))}"]
        return told


@dataclass(frozen=True)
class Shop:
    """The tables of a shop (None: it has no such table), and what is asked of it."""

    rows: Sequence[Row]
    people: Sequence[Person] | None
    events: Sequence[Event] | None
    with_order_ids: bool
    asked: Asked

    def write(self, folder: Path) -> None:
        """Write the tables as CSV, their rows in no order."""
        orders = ((row.customer, row.order, row.day, f"{row.cents / 100:.2f}", row.status) for row in self.rows)
        heads = ["customer_id", "order_id", "ordered_at", "amount", "status"]
        kept = [number for number, name in enumerate(heads) if self.with_order_ids or name != "order_id"]
        _write(folder / "orders.csv", [heads[n] for n in kept], ([row[n] for n in kept] for row in orders))
        if self.people is not None:
            heads = ["customer_id", "registered_at", "city", "email", "phone", "email_consent"]
            _write(folder / "customers.csv", heads, self.people)
        if self.events is not None:
            _write(folder / "events.csv", ["customer_id", "event", "at", "channel"], self.events)


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(["" if value is None else value for value in row] for row in rows)


def shop(seed: int) -> Shop:
    """The shop of that number: always the same one."""
    die = random.Random(seed)
    names = [f"{number:03}" for number in range(die.randint(6, 30))]
    span = die.choice([90, 250, DAYS])
    rows = [row for name in names for row in _orders_of(name, span, die)]
    rows += [Row("first", "1", START, 1234), Row("first", "2", START + timedelta(days=span // 8), 500)]
    rows += [Row("", "", _day(die, span), 999), Row(die.choice(names), "", _day(die, span), 5000, "cancelled")]
    known = [*names, *(f"only {number}" for number in range(die.randint(1, 6)))]
    people = [_person(name, span, die) for name in known if die.random() < 0.8]
    events = [_event(die.choice(known), span, die) for _ in range(die.randint(1, 60))]
    die.shuffle(rows)
    return Shop(
        rows,
        people if die.random() < 0.75 else None,
        events if die.random() < 0.75 else None,
        with_order_ids=die.random() < 0.85,
        asked=_asked(span, die),
    )


def _asked(span: int, die: random.Random) -> Asked:
    first = die.randint(span // 8, span // 2)
    last = die.randint(first + 1, span + 20)
    scheme = die.choice(["rf12", "rf12", "rfm11", "klaviyo6", "r-rfm"])
    return Asked(
        scheme,
        START + timedelta(days=first),
        START + timedelta(days=last),
        free_ignored=die.random() < 0.3,
        one_a_day=die.random() < 0.3,
        new_subscriber=die.choice([None, None, 10, 45]),
        given_cuts=scheme == "r-rfm" or (scheme != "klaviyo6" and die.random() < 0.4),
        share=die.choice([5, 15, 40]),
        min_orders=die.choice([1, 2, 3]),
    )


def _day(die: random.Random, span: int) -> date:
    return START + timedelta(days=die.randint(0, span))


def _orders_of(name: str, span: int, die: random.Random) -> list[Row]:
    """The rows of one customer: orders of one or more rows, on one or more days; refunds; orders without an id."""
    rows: list[Row] = []
    for number in range(die.choice([0, 1, 1, 2, 3, 5, 9])):
        order = die.choice(["", str(number), f"{name}-{number}"])
        day = _day(die, span)
        for _ in range(die.choice([1, 1, 1, 2, 3])):
            rows.append(Row(name, order, day, die.choice([0, 0, 1, 999, die.randint(100, 9000)])))
            day += timedelta(days=die.choice([0, 0, 0, 1, 30]))
        if die.random() < 0.25:  # goods that come back, at once or later, of this order or of none
            later = rows[-1].day + timedelta(days=die.choice([0, 1, 15, 60]))
            rows.append(Row(name, die.choice([order, order, ""]), later, -die.choice([1, 999, 5000])))
    if die.random() < 0.1:
        rows.append(Row(name, "", _day(die, span), -700))
    return rows


def _person(name: str, span: int, die: random.Random) -> Person:
    registered = die.choice([None, START + timedelta(days=die.randint(-100, span + 60))])
    email = die.choice(["", f"{name.replace(' ', '')}@x.y", "none"])
    return Person(
        name, registered, die.choice(["", "Omsk", "Ufa"]), email, die.choice(["", "123", "12345 67"]),
        die.choice(["yes", "yes", "no", ""]),
    )  # fmt: skip


def _event(name: str, span: int, die: random.Random) -> Event:
    day = START + timedelta(days=die.randint(-60, span + 60))
    if die.random() < 0.3:
        return Event(name, die.choice(["unsubscribe", "bounce", "subscribe"]), day, die.choice(["", "email", "sms"]))
    return Event(name, die.choice(EVENTS), day, die.choice(["", "email"]))
