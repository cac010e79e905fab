"""Tables that rfm.toml links to customers, orders or products: `[linked.NAME]`, opened where one is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from rfm_cli.errors import InputError, did_you_mean
from rfm_cli.language.columns import ORDER, Column, LinkedTable, Parent
from rfm_cli.language.file_columns import file_columns, id_of, kind_of_time, known_by, part_of, time_column, with_names
from rfm_cli.model import LinkedPath
from rfm_cli.tables import column_types, days, ids, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.days import DayReading
from rfm_cli.tables.fields import aliases, fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.read_errors import input_errors

TABLE_OF = {"customer_id": "customers", "order_id": "lines", "product_id": "products"}
"""The tables whose aliases say what the column of a key may be called."""


@dataclass(frozen=True)
class LinkedFiles:
    """The files of a linked table, opened, with the columns of its key and of its times (`at`) in each."""

    name: str
    by: str
    files: tuple[sources.InputFile, ...]
    maps: tuple[ColumnMap, ...]
    options: ReadOptions

    def key(self, source: sources.InputFile, found: ColumnMap) -> pl.Expr:
        """Return the key of a row as text, as it is in the table that it links to."""
        heading = found[self.by]
        if self.by != "customer_id":
            return id_of(source, heading)
        return ids.id_in(heading, source.schema[heading], source.name, self.options).cast(pl.String)

    def rows(self) -> tuple[int, int]:
        """Count the rows, and those without a key."""
        counts = [
            source.frame.select(rows=pl.len(), without=self.key(source, found).is_null().sum())
            for source, found in zip(self.files, self.maps, strict=True)
        ]
        with input_errors(self.name):
            found = pl.concat(pl.collect_all(counts, engine="streaming"))
        return int(found["rows"].sum()), int(found["without"].sum())


def open_linked(table: LinkedPath, options: ReadOptions) -> LinkedFiles:
    """Open the files of a linked table. Raises `InputError` where a file cannot be read, or lacks a column."""
    opened = sources.open_whole(table.paths, options, table.name)
    maps = []
    for source in opened:
        headings: dict[str, str] = {table.by: _key_heading(source, table.by)}
        if table.at is not None:
            headings["at"] = _heading(source, table.at)
        maps.append(ColumnMap(table.name, headings, dict.fromkeys(headings, "given")))
        column_types.refuse_broken(source.frame, headings[table.by], source.schema[headings[table.by]], source.name)
    return LinkedFiles(table.name, table.by, opened, tuple(maps), options)


def _key_heading(source: sources.InputFile, by: str) -> str:
    """Return the heading of the key: its own name, else an alias."""
    for name in (fold(by), *aliases(TABLE_OF[by], by)):
        if found := [heading for heading in source.header if fold(heading) == name]:
            return found[0]
    raise InputError(f"{source.name}: no column for {by}", did_you_mean(by, source.header))


def _heading(source: sources.InputFile, name: str) -> str:
    """Return the heading that the setting `at` names."""
    for heading in source.header:
        if fold(heading) == fold(name):
            return heading
    raise InputError(f"{source.name}: no column {name!r}, which was given for at", did_you_mean(name, source.header))


@dataclass(frozen=True)
class Neighbors:
    """The tables that a linked table may belong to, each opened where it is needed; None for one that is missing."""

    orders: Callable[[], LinkedTable | None]
    products: Callable[[], Parent | None]


def linked_table(linked: LinkedFiles, as_of: date | None, neighbors: Neighbors) -> LinkedTable:
    """Return the rows of a linked table that have a key, up to a day where they have times.

    Rows that belong to an order have its customer, and those of an order that is no purchase are left out. Where two
    customers have one order id, its rows are of the earlier purchase.
    """
    pairs = list(zip(linked.files, linked.maps, strict=True))
    found = file_columns(
        [part_of(source, one, linked.by) for source, one in pairs], linked.options, (linked.by, "at", ORDER)
    )
    readings = _times(linked)
    at, times = time_column(readings) if readings else (None, [])
    frames = []
    for place, (source, one) in enumerate(pairs):
        made = {linked.by: linked.key(source, one), **({"at": times[place]} if at else {})}
        frames.append(source.frame.select(**made, **found.values[place]))
    rows = pl.concat(frames, how="diagonal").drop_nulls(linked.by)
    columns = dict(found.columns)
    if at is not None:
        columns |= with_names(at, *(one["at"] for one in linked.maps))
        # A row whose time is not known is a row all the same.
        rows = rows if as_of is None else rows.filter(known_by(at, as_of).fill_null(value=True))
    if linked.by != "customer_id":
        columns |= with_names(Column(linked.by, "exact", pl.String()), *(one[linked.by] for one in linked.maps))
    table = LinkedTable(linked.name, rows, columns, kind_of_time(at) if at else None, (linked.by,))
    return _with_parents(table, linked.by, neighbors)


def _times(linked: LinkedFiles) -> list[DayReading]:
    """Return how the times of each file are read; none without times."""
    found = []
    for source, one in zip(linked.files, linked.maps, strict=True):
        if "at" in one:
            with input_errors(source.name):
                found.append(days.day_reading(*source.column(one["at"]), linked.options))
    return found


def _with_parents(table: LinkedTable, by: str, neighbors: Neighbors) -> LinkedTable:
    """Return a linked table with what its rows belong to: products, or orders with their customers."""
    if by == "product_id":
        products = neighbors.products()
        return replace(table, parents=(products,) if products else ())
    if by == "customer_id" or (bought := neighbors.orders()) is None:
        return table
    named = bought.frame.select("order_id", "customer_id", ORDER, earliest=pl.col("at").cast(pl.Date))
    first = pl.col("customer_id", ORDER).sort_by("earliest", "customer_id").first()
    one_each = named.drop_nulls("order_id").group_by("order_id").agg(first)
    frame = table.frame.join(one_each, on="order_id", how="inner")
    order = Parent("orders", ORDER, bought.whole, bought.columns)
    return replace(table, frame=frame, links=("order_id", "customer_id"), parents=(order,))
