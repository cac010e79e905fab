"""The orders that an expression asks: one row per purchase, and one per row of money given back.

Rows come from `tables.orders.rows`, so that all rules of reading hold. An order is a purchase by the rule of
`measures.purchases`, whose frequency is their number. Its time is that of its first row, the earliest that is no
refund, and so are its attributes: of several rows at that moment the least value that there is. Its amount adds up all
accepted rows of the order up to the as-of day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rfm_cli.language.columns import CUSTOMER_KEY, ORDER, Column, LinkedTable
from rfm_cli.language.file_columns import (
    FileColumns,
    Part,
    file_columns,
    headings_of,
    kind_of_time,
    known_by,
    names_of,
    with_names,
)
from rfm_cli.measures.purchases import Counting, is_purchase, returned_orders
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import refunds, rules
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import Orders

IN_LINES = ("product_id", "category", "quantity", "unit_price")
"""Fields of order rows that are asked of lines alone."""
COMPUTED = ("customer_id", "order_id", ORDER, "at", "ordered_at", "amount")
"""Fields and columns that are made of the rows, and no columns of a file."""
AT, REFUNDED_AT, ROW, REST, CURRENCY = "(at)", "(refunded at)", "(row)", "(rest)", "(currency)"
"""Columns of order rows: when each happened, when its refund did, its number in the file, all that it has as one text,
which tells orders without an id apart, and its currency before money is turned into another."""
KEYS = ("customer_id", "order_id", ROW)
"""The columns that tell orders apart; the number of its row only that of a row without an order id."""
MOST_ROWS = 1 << 40
"""More rows than a file has."""
KEPT = ("day", "minor", "refund", refunds.BESIDE, refunds.GIVEN_BACK, ROW, CURRENCY)
"""Columns of order rows that keep their names."""
MARK = "= "
"""The beginning of the names of a file's own columns among those of order rows."""
MOMENT = pl.Datetime("us")
APART = "\x1f"


@dataclass(frozen=True)
class OrderRows:
    """The accepted rows of orders up to a day, lazily: customer_id and order_id?, texts or whole numbers, `AT`, day,
    minor?, refund?, `ROW`? and the columns of the files, whose names begin with `MARK`."""

    frame: pl.LazyFrame
    orders: Orders
    counting: Counting
    found: FileColumns

    @property
    def names(self) -> list[str]:
        """The names of the columns of the files."""
        return names_of(self.found)

    @property
    def has(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(self.frame.collect_schema().names())

    @property
    def each_alone(self) -> bool:
        """Whether every row is an order of its own, with an id that no other has or without ids."""
        return (self.orders.each_row or not self.orders.has_order_id) and refunds.BESIDE not in self.has

    @property
    def at(self) -> Column:
        """The time of rows: days only where no file has a time of the day."""
        if all(file.days_alone for file in self.orders.files):
            return Column("at", "day", pl.Date())
        return Column("at", "moment", MOMENT)

    @property
    def is_sold(self) -> pl.Expr:
        """Whether a row is part of an order, and no refund."""
        return ~pl.col("refund").fill_null(value=False) if "refund" in self.has else pl.lit(value=True)

    def order_keys(self) -> dict[str, pl.Expr]:
        """Return what tells the order of a row apart, by those of `KEYS` that there are."""
        keys = {name: pl.col(name) for name in KEYS if name in self.has}
        if ROW in keys and "order_id" in keys:
            keys[ROW] = pl.when(keys["order_id"].is_null()).then(keys[ROW])
        return keys

    def key(self) -> pl.Expr:
        """Return the key of the order that a row belongs to."""
        keys = self.order_keys()
        if not {"order_id", ROW} <= set(keys):
            return keys.get(ROW, pl.col("order_id"))
        # Columns are put together at less cost than a text is made of them.
        return pl.struct([value.alias(name) for name, value in keys.items()])

    def ids(self) -> dict[str, pl.Expr]:
        """Return the ids of a linked table: customer_id and order_id as texts, and `CUSTOMER_KEY` where it is one."""
        schema = self.frame.collect_schema()
        number = {CUSTOMER_KEY: pl.col("customer_id")} if schema["customer_id"] == pl.Int64 else {}
        order = _text("order_id") if "order_id" in schema else pl.lit(None, pl.String)
        return {"customer_id": _text("customer_id"), "order_id": order, **number}


def order_rows(orders: Orders, counting: Counting, without: Sequence[str] = ()) -> OrderRows:
    """Return the accepted rows of orders up to the day of `counting`, without the columns of some fields."""
    found = file_columns([_part(file) for file in orders.files], orders.options, without)
    # Ids that rise from row to row are all there, and differ; a refund beside a row has its number.
    numbered = not orders.each_row or any(file.has_refunds for file in orders.files)

    def extra(file: OrderFile) -> Mapping[str, pl.Expr]:
        place = next(place for place, one in enumerate(orders.files) if one is file)
        made = {f"{MARK}{name}": value for name, value in found.values[place].items()}
        if f"{MARK}product_id" in made and "product_id" in file.columns:
            made[f"{MARK}product_id"] = file.id("product_id").cast(pl.String)
        made[AT] = file.moment(orders.options.zone).cast(MOMENT)
        if file.has_refunds and "refunded_at" in file.columns:
            made[REFUNDED_AT] = file.moment(orders.options.zone, "refunded_at").cast(MOMENT)
        if orders.rates and (code := file.currency()) is not None:
            made[CURRENCY] = code
        if numbered:
            made[ROW] = pl.int_range(pl.len(), dtype=pl.Int64) + place * MOST_ROWS
        return made

    rows = order_tables.rows(orders, extra)
    schema = rows.collect_schema()
    at = pl.col(AT)
    if refunds.BESIDE in schema:
        given_back = pl.coalesce(REFUNDED_AT, AT) if REFUNDED_AT in schema else at
        at = pl.when(refunds.BESIDE).then(given_back).otherwise(at)
    kept = [
        name for name in ("day", "minor", "refund", refunds.BESIDE, refunds.GIVEN_BACK, ROW, CURRENCY) if name in schema
    ]
    named = {"order_id": pl.col("order")} if "order" in schema else {}
    taken = rows.filter(pl.col("rule") == rules.ACCEPTED)
    frame = taken.select(
        *kept, *(name for name in schema if name.startswith(MARK)), **named, customer_id="customer", **{AT: at}
    )
    if counting.as_of is not None:
        frame = frame.filter(known_by(Column(AT, "moment", MOMENT), counting.as_of))
    return OrderRows(frame, orders, counting, found)


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _part(file: OrderFile) -> Part:
    fields = {name: heading for name, heading in file.columns.headings.items() if name != "customer_id"}
    if file.type_heading is not None:
        fields["type"] = file.type_heading
    header = [heading for heading in file.source.header if heading != file.columns["customer_id"]]
    headings = headings_of(header, file.source.schema)
    return Part(file.raw(), file.source.name, file.source.schema, headings, fields)


def purchases(orders: Orders, counting: Counting) -> LinkedTable:
    """Return the orders that are purchases up to the day of `counting`, one row each.

    Columns: order_id, at, day, amount (without amounts: none), number (1 is the customer's first; ties by order_id,
    then by all columns), and the attributes of the first row.
    """
    rows = order_rows(orders, counting, (*COMPUTED, "day", "number", *IN_LINES))
    keys = ("customer_id", ORDER, "order_id")
    frame, numbered = (purchase_frame(rows, numbered=one) for one in (False, True))
    return LinkedTable("orders", frame, _columns(rows), kind_of_time(rows.at), keys, numbered=numbered)


def purchase_frame(rows: OrderRows, *, numbered: bool) -> pl.LazyFrame:
    """Return one row per purchase: customer_id, order_id, `ORDER`, at, day, amount?, number? and attributes."""
    own = [f"{MARK}{name}" for name in rows.names]
    bought = _alone(rows, rows.frame.filter(rows.is_sold)) if rows.each_alone else _together(rows, own)
    has_money = "minor" in rows.has
    judged = bought.filter(is_purchase(rows.counting)) if has_money else bought
    ids = rows.ids()
    rank = pl.struct(pl.col("at"), ids["order_id"].alias("order_id"), REST).rank("ordinal").over("customer_id")
    amount = {"amount": pl.col("minor")} if has_money else {}
    number = {"number": rank.cast(pl.Int64)} if numbered else {}
    return judged.select(
        ORDER,
        pl.col("at").cast(rows.at.dtype),
        pl.col("at").dt.date().alias("day"),
        **ids,
        **amount,
        **number,
        **{name: pl.col(f"{MARK}{name}") for name in rows.names},
    )


def _alone(rows: OrderRows, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return each row as an order."""
    first = {"first_minor": pl.col("minor")} if "minor" in rows.has else {}
    texts = [name for name in ("minor", *(f"{MARK}{name}" for name in rows.names)) if name in rows.has]
    # Orders with an id of their own need no other text to be different.
    rest = pl.lit("") if rows.orders.each_row else _one_text(texts)
    # A choice of columns lets a filter by time through to the file, which columns that are added do not.
    return frame.select(*rows.has, rows.key().alias(ORDER), at=pl.col(AT), **first, **{REST: rest})


def _one_text(names: Sequence[str]) -> pl.Expr:
    return pl.concat_str([_text(name).fill_null("") for name in names] or [pl.lit("")], separator=APART)


def _together(rows: OrderRows, own: Sequence[str]) -> pl.LazyFrame:
    """Return the orders of rows, added up: `ORDER`, at, minor and first_minor (that of the first day), attributes."""
    has_money = "minor" in rows.has
    # One pass over the files for rows with order ids and for those without, where each row is an order.
    frame = _without_returned(rows).with_columns(**rows.order_keys())
    keys = [name for name in KEYS if name in frame.collect_schema()]
    money, day = ["minor"] if has_money else [], pl.col(AT).dt.date()
    # A grouping by a time needs plain sums and minima alone, which the engine adds up as rows stream by.
    sums, first = [pl.col(name).sum() for name in money], [pl.col(name).min_by(AT) for name in own]
    # A refund has no part in the time of its order, nor in the money of its first day.
    sold = frame.with_columns(pl.when(rows.is_sold).then(AT).alias(AT))
    orders = sold.group_by(*keys, AT).agg(*sums, *(pl.col(name).min() for name in own))
    if has_money and rows.at.kind == "moment":
        orders = orders.group_by(*keys, day.alias("day")).agg(pl.col(AT).min(), *sums, *first)
    of_first_day = {f"first_{name}": pl.col(name).min_by(AT) for name in money}
    orders = orders.group_by(keys).agg(*sums, *first, at=pl.col(AT).min(), **of_first_day)
    # Refunds alone are no order, and nor is an id that the customer never bought under.
    bought = orders.filter(pl.col("at").is_not_null())
    rest = _one_text([*money, *own])
    if "order_id" in keys:
        rest = pl.when(pl.col("order_id").is_null()).then(rest).otherwise(pl.lit(""))
    return bought.with_columns(rows.key().alias(ORDER), rest.alias(REST))


def _without_returned(rows: OrderRows) -> pl.LazyFrame:
    """Return rows without the orders whose money was given back, where these are no purchases."""
    frame, has = rows.frame, rows.has
    if not rows.counting.returned_ignored or "minor" not in has:
        return frame
    if (last := rows.counting.as_of) is not None and refunds.GIVEN_BACK in has:
        returned = (pl.col(refunds.GIVEN_BACK) <= last).fill_null(value=False)
        if "order_id" in has:
            returned &= pl.col("order_id").is_null()
        frame = frame.with_columns(refund=pl.col("refund") | returned)
    if "order_id" not in has:
        return frame
    given = returned_orders(rows.frame.rename({"customer_id": "customer", "order_id": "order"}))
    return frame.join(given, left_on=["customer_id", "order_id"], right_on=["customer", "order"], how="anti")


def _columns(rows: OrderRows) -> dict[str, Column]:
    """Return the columns of purchases by folded name. The computed ones come before those of the files."""
    heads = [file.columns for file in rows.orders.files]
    columns = dict(rows.found.columns)
    columns |= with_names(Column("order_id", "exact", pl.String()), *(one.get("order_id") for one in heads))
    columns |= with_names(rows.at, "ordered_at", *(one.get("ordered_at") for one in heads))
    columns |= with_names(Column("day", "day", pl.Date()))
    columns |= with_names(Column("number", "number", pl.Int64()))
    if rows.orders.scale is not None:
        amount = Column("amount", "money", pl.Int64(), scale=rows.orders.scale)
        columns |= with_names(amount, *(one.get("amount") for one in heads))
    return columns


def given_back(orders: Orders, counting: Counting) -> LinkedTable:
    """Return the accepted order rows below 0 up to the day of `counting`, and the refunds that a column names.

    The orders have money.

    Columns: at, amount (above 0: what was given back), order_id, and those of the files.
    """
    assert orders.scale is not None
    rows = order_rows(orders, counting, COMPUTED)
    frame = rows.frame.filter(pl.col("minor") < 0).select(
        pl.col(AT).cast(rows.at.dtype).alias("at"),
        (-pl.col("minor")).alias("amount"),
        **rows.ids(),
        **{name: pl.col(f"{MARK}{name}") for name in rows.names},
    )
    heads = [file.columns for file in orders.files]
    columns = dict(rows.found.columns)
    columns |= with_names(Column("order_id", "exact", pl.String()), *(one.get("order_id") for one in heads))
    columns |= with_names(rows.at, "ordered_at", *(one.get("ordered_at") for one in heads))
    amount = Column("amount", "money", pl.Int64(), scale=orders.scale)
    columns |= with_names(amount, *(one.get("amount") for one in heads))
    return LinkedTable("refunds", frame, columns, kind_of_time(rows.at), ("customer_id", "order_id"))
