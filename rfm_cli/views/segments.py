"""One row per segment: `rfm segments`, at one date or beside another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.model import Scored
from rfm_cli.schemes import in_rank_order, next_step
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.axes import AxisOf
from rfm_cli.views.view import MORE_DECIMALS, View, filled, meta_of, narrowed, summed, worth

MEDIANS = {"recency_days": "median_recency_days", "frequency": "median_frequency", "monetary": "median_monetary"}
EXACT = 2**52
"""Floats hold the sum of two integers up to this size, and its half, without rounding."""
VALUE = "(value)"
"""The axis inside these functions, since its own name may be that of a measure."""
COMPARED = ("customers", "revenue")
"""Columns that are compared with those of another date."""


def segments_view(scored: Scored, axis: AxisOf | None = None, *, next_steps: bool = False) -> View:
    """Return every segment of the scheme by rank, the empty ones too, then those without a purchase.

    Columns: segment, customers, customers_share, orders, revenue, revenue_share, aov (revenue / orders),
    median_recency_days, median_frequency, median_monetary. Shares are of all rows; a share or mean of nothing is
    null; an even median is the mean of the middle two. aov and medians are rounded half-even. Under a scheme without
    a map the buyers are one row without a name. With an `axis` its values come first: every value x every segment.
    `next_steps` adds next_step, what the scheme suggests to do.
    """
    frame, cells, keys = scored.frame, _ranked(scored), ["segment"]
    if axis is not None:
        _refuse(axis)
        values = pl.DataFrame({VALUE: axis.order}, schema={VALUE: pl.String})
        frame, cells, keys = (
            frame.with_columns(axis.labels.alias(VALUE)),
            values.join(cells, how="cross"),
            [VALUE, *keys],
        )
    rows = filled(cells, sums_of(frame, keys), keys)
    first = [] if axis is None else [pl.col(VALUE).alias(axis.name)]
    steps = [_next_steps(scored)] if next_steps else []
    rows = narrowed(rows.select(*first, "segment", *worth(scored.scale, orders=True), *medians(scored.scale), *steps))
    revenue = rows["revenue"].sum() if scored.scale is not None else None
    return View("segments", rows, meta_of(scored, revenue=revenue, **({"by": axis.name} if axis else {})))


def against_view(scored: Scored, other: Scored, *, next_steps: bool = False) -> View:
    """Return the segments of `scored` with the customers and money of `other`, which was scored by the same cutoffs.

    Adds customers_against, customers_change, revenue_against, revenue_change behind the measures; a change is the
    figure less the earlier one. Money is null where there is none.
    """
    view = segments_view(scored, next_steps=next_steps)
    # Both dates are scored by the same cutoffs, so that a change is one of customers.
    then = segments_view(other).rows.select("segment", *(pl.col(name).alias(f"{name}_against") for name in COMPARED))
    rows = view.rows.join(then, on="segment", how="left", nulls_equal=True, maintain_order="left")
    added = [
        column
        for name in COMPARED
        for column in (
            pl.col(f"{name}_against"),
            (pl.col(name) - pl.col(f"{name}_against")).cast(view.rows.schema[name]).alias(f"{name}_change"),
        )
    ]
    last = ["next_step"] if next_steps else []
    kept = [name for name in view.rows.columns if name not in last]
    return replace(view, rows=rows.select(*kept, *added, *last), meta={**view.meta, "against": other.as_of})


def sums_of(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Sum scored customers by the columns `keys`, with the medians that `medians` makes public."""
    measures = {name: frame[measure] for measure, name in MEDIANS.items() if measure in frame.columns}
    return summed(frame, keys, **{name: _double_median(values) for name, values in measures.items()})


def _refuse(axis: AxisOf) -> None:
    """Raise `UsageError` where an axis is called like a column of the answer."""
    taken = {"segment", "customers", "customers_share", "orders", "revenue", "revenue_share", "aov", "next_step"}
    if axis.name in taken | set(MEDIANS.values()):
        raise UsageError(f"--by {axis.name}: the answer has a column of that name already")


def _next_steps(scored: Scored) -> pl.Expr:
    steps = {name: next_step(scored.scheme, name) for name in in_rank_order(scored.scheme, new_subscribers=True)}
    step = pl.col("segment").replace_strict(steps, default=None, return_dtype=pl.String)
    return step.replace("", None).alias("next_step")


def _ranked(scored: Scored) -> pl.DataFrame:
    names: list[str | None] = list(in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers))
    if not scored.scheme.segments:
        names.insert(0, None)
    return pl.DataFrame({"segment": names}, schema={"segment": pl.String})


def _double_median(values: pl.Series) -> pl.Expr:
    """Return twice the median of a column of integers, in groups, as an integer.

    It is the sum of the middle two, or twice the middle one.
    """
    column = pl.col(values.name).cast(pl.Int64)
    if _are_exact_floats(values):  # then Polars' own median has no rounding, and needs a tenth of the time of a sort
        return (column.median() * 2).cast(pl.Int64)
    # Integers past 2^52 lose their last digits as floats.
    ordered = column.drop_nulls().sort()
    count = ordered.len().cast(pl.Int64)
    low = ordered.get((count - 1) // 2, null_on_oob=True)
    return low + ordered.get(count // 2, null_on_oob=True)


def _are_exact_floats(values: pl.Series) -> bool:
    """Return whether the sum of any two of the integers is exact as a float."""
    low, high = values.min(), values.max()
    return not (isinstance(low, int) and isinstance(high, int)) or -EXACT <= low <= high <= EXACT


def medians(scale: int | None) -> list[pl.Expr]:
    """Return the medians from the doubles of `sums_of`; all of them with two decimals more than the money."""
    fine = (scale or 0) + MORE_DECIMALS
    # Doubles of medians are whole, so that halves are exact.
    half = {"median_recency_days": 10**fine // 2, "median_frequency": 10**fine // 2}
    found = [as_decimal(pl.col(name) * unit, fine).alias(name) for name, unit in half.items()]
    if scale is None:
        return [*found, pl.lit(None, pl.Decimal(18, fine)).alias("median_monetary")]
    money = as_decimal(pl.col("median_monetary") * (10**MORE_DECIMALS // 2), fine)
    return [*found, money.alias("median_monetary")]
