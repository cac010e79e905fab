"""The events that an expression asks: one row each, with every column of their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from rfm_cli.language.columns import CUSTOMER_KEY, Column, LinkedTable, Parent
from rfm_cli.language.file_columns import (
    file_columns,
    key_of,
    kind_of_time,
    known_by,
    part_of,
    time_column,
    with_names,
)
from rfm_cli.tables import column_types, event_kinds, ids
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.events import Events, name_counts, name_of
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import InputFile

KEYS = ("product_id", "order_id")
"""Fields of events by which rows of other tables are found."""


def events_table(events: Events, as_of: date | None, options: ReadOptions, products: Parent | None) -> LinkedTable:
    """Return the events up to a day (None: all), one row each.

    Columns: event, kind, at, and those of the files; with products, those of the product as well.
    """
    files = list(zip(events.files, events.maps, strict=True))
    parts = [part_of(source, found, "customer_id") for source, found in files]
    found = file_columns(parts, options, ("customer_id", "event", "kind", "at", *KEYS))
    at, times = time_column(events.times)
    numbers = all(column_types.id_type(source.schema[one["customer_id"]]) == pl.Int64 for source, one in files)
    frames = []
    for (source, one), time, values in zip(files, times, found.values, strict=True):
        customer = _customer(source, one["customer_id"], events, options)
        own = {"at": time, **({CUSTOMER_KEY: customer} if numbers else {}), **_columns_of(source, one, events)}
        frames.append(source.frame.select(customer_id=customer.cast(pl.String), **own, **values))
    rows = pl.concat(frames, how="diagonal")
    if not all(events.whole):
        rows = rows.drop_nulls([CUSTOMER_KEY if numbers else "customer_id", "event", "at"])
    # What footers prove is not looked for again, so that rows which need no time are read without it.
    are_known = as_of is None or all(day is not None and day <= as_of for day in events.last_days)
    columns = {**found.columns, **_own_columns(events), **with_names(at, *(one["at"] for one in events.maps))}
    keys = tuple(key for key in KEYS if fold(key) in columns)
    return LinkedTable(
        "events",
        rows if as_of is None or are_known else rows.filter(known_by(at, as_of)),
        columns,
        kind_of_time(at),
        ("customer_id", *keys),
        (products,) if products is not None and "product_id" in keys else (),
    )


def _columns_of(source: InputFile, found: ColumnMap, events: Events) -> Mapping[str, pl.Expr]:
    """Return event, kind and the keys of a file."""
    event = name_of(found["event"], events.trimmed)
    keys = {key: key_of(source, found[key]) for key in KEYS if key in found}
    return {"event": event, "kind": event_kinds.kind_of(event, events.kinds), **keys}


def _own_columns(events: Events) -> dict[str, Column]:
    """Return the columns event, kind and the keys by folded name."""
    names = name_counts(events)["event"].unique()
    kinds = pl.Series("kind", sorted({event_kinds.kind(name, events.kinds) for name in names}), pl.String)
    event = Column("event", "name", pl.String(), texts=names.to_frame().lazy())
    columns = with_names(event, *(one["event"] for one in events.maps))
    columns |= with_names(Column("kind", "name", pl.String(), texts=kinds.to_frame().lazy()))
    files = list(zip(events.files, events.maps, strict=True))
    for key in KEYS:
        named = [(source, one[key]) for source, one in files if key in one]
        if named:
            texts = pl.concat([source.frame.select(key_of(source, heading).alias(key)) for source, heading in named])
            column = Column(key, "exact", pl.String(), texts=texts)
            columns |= with_names(column, *(heading for _, heading in named))
    return columns


def _customer(source: InputFile, heading: str, events: Events, options: ReadOptions) -> pl.Expr:
    """Return the customers of events; they are folded only where the passes before have met an id that changes."""
    dtype = source.schema[heading]
    if events.odd:
        return ids.id_in(heading, dtype, source.name, options)
    found, kind = column_types.id_of(heading, dtype, source.name), column_types.id_type(dtype)
    return ids.without(found, kind, ids.no_customers(options), options.ids)
