"""The customers table: opened, typed, and asked since when it knows a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.clock import EVER
from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, columns, days, ids, sources
from rfm_cli.tables.columns import NO_COLUMN, ColumnMap
from rfm_cli.tables.date_parsing import as_text
from rfm_cli.tables.fields import CONSENTS, fold
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import Given
from rfm_cli.tables.persons import Persons, one_row_each, persons_in, table_at
from rfm_cli.tables.read_errors import input_errors

if TYPE_CHECKING:
    from rfm_cli.tables.order_model import Orders

WRITTEN = "(id as it is written)"


@dataclass(frozen=True)
class Customers:
    """The customers table, one row per customer: customer_id (text), known_from (date), and its own columns.

    `repeated` counts rows that repeat another one exactly, `undated` those whose registered_at cannot be read.
    `dates` are sentences on how registered_at was read. `persons` has the rows behind a table of one row a person.
    `consent_given` are channels to which all customers have agreed at the user's word, and `withheld` the fields that
    the user takes from no column.
    `folded` says how many ids became others, None where none did.
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
    persons: Persons | None = None
    consent_given: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    folded: str | None = None


def open_customers(paths: Sequence[Given], options: ReadOptions, person: str | None = None) -> Customers:
    """Open the customers at `paths`. Identical rows count once.

    With `person`, the right side of a map that names the column of persons, the table is one row a person.
    Raises `InputError` where two rows under one id differ.
    """
    opened = with_mapped(sources.open_whole(paths, options, "customers"), "customers", options)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} customers files"
    files = [_opened(source, options) for source in opened]
    maps, frames = [file.columns for file in files], [file.rows for file in files]
    dates = [words for file in files for words in file.dates]
    table = pl.concat(frames, how="diagonal_relaxed")
    undated = _undated(table)
    table = table.with_columns(pl.col("known_from").fill_null(EVER))
    without = table["customer_id"].null_count()
    named = table.drop_nulls("customer_id")
    once = _with_addresses(_once(named, name).drop(WRITTEN))
    if "email" in once.columns and all("email" not in found for found in maps):
        maps[0] = replace(maps[0], headings={**maps[0].headings, "email": maps[0]["customer_id"]})
    attributes = _attributes_of(once, maps)
    is_numbered = all(one.schema[own["customer_id"]].is_integer() for one, own in zip(opened, maps, strict=True))
    persons = persons_in(once, attributes, person, name, options) if person else None
    return Customers(
        _with_addresses(one_row_each(persons.rows)) if persons else once,
        attributes,
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
        persons=persons,
        consent_given=options.consent_given,
        withheld=frozenset(field for field, heading in options.map_of("customers").items() if heading == NO_COLUMN),
        folded=None if is_numbered or options.ids != "folded" else ids.in_words(named[WRITTEN].unique()),
    )


@dataclass(frozen=True)
class _File:
    """One file of customers: its columns, its rows, and sentences on how registered_at was read."""

    columns: ColumnMap
    rows: pl.DataFrame
    dates: tuple[str, ...]


def _opened(source: sources.InputFile, options: ReadOptions) -> _File:
    found = columns.detect("customers", source.header, options.map_of("customers"), source.name)
    columns.require(found, ("customer_id",), source.header, source.name, source.head())
    customer = found["customer_id"]
    with input_errors(source.name):
        column_types.refuse_broken(source.frame, customer, source.schema[customer], source.name)
        since = _reading(source, found.get("registered_at"), options)
        dates = () if since is None else since.in_words(found["registered_at"], options.zone)
        return _File(found, _people(source, found, since, options), dates)


def at_date(customers: Customers, orders: Orders | None, as_of: date | None) -> Customers:
    """Return the customers with the attributes that persons have by a date (None: by all orders)."""
    if customers.persons is None:
        return customers
    table = _with_addresses(table_at(customers.persons, orders, as_of))
    return replace(customers, table=table, persons=None)


def _with_addresses(once: pl.DataFrame) -> pl.DataFrame:
    """Return customers with the ids that are e-mails as `email`, unless the table has a column of e-mails."""
    customer_id = pl.col("customer_id")
    if "email" in map(fold, once.columns) or not once["customer_id"].str.contains("@", literal=True).any():
        return once
    email = pl.when(customer_id.str.contains(ids.ADDRESS)).then(customer_id)
    with_email = once.with_columns(email=email)
    return with_email if with_email["email"].count() else once


def _once(named: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return each row once; raise `InputError` where two rows that differ have one id."""
    if named["customer_id"].n_unique() == named.height:
        return named
    # Exports repeat rows; only rows that differ leave a doubt about the customer.
    once = named.unique([one for one in named.columns if one != WRITTEN], keep="first", maintain_order=True)
    _refuse_doubled(once, name)
    return once


def _refuse_doubled(once: pl.DataFrame, name: str) -> None:
    """Raise `InputError` where two different rows have one id."""
    doubled = once.filter(pl.col("customer_id").is_duplicated())
    if doubled.is_empty():
        return
    count, example = doubled["customer_id"].n_unique(), doubled["customer_id"].min()
    who = f"{count:,} customer{'s have' if count > 1 else ' has'}"
    spelled = doubled.filter(pl.col("customer_id") == example)[WRITTEN].unique().sort().to_list()
    if len(spelled) == 1:
        raise InputError(f"{name}: {who} rows that differ, for example {example!r}", "keep one row per customer")
    written = " and ".join(map(repr, spelled))
    raise InputError(
        f"{name}: {who} rows that differ, for example {example!r}, written {written}",
        "keep one row per customer; or keep ids as they are written, for all tables: --ids exact",
    )


def _attributes_of(once: pl.DataFrame, maps: Sequence[ColumnMap]) -> dict[str, str]:
    """Return the columns that are attributes, by folded name."""
    attributes = {fold(column): column for column in once.columns if column not in ("customer_id", "known_from")}
    # A field answers to its heading in the file as well: --with EmailAddress is --with email.
    attributes |= {
        fold(heading): field for found in maps for field, heading in found.headings.items() if field in once.columns
    }
    # A field keeps its name beside another column that is called so.
    attributes |= {fold(field): field for found in maps for field in found.headings if field in once.columns}
    # The id is the key of the table and no attribute, unless it is an address as well.
    if (key := fold(maps[0]["customer_id"])) not in map(fold, once.columns):
        attributes.pop(key, None)
    return attributes


def _undated(table: pl.DataFrame) -> int:
    """Count customers with something in registered_at that is not a date."""
    if "registered_at" not in table.columns:
        return 0
    text = as_text(pl.col("registered_at"), table.schema["registered_at"])
    # Few dates are missing, and only these are looked at as texts.
    missing = table.lazy().filter(pl.col("known_from").is_null()).select((text.str.strip_chars() != "").sum())
    return int(missing.collect().item())


def _reading(source: sources.InputFile, heading: str | None, options: ReadOptions) -> days.DayReading | None:
    """Choose how to read registered_at; None where the file has no such column."""
    return None if heading is None else days.day_reading(*source.column(heading), options)


def _people(
    source: sources.InputFile, found: ColumnMap, since: days.DayReading | None, options: ReadOptions
) -> pl.DataFrame:
    """Read one file of customers: id, known_from (null where nothing gives it), and all other columns.

    A column that is a field has the name of the field. `WRITTEN` has the ids before they are folded.
    """
    heading = found["customer_id"]
    one = (heading, source.schema[heading], source.name)
    made = {"customer_id": ids.id_in(*one, options).cast(pl.String)}
    made[WRITTEN] = column_types.id_of(*one).cast(pl.String)
    made["known_from"] = pl.lit(None, pl.Date)
    if since is not None:
        made["known_from"] = since.day
    # An e-mail may be id and address at once.
    shared = [field for field, own in found.headings.items() if own == heading and field != "customer_id"]
    renamed = {own: field for field, own in found.headings.items() if own != heading}
    fields = {fold(field) for field in found.headings}
    rest = {
        renamed.get(column, column): pl.col(column)
        for column in source.schema
        if column != heading
        and renamed.get(column, column) not in made
        and (column in renamed or fold(column) not in fields)
    }
    # A column that is not the field of its name may still say no, and is kept under another name.
    rest |= {
        f"{column} ": pl.col(column)
        for column in source.schema
        if column not in renamed and fold(column) in fields and fold(column) in map(fold, CONSENTS)
    }
    return source.frame.select(**made, **dict.fromkeys(shared, made["customer_id"]), **rest).collect()
