"""A view: its rows as files hold them, the meta beside them, and the columns that tables of groups share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from rfm_cli import pipeline
from rfm_cli.model import Scored
from rfm_cli.scores.cutoffs import Bounds
from rfm_cli.tables.money import as_decimal, decimal_of, half_even

MORE_DECIMALS = 2
"""The decimals that aov and medians have beyond those of the money."""
METRICS = {"customers": "customers", "revenue": "revenue", "aov": "aov", "share": "customers_share"}
"""What the cells of a view can be shaded or ranked by, and the column that holds it."""


@dataclass(frozen=True)
class View:
    """A result table (`rows`) and its `meta`: as-of date, scheme, cutoffs, counts, headline figures."""

    name: str
    rows: pl.DataFrame
    meta: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeCounts:
    """How many customers entered, left, moved (up and down of them) or have another VIP mark alone."""

    entered: int
    left: int
    moved: int
    vip: int
    up: int
    down: int


@dataclass(frozen=True, kw_only=True)
class DiffView(View):
    """The customers that differ between two snapshots, with both dates, the scheme of the later one, and counts."""

    first: date
    last: date
    scheme: str
    counts: ChangeCounts


def meta_of(scored: Scored, **headline: object) -> dict[str, object]:
    """Return the meta of a view of scored customers; figures of the view itself come last."""
    return {
        "as_of": scored.as_of,
        "scheme": scored.scheme.name,
        "cutoffs": cutoffs_of(scored),
        "rules": scored.cutoffs.rules(),
        "counts": dict(pipeline.counts(scored)),
        **where_of(scored),
        **headline,
    }


def where_of(scored: Scored) -> dict[str, object]:
    """Return the condition of the customers that a view shows with its counts, nothing where it shows everybody."""
    where = scored.where
    return {"where": {"expression": where.text, **where.counts}} if where else {}


def meta_between(then: Scored, last: date, **headline: object) -> dict[str, object]:
    """Return the meta of a view of changes since a date, up to the day `last`, by the cutoffs of the earlier one.

    It counts rows alone, since customers, buyers and VIPs differ between the two dates.
    """
    return {**meta_of(then), "as_of": last, "counts": pipeline.row_counts(then.facts), **headline}


def cutoffs_of(scored: Scored) -> dict[str, object]:
    """Return the cutoffs as plain data: by axis, score -> bound; money as decimals."""
    scale = scored.scale or 0
    found: dict[str, object] = {}
    for axis, groups in scored.cutoffs.axes.items():
        plain = {group: _plain(bounds, axis, scale) for group, bounds in groups.items()}
        found[axis] = (
            # Cutoffs that are not nested have one group.
            plain[()]
            if set(plain) == {()}
            else [{**dict(zip("rf", group, strict=False)), "cutoffs": bounds} for group, bounds in plain.items()]
        )
    vip = scored.cutoffs.vip
    found["vip_floor"] = None if vip.floor is None else decimal_of(vip.floor, scale)
    return found


def _plain(bounds: Bounds, axis: str, scale: int) -> dict[str, object]:
    return {str(score): decimal_of(bound, scale) if axis == "m" else bound for score, bound in bounds.at}


def summed(customers: pl.DataFrame, by: Sequence[str], **more: pl.Expr) -> pl.DataFrame:
    """Sum customers (frequency, monetary in minor units?) by the columns `by`, in no order.

    Columns: `by`, customers, orders, revenue (all Int64, money in minor units, 0 without money), and `more`.
    """
    money = "monetary" if "monetary" in customers.columns else None
    return customers.group_by(by).agg(
        customers=pl.len().cast(pl.Int64),
        orders=pl.col("frequency").cast(pl.Int64).sum(),
        revenue=pl.col(money).cast(pl.Int64).sum() if money else pl.lit(0, pl.Int64),
        **more,
    )


def filled(cells: pl.DataFrame, sums: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return the rows of `cells` in their order with the figures of `summed`, 0 where a cell has no customer."""
    joined = cells.join(sums, on=by, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("customers", "orders", "revenue").fill_null(0))


def worth(scale: int | None, *, orders: bool = False) -> list[pl.Expr]:
    """Return the public columns of summed groups: customers, customers_share, orders?, revenue, revenue_share, aov.

    Shares are of all rows, null where their sum is not above 0. aov is revenue / orders, half-even, with two decimals
    more than the money. `scale` None means that there is no money: its columns are null.
    """
    columns = [pl.col("customers").cast(pl.Int32), share(pl.col("customers")).alias("customers_share")]
    columns += [pl.col("orders").cast(pl.Int64)] if orders else []  # see `narrowed`
    if scale is None:
        empty = [pl.lit(None, pl.Decimal(18, 0)), pl.lit(None, pl.Float64), pl.lit(None, pl.Decimal(18, MORE_DECIMALS))]
        names = ("revenue", "revenue_share", "aov")
        return [*columns, *(column.alias(name) for column, name in zip(empty, names, strict=True))]
    return [
        *columns,
        as_decimal(pl.col("revenue"), scale).alias("revenue"),
        share(pl.col("revenue")).alias("revenue_share"),
        aov(pl.col("revenue"), pl.col("orders"), scale).alias("aov"),
    ]


def narrowed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `orders` as the 32 bits of all counts, unless the purchases of a group need 64."""
    most = rows["orders"].max()
    # Roll-ups can hold more purchases of a segment than 32 bits count.
    fits = not isinstance(most, int) or most < 2**31
    return rows.with_columns(pl.col("orders").cast(pl.Int32)) if fits else rows


def aov(revenue: pl.Expr, orders: pl.Expr, scale: int) -> pl.Expr:
    """Return money (minor units) per purchase as a decimal, half-even; null without purchases."""
    # 128 bits, since money is multiplied before it is divided.
    bought = pl.when(orders > 0).then(orders).cast(pl.Int128)
    return as_decimal(half_even(revenue.cast(pl.Int128) * 10**MORE_DECIMALS, bought), scale + MORE_DECIMALS)


def share(value: pl.Expr) -> pl.Expr:
    """Return each row's part of the column's sum; null where the sum is not above 0."""
    total = value.sum()
    # A column divides to the nearest float; of a single divisor Polars makes a product, which can miss it.
    divisor = (value * 0 + total).cast(pl.Float64)
    return pl.when(total > 0).then(value.cast(pl.Float64) / divisor)
