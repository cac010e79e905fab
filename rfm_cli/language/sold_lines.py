"""The lines of purchases that an expression asks: of a file of lines, else the order rows that name what was sold.

A line has the customer and the time of its order. A file of lines names orders by id alone: where two customers have
one id, its lines are of the earlier purchase, as their money is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.language.columns import CUSTOMER_KEY, ORDER, Column, LinkedTable, Parent
from rfm_cli.language.file_columns import file_columns, key_of, names_of, part_of, with_names
from rfm_cli.language.purchases import AT, COMPUTED, CURRENCY, MARK, OrderRows, order_rows, purchases
from rfm_cli.measures.purchases import Counting, is_purchase
from rfm_cli.tables import column_types, money, rules, sources
from rfm_cli.tables import lines as line_tables
from rfm_cli.tables.lines import LineFiles
from rfm_cli.tables.money import MOST_DECIMALS
from rfm_cli.tables.order_model import Orders

SOLD = ("product_id", "category")
"""Fields of order rows that say what was sold."""
NUMBER = "(order number)"
"""A column of lines: the id of their order, a whole number where the file has such."""
LINKS = ("customer_id", ORDER, "order_id")


def names_what_was_sold(orders: Orders) -> bool:
    """Return whether order rows say what was sold, so that they are lines."""
    return any(name in file.columns for file in orders.files for name in SOLD)


def lines_of_files(lines: LineFiles, orders: Orders, counting: Counting, products: Parent | None) -> LinkedTable:
    """Return the lines of a file of their own that are of a purchase up to the day of `counting`.

    Columns: order_id, at, product_id, amount (after discount), and those of the files. A line that breaks a rule is
    counted and has no amount; where the money of orders is that of their lines, it is left out.
    """
    files = replace(lines, files=tuple(sources.without_surplus(source) for source in lines.files))
    read = files if files.formats else line_tables.with_formats(files)
    if orders.sums is None:  # else they are counted with the money of orders
        line_tables.count_rejected(read)
    pairs = list(zip(read.files, read.columns, strict=True))
    parts = [part_of(source, found, "order_id") for source, found in pairs]
    found = file_columns(parts, lines.options, (*COMPUTED, "product_id"))
    key = column_types.same_type([column_types.id_type(source.schema[one["order_id"]]) for source, one in pairs])
    extra = [
        {f"{MARK}{name}": value for name, value in values.items()}
        | {NUMBER: column_types.id_of(one["order_id"], source.schema[one["order_id"]], source.name).cast(key)}
        | ({"product_id": key_of(source, one["product_id"])} if "product_id" in one else {})
        for (source, one), values in zip(pairs, found.values, strict=True)
    ]
    bought = purchases(orders, counting)
    value, scale = _money(orders)
    value = pl.when(pl.col("rule") == rules.ACCEPTED).then(value)
    own = {"order_id": pl.col("order"), **{name: pl.col(f"{MARK}{name}") for name in names_of(found)}}
    product = ["product_id"] if any("product_id" in one for one in read.columns) else []
    of_order = [name for name in ("customer_id", CUSTOMER_KEY, ORDER, "at") if name in bought.frame.collect_schema()]
    rows = order_rows(orders, counting, COMPUTED)
    # Money that is converted depends on the day of the order.
    has_keys = orders.each_row and orders.rates is None and key == bought.frame.collect_schema()[ORDER]
    headings = [(one.get("order_id"), None, one.get("amount")) for one in read.columns]
    columns = {**found.columns, **_own_columns(bought, scale, headings), **_product(read)}

    def table_of(kept: LineFiles) -> LinkedTable:
        judged = pl.concat(line_tables.judged_lines(kept, extra), how="diagonal")
        if orders.sums:
            judged = judged.filter(pl.col("rule") == rules.ACCEPTED)
        joined = _with_orders(judged, bought.frame, orders)
        priced = _converted(joined.with_columns(amount=value), orders, rows)
        frame = priced.select(*of_order, "amount", *product, **own)
        alone = judged.select(pl.col(NUMBER).alias(ORDER), value.alias("amount"), *product, **own) if has_keys else None
        return replace(_table(frame, columns, bought, products), by_order=alone)

    return replace(table_of(read), of_products=lambda keys: table_of(_of_products(read, keys)))


def _of_products(lines: LineFiles, keys: pl.Series) -> LineFiles:
    """Return files with the lines of some products alone, so that a file can pass over the rest as it is read."""
    files = []
    for source, found in zip(lines.files, lines.columns, strict=True):
        product = key_of(source, found["product_id"]) if "product_id" in found else pl.lit(None, pl.String)
        files.append(replace(source, frame=source.frame.filter(product.is_in(keys.implode()))))
    return replace(lines, files=tuple(files))


def _product(lines: LineFiles) -> dict[str, Column]:
    """Return the column of products by folded name; none where no file has one."""
    pairs = zip(lines.files, lines.columns, strict=True)
    named = [(source, one["product_id"]) for source, one in pairs if "product_id" in one]
    if not named:
        return {}
    texts = pl.concat([source.frame.select(product_id=key_of(source, heading)) for source, heading in named])
    column = Column("product_id", "exact", pl.String(), texts=texts)
    return with_names(column, *(heading for _, heading in named))


def lines_of_rows(orders: Orders, counting: Counting, products: Parent | None) -> LinkedTable:
    """Return the accepted order rows of purchases up to the day of `counting` that give no money back.

    Columns: order_id, at (that of the order), amount, and those of the files.
    """
    rows = order_rows(orders, counting, COMPUTED)
    bought = purchases(orders, counting)
    sold = rows.frame.filter(rows.is_sold)
    if "minor" in rows.has:
        sold = sold.filter(pl.col("minor") >= 0)
    sold = joined = sold.with_columns(rows.key().alias(ORDER))
    if not rows.each_alone:
        joined = joined.join(bought.frame.select(ORDER, "at"), on=ORDER, how="inner")
    else:  # a row that is an order by itself is a purchase by its own money
        joined = joined.with_columns(at=pl.col(AT).cast(rows.at.dtype))
        if "minor" in rows.has:
            joined = joined.with_columns(first_minor="minor").filter(is_purchase(counting))
    amount = {"amount": pl.col("minor")} if "minor" in rows.has else {}
    own = {name: pl.col(f"{MARK}{name}") for name in rows.names}
    frame = joined.select(ORDER, "at", **rows.ids(), **amount, **own)
    alone = sold.select(ORDER, **amount, **own)
    heads = [file.columns for file in orders.files]
    columns = dict(rows.found.columns)
    headings = [(one.get("order_id"), one.get("ordered_at"), one.get("amount")) for one in heads]
    columns |= _own_columns(bought, orders.scale, headings)
    return replace(_table(frame, columns, bought, products), by_order=alone)


def _table(
    frame: pl.LazyFrame, columns: dict[str, Column], bought: LinkedTable, products: Parent | None
) -> LinkedTable:
    """Return the lines with the order and the product that each belongs to."""
    order = Parent("orders", ORDER, bought.whole, bought.columns)
    has_product = "productid" in columns
    parents = (order, *([products] if products and has_product else []))
    return LinkedTable("lines", frame, columns, bought.at, (*LINKS, *(["product_id"] if has_product else [])), parents)


def _own_columns(
    bought: LinkedTable, scale: int | None, headings: Sequence[tuple[str | None, str | None, str | None]]
) -> dict[str, Column]:
    """Return the columns that lines have of their order and of their money; `headings` are those in each file."""
    ids, times, amounts = zip(*headings, strict=True)
    columns = with_names(Column("order_id", "exact", pl.String()), *ids)
    columns |= with_names(bought.columns["at"], *times)
    if scale is not None:
        columns |= with_names(Column("amount", "money", pl.Int64(), scale=scale), *amounts)
    return columns


def _with_orders(lines: pl.LazyFrame, bought: pl.LazyFrame, orders: Orders) -> pl.LazyFrame:
    """Return the lines of purchases with customer_id, `CUSTOMER_KEY`, `ORDER` and at of their order."""
    names = [name for name in ("customer_id", CUSTOMER_KEY, ORDER, "at") if name in bought.collect_schema()]
    if not orders.each_row:
        earliest = pl.struct(day=pl.col("at").cast(pl.Date), who="customer_id")
        named = bought.select("order_id", *names).drop_nulls("order_id")
        first = named.group_by("order_id").agg(pl.col(names).sort_by(earliest).first())
        return lines.join(first, left_on="order", right_on="order_id", how="inner")
    # Ids that rise from row to row are the keys themselves; whole numbers are joined at a third of the cost of texts.
    one_each, key = bought.select(names), pl.col(ORDER)
    if one_each.collect_schema()[ORDER] == lines.collect_schema()[NUMBER]:
        return lines.join(one_each.with_columns(key.alias("key")), left_on=NUMBER, right_on="key", how="inner")
    texts = one_each.with_columns(key.cast(pl.String).alias("key"))
    return lines.join(texts, left_on="order", right_on="key", how="inner")


def _money(orders: Orders) -> tuple[pl.Expr, int]:
    """Return the amount of a line in minor units, and their number of decimals.

    Where orders have money of their own, the decimals that lines need are not known: they have the most.
    """
    value = pl.col("value")
    if orders.sums is None or orders.scale is None:
        return money.minor_units(value, MOST_DECIMALS), MOST_DECIMALS
    scale = orders.sums.scale
    return money.minor_units(value, scale) * 10 ** (orders.scale - scale), orders.scale


def _converted(frame: pl.LazyFrame, orders: Orders, rows: OrderRows) -> pl.LazyFrame:
    """Return lines with their amounts in the currency that is asked for, at the rate of the day of their order."""
    if orders.rates is None:
        return frame
    known = rows.frame.select(CURRENCY, order_id=rows.ids()["order_id"]).drop_nulls()
    codes = known.group_by("order_id").agg(currency=pl.col(CURRENCY).min())
    named = frame.join(codes, left_on="order", right_on="order_id", how="left").with_columns(
        minor=pl.col("amount"), day=pl.col("at").cast(pl.Date), rule=pl.lit(rules.ACCEPTED, rules.VERDICT)
    )
    return orders.rates.convert(named, orders.options.currency).with_columns(amount=pl.col("minor"))
