"""A row a segment: `rfm segments`."""

from __future__ import annotations

import polars as pl

from rfm_cli.pipeline import Scored
from rfm_cli.segments import in_rank_order
from rfm_cli.tables.money import as_decimal, half_even
from rfm_cli.views.view import View, meta_of

MEDIANS = {"recency_days": "median_recency_days", "frequency": "median_frequency", "monetary": "median_monetary"}
MORE_DECIMALS = 2
"""aov and medians carry so many decimals more than the money."""


def segments_view(scored: Scored) -> View:
    """Every segment of the scheme by rank, the empty ones too, then those without a purchase.

    Columns: segment, customers, customers_share, orders, revenue, revenue_share, aov (revenue / orders),
    median_recency_days, median_frequency, median_monetary. Shares are of all rows; a share or mean of nothing is
    null; an even median is the mean of the middle two. aov and medians are rounded half-even. Under a scheme without
    a map the buyers are one row without a name.
    """
    scale = scored.scale or 0
    has_money = "monetary" in scored.frame.columns
    money = "monetary" if has_money else "frequency"
    summed = scored.frame.group_by("segment").agg(
        pl.len().cast(pl.Int64).alias("customers"),
        orders=pl.col("frequency").cast(pl.Int64).sum(),
        revenue=pl.col(money).cast(pl.Int64).sum(),
        **{name: _double_median(measure) for measure, name in MEDIANS.items() if measure in scored.frame.columns},
    )
    ranked = _ranked(scored).join(summed, on="segment", how="left", nulls_equal=True, maintain_order="left")
    filled = ranked.with_columns(pl.col("customers", "orders", "revenue").fill_null(0))
    rows = filled.select(_columns(scale, has_money=has_money))
    return View("segments", rows, meta_of(scored, revenue=rows["revenue"].sum() if has_money else None))


def _ranked(scored: Scored) -> pl.DataFrame:
    names: list[str | None] = list(in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers))
    if not scored.scheme.segments:
        names.insert(0, None)
    return pl.DataFrame({"segment": names}, schema={"segment": pl.String})


def _double_median(measure: str) -> pl.Expr:
    """Twice the median, an integer: the sum of the middle two, or of the middle one and itself."""
    values = pl.col(measure).drop_nulls().cast(pl.Int64).sort()
    count = values.len().cast(pl.Int64)
    low = values.get((count - 1) // 2, null_on_oob=True)
    return low + values.get(count // 2, null_on_oob=True)


def _columns(scale: int, *, has_money: bool) -> list[pl.Expr]:
    fine = scale + MORE_DECIMALS
    unit = 10**MORE_DECIMALS
    orders, revenue = pl.col("orders"), pl.col("revenue")
    aov = half_even(revenue.cast(pl.Int128) * unit, pl.when(orders > 0).then(orders).cast(pl.Int128))
    empty = pl.lit(None, pl.Decimal(18, scale))
    return [
        pl.col("segment"),
        pl.col("customers").cast(pl.Int32),
        share(pl.col("customers")).alias("customers_share"),
        orders.cast(pl.Int32),
        (as_decimal(revenue, scale) if has_money else empty).alias("revenue"),
        (share(revenue) if has_money else pl.lit(None, pl.Float64)).alias("revenue_share"),
        (as_decimal(aov, fine) if has_money else pl.lit(None, pl.Decimal(18, fine))).alias("aov"),
        as_decimal(pl.col("median_recency_days") * (10**fine // 2), fine).alias("median_recency_days"),
        as_decimal(pl.col("median_frequency") * (10**fine // 2), fine).alias("median_frequency"),
        (
            as_decimal(pl.col("median_monetary") * (unit // 2), fine)
            if has_money
            else pl.lit(None, pl.Decimal(18, fine))
        ).alias("median_monetary"),
    ]


def share(value: pl.Expr) -> pl.Expr:
    """Each row's part of the column's sum, null where the sum is 0: a share of nothing."""
    total = value.sum()
    return pl.when(total != 0).then(value.cast(pl.Float64) / total.cast(pl.Float64))
