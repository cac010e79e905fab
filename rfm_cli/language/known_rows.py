"""Products and customers, which rows of other tables belong to."""

from __future__ import annotations

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.language.columns import Column, Parent
from rfm_cli.language.file_columns import (
    Part,
    file_columns,
    id_of,
    part_of,
    with_names,
)
from rfm_cli.notes import counted
from rfm_cli.tables.customers import Customers
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.products import Products
from rfm_cli.tables.read_errors import input_errors


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
    written = {field: heading for field, heading in customers.columns.headings.items() if field in table.columns}
    part = Part(table.lazy(), customers.name, table.schema, table.columns, {}, written)
    own = file_columns([part], options, ("customer_id", "known_from"))
    by_name = {column.name: column for column in own.columns.values()}
    for key, name in customers.attributes.items():
        if (column := by_name.get(name)) is not None:
            columns[key] = column
    frame = table.lazy().select("customer_id", **own.values[0])
    return Parent("customers", "customer_id", frame, columns)
