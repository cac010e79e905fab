"""Snapshots in place of orders: the customers of their dates as measured then, and who may be compared with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import UsageError
from rfm_cli.history.past import Past, StoredDay
from rfm_cli.model import Question, Shop
from rfm_cli.schemes import Axis, Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting
from rfm_cli.snapshots.metadata import CountingOptions
from rfm_cli.snapshots.store import Snapshot
from rfm_cli.views.watch import STAKE_DAYS

STEP = ("customer", "step", "first_order", "last_order", "frequency", "first_row")
MEASURES = ("first_order", "last_order", "recency_days", "frequency", "known_from")


def measured(snapshot: Snapshot, scale: int | None) -> pl.DataFrame:
    """The customers of a snapshot as `pipeline.scored_from` takes them, with money in minor units of `scale` decimals
    (as many as its own, or more), and monetary_year."""
    rows, units = snapshot.rows(), 10 ** (scale or 0)
    money = [
        (pl.col(name) * units).cast(pl.Int64).alias(name)
        for name in ("monetary", "monetary_year")
        if snapshot.metadata.scale is not None
    ]
    return rows.select(pl.col("customer_id").alias("customer"), *MEASURES, *money).with_columns(first_row="known_from")


def require_alike(
    first: Snapshot, last: Snapshot, axes: Sequence[Axis], *, rescore: bool = False, vip: bool = False
) -> None:
    """Nothing, or `UsageError` where two snapshots cannot be compared.

    That is where they are of other schemes, were counted in other ways, one with and one without money, or, unless
    `rescore`, under other cutoffs of the axes that matter (with `vip`, another VIP floor).
    """
    one, other = first.metadata, last.metadata
    between = f"the snapshots of {one.as_of} and {other.as_of}"
    if map_of(one.scheme) != map_of(other.scheme):
        raise UsageError(
            f"{between} are of two schemes: {one.scheme.name} and {other.scheme.name}", "take one of them anew"
        )
    if one.counting != other.counting or (one.scale is None) != (other.scale is None):
        raise UsageError(f"{between} were counted in two ways: {_differs(one.counting, other.counting)}")
    scale = scale_of([first, last])
    cutoffs = [snapshot.metadata.cutoffs.at_scale(scale) for snapshot in (first, last)]
    if not rescore and _ruler(cutoffs[0], axes, vip=vip) != _ruler(cutoffs[1], axes, vip=vip):
        raise UsageError(
            f"{between} were taken under different cutoffs",
            "--rescore compares all the same; rfm snapshot --cuts FILE takes them under one ruler (--save-cuts)",
        )


def _differs(one: CountingOptions, other: CountingOptions) -> str:
    pairs = {name: (vars(one)[name], vars(other)[name]) for name in vars(one)}
    found = [f"{name} {first} and {second}" for name, (first, second) in pairs.items() if first != second]
    return ", ".join(found) or "with and without money"


def map_of(scheme: Scheme) -> object:
    """What says which customers are in which segment, and which rank it has."""
    return scheme.axes, scheme.bins, [(segment.name, segment.cells) for segment in scheme.segments]


def _ruler(cutoffs: Cutoffs, axes: Sequence[Axis], *, vip: bool) -> object:
    nested = any(set(groups) != {()} for groups in cutoffs.axes.values())
    own = {
        axis: {group: bounds.at for group, bounds in groups.items()}
        for axis, groups in cutoffs.axes.items()
        if nested or axis in axes
    }
    return own, (cutoffs.vip.floor, cutoffs.vip.min_orders) if vip else None


def scale_of(snapshots: Sequence[Snapshot]) -> int | None:
    """The decimals that hold the money of all of them; None where there is none."""
    return max((one.metadata.scale for one in snapshots if one.metadata.scale is not None), default=None)


def question_of(snapshot: Snapshot) -> Question:
    """The question that the snapshot answers."""
    told = snapshot.metadata
    return Question(Fitting(told.scheme), new_subscriber=told.counting.new_subscriber)


def past_of(shop: Shop, snapshots: Sequence[Snapshot]) -> Past:
    """The past at the dates of some snapshots, the last of which tells of rows; each has its own cutoffs."""
    scale, last = scale_of(snapshots), snapshots[-1]
    stored = {
        one.metadata.as_of: StoredDay(measured(one, scale), one.metadata.cutoffs.at_scale(scale)) for one in snapshots
    }
    opened, facts = _at_scale(shop, scale), last.metadata.facts
    return Past(
        pl.DataFrame(),
        last.metadata.as_of,
        opened,
        facts,
        question_of(last),
        stored=stored,
        remarks=last.metadata.warnings,
    )


def _at_scale(shop: Shop, scale: int | None) -> Shop:
    return replace(shop, stored=replace(shop.stored, scale=scale) if shop.stored else None)


def daily_past_of(shop: Shop, first: Snapshot, last: Snapshot) -> Past:
    """The past between two snapshots as steps: what had added up by the first (the money of its last 365 days apart),
    and all that came later, as if it had come on the day of the last purchase.

    From that day on a customer is where orders would have him; before it, where he would be without a purchase. Only
    customers of both snapshots have steps. The cutoffs of the first are the ruler.
    """
    scale, since = scale_of([first, last]), first.metadata.as_of
    now = measured(last, scale)
    then = measured(first, scale).join(now, on="customer", how="semi")
    has_money = "monetary" in then.columns
    both = then.join(now, on="customer", suffix="_now")
    nothing = [pl.lit(None, pl.Date).alias(name) for name in ("first_order", "last_order")]
    long_ago = then.with_columns(
        *nothing,
        pl.lit(0, pl.Int32).alias("frequency"),
        *([pl.col("monetary") - pl.col("monetary_year")] if has_money else []),
        step=pl.lit(days_before(since, STAKE_DAYS)),
    )
    last_year = [pl.col("monetary_year").alias("monetary")] if has_money else []
    until_then = then.with_columns(*last_year, step=pl.lit(since))
    bought = pl.col("last_order_now") > since
    later = both.with_columns(
        step=pl.when(bought).then("last_order_now").otherwise(pl.lit(last.metadata.as_of)),
        first_order=pl.when(bought).then("first_order_now"),
        last_order=pl.when(bought).then("last_order_now"),
        frequency=pl.col("frequency_now") - pl.col("frequency"),
        **({"monetary": pl.col("monetary_now") - pl.col("monetary")} if has_money else {}),
    )
    columns = [*STEP, *(["monetary"] if has_money else [])]
    # In the first year of the calendar there is no time before the last 365 days.
    parts = [until_then, later] if days_before(since, STAKE_DAYS) is None else [long_ago, until_then, later]
    found = pl.concat([part.select(columns) for part in parts])
    question = replace(question_of(last), cutoffs=first.metadata.cutoffs.at_scale(scale))
    opened = _at_scale(shop, scale)
    return Past(found, last.metadata.as_of, opened, last.metadata.facts, question, remarks=last.metadata.warnings)


def unsure(found: pl.DataFrame, last: Snapshot, since: date) -> int:
    """How many of those who slipped did so before their last purchase, on a day that two snapshots cannot tell."""
    bought = last.rows().select(customer=pl.col("customer_id"), last_order="last_order")
    return (
        found.join(bought, on="customer")
        .filter(pl.col("last_order") > since, pl.col("slipped_on") <= pl.col("last_order"))
        .height
    )
