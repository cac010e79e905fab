"""The person behind the id: orders whose customer is a key of the customers table, which names the person.

Shops that make an id for each order have a second one for the person (`--map customer_id=customers.person_id`). The
customers table is then one row a person, with each attribute from the row of the latest order that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.clock import EVER
from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.notes import counted
from rfm_cli.tables import columns, ids, rules
from rfm_cli.tables.fields import STEP, TABLES, fold
from rfm_cli.tables.mapped import wanted_in
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.sources import InputFile, with_columns

if TYPE_CHECKING:
    from rfm_cli.tables.order_model import Orders

CUSTOMERS = f"customers{STEP}"
KEY = "(key of customers)"
"""A column of order files: the key in the customers table, as text."""


@dataclass(frozen=True)
class Persons:
    """The customers table before it was made one row a person: `key`, `customer_id` (the person) and its own columns.

    `text` is the right side of the map, `column` the column that names the person.
    """

    rows: pl.DataFrame
    text: str
    column: str

    def in_words(self) -> str:
        """Return what was done, in one sentence."""
        people = self.rows["customer_id"].drop_nulls().n_unique()
        return (
            f"one row a person: {counted(people, 'person')} by {self.column!r} in {counted(self.rows.height, 'row')}; "
            "each attribute is that of the latest order whose row has it"
        )


def text_of(table: str, options: ReadOptions, opened: Sequence[InputFile]) -> str | None:
    """Return the right side of the map that names the persons behind the ids of a table (orders or events), None where
    the map names none.

    `opened` are the files of the table. Raises `UsageError` for a column of another table than customers, and for
    another field than the customer.
    """
    found = None
    for name, text in options.map_of(table).items():
        other, step, column = text.partition(STEP)
        if not step or other not in TABLES or any(_has(source, name, text) for source in opened):
            continue
        if name != "customer_id" or other != "customers" or not column:
            raise UsageError(
                f"--map {name}={text}: only customer_id can come from another table, and that from customers",
                "for example --map customer_id=customers.person_id",
            )
        found = text
    return found


def names_persons(options: ReadOptions) -> bool:
    """Return whether a map may name persons in the customers table; a heading of the orders may be called so, too."""
    return any(text.startswith(CUSTOMERS) for table in ("orders", "events") for text in options.map_of(table).values())


def _has(source: InputFile, name: str, text: str) -> bool:
    """Return whether a file has the right side of a map itself, as a heading or inside a column."""
    return fold(text) in map(fold, source.header) or wanted_in(source.header, name, text) is not None


def persons_in(table: pl.DataFrame, attributes: dict[str, str], text: str, where: str, options: ReadOptions) -> Persons:
    """Return the persons of a customers table with one row per key (customer_id).

    Raises `InputError` where the table has no such column.
    """
    wanted = text.removeprefix(CUSTOMERS)
    column = attributes.get(fold(wanted))
    if column is None:
        raise InputError(
            f"{where}: no column {wanted!r}, which was given for customer_id", did_you_mean(wanted, attributes.values())
        )
    person = ids.id_in(column, table.schema[column], where, options).cast(pl.String)
    return Persons(table.with_columns(key=pl.col("customer_id"), customer_id=person), text, column)


def with_persons(
    opened: Sequence[InputFile], table: str, options: ReadOptions, persons: Persons | None, text: str
) -> tuple[InputFile, ...]:
    """Return the files with a column of persons, called as the map calls it, and with the key that led to them.

    A key that the customers table does not have leads to no person, so that its rows have no customer. Raises
    `UsageError` without a customers table.
    """
    if persons is None:
        raise UsageError(f"--map customer_id={text}: no customers were given", "give them: --customers FILE")
    known = persons.rows.select("key", "customer_id").drop_nulls()
    return tuple(_with_person(source, table, options, known, text) for source in opened)


def _with_person(source: InputFile, table: str, options: ReadOptions, known: pl.DataFrame, text: str) -> InputFile:
    given = {name: heading for name, heading in options.map_of(table).items() if name != "customer_id"}
    found = columns.detect(table, source.header, given, source.name)
    columns.require(found, ("customer_id",), source.header, source.name)
    heading = found["customer_id"]
    key = ids.id_in(heading, source.schema[heading], source.name, options).cast(pl.String)
    person = key.replace_strict(known["key"], known["customer_id"], default=None, return_dtype=pl.String)
    made = with_columns(source, {text: person, KEY: key})
    return replace(made, header=(*source.header, text))


def person_of(orders: Orders) -> str | None:
    """Return the column that names the persons of orders, as the map has it; None where the orders name customers."""
    named = (file.columns["customer_id"] for file in orders.files if KEY in file.source.schema)
    return next(named, None)


def table_at(persons: Persons, orders: Orders | None, as_of: date | None) -> pl.DataFrame:
    """Return one row per person with the attributes that orders up to `as_of` show (None: all orders).

    Raises `UsageError` where there are no orders to show them, as in a roll-up.
    """
    if orders is None:
        raise UsageError(
            f"--map customer_id={persons.text}: the latest order of a person is asked, and no orders are read",
            "give the orders, or a customers table of one row a person",
        )
    return one_row_each(persons.rows, _latest(orders, as_of))


def _latest(orders: Orders, as_of: date | None) -> pl.DataFrame:
    """Return the moment of the latest accepted order row of each key up to a date: key, moment."""
    frames = []
    for file in (one for one in orders.files if KEY in one.source.schema):
        extra = {"key": pl.col(KEY), "moment": file.moment(orders.options.zone).cast(pl.Datetime("us"))}
        rows = typed_rows(file, orders.options, extra).filter(pl.col("rule") == rules.ACCEPTED)
        frames.append((rows if as_of is None else rows.filter(pl.col("day") <= as_of)).select("key", "moment"))
    if not frames:  # the ids of the orders are the persons already
        return pl.DataFrame(schema={"key": pl.String, "moment": pl.Datetime("us")})
    return pl.concat(frames).group_by("key").agg(pl.col("moment").max()).collect(engine="streaming")


def one_row_each(rows: pl.DataFrame, latest: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return one row per person (customer_id), in the order of their texts, with the own columns of the table.

    Each attribute is that of the row of the latest order which has one: of rows of one moment, and of rows without an
    order, the first by text. A person is known from the earliest day of all rows.
    """
    named = rows.drop_nulls("customer_id")
    moments = latest if latest is not None else pl.DataFrame(schema={"key": pl.String, "moment": pl.Datetime("us")})
    dated = named.join(moments, on="key", how="left")
    day = pl.when(pl.col("known_from") != EVER).then("known_from")
    result = named.group_by("customer_id").agg(known_from=day.min().fill_null(EVER)).sort("customer_id")
    own = [name for name in rows.columns if name not in ("key", "customer_id", "known_from")]
    for name in own:
        result = result.join(_attribute(dated, name), on="customer_id", how="left", maintain_order="left")
    return result.select(name for name in rows.columns if name != "key")


def _attribute(dated: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return one attribute of each person that has it: customer_id and the attribute."""
    text = pl.col(name).cast(pl.String)
    order = [pl.col("customer_id"), pl.col("moment"), text]
    there = dated.filter((text.str.strip_chars() != "").fill_null(value=False))
    ordered = there.sort(order, descending=[False, True, False], nulls_last=[False, True, False])
    return ordered.unique("customer_id", keep="first", maintain_order=True).select("customer_id", name)
