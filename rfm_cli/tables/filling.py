"""Order fields on one row of an order only: the other rows of the order take them.

Exports of order lines often write customer, date and status on the first line of an order and leave them blank on the
others. A row with an order id takes each blank field from the other rows of its order in the same file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.tables import currencies, rules, totals
from rfm_cli.tables.order_file import NO_CURRENCY, OVERLAID, REPEATED, TAKEN, OrderFile, is_blank

FIELDS = ("customer_id", "ordered_at", "status", "cancelled", "type", "currency")
"""The fields that a row takes from its order."""
FREELY = ("ordered_at", "cancelled")
"""The fields that are taken where the order has several values as well: the earliest day, any cancellation."""
ORDER = "(order of the row)"
REFUND = "(refund beside the amount)"
ROWS, WITH_AMOUNT = "(rows of the order)", "(rows with an amount)"


@dataclass(frozen=True)
class Unclear:
    """Orders with several values of a field, so that their blank rows take none: how many, and the id of one."""

    field: str
    orders: int
    example: str


@dataclass(frozen=True)
class Filled:
    """A file whose rows have what they take from their orders, and what could not be taken."""

    file: OrderFile
    unclear: tuple[Unclear, ...] = ()


def filled(file: OrderFile, zone: str) -> Filled:
    """Return the file with blank fields taken from other rows of the same order; the same file where none is.

    Of several days the earliest is taken, of several customers, currencies, statuses or types none. A blank amount
    becomes 0 where its row took a field, or where every order of several rows has an amount on exactly one of them.
    Rows keep their order, and the frame of the file gets the column `TAKEN`.
    """
    if "order_id" not in file.columns:
        return Filled(file)
    # As texts: which ids look like integers may depend on rows that are rejected until they are filled.
    plain = replace(file, digits=frozenset())
    blank = _blanks(plain)
    # Rows that do not count, such as those of an order that a later file has, give and take nothing.
    left_out = [pl.col(name) for name in (REPEATED, OVERLAID) if name in file.source.schema]
    if file.totals is not None and file.totals.words:
        left_out.append(totals.is_total(file.totals, file.fields(), file.written() if file.money_fields() else None))
    order = pl.when(~pl.any_horizontal(left_out)).then(plain.id("order_id")) if left_out else plain.id("order_id")
    rows = file.raw().with_columns(order.alias(ORDER)).filter(pl.col(ORDER).is_not_null())
    lacking = rows.filter(pl.any_horizontal(blank.values())).select(ORDER).unique().collect(engine="streaming")
    if lacking.is_empty():
        return Filled(file)
    orders = _given(plain, rows.join(lacking.lazy(), on=ORDER, how="semi"), blank, zone)
    one_amount = _one_amount_each(rows, orders, blank, plain.money_fields())
    found = _with_given(file, order, orders, blank, one_amount=one_amount)
    return Filled(found, _unclear(orders, blank))


def _blanks(file: OrderFile) -> dict[str, pl.Expr]:
    """Return, by field, whether a row has no value of it; `amount` is blank where a field of the money is."""
    found = {name: is_blank(pl.col(file.columns[name]), file.dtype(name)) for name in FIELDS if name in file.columns}
    if file.no_customer:  # an id that is no customer tells as little as none
        found["customer_id"] = file.id("customer_id").is_null()
    money = [is_blank(pl.col(file.columns[name]), file.dtype(name)) for name in file.money_fields()]
    return found | ({"amount": pl.any_horizontal(money)} if money else {})


def _given(file: OrderFile, rows: pl.LazyFrame, blank: Mapping[str, pl.Expr], zone: str) -> pl.DataFrame:
    """Return one row per order: `ORDER`, `ROWS`, `WITH_AMOUNT`, and by field its number of values, the value to take,
    and whether some row lacks it."""
    found = [pl.len().alias(ROWS)]
    if "amount" in blank:
        found.append((~blank["amount"]).sum().alias(WITH_AMOUNT))
    if file.has_refunds:
        found.append(file.refunded().filter(~blank["amount"]).max().alias(REFUND))
    for name in blank:
        if name == "amount":
            continue
        there, raw = ~blank[name], pl.col(file.columns[name])
        # The least raw value, so that the order of the rows decides nothing.
        value = raw.filter(there).min()
        if name == "ordered_at":
            moment = file.moment(zone)
            known = there & moment.is_not_null()
            earliest = raw.filter(known & (moment == moment.filter(there).min())).min()
            value = pl.coalesce(earliest, value)
        if name == "cancelled":
            value = pl.coalesce(raw.filter(there & rules.is_cancelled(raw, file.dtype(name))).min(), value)
        values = _compared(file, name).filter(there).n_unique()
        lacks = blank[name].any()
        found += [values.alias(f"values {name}"), value.alias(f"take {name}"), lacks.alias(f"lacks {name}")]
    table = rows.group_by(ORDER).agg(found).collect(engine="streaming")
    taken = {
        f"take {name}": pl.when((pl.col(f"values {name}") == 1) | pl.lit(name in FREELY)).then(f"take {name}")
        for name in blank
        if name != "amount"
    }
    return table.with_columns(**taken)


def _compared(file: OrderFile, name: str) -> pl.Expr:
    """Return a field in the form in which two of its values are one."""
    column = pl.col(file.columns[name])
    if name == "customer_id":
        return file.id(name)
    if name == "currency":
        return currencies.as_codes(column.cast(pl.String), file.signs.names)
    return rules.fold_status(column)


def _one_amount_each(
    rows: pl.LazyFrame, orders: pl.DataFrame, blank: Mapping[str, pl.Expr], money: Sequence[str]
) -> bool:
    """Return whether each order of several rows in the file has an amount on exactly one of them."""
    if not money:
        return False
    several = orders.filter(pl.col(ROWS) > 1)
    # The orders with blank rows are few, and mostly show already that it is not so.
    if several.is_empty() or several.filter(pl.col(WITH_AMOUNT) != 1).height:
        return False
    counted = rows.group_by(ORDER).agg(pl.len().alias(ROWS), (~blank["amount"]).sum().alias(WITH_AMOUNT))
    odd = counted.filter(pl.col(ROWS) > 1, pl.col(WITH_AMOUNT) != 1).select(pl.len())
    return int(odd.collect(engine="streaming").item()) == 0


def _with_given(
    file: OrderFile, order: pl.Expr, orders: pl.DataFrame, blank: Mapping[str, pl.Expr], *, one_amount: bool
) -> OrderFile:
    """Return the file with the fields that its rows take; the same file where they take none."""
    names = [name for name in blank if name != "amount"]
    gives = pl.any_horizontal(
        [pl.col(f"lacks {name}") & pl.col(f"take {name}").is_not_null() for name in names]
        + [pl.lit(one_amount) & (pl.col(ROWS) > 1)]
    )
    several = pl.col("values currency") > 1 if "currency" in blank else pl.lit(value=False)
    table = orders.filter(gives | several).select(
        ORDER, ROWS, several.alias(NO_CURRENCY), *[f"take {name}" for name in names], *[REFUND] * file.has_refunds
    )
    if table.is_empty():
        return file
    took = pl.any_horizontal([blank[name] & pl.col(f"take {name}").is_not_null() for name in names])
    made = {
        file.columns[name]: pl.when(blank[name]).then(f"take {name}").otherwise(pl.col(file.columns[name]))
        for name in names
    }
    no_amount = blank["amount"] & (took | (pl.lit(one_amount) & (pl.col(ROWS) > 1))) if "amount" in blank else None
    if no_amount is not None:
        made |= {file.columns[name]: _zeroed(file, name, no_amount) for name in file.money_fields()}
    if no_amount is not None and file.has_refunds:
        # The amount is the order's here, and so is a refund that its rows repeat.
        heading, dtype = file.columns["refunded"], file.dtype("refunded")
        again = no_amount & (file.refunded() == pl.col(REFUND))
        made[heading] = pl.when(again).then(zero_of(dtype)).otherwise(pl.col(heading))
    marks = {TAKEN: (took if no_amount is None else took | no_amount).fill_null(value=False)}
    if "currency" in blank:
        marks[NO_CURRENCY] = (blank["currency"] & pl.col(NO_CURRENCY)).fill_null(value=False)
    frame = (
        file.source.frame.with_columns(order.alias(ORDER))
        .join(table.lazy(), on=ORDER, how="left", maintain_order="left")
        .with_columns(**made, **marks)
        .select(*file.source.schema, *marks)
    )
    schema = {**file.source.schema, **dict.fromkeys(marks, pl.Boolean())}
    return file.with_frame(frame, schema)


def _zeroed(file: OrderFile, name: str, where: pl.Expr) -> pl.Expr:
    """Return a column of money with 0 in its blank cells of some rows."""
    column, dtype = pl.col(file.columns[name]), file.dtype(name)
    return pl.when(where & is_blank(column, dtype)).then(zero_of(dtype)).otherwise(column)


def zero_of(dtype: pl.DataType) -> pl.Expr:
    """Return the 0 of a column of money."""
    return pl.lit("0") if dtype == pl.String else pl.lit(0).cast(dtype)


def _unclear(orders: pl.DataFrame, blank: Mapping[str, pl.Expr]) -> tuple[Unclear, ...]:
    """List the fields of orders with blank rows that have several values, and whose lack rejects a row."""
    found = []
    for name in ("customer_id", "currency"):
        if name in blank:
            own = orders.filter(pl.col(f"lacks {name}"), pl.col(f"values {name}") > 1)
            if own.height:
                found.append(Unclear(name, own.height, str(own[ORDER].cast(pl.String).min())))
    return tuple(found)
