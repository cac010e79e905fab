"""Add new orders to a roll-up.

Only the last days are counted again; the result equals a roll-up of all orders at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.progress import step
from rfm_cli.rollup import checkpoints, store
from rfm_cli.rollup.checkpoints import (
    carry_recent,
    concat_raw,
    of_customers,
    of_orders,
    raw,
    read_recent,
    still_recent,
    to_kernel_rows,
)
from rfm_cli.rollup.compatibility import require_people
from rfm_cli.rollup.kernel import add_counts, count_free_orders, count_rows, is_period_of
from rfm_cli.rollup.make import (
    currency_of,
    fingerprint,
    given_of,
    largest_of,
    needs_zone,
    precedents_of,
    refuse_twice,
    write_manifest,
)
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.parquet import Replacement, write_replaced
from rfm_cli.rollup.read import RollUp
from rfm_cli.rollup.refusals import refuse_late, refuse_money, refuse_repeated, refuse_total
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.persons import person_of
from rfm_cli.tables.precedents import refuse_change


@dataclass(frozen=True)
class Added:
    """A roll-up with new orders, not written yet.

    `replacement` has the rows that changed; the money of all other rows is multiplied by `factor`. `begun` is the part
    before the watermark of the period that holds it. `touched` are the periods after the settled day of the customers
    with new rows, None if periods are not days. `recent` are the raw rows to keep; the days of new ones are `new_days`.
    `orders` are the new orders after a full pass over them, and `facts` what this pass found.
    """

    manifest: Manifest
    replacement: Replacement
    begun: pl.DataFrame
    touched: pl.DataFrame | None
    recent: pl.DataFrame
    new_days: frozenset[date]
    factor: int
    orders: Orders
    facts: Facts


def add_orders(rollup: RollUp, orders: Orders) -> Added:
    """Return the roll-up with the orders added.

    Raises LateRowsError if rows lie before the watermark. Raises InputError if the roll-up has one of the files
    already, if no row is accepted, if the money does not fit, or if all orders at once would be read otherwise.
    """
    old, where = rollup.manifest, rollup.name()
    if not (rollup.folder / store.RECENT).exists():
        raise InputError(f"{where}: no rows are kept beside this roll-up to add to", "roll all orders up again")
    inputs = fingerprint(orders)
    # Before the pass, which takes long for a file that is refused anyway.
    refuse_twice(inputs, old.inputs)
    require_people(where, old.person, person_of(orders), "the new orders")
    accepted, facts, orders = _collect(orders, old.scale)
    order_tables.require_rows(facts, orders)
    order_tables.refuse(orders, facts)
    refuse_late(accepted, orders, old, where)
    refuse_money(orders, facts, old, where)
    new, kept = raw(accepted), read_recent(rollup.folder)
    refuse_repeated(new, kept, orders, old, where)
    joined = replace(_join(old, orders, facts, where), inputs=(*old.inputs, *inputs))
    manifest = replace(joined, whole_ids=old.whole_ids and new.schema["customer_id"] == pl.Int64)
    # Old money has to be scaled if the new orders have more decimals.
    factor = 10 ** ((manifest.scale or 0) - (old.scale or 0))
    rows = concat_raw(kept.with_columns(pl.col("minor") * factor), new)
    replacement, begun = _count_again(rows, new, rollup, manifest, factor)
    refuse_total(replacement.rows, manifest)
    # A replaced period may have no free order any more, so its old count goes in any case.
    others = {day: count for day, count in old.free_orders.items() if not replacement.replaces(day)}
    return Added(
        replace(manifest, free_orders=others | count_free_orders(replacement.rows)),
        replacement,
        begun,
        _touched(rows, new, old, manifest) if old.periods.grain == "day" else None,
        still_recent(rows, manifest.last_day),
        frozenset(new["day"].unique()),
        factor,
        orders,
        facts,
    )


def write_added(added: Added, rollup: RollUp) -> None:
    """Write the roll-up with the added orders as the new version of its folder, all of it at once."""
    old, manifest = rollup.folder, added.manifest
    with step(f"writing {rollup.path}"), store.new_version(Path(rollup.path)) as made:
        write_replaced(old, made, added.replacement, manifest, added.factor)
        checkpoints.carry_checkpoints(old, rollup.manifest, made, manifest, added.touched)
        # A finer scale changes the money of every kept row, on all days.
        days = added.new_days if added.factor == 1 else frozenset(added.recent["day"].unique())
        carry_recent(old, made, added.recent, manifest.last_day, days)
        write_manifest(made, manifest, added.begun)


def _collect(orders: Orders, least: int | None) -> tuple[pl.DataFrame, Facts, Orders]:
    """Return the accepted rows with money at the scale `least` or a finer one, the facts, and the orders as proved."""
    # A pass may find that the scale of the orders was wrong, and then read them again with another one.
    while True:
        if least is not None and orders.scale is not None and orders.scale < least:
            orders = replace(orders, scale=least)
        new, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
        if least is None or orders.scale is None or orders.scale >= least:
            return new, facts, orders


def _count_again(
    rows: pl.DataFrame, new: pl.DataFrame, rollup: RollUp, manifest: Manifest, factor: int
) -> tuple[Replacement, pl.DataFrame]:
    """Count the periods from the old watermark on again.

    Returns the rows that change, and the part before the new watermark of the period that holds it. They come from
    `rows`, the kept ones and the new ones, and from the period that had begun before the old watermark.
    """
    old = rollup.manifest
    since, until, periods, purchases = old.watermark, manifest.watermark, old.periods, old.purchases
    # Only days on which an order with new rows has a row can change; all other days stay as they are.
    if periods.grain == "day":
        days = _days_of(rows, new, since)
        own = to_kernel_rows(_of_orders_on(rows, days), manifest.scale)
        counts = count_rows(own, periods, purchases, since=since).filter(pl.col("period").is_in(list(days)))
        return Replacement(counts.collect(engine="streaming"), since, days), counts.clear().collect()
    given = to_kernel_rows(rows, manifest.scale)
    # The period that holds the watermark has begun before it, with rows that are no longer kept.
    had = pl.read_parquet(rollup.folder / store.BEGUN, glob=False).with_columns(pl.col("revenue") * factor)
    counts = count_rows(given, periods, purchases, since=since)
    whole = add_counts(had, counts.collect(engine="streaming"))
    settled = count_rows(given, periods, purchases, since=since, before=until).filter(is_period_of(periods, until))
    begun = add_counts(had.filter(is_period_of(periods, until)), settled.collect(engine="streaming"))
    return Replacement(whole.with_columns(pl.col("period").fill_null(manifest.end)), since), begun


def _touched(rows: pl.DataFrame, new: pl.DataFrame, old: Manifest, manifest: Manifest) -> pl.DataFrame:
    """Count the periods after the settled day of the customers with new rows.

    All of their rows since then are kept, because no month is longer than `OPEN_DAYS`.
    """
    own = to_kernel_rows(of_customers(rows, concat_raw(rows.clear(), new)), manifest.scale)
    since = old.settled + timedelta(days=1)
    return count_rows(own, old.periods, old.purchases, since=since).collect(engine="streaming")


def _days_of(rows: pl.DataFrame, new: pl.DataFrame, since: date) -> frozenset[date]:
    """Return the days since `since` on which the orders of the new rows have rows, old or new."""
    found = of_orders(rows.filter(pl.col("day") >= since), concat_raw(rows.clear(), new))
    return frozenset(found["day"].unique()) | frozenset(new["day"].unique())


def _of_orders_on(rows: pl.DataFrame, days: frozenset[date]) -> pl.DataFrame:
    """Return the rows of some days, and all other rows of their orders."""
    there = rows["day"].is_in(list(days))
    on_days = rows.filter(there)
    return pl.concat([on_days, of_orders(rows.filter(~there), on_days)])


def _join(old: Manifest, orders: Orders, facts: Facts, where: str) -> Manifest:
    """Return the manifest of the roll-up with the new orders, except for inputs, whole ids and free orders.

    Raises InputError if all orders at once would be read otherwise.
    """
    known, shown = old.precedents.beside(orders.options), precedents_of(orders, facts)
    refuse_change(known, shown, where, orders.name())
    assert facts.first_day is not None
    assert facts.last_day is not None
    scale = None if old.scale is None else max(old.scale, orders.scale or 0)
    # Sizes in minor units can be compared at one scale only, the finer one.
    sizes = [(old.largest or 0, old.scale), (largest_of(facts) or 0, orders.scale)]
    largest = max(size * 10 ** ((scale or 0) - (own or 0)) for size, own in sizes)
    return replace(
        old,
        precedents=known.with_other(shown),
        rows=_sum(old.rows, facts.rows),
        first_day=min(old.first_day, facts.first_day),
        last_day=max(old.last_day, facts.last_day),
        converted=old.converted or needs_zone(orders),
        order_ids=old.order_ids or orders.has_order_id,
        has_status=old.has_status or any("status" in file.columns for file in orders.files),
        scale=scale,
        largest=None if scale is None else largest,
        currency=old.currency or currency_of(orders, facts),
        reading=given_of(orders.options),
        last_refund=max((day for day in (old.last_refund, facts.last_refund) if day), default=None),
    )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    counts = {name: one.get(name, 0) + other.get(name, 0) for name in rules.NAMES}
    return {name: count for name, count in counts.items() if count or name == rules.ACCEPTED}
