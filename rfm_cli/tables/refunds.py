"""Refunds in a column beside the order: money that is taken off on its own day, and never undoes a purchase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from rfm_cli.tables import money, rules

BESIDE = "beside"
"""A column of typed rows: whether the row is the refund that a column of another row names, and no row of the file."""
LINES = "lines"
"""A column of accepted rows: how many rows of the files each is, 1 or 0."""
GIVEN_BACK = "given_back"
"""A column of accepted rows: the day on which the refund of the same row gave all of its money back, else null."""


def with_refunds(typed: pl.LazyFrame, scale: int, more: Iterable[str] = ()) -> pl.LazyFrame:
    """Return typed rows with a row for each refund that a column names, below the rows of the files.

    Takes the columns `refunded` (a size, 0 without a refund) and `refund_day` (null: the day of the row). Such a row
    has `refund` and `BESIDE` true, and of its row the rule and the columns of `more`. All rows get `GIVEN_BACK`.
    """
    schema = typed.collect_schema()
    size = money.minor_units(pl.col("refunded"), scale)
    day = pl.coalesce("refund_day", "day") if "refund_day" in schema else pl.col("day")
    marks = {
        "refund": pl.col("refund") if "refund" in schema else pl.lit(value=False),
        BESIDE: pl.lit(value=False),
        GIVEN_BACK: pl.when((size > 0) & (size >= pl.col("minor"))).then(day),
    }
    own = typed.with_columns(**marks)
    kept = [name for name in ("customer", "order", "currency", "rule", *more) if name in schema]
    beside = typed.filter((pl.col("refunded") > 0) & (pl.col("rule") == rules.ACCEPTED)).select(
        *kept,
        day=day,
        value=pl.col("refunded"),
        minor=-size,
        refund=pl.lit(value=True),
        **{BESIDE: pl.lit(value=True), GIVEN_BACK: pl.lit(None, pl.Date)},
    )
    return pl.concat([own, beside], how="diagonal")


@dataclass(frozen=True)
class TwiceRefunded:
    """Orders with refunds both in a column and in rows: how many, the id of one, and what the column has of them."""

    orders: int
    example: str
    beside: int


def twice_refunded(typed: pl.LazyFrame, scale: int) -> TwiceRefunded | None:
    """Return the orders of typed rows with a refund in a column and refunds in rows; None where there are none."""
    if not {"refunded", "refund", "order"} <= set(typed.collect_schema()):
        return None
    size = money.minor_units(pl.col("refunded"), scale)
    rows = typed.filter((pl.col("rule") == rules.ACCEPTED) & pl.col("order").is_not_null())
    by_order = rows.group_by("customer", "order").agg(rows=pl.col("refund").any(), beside=size.sum())
    both = by_order.filter(pl.col("rows") & (pl.col("beside") > 0))
    found = both.select(pl.len(), pl.col("order").cast(pl.String).min(), pl.col("beside").sum())
    orders, example, beside = found.collect(engine="streaming").row(0)
    return TwiceRefunded(orders, example, beside) if orders else None


def row_count(accepted: pl.LazyFrame) -> pl.Expr:
    """Return the expression that counts rows of the files among accepted rows."""
    return pl.col(LINES).sum() if LINES in accepted.collect_schema() else pl.len()
