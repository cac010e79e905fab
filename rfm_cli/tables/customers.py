"""The tables of customers, events and products: opened, typed, and asked since when they know a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, columns, days, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.date_parsing import as_text
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ENGAGING, ReadOptions
from rfm_cli.tables.paths import Given
from rfm_cli.tables.read_errors import input_errors

EVER = date(1, 1, 1)
"""The day of customers that have always been known: their table does not say since when."""


@dataclass(frozen=True)
class Customers:
    """The customers table, one row per customer: customer_id (text), known_from (date), and its own columns.

    `repeated` counts rows that repeat another one exactly, `undated` those whose registered_at cannot be read.
    `dates` are sentences on how registered_at was read.
    """

    table: pl.DataFrame
    attributes: Mapping[str, str]
    rows: int
    repeated: int
    without_id: int
    name: str
    form: str
    columns: ColumnMap
    left_out: int = 0
    undated: int = 0
    files: tuple[sources.InputFile, ...] = ()
    dates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Events:
    """The events files: one typed row per event (customer_id text, event, day), lazily.

    `dates` are sentences on how their times were read.
    """

    frame: pl.LazyFrame
    name: str
    form: str
    columns: ColumnMap
    files: tuple[sources.InputFile, ...] = ()
    dates: tuple[str, ...] = ()

    def raw_rows(self) -> int:
        """Count the rows of the files, those left out included."""
        with input_errors(self.name):
            counts = pl.collect_all([source.frame.select(pl.len()) for source in self.files], engine="streaming")
        return sum(int(count.item()) for count in counts) + sum(source.left_out for source in self.files)

    def unusable(self) -> int:
        """Count rows without a customer, an event or a readable time; rows with too many fields are not among them."""
        with input_errors(self.name):
            usable = self.frame.select(pl.len()).collect(engine="streaming").item()
        return self.raw_rows() - sum(source.left_out for source in self.files) - int(usable)


def open_customers(paths: Sequence[Given], options: ReadOptions) -> Customers:
    """Open the customers at `paths`. Identical rows count once.

    Raises `InputError` where two rows under one id differ.
    """
    opened = sources.open_whole(paths, options)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} customers files"
    maps, frames = [], []
    dates: tuple[str, ...] = ()
    for source in opened:
        found = columns.detect("customers", source.header, options.map_of("customers"), source.name)
        columns.require(found, ("customer_id",), source.header, source.name)
        with input_errors(source.name):
            column_types.refuse_broken(
                source.frame, found["customer_id"], source.schema[found["customer_id"]], source.name
            )
            since = _reading(source, found.get("registered_at"), options)
            frames.append(_people(source, found, since))
            dates += () if since is None else since.in_words(found["registered_at"], options.zone)
        maps.append(found)
    table = pl.concat(frames, how="diagonal_relaxed")
    undated = _undated(table)
    table = table.with_columns(pl.col("known_from").fill_null(EVER))
    without = table["customer_id"].null_count()
    named = table.drop_nulls("customer_id")
    # Exports repeat rows; only rows that differ leave a doubt about the customer.
    once = named.unique(maintain_order=True)
    _refuse_doubled(once, name)
    return Customers(
        once,
        _attributes_of(once, maps),
        table.height,
        named.height - once.height,
        without,
        name,
        opened[0].form,
        maps[0],
        left_out=sum(source.left_out for source in opened),
        undated=undated,
        files=opened,
        dates=tuple(dict.fromkeys(dates)),
    )


def _refuse_doubled(once: pl.DataFrame, name: str) -> None:
    """Raise `InputError` where two different rows have one id."""
    doubled = once.filter(pl.col("customer_id").is_duplicated())["customer_id"]
    if len(doubled):
        count = doubled.n_unique()
        who = f"{count:,} customer{'s have' if count > 1 else ' has'}"
        raise InputError(f"{name}: {who} rows that differ, for example {doubled.min()!r}", "keep one row per customer")


def _attributes_of(once: pl.DataFrame, maps: Sequence[ColumnMap]) -> dict[str, str]:
    """Return the columns that are attributes, by folded name."""
    attributes = {fold(column): column for column in once.columns if column not in ("customer_id", "known_from")}
    # A field answers to its heading in the file as well: --with EmailAddress is --with email.
    attributes |= {
        fold(heading): field for found in maps for field, heading in found.headings.items() if field in once.columns
    }
    # The id is the key of the table and no attribute.
    attributes.pop(fold(maps[0]["customer_id"]), None)
    return attributes


def _undated(table: pl.DataFrame) -> int:
    """Count customers with something in registered_at that is not a date."""
    if "registered_at" not in table.columns:
        return 0
    text = as_text(pl.col("registered_at"), table.schema["registered_at"])
    return int(table.select((pl.col("known_from").is_null() & (text.str.strip_chars() != "")).sum()).item())


def _column(source: sources.InputFile, heading: str) -> tuple[pl.LazyFrame, str, pl.DataType, str]:
    """Return a column as `days` takes it: the rows, the heading, the type, and its name in messages."""
    return source.frame, heading, source.schema[heading], f"{source.name}: column {heading!r}"


def _reading(source: sources.InputFile, heading: str | None, options: ReadOptions) -> days.DayReading | None:
    """Choose how to read registered_at; None where the file has no such column."""
    return None if heading is None else days.day_reading(*_column(source, heading), options)


def _people(source: sources.InputFile, found: ColumnMap, since: days.DayReading | None) -> pl.DataFrame:
    """Read one file of customers: id, known_from (null where nothing gives it), and all other columns.

    A column that is a field has the name of the field.
    """
    heading = found["customer_id"]
    made = {"customer_id": column_types.id_of(heading, source.schema[heading], source.name).cast(pl.String)}
    made["known_from"] = pl.lit(None, pl.Date)
    if since is not None:
        made["known_from"] = since.day
    renamed = {heading: field for field, heading in found.headings.items()}
    fields = {fold(field) for field in found.headings}
    rest = [
        pl.col(column).alias(renamed.get(column, column))
        for column in source.schema
        if column != heading
        and renamed.get(column, column) not in made
        and (column in renamed or fold(column) not in fields)
    ]
    return source.frame.select(**made, **{column.meta.output_name(): column for column in rest}).collect()


def open_events(paths: Sequence[Given], options: ReadOptions) -> Events:
    """Open the events at `paths`; rows without a customer, event or readable time are left out."""
    frames, maps = [], []
    dates: tuple[str, ...] = ()
    opened = sources.open_whole(paths, options)
    for source in opened:
        found = columns.detect("events", source.header, options.map_of("events"), source.name)
        columns.require(found, ("customer_id", "event", "at"), source.header, source.name)
        with input_errors(source.name):
            column_types.refuse_broken(
                source.frame, found["customer_id"], source.schema[found["customer_id"]], source.name
            )
            at = days.day_reading(*_column(source, found["at"]), options)
            frames.append(_events(source, found, at.day))
            dates += at.in_words(found["at"], options.zone)
        maps.append(found)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} events files"
    return Events(pl.concat(frames, how="diagonal"), name, opened[0].form, maps[0], opened, tuple(dict.fromkeys(dates)))


def _events(source: sources.InputFile, found: ColumnMap, day: pl.Expr) -> pl.LazyFrame:
    heading = found["customer_id"]
    made = {
        "customer_id": column_types.id_of(heading, source.schema[heading], source.name).cast(pl.String),
        "event": pl.col(found["event"]).cast(pl.String).str.strip_chars(),
        "day": day,
    }
    for extra in ("channel", "campaign_id", "variant", "product_id", "session_id"):
        if extra in found:
            made[extra] = pl.col(found[extra]).cast(pl.String)
    return source.frame.select(**made).drop_nulls(["customer_id", "event", "day"])


def known_from(customers: Customers | None, events: Events | None) -> pl.DataFrame | None:
    """Return the first day on which customers or events know each customer: customer_id, known_from; None without
    tables."""
    frames = []
    if customers:
        # Known from ever only where nothing else dates the customer: an event's day comes first.
        frames.append(customers.table.lazy().select("customer_id", "known_from"))
    if events:
        frames.append(events.frame.group_by("customer_id").agg(known_from=pl.col("day").min()))
    if not frames:
        return None
    # Of several tables the earliest day counts; a table without a day says nothing about it.
    dated = pl.when(pl.col("known_from") != EVER).then("known_from")
    first = pl.concat(frames).group_by("customer_id").agg(known_from=dated.min().fill_null(EVER))
    with input_errors(events.name if events else "customers"):
        return first.collect(engine="streaming")


def engagement(events: Events, as_of: date, days_back: int, names: Sequence[str] = ENGAGING) -> pl.DataFrame:
    """Count engaging events by customer: customer_id, engagement (events in (as_of - days_back, as_of]), last_event.

    `last_event` is the number of days since the last engaging event on or before `as_of`, however long ago. Customers
    without any are absent.
    """
    engaging = [fold(name) for name in names]
    folded = pl.col("event").str.to_lowercase().str.replace_all(r"[ _\-]", "")
    age = pl.lit(as_of) - pl.col("day")
    seen = events.frame.filter(folded.is_in(engaging), pl.col("day") <= as_of).select(
        "customer_id", age=age.dt.total_days().cast(pl.Int32)
    )
    counted = seen.group_by("customer_id").agg(
        engagement=(pl.col("age") < days_back).sum().cast(pl.Int32), last_event=pl.col("age").min()
    )
    with input_errors(events.name):
        return counted.sort("customer_id").collect(engine="streaming")


@dataclass(frozen=True)
class Products:
    """The products files: their name in messages, their form, and which heading holds which field."""

    files: tuple[sources.InputFile, ...]
    name: str
    form: str
    columns: ColumnMap


def open_products(paths: Sequence[Given], options: ReadOptions) -> Products:
    """Open the products at `paths`, so that a wrong file is reported at once; no score needs them.

    Raises `InputError` where a file cannot be read or has no product_id.
    """
    opened = sources.open_whole(paths, options)
    maps = [columns.detect("products", one.header, options.map_of("products"), one.name) for one in opened]
    for source, found in zip(opened, maps, strict=True):
        columns.require(found, ("product_id",), source.header, source.name)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} products files"
    return Products(opened, name, opened[0].form, maps[0])
