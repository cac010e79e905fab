"""Attributes of customers: city, channel and the like, from the first table that has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.tables import rules
from rfm_cli.tables.customers import Customers, at_date
from rfm_cli.tables.fields import fold
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.order_rows import typed_rows

ID = fold("customer_id")


def attributes(
    names: Sequence[str],
    customers: Customers | None,
    orders: Orders | None,
    as_of: date | None,
    one_row: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return attributes by customer_id, one column per name, from the first table that has it.

    The tables, in this order: customers; the other columns of a file with one row per customer; the latest order row on
    or before `as_of` that has a value (of values of one moment the first by text). Raises `UsageError` for unknown
    names.
    """
    customers = customers and at_date(customers, orders, as_of)
    tables = []
    for name in names:
        found = attribute(name, customers, orders, as_of, one_row)
        if found is None:
            raise _unknown(name, customers, orders, one_row.columns if one_row is not None else ())
        tables.append(found)
    result = tables[0]
    for table in tables[1:]:
        result = result.join(table, on="customer_id", how="full", coalesce=True)
    return result


def attribute(
    name: str,
    customers: Customers | None,
    orders: Orders | None,
    as_of: date | None,
    one_row: pl.DataFrame | None = None,
) -> pl.DataFrame | None:
    """Return one attribute by customer_id from the first table that has it, None where none has."""
    beside = {fold(column): column for column in (one_row.columns if one_row is not None else ())}
    if fold(name) == ID:  # it tells customers apart, and is the key of each of these tables
        return None
    if customers and fold(name) in customers.attributes:
        return customers.table.select("customer_id", pl.col(customers.attributes[fold(name)]).alias(name))
    if one_row is not None and fold(name) in beside:
        return one_row.select("customer_id", pl.col(beside[fold(name)]).alias(name))
    return _order_attribute(orders, name, as_of) if orders and as_of else None


def _unknown(name: str, customers: Customers | None, orders: Orders | None, beside: Iterable[str]) -> UsageError:
    """Return the error for a name that no attribute has."""
    return UsageError(
        f"no attribute is called {name!r}", did_you_mean(name, [*beside, *attribute_names(customers, orders)])
    )


def attribute_names(customers: Customers | None, orders: Orders | None) -> list[str]:
    """List the names of attributes: columns of the customers table, then headings of the orders."""
    names = list(dict.fromkeys(customers.attributes.values())) if customers else []
    if orders:
        names += [heading for file in orders.files for heading in file.source.header]
    return [name for name in dict.fromkeys(names) if fold(name) != ID]


def _order_attribute(orders: Orders, name: str, as_of: date) -> pl.DataFrame | None:
    """Return one attribute from the latest order row of each customer that has a value; None if no file has it."""
    frames = []
    # A field may have another heading in each file; --with takes either.
    for file in orders.files:
        heading = file.columns.get(name) or next(
            (known for known in file.source.header if fold(known) == fold(name)), None
        )
        if heading is None:
            continue
        value = pl.col(heading).cast(pl.String)
        # The moment, not the day: of two orders on one day the later one counts.
        extra = {
            "moment": file.moment(orders.options.zone).cast(pl.Datetime("us")),
            "attribute": pl.when(value.str.strip_chars() != "").then(value),
        }
        frames.append(
            typed_rows(file, orders.options, extra)
            .filter(pl.col("rule") == rules.ACCEPTED, pl.col("day") <= as_of)
            .select("moment", "attribute", customer_id=pl.col("customer").cast(pl.String))
            .drop_nulls()
        )
    if not frames:
        return None
    return (
        pl.concat(frames)
        .sort("customer_id", "moment", "attribute", descending=[False, True, False])
        .group_by("customer_id", maintain_order=True)
        .agg(pl.col("attribute").first().alias(name))
        .collect()
    )
