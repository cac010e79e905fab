"""A shop of some thousand awkward rows, and the many ways in which its tables can be written down."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

SEED = 20260101
FIRST, DAYS = date(2023, 1, 1), 720
CITIES = ["Köln", "Алматы", "São Paulo", "[bold]", "=1+1", ""]
FORMS = ("csv", "parquet", "ndjson", "arrow")
ENDS = {"csv": "csv", "parquet": "parquet", "ndjson": "ndjson", "arrow": "arrow"}


class Row(NamedTuple):
    """An order row; `order` is empty where the row has no order id."""

    customer: str
    order: str
    day: date
    cents: int
    status: str
    city: str
    size: int


class Person(NamedTuple):
    """A row of the customers table."""

    customer: str
    registered: date | None
    email: str
    telegram: str


class Event(NamedTuple):
    """A row of the events table."""

    customer: str
    event: str
    day: date


@dataclass(frozen=True)
class Tables:
    """A shop: its tables, how an amount of cents is written, and columns that rfm has no use for."""

    orders: Sequence[Row]
    people: Sequence[Person]
    events: Sequence[Event]
    unit: Decimal = Decimal("0.01")
    spare: Mapping[str, Callable[[int], Any]] | None = None


def made(orders: int = 1200) -> Tables:
    """Some hundred customers with orders of several rows and days, refunds, rejected rows, free orders and ties."""
    draw = random.Random(SEED)
    names = [f"{number:04d}" for number in range(orders // 5)] + ["a@x.y", "ö", "NA"]
    rows: list[Row] = []
    for number in range(orders):
        customer = names[int(len(names) * draw.random() ** 2)]
        day = FIRST + timedelta(days=draw.randrange(DAYS))
        order = "" if draw.random() < 0.1 else str(number)
        for line in range(1 if not order else draw.choice([1, 1, 1, 2, 3])):
            later = day + timedelta(days=draw.choice([0, 0, 0, 9]) if line else 0)
            cents = draw.choice([0, -500, 1999, 1999, draw.randrange(50_000)])
            status = draw.choice(["paid", "paid", "paid", "refunded", "cancelled", ""])
            rows.append(Row(customer, order, later, cents, status, draw.choice(CITIES), draw.randrange(9)))
    people = [
        Person(name, FIRST + timedelta(days=draw.randrange(DAYS)) if draw.random() < 0.8 else None,
               f"{name}@x.y" if draw.random() < 0.7 else "", "t" if draw.random() < 0.3 else "")
        for name in [*names, *(f"new{number}" for number in range(40))]
    ]  # fmt: skip
    words = ["open", "click", "visit", "unsubscribe", "bounce"]
    events = [
        Event(draw.choice(names), draw.choices(words, [9, 5, 5, 1, 1])[0], FIRST + timedelta(days=draw.randrange(DAYS)))
        for _ in range(orders // 2)
    ]
    return Tables(rows, people, events)


def frames(tables: Tables) -> dict[str, pl.DataFrame]:
    """The tables as typed frames: ids are texts, days dates, amounts floats of a few decimals."""
    amount = [float(tables.unit * row.cents) for row in tables.orders]
    found = {
        "orders": pl.DataFrame(
            {
                "customer_id": [row.customer for row in tables.orders],
                "order_id": [row.order or None for row in tables.orders],
                "ordered_at": [row.day for row in tables.orders],
                "amount": amount,
                "status": [row.status or None for row in tables.orders],
                "city": [row.city or None for row in tables.orders],
                "size": [row.size for row in tables.orders],
            }
        ),
        "customers": pl.DataFrame(
            {
                "customer_id": [one.customer for one in tables.people],
                "registered_at": pl.Series([one.registered for one in tables.people], dtype=pl.Date),
                "email": [one.email or None for one in tables.people],
                "telegram": [one.telegram or None for one in tables.people],
            }
        ),
        "events": pl.DataFrame(
            {
                "customer_id": [one.customer for one in tables.events],
                "event": [one.event for one in tables.events],
                "at": [one.day for one in tables.events],
            }
        ),
        "lines": pl.DataFrame(
            {
                "order_id": [row.order for row in tables.orders if row.order],
                "product_id": [f"p{row.cents % 7}" for row in tables.orders if row.order],
                "quantity": [1 + row.size % 3 for row in tables.orders if row.order],
                "unit_price": [abs(row.cents) / 100 for row in tables.orders if row.order],
            }
        ),
        "products": pl.DataFrame(
            {"product_id": [f"p{place}" for place in range(6)], "category": ["Tea", "Coffee", None] * 2}
        ),
    }
    for name, value in (tables.spare or {}).items():
        for table, frame in found.items():
            found[table] = frame.with_columns(pl.Series(name, [value(row) for row in range(frame.height)]))
    return found


@dataclass(frozen=True)
class Form:
    """How the tables are written: the form of the files, how many of orders, a shuffle (None: as they come), and the
    form of the tables beside the orders where it is another."""

    form: str = "csv"
    files: int = 1
    shuffle: int | None = None
    beside: str = ""

    def named(self) -> str:
        """The form in a word."""
        return f"{self.form}-{self.files}-{self.shuffle}"


def write(tables: Tables, folder: Path, form: Form | None = None) -> Path:
    """Write the tables into a new folder: orders/, where the rows of an order id are in one file, and two files."""
    form = form or Form()
    (folder / "orders").mkdir(parents=True)
    shuffled = tables if form.shuffle is None else _shuffled(tables, form.shuffle)
    parts: list[list[Row]] = [[] for _ in range(form.files)]
    place = random.Random(form.shuffle or 0)
    of_order: dict[str, int] = {}
    for row in shuffled.orders:
        own = place.randrange(form.files)
        parts[of_order.setdefault(row.order, own) if row.order else own].append(row)
    for number, part in enumerate(parts):
        part_frames = frames(replace(shuffled, orders=part))
        _write_frame(part_frames["orders"], folder / "orders" / f"{number}.{ENDS[form.form]}", form.form)
    for name in ("customers", "events", "lines", "products"):
        beside = form.beside or form.form
        _write_frame(frames(shuffled)[name], folder / f"{name}.{ENDS[beside]}", beside)
    return folder


def _shuffled(tables: Tables, seed: int) -> Tables:
    """The same rows in another order."""
    draw = random.Random(seed)
    orders, people, events = list(tables.orders), list(tables.people), list(tables.events)
    for rows in (orders, people, events):
        draw.shuffle(rows)  # type: ignore[arg-type]
    return replace(tables, orders=orders, people=people, events=events)


def _write_frame(frame: pl.DataFrame, path: Path, form: str) -> None:
    if form == "csv":
        frame.write_csv(path)
    elif form == "parquet":
        frame.write_parquet(path)
    elif form == "ndjson":
        frame.write_ndjson(path)
    else:
        frame.write_ipc(path)
