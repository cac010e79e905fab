"""What the tables beside orders are like: the rows of `rfm check` on customers, events and products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

import polars as pl

from rfm_cli.language.linked_files import LinkedFiles
from rfm_cli.model import Finding
from rfm_cli.tables import event_kinds
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.products import Products
from rfm_cli.tables.uses import Use
from rfm_cli.views.check_columns import on_columns
from rfm_cli.views.check_consents import on_consents, uses_of


def on_customers(customers: Customers, options: ReadOptions) -> Iterator[Finding]:
    """Yield what the customers table is like."""
    yield Finding("customers", "file", PurePath(customers.name).name, customers.form, customers.rows)
    yield from on_columns("customers", customers.files, customers.columns, options, uses_of(customers))
    yield from on_consents(customers)
    if customers.repeated:
        yield Finding("customers", "repeated rows", "", "counted once", customers.repeated)
    if customers.without_id:
        yield Finding("customers", "rejected", "customer", "no customer id", customers.without_id)


def on_products(products: Products, options: ReadOptions) -> Iterator[Finding]:
    """Yield what the products are like."""
    count = sum(source.frame.select(pl.len()).collect(engine="streaming").item() for source in products.files)
    yield Finding("products", "file", PurePath(products.name).name, products.form, count)
    yield from on_columns("products", products.files, products.columns, options)


def on_linked(linked: LinkedFiles) -> Iterator[Finding]:
    """Yield what a table of `[linked.NAME]` is like."""
    rows, without = linked.rows()
    first = linked.files[0]
    name = PurePath(first.name).name if len(linked.files) == 1 else f"{len(linked.files)} files"
    yield Finding(linked.name, "file", name, f"{first.form}, linked by {linked.by}", rows)
    uses = _uses_of_linked(linked)
    for source, found in zip(linked.files, linked.maps, strict=True):
        for one in on_columns(linked.name, [source], found, linked.options, uses):
            yield replace(one, change_with=())  # a map is for the tables of the language; this one has its settings
    if without:
        yield Finding(linked.name, "rejected", linked.by, f"no {linked.by}", without)


def _uses_of_linked(linked: LinkedFiles) -> dict[str, Use]:
    """Return, by heading, what the columns of a linked table are used for."""
    whose = f"the {linked.by.removesuffix('_id')} that a row belongs to"
    times = {"at": "when it happened", linked.by: whose}
    fields = {heading: times[field] for found in linked.maps for field, heading in found.headings.items()}
    headings = [heading for source in linked.files for heading in source.header]
    return {one: Use(fields.get(one, "what an expression may ask"), "") for one in headings}


def on_events(events: Events, engaging: Sequence[str], options: ReadOptions) -> Iterator[Finding]:
    """Yield what the events are like, name by name: what each counts as, with the names and kinds that engage."""
    # Unusable events are not in the frame, so that the rows of the files are counted apart.
    count = events.raw_rows()
    yield Finding("events", "file", PurePath(events.name).name, events.form, count)
    yield from on_columns("events", events.files, events.columns, options)
    found = events.frame.group_by("event").agg(pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
    table = found.sort("len", "event", descending=[True, False]).collect(engine="streaming")
    wanted = [event_kinds.names_of(names, events.kinds) for names in (engaging, events.purchases)]
    for event, rows, first, last in table.iter_rows():
        uses = _uses(event, events, *wanted)
        known = event_kinds.has_kind(event, events.kinds)
        parts = [event_kinds.kind(event, events.kinds) if known else "no kind", *uses]
        parts += [] if known or uses else ["counts for nothing"]
        change = () if uses or event_kinds.is_known(event, events.kinds) else ("--event-kind",)
        yield Finding("events", "event", event, f"{', '.join(parts)}; {first} to {last}", rows, change)
    if lost := count - int(table["len"].sum()):
        yield Finding("events", "rejected", "", "no customer, event or readable time", lost, ("--map", "--date-format"))


def _uses(event: str, events: Events, engaging: frozenset[str], orders: frozenset[str]) -> list[str]:
    """Return what an event counts for."""
    side, channel = event_kinds.side(event, events.kinds), event_kinds.channel_named(event) or "its channel"
    uses = {
        "engagement": fold(event) in engaging,
        "an order": fold(event) in orders,
        f"closes {channel}": side == "against",
        f"opens {channel} again": side == "for",
    }
    return [use for use, holds in uses.items() if holds]
