"""What engines do not do, refused by name: fields and rows that Polars reads by rules of their own.

An answer by an engine is that of Polars, or there is none. The engine itself looks at the rows, in groups only where a
cheap count shows that there is something to look for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.notes import counted
from rfm_cli.rollup.engines.facts import NUMBERS, Fields
from rfm_cli.rollup.kernel import BLANKS, Rows, judge
from rfm_cli.tables.amount_per import AmountCounts, may_repeat
from rfm_cli.tables.date_zones import said_in_heading
from rfm_cli.tables.ids import odd_ones
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.rules import ACCEPTED
from rfm_cli.tables.words import type_verdict

LEAVE_OUT = "leave out --engine: Polars reads it"
TOTALS = (
    *("total", "grand total", "grandtotal", "grand-total", "subtotal", "sub total", "sub-total", "sum"),
    *("итого", "всего"),
)
ORDER_FIELDS = ("customer", "day", "status", "currency")
"""The fields that a row takes from the other rows of its order."""


def refuse_options(options: ReadOptions, place: str) -> None:
    """Raise UsageError for an option that only Polars heeds."""
    given = {
        "--overlap": options.overlap in ("once", "last"),
        "--amount-per order": options.amount_per == "order",
        "--times-in": options.times_in is not None,
        "--no-customer": bool(options.no_customer),
    }
    for option, is_given in given.items():
        if is_given:
            why = f"{option} does not go with --engine {place}: Polars alone does it"
            raise UsageError(why, "leave it out, or leave out --engine")


def refuse_folded(customers: pl.Series, options: ReadOptions, where: str) -> None:
    """Raise InputError for ids that would have to be folded; `customers` has them as they are written."""
    found = odd_ones(customers.unique()) if options.ids == "folded" else customers.clear()
    if len(found):
        are = f"{counted(len(found), 'id')} {'are' if len(found) > 1 else 'is'}"
        raise InputError(
            f"{where}: {are} an address in upper case or a 17850.0, for example {found.min()!r}, which Polars folds",
            f"{LEAVE_OUT}; or keep ids as they are written: --ids exact",
        )


def refuse_fields(fields: Fields, where: str) -> None:
    """Raise InputError for a column in use that changes money or orders in ways that only Polars knows."""
    for name in ("cancelled", "refunded"):
        if name in fields.columns and (fields.money or name == "cancelled"):
            raise InputError(
                f"{where}: column {fields.columns[name].heading!r} is {name}, which no other engine reads",
                f"{LEAVE_OUT}; or leave the column out: --map {name}=-",
            )
    quantity, when = fields.columns.get("quantity"), fields.columns["ordered_at"]
    if quantity and len(fields.money) == 1 and quantity.kind not in NUMBERS:
        raise InputError(
            f"{where}: column {quantity.heading!r} is {quantity.type}, and an engine takes quantities from numbers",
            f"{LEAVE_OUT}; or leave the column out: --map quantity=-",
        )
    if when.kind == "naive" and said_in_heading(when.heading):
        raise InputError(f"{where}: column {when.heading!r} names a time zone, which no other engine reads", LEAVE_OUT)


def refuse_rows(rows: Rows, options: ReadOptions, where: str, *, has_amounts: bool = True) -> AmountCounts:
    """Raise InputError for rows that Polars would not read row by row; returns the counts of orders with several rows.

    `has_amounts` says that some money is an amount, and no product of quantity and price.
    """
    names = rows.collect_schema().names()
    if "type" in names:
        _refuse_types(rows, where)
    row = _counts(rows, names)
    if row.get("words"):
        raise InputError(f"{where}: {counted(row['words'], 'row')} may be a row of totals", LEAVE_OUT)
    if row.get("guarded"):
        raise InputError(f'{where}: {counted(row["guarded"], "row")} with a cell ="00123", read as 00123', LEAVE_OUT)
    if row.get("given_back"):
        what = f"{counted(row['given_back'], 'row')} with a quantity below 0 and an amount above 0"
        raise InputError(f"{where}: {what}, which Polars takes for a refund", LEAVE_OUT)
    if row.get("blanks"):
        _refuse_blanks(rows, names, where)
    if "order" in names and has_amounts and options.amount_per is None:
        return _refuse_repeats(rows, options, where)
    return AmountCounts()


def _refuse_types(rows: Rows, where: str) -> None:
    found: pl.DataFrame = rows.select(nw.col("type").fill_null("")).unique().collect("polars").to_native()
    refunds = sorted(text for text in found["type"] if type_verdict(text) == "refund")
    if refunds:
        raise InputError(f"{where}: rows of the type {refunds[0]!r}, which Polars takes for refunds", LEAVE_OUT)


def _counts(rows: Rows, names: list[str]) -> Mapping[str, int]:
    """Count, in one pass, rows that have to be looked at more closely."""
    schema, wanted = rows.collect_schema(), {}
    texts = [name for name in ("customer", "order") if name in names and schema[name] == nw.String]
    if texts:
        words = [nw.col(name).str.strip_chars(BLANKS + ":").str.to_lowercase().is_in(TOTALS) for name in texts]
        wanted["words"] = _ones(nw.any_horizontal(*words, ignore_nulls=True)).sum()
    if guarded := [name for name in ("customer", "order", "status", "currency") if schema.get(name) == nw.String]:
        guards = [nw.col(name).str.starts_with('="') for name in guarded]
        wanted["guarded"] = _ones(nw.any_horizontal(*guards, ignore_nulls=True)).sum()
    if "quantity" in names:
        wanted["given_back"] = _ones((nw.col("quantity") < 0) & (nw.col("value") > 0)).sum()
    if "order" in names:
        blanks = [_is_blank(name) for name in (*ORDER_FIELDS, "value") if name in names]
        is_blank = nw.any_horizontal(*blanks, ignore_nulls=True)
        wanted["blanks"] = _ones(~nw.col("order").is_null() & is_blank).sum()
    return _one_row(rows.select(**wanted)) if wanted else {}


def _refuse_blanks(rows: Rows, names: list[str], where: str) -> None:
    """Raise InputError where an order has a field on some of its rows only."""
    fields = [name for name in (*ORDER_FIELDS, "value") if name in names]
    named = rows.filter(~nw.col("order").is_null())
    marked = named.with_columns(**{f"lacks_{name}": _ones(_is_blank(name)) for name in fields})
    sums = {f"lacks_{name}": nw.col(f"lacks_{name}").sum() for name in fields}
    by_order = marked.group_by("order").agg(n=nw.len(), **sums)
    mixed = {
        # An amount on one row only may be that of the whole order.
        name: (nw.col(f"lacks_{name}") == nw.col("n") - 1 if name == "value" else nw.col(f"lacks_{name}") < nw.col("n"))
        & (nw.col(f"lacks_{name}") > 0)
        for name in fields
    }
    found = _one_row(by_order.select(**{name: _ones(is_mixed).sum() for name, is_mixed in mixed.items()}))
    for name in fields:
        if found[name]:
            field = {"value": "amount", "day": "date"}.get(name, name)
            have = f"{counted(found[name], 'order')} {'have' if found[name] > 1 else 'has'}"
            raise InputError(f"{where}: {have} no {field} on some rows, which Polars takes from the others", LEAVE_OUT)


def _refuse_repeats(rows: Rows, options: ReadOptions, where: str) -> AmountCounts:
    """Raise InputError where most orders have one amount on all of their rows; returns the counts of the others."""
    judged = judge(rows.with_columns(minor=nw.col("value")), options.reject_status)
    above = judged.filter((nw.col("rule") == ACCEPTED) & (nw.col("value") > 0) & ~nw.col("order").is_null())
    by_order = above.group_by("customer", "order").agg(
        n=nw.len(), low=nw.col("value").min(), high=nw.col("value").max()
    )
    several = by_order.filter(nw.col("n") > 1)
    found = _one_row(several.select(several=nw.len(), varied=_ones(nw.col("low") != nw.col("high")).sum()))
    if may_repeat(found["several"], found["varied"]):
        alike = f"{found['several'] - found['varied']:,} of the {found['several']:,} orders with several rows"
        raise InputError(
            f"{where}: {alike} have one amount on all of them, and Polars alone can tell whether it is the order's",
            "leave out --engine; or say that it is the row's: --amount-per row",
        )
    return AmountCounts(orders=found["varied"], several=found["several"]).as_precedent()


def _is_blank(name: str) -> nw.Expr:
    column = nw.col(name)
    if name in ("status", "currency"):
        return column.is_null() | (column.str.strip_chars(BLANKS) == "")
    return column.is_null()


def _ones(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _one_row(rows: Rows) -> dict[str, int]:
    row: Mapping[str, Any] = rows.collect("pyarrow").rows(named=True)[0]
    return {name: int(count or 0) for name, count in row.items()}
