"""What the tables beside orders are like: the rows of `rfm check` on customers, events and products."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import polars as pl

from rfm_cli.model import Finding
from rfm_cli.tables.channels import channels_of
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.products import Products
from rfm_cli.views.check_columns import on_columns


def on_customers(customers: Customers, options: ReadOptions) -> Iterator[Finding]:
    """Yield what the customers table is like."""
    yield Finding("customers", "file", PurePath(customers.name).name, customers.form, customers.rows)
    yield from on_columns("customers", customers.files, customers.columns, options, _uses(customers))
    if customers.repeated:
        yield Finding("customers", "repeated rows", "", "counted once", customers.repeated)
    if customers.without_id:
        yield Finding("customers", "rejected", "customer", "no customer id", customers.without_id)


def _uses(customers: Customers) -> dict[str, str]:
    """Return the uses of columns of consents by heading."""
    headings = customers.columns.headings
    channels = [channel for channel in channels_of(customers) if channel.consent]
    return {
        headings.get(str(channel.consent), str(channel.consent)): f"who may get {channel.name}: only a yes counts"
        for channel in channels
    }


def on_products(products: Products, options: ReadOptions) -> Iterator[Finding]:
    """Yield what the products are like."""
    count = sum(source.frame.select(pl.len()).collect(engine="streaming").item() for source in products.files)
    yield Finding("products", "file", PurePath(products.name).name, products.form, count)
    yield from on_columns("products", products.files, products.columns, options)


def on_events(events: Events, options: ReadOptions) -> Iterator[Finding]:
    """Yield what the events are like, name by name."""
    # Unusable events are not in the frame, so that the rows of the files are counted apart.
    count = events.raw_rows()
    yield Finding("events", "file", PurePath(events.name).name, events.form, count)
    yield from on_columns("events", events.files, events.columns, options)
    found = events.frame.group_by("event").agg(pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
    table = found.sort("len", "event", descending=[True, False]).collect(engine="streaming")
    for event, rows, first, last in table.iter_rows():
        yield Finding("events", "event", event, f"{first} to {last}", rows)
    if lost := count - int(table["len"].sum()):
        yield Finding("events", "rejected", "", "no customer, event or readable time", lost, ("--map", "--date-format"))
