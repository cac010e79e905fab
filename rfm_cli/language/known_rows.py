"""Products and customers, which rows belong to, and events, which belong to customers."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.language.columns import CUSTOMER_KEY, Column, LinkedTable, Parent
from rfm_cli.language.file_columns import (
    Part,
    file_columns,
    id_of,
    key_of,
    kind_of_time,
    known_by,
    part_of,
    time_column,
    with_names,
)
from rfm_cli.notes import counted
from rfm_cli.tables import column_types, event_kinds, ids
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.events import Events, name_counts, name_of
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.products import Products
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.sources import InputFile


def products_parent(products: Products, options: ReadOptions) -> Parent:
    """Return the products by product_id. Repeated rows are one; a row without an id is none.

    Raises `InputError` where two rows with one id differ.
    """
    parts = [part_of(source, found, "product_id") for source, found in zip(products.files, products.maps, strict=True)]
    columns = file_columns(parts, options, ("product_id",))
    frames = [
        source.frame.select(product_id=id_of(source, found["product_id"]), **values)
        for source, found, values in zip(products.files, products.maps, columns.values, strict=True)
    ]
    with input_errors(products.name):
        rows = pl.concat(frames).drop_nulls("product_id").unique(maintain_order=True).collect(engine="streaming")
    doubled = rows.filter(pl.col("product_id").is_duplicated())
    if not doubled.is_empty():
        which, example = counted(doubled["product_id"].n_unique(), "product"), doubled["product_id"].min()
        raise InputError(
            f"{products.name}: {which} with rows that differ, for example {example!r}", "keep one row per product"
        )
    key = Column("product_id", "exact", pl.String())
    named = {**columns.columns} | with_names(key, *(found["product_id"] for found in products.maps))
    return Parent("products", "product_id", rows.lazy(), named, is_small=True)


def customers_parent(customers: Customers, options: ReadOptions) -> Parent:
    """Return the columns of the customers table by customer_id, under all names that `--with` takes.

    A table of several files has been put into one, so that a column of texts has one reading as well.
    """
    table = customers.table
    columns: dict[str, Column] = {}
    part = Part(table.lazy(), customers.name, table.schema, table.columns, {})
    own = file_columns([part], options, ("customer_id", "known_from"))
    by_name = {column.name: column for column in own.columns.values()}
    for key, name in customers.attributes.items():
        if (column := by_name.get(name)) is not None:
            columns[key] = column
    frame = table.lazy().select("customer_id", **own.values[0])
    return Parent("customers", "customer_id", frame, columns)


def events_table(events: Events, as_of: date | None, options: ReadOptions, products: Parent | None) -> LinkedTable:
    """Return the events up to a day (None: all), one row each.

    Columns: event, kind, at, and those of the files; with products, those of the product as well.
    """
    parts = [part_of(source, found, "customer_id") for source, found in zip(events.files, events.maps, strict=True)]
    found = file_columns(parts, options, ("customer_id", "event", "kind", "at", "product_id", "order_id"))
    at, times = time_column(events.times)
    types = [source.schema[one["customer_id"]] for source, one in zip(events.files, events.maps, strict=True)]
    are_numbers = all(column_types.id_type(dtype) == pl.Int64 for dtype in types)
    frames = []
    for source, headings, time, values in zip(events.files, events.maps, times, found.values, strict=True):
        name = name_of(headings["event"], events.trimmed)
        customer = _customer(source, headings["customer_id"], events, options)
        made = {
            "customer_id": customer.cast(pl.String),
            "event": name,
            "kind": event_kinds.kind_of(name, events.kinds),
            "at": time,
            **({CUSTOMER_KEY: customer} if are_numbers else {}),
        }
        made |= {key: key_of(source, headings[key]) for key in ("product_id", "order_id") if key in headings}
        frames.append(source.frame.select(**made, **values))
    rows = pl.concat(frames, how="diagonal").drop_nulls([CUSTOMER_KEY if are_numbers else "customer_id", "event", "at"])
    if as_of is not None:
        rows = rows.filter(known_by(at, as_of))
    columns = dict(found.columns)
    names = name_counts(events)["event"].unique()
    kinds = pl.Series("kind", sorted({event_kinds.kind(name, events.kinds) for name in names}), pl.String)
    event = Column("event", "name", pl.String(), texts=names.to_frame().lazy())
    columns |= with_names(event, *(one["event"] for one in events.maps))
    columns |= with_names(Column("kind", "name", pl.String(), texts=kinds.to_frame().lazy()))
    columns |= with_names(at, *(one["at"] for one in events.maps))
    for key in ("product_id", "order_id"):
        if any(key in one for one in events.maps):
            columns |= with_names(Column(key, "exact", pl.String()), *(one.get(key) for one in events.maps))
    parents = (products,) if products is not None and "productid" in columns else ()
    keys = tuple(key for key in ("product_id", "order_id") if fold(key) in columns)
    return LinkedTable("events", rows, columns, kind_of_time(at), ("customer_id", *keys), parents)


def _customer(source: InputFile, heading: str, events: Events, options: ReadOptions) -> pl.Expr:
    """Return the customers of events; they are folded only where the passes before have met an id that changes."""
    dtype = source.schema[heading]
    if events.odd:
        return ids.id_in(heading, dtype, source.name, options)
    found, kind = column_types.id_of(heading, dtype, source.name), column_types.id_type(dtype)
    return ids.without(found, kind, ids.no_customers(options), options.ids)
