"""What the tables beside orders are like: the rows of `rfm check` on customers, events and products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

import polars as pl

from rfm_cli.model import Finding
from rfm_cli.tables import event_kinds
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events
from rfm_cli.tables.fields import fold
from rfm_cli.tables.products import Products
from rfm_cli.views.check_columns import on_columns
from rfm_cli.views.check_consents import on_consents


def on_customers(customers: Customers) -> Iterator[Finding]:
    """Yield what the customers table is like."""
    yield Finding("customers", "file", PurePath(customers.name).name, customers.form, customers.rows)
    yield from on_columns("customers", customers.columns)
    for name in dict.fromkeys(customers.attributes.values()):
        if name not in customers.columns:
            yield Finding("customers", "column", name, f"an attribute: --with {name}")
    yield from on_consents(customers)
    if customers.repeated:
        yield Finding("customers", "repeated rows", "", "counted once", customers.repeated)
    if customers.without_id:
        yield Finding("customers", "rejected", "customer", "no customer id", customers.without_id)


def on_products(products: Products) -> Iterator[Finding]:
    """Yield what the products are like."""
    count = sum(source.frame.select(pl.len()).collect(engine="streaming").item() for source in products.files)
    yield Finding("products", "file", PurePath(products.name).name, products.form, count)
    yield from on_columns("products", products.columns)


def on_events(events: Events, engaging: Sequence[str]) -> Iterator[Finding]:
    """Yield what the events are like, name by name: what each counts as, with the names and kinds that engage."""
    # Unusable events are not in the frame, so that the rows of the files are counted apart.
    count = events.raw_rows()
    yield Finding("events", "file", PurePath(events.name).name, events.form, count)
    yield from on_columns("events", events.columns)
    found = events.frame.group_by("event").agg(pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
    table = found.sort("len", "event", descending=[True, False]).collect(engine="streaming")
    wanted = frozenset(map(fold, engaging)), frozenset(map(fold, events.purchases))
    for event, rows, first, last in table.iter_rows():
        uses = _uses(event, events, *wanted)
        known = event_kinds.has_kind(event, events.kinds)
        parts = [event_kinds.kind(event, events.kinds) if known else "no kind", *uses]
        parts += [] if known or uses else ["counts for nothing"]
        change = () if known or uses else ("--event-kind",)
        yield Finding("events", "event", event, f"{', '.join(parts)}; {first} to {last}", rows, change)
    if lost := count - int(table["len"].sum()):
        yield Finding("events", "rejected", "", "no customer, event or readable time", lost, ("--map", "--date-format"))


def _uses(event: str, events: Events, engaging: frozenset[str], orders: frozenset[str]) -> list[str]:
    """Return what an event counts for."""
    side, channel = event_kinds.side(event, events.kinds), event_kinds.channel_named(event) or "its channel"
    uses = {
        "engagement": event_kinds.is_called(event, engaging, events.kinds),
        "an order": event_kinds.is_called(event, orders, events.kinds),
        f"closes {channel}": side == "against",
        f"opens {channel} again": side == "for",
    }
    return [use for use, holds in uses.items() if holds]
