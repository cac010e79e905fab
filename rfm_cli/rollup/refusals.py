"""What cannot be added to a roll-up: rows that come too late, other money, orders that are in it already."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.rollup.checkpoints import concat_raw
from rfm_cli.rollup.make import currency_of
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.overlap import refuse_shared
from rfm_cli.tables.money import LARGEST, LARGEST_TOTAL
from rfm_cli.tables.order_model import Facts, Orders

HALF = 0.5
ROOM = 1e-9
"""The share of an amount that its scale may leave out, as in `tables.money`."""


class LateRowsError(InputError):
    """Rows lie before the day `before`, too early to be added to `orders` that are already summed."""

    def __init__(self, message: str, hint: str, orders: Orders, before: date) -> None:
        super().__init__(message, hint)
        self.orders = orders
        self.before = before


def refuse_late(new: pl.DataFrame, orders: Orders, old: Manifest, where: str) -> None:
    """Raise LateRowsError for rows before the watermark, whose days are summed already."""
    late = new.filter(pl.col("day") < old.watermark)
    if late.height:
        first, last = late.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
        days = f"of {first}" if first == last else f"of {first} to {last}"
        raise LateRowsError(
            f"{orders.name()}: {late.height:,} row{'s' if late.height > 1 else ''} {days}, "
            f"and {where} takes none before {old.watermark}",
            "list them with --rejects FILE; add the others, or roll all orders up again",
            orders,
            old.watermark,
        )


def refuse_money(orders: Orders, facts: Facts, old: Manifest, where: str) -> None:
    """Raise InputError for money that cannot be added to that of the roll-up."""
    if orders.has_money != (old.scale is not None):
        lacks, has = (orders.name(), where) if old.scale is not None else (where, orders.name())
        raise InputError(f"{lacks}: no amount, while {has} has one", "map it: --map amount=HEADING")
    currency = currency_of(orders, facts)
    if currency != old.currency and currency is not None and old.currency is not None:
        raise InputError(
            f"{orders.name()}: money in {currency}, and {where} is in {old.currency}", "give the rates: --rates FILE"
        )
    # Amounts that were rounded to the old scale may lack digits at a finer one.
    finer, scale = orders.scale or 0, old.scale or 0
    if finer > scale and (old.largest or 0) * ROOM * 10.0 ** (finer - scale) >= HALF:
        raise InputError(
            f"{orders.name()}: money of {finer} decimals, and {where} rounded its largest amounts to {scale}",
            "roll all orders up again",
        )


def refuse_repeated(new: pl.DataFrame, kept: pl.DataFrame, orders: Orders, old: Manifest, where: str) -> None:
    """Raise InputError for orders of the roll-up that come again, in lines, as refunds or in files that overlap."""
    _refuse_shared_lines(new, kept, orders)
    _refuse_two_refunds(new, kept, orders)
    refuse_shared(orders, kept, old, where)


def _refuse_shared_lines(new: pl.DataFrame, kept: pl.DataFrame, orders: Orders) -> None:
    """Raise InputError for an order of the roll-up whose lines come again: their money would count twice."""
    if orders.sums is None:
        return
    # As texts, since one file may have ids as numbers and the other not. The ids become one list: Polars warns of a
    # plain column in `is_in`, which could also mean row by row.
    ids = kept["order_id"].drop_nulls().cast(pl.String)
    known = new["order_id"].drop_nulls().cast(pl.String).unique().is_in(ids.implode()).sum()
    if known:
        what = "orders with lines are" if known > 1 else "order with lines is"
        raise InputError(
            f"{orders.name()}: {known:,} {what} in the roll-up already",
            "their money would count twice: roll all orders up again",
        )


def _refuse_two_refunds(new: pl.DataFrame, kept: pl.DataFrame, orders: Orders) -> None:
    """Raise InputError for an order whose refunds are in a column in the one part, and in rows in the other."""
    if "refund" not in new.columns and "refund" not in kept.columns:
        return
    rows = concat_raw(kept, new).drop_nulls("order_id").filter("refund")
    beside = pl.col("lines") == 0 if "lines" in rows.columns else pl.lit(value=False)
    kinds = rows.group_by("customer_id", "order_id").agg(beside=beside.any(), rows=(~beside).any())
    both = kinds.filter(pl.col("beside") & pl.col("rows"))
    given = all(file.columns.reasons.get("refunded") == "given" for file in orders.files if file.has_refunds)
    if both.height and not (given and any(file.has_refunds for file in orders.files)):
        example = both["order_id"].cast(pl.String).min()
        have = "orders have" if both.height > 1 else "order has"
        raise InputError(
            f"{orders.name()}: {both.height:,} {have} refunds in a column and in rows, for example {example!r}",
            "they may be the same: roll all orders up anew; --map refunded=- leaves the column out",
        )


def refuse_total(fresh: pl.DataFrame, manifest: Manifest) -> None:
    """Raise InputError where money is too large to be added exactly."""
    total = fresh["revenue"].abs().cast(pl.Float64).sum()
    if (manifest.largest or 0) >= LARGEST or total >= LARGEST_TOTAL:
        raise InputError("amounts are too large to be added exactly", "give money in a larger unit, such as thousands")
