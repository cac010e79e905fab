"""The named segments of rfm.toml as rows of `rfm segments --named`, and as axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.messages import Value, message
from rfm_cli.model import Scored
from rfm_cli.tables.money import as_decimal, half_even
from rfm_cli.views.axes import AxisOf
from rfm_cli.views.segments import medians, sums_of
from rfm_cli.views.view import MORE_DECIMALS, View, aov, filled, meta_of, narrowed

OTHER = "Other"
UNDECIDED = "undecided"


@dataclass(frozen=True, eq=False)
class Member:
    """A named segment: its truth by customer (null: unknown), its parent (empty for none), and what to do next."""

    name: str
    truth: pl.Series
    of: str = ""
    next_step: str = ""

    @property
    def kept(self) -> pl.Series:
        """Whether each customer is known to be in it."""
        return self.truth.fill_null(value=False)


def parents_first(members: Sequence[Member]) -> list[Member]:
    """Return the segments in their order, the parts of each right below it."""
    return list(_below("", members))


def _below(parent: str, members: Sequence[Member]) -> Iterator[Member]:
    for one in members:
        if one.of == parent:
            yield one
            yield from _below(one.name, members)


def of_those(members: Sequence[Member], scored: Scored) -> list[Member]:
    """Return the segments among the scored customers that are shown."""
    if scored.where is None:
        return list(members)
    return [replace(one, truth=one.truth.filter(scored.where.kept)) for one in members]


def named_view(scored: Scored, members: Sequence[Member], *, next_steps: bool = False) -> View:
    """Return one row per named segment: segment, of, customers, undecided, customers_share, share_of_parent, the
    columns of `segments` from orders on, and revenue_per_customer.

    Segments overlap: customers_share and revenue_share are of all customers and their money. `of` and share_of_parent
    are null for a segment that is no part of another. revenue_per_customer has two decimals more than the money,
    half-even, and is null without a customer. `next_steps` adds next_step.
    """
    parts = [
        sums_of(scored.frame.filter(one.kept).with_columns(segment=pl.lit(one.name)), ["segment"]) for one in members
    ]
    names = pl.DataFrame({"segment": [one.name for one in members]}, schema={"segment": pl.String})
    empty = sums_of(scored.frame.clear().with_columns(segment=pl.lit("")), ["segment"])
    rows = filled(names, pl.concat([empty, *parts]), ["segment"])
    counts = dict(zip(rows["segment"], rows["customers"], strict=True))
    scale = scored.scale
    whole = int(scored.frame["monetary"].cast(pl.Int64).sum()) if scale is not None else 0
    own = {
        "of": pl.Series([one.of or None for one in members], dtype=pl.String),
        "undecided": pl.Series([one.truth.null_count() for one in members], dtype=pl.Int32),
        "customers_share": _parts([*rows["customers"]], [scored.frame.height] * len(members)),
        "share_of_parent": _parts([*rows["customers"]], [counts.get(one.of) for one in members]),
        "revenue_share": _parts([*rows["revenue"]], [whole] * len(members)),
        "next_step": pl.Series([one.next_step or None for one in members], dtype=pl.String),
    }
    shown = rows.with_columns(**own).select(*_public(scale), *(["next_step"] if next_steps else []))
    return View("named", narrowed(shown), meta_of(scored, revenue=_money(whole, scale)))


def _public(scale: int | None) -> list[pl.Expr]:
    """Return the columns of the answer from sums in minor units; without money its columns are null."""
    first = [pl.col("segment", "of"), pl.col("customers").cast(pl.Int32), pl.col("undecided")]
    first += [pl.col("customers_share", "share_of_parent"), pl.col("orders").cast(pl.Int64)]
    fine = (scale or 0) + MORE_DECIMALS
    if scale is None:
        nothing = pl.lit(None, pl.Decimal(18, fine))
        money = [pl.lit(None, pl.Decimal(18, 0)).alias("revenue"), pl.lit(None, pl.Float64).alias("revenue_share")]
        return [*first, *money, nothing.alias("aov"), *medians(scale), nothing.alias("revenue_per_customer")]
    each = half_even(
        pl.col("revenue").cast(pl.Int128) * 10**MORE_DECIMALS,
        pl.when(pl.col("customers") > 0).then(pl.col("customers")).cast(pl.Int128),
    )
    return [
        *first,
        as_decimal(pl.col("revenue"), scale).alias("revenue"),
        pl.col("revenue_share"),
        aov(pl.col("revenue"), pl.col("orders"), scale).alias("aov"),
        *medians(scale),
        as_decimal(each, fine).alias("revenue_per_customer"),
    ]


def _money(whole: int, scale: int | None) -> object:
    from rfm_cli.tables.money import decimal_of

    return None if scale is None else decimal_of(whole, scale)


def _parts(values: Sequence[int], wholes: Sequence[int | None]) -> pl.Series:
    """Return each value as a part of its whole, null where that is not above 0; Python divides to the nearest float."""
    pairs = zip(values, wholes, strict=True)
    return pl.Series([value / whole if whole and whole > 0 else None for value, whole in pairs], dtype=pl.Float64)


def values_of_axis(members: Sequence[str]) -> tuple[str, ...]:
    """Return the values of an axis of segments in their order."""
    return (*members, OTHER)


def values_of_segment(name: str) -> tuple[str, str, str]:
    """Return the values of the axis of one segment in their order."""
    return f"in {name}", f"not in {name}", UNDECIDED


def axis_of_segments(name: str, members: Sequence[Member]) -> AxisOf:
    """Return the axis whose value is the first segment that is true of a customer, else Other."""
    label: pl.Expr = pl.lit(OTHER, pl.String)
    for place in reversed(range(len(members))):
        label = pl.when(pl.col(str(place))).then(pl.lit(members[place].name)).otherwise(label)
    frame = pl.DataFrame({str(place): one.kept for place, one in enumerate(members)})
    order = values_of_axis([one.name for one in members])
    shown: tuple[Value, ...] = (*order[:-1], message("Other"))
    return AxisOf(name, frame.select(label=label).to_series(), order, shown)


def axis_of_segment(member: Member) -> AxisOf:
    """Return the axis of one segment: in it, not in it, undecided."""
    order = inside, outside, undecided = values_of_segment(member.name)
    truth = pl.col("truth")
    known = pl.when(truth).then(pl.lit(inside)).otherwise(pl.lit(outside))
    label = pl.when(truth.is_null()).then(pl.lit(undecided)).otherwise(known)
    labels = member.truth.alias("truth").to_frame().select(label=label).to_series()
    shown = (
        message("in {segment}", segment=member.name),
        message("not in {segment}", segment=member.name),
        message("undecided"),
    )
    return AxisOf(member.name, labels, order, shown)
