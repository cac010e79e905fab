"""New orders folded into a roll-up: the last days alone are rolled again; the answer is that of all orders at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.progress import step
from rfm_cli.rollup import checkpoints, store
from rfm_cli.rollup.counts import counts_of, free_by_period, holds, merged
from rfm_cli.rollup.make import converted, currency_of, inputs_of, largest_of, refuse_twice, write_beside
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.read import RollUp
from rfm_cli.rollup.recent import (
    as_rows,
    carry_recent,
    of_customers,
    of_orders,
    raw,
    read_recent,
    still_recent,
    together,
)
from rfm_cli.rollup.rows import Fresh, write_changed
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.money import LARGEST, LARGEST_TOTAL
from rfm_cli.tables.order_model import Facts, Orders

HALF = 0.5
ROOM = 1e-9
"""The part of an amount that its scale may leave out, as `tables.money` has it."""


class LateRowsError(InputError):
    """Rows that come too late to be added; `orders` are theirs, and `before` is the day that they lie before."""

    def __init__(self, message: str, hint: str, orders: Orders, before: date) -> None:
        super().__init__(message, hint)
        self.orders = orders
        self.before = before


@dataclass(frozen=True)
class Added:
    """A roll-up with new orders, not written yet.

    `fresh` are the rows that changed; the money of all others is multiplied by `times`. `touched` are the periods after
    the settled day of the customers with new rows, None where periods are not days. `recent` are the rows to keep, of
    which those of `new_days` were not there before. `orders` are the new ones as they turned out to be, and `facts`
    theirs alone.
    """

    manifest: Manifest
    fresh: Fresh
    begun: pl.DataFrame
    touched: pl.DataFrame | None
    recent: pl.DataFrame
    new_days: frozenset[date]
    times: int
    orders: Orders
    facts: Facts


def add_orders(rollup: RollUp, orders: Orders) -> Added:
    """The roll-up with the orders folded in.

    `LateRowsError` where rows lie before the watermark, `InputError` where a file is in the roll-up already, where no
    row is accepted, and where the money does not fit.
    """
    old, where = rollup.manifest, rollup.name()
    if not (rollup.folder / store.RECENT).exists():
        raise InputError(f"{where}: no rows are kept beside this roll-up to add to", "roll all orders up again")
    inputs = inputs_of(orders)
    refuse_twice(inputs, old.inputs)
    accepted, facts, orders = _collected(orders, old.scale)
    order_tables.require_rows(facts, orders)
    order_tables.refuse(orders, facts)
    _refuse_late(accepted, orders, old, where)
    _refuse_money(orders, facts, old, where)
    new, kept = raw(accepted), read_recent(rollup.folder)
    _refuse_shared_lines(new, kept, orders)
    whole_ids = old.whole_ids and new.schema["customer_id"] == pl.Int64
    manifest = replace(_joined(old, orders, facts), inputs=(*old.inputs, *inputs), whole_ids=whole_ids)
    times = 10 ** ((manifest.scale or 0) - (old.scale or 0))
    rows = together(kept.with_columns(pl.col("minor") * times), new)
    fresh, begun = _rolled(rows, new, rollup, manifest, times)
    _refuse_total(fresh.rows, manifest)
    others = {day: count for day, count in old.free_orders.items() if not fresh.replaces(day)}
    return Added(
        replace(manifest, free_orders=others | free_by_period(fresh.rows)),
        fresh,
        begun,
        _touched(rows, new, old, manifest) if old.periods.grain == "day" else None,
        still_recent(rows, manifest.last_day),
        frozenset(new["day"].unique()),
        times,
        orders,
        facts,
    )


def write_added(added: Added, rollup: RollUp) -> None:
    """Nothing: the folder of the roll-up shows it with what was added."""
    old, manifest = rollup.folder, added.manifest
    with step(f"writing {rollup.path}"), store.new_version(Path(rollup.path)) as made:
        write_changed(old, made, added.fresh, manifest, added.times)
        checkpoints.carry_states(old, rollup.manifest, made, manifest, added.touched)
        days = added.new_days if added.times == 1 else frozenset(added.recent["day"].unique())
        carry_recent(old, made, added.recent, manifest.last_day, days)
        write_beside(made, manifest, added.begun)


def _collected(orders: Orders, least: int | None) -> tuple[pl.DataFrame, Facts, Orders]:
    """The accepted rows with their money at the scale `least` or a finer one, the facts, and the orders as proved."""
    while True:
        if least is not None and orders.scale is not None and orders.scale < least:
            orders = replace(orders, scale=least)
        new, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
        if least is None or orders.scale is None or orders.scale >= least:
            return new, facts, orders


def _rolled(
    rows: pl.DataFrame, new: pl.DataFrame, rollup: RollUp, manifest: Manifest, times: int
) -> tuple[Fresh, pl.DataFrame]:
    """What changed of the periods from the old watermark on, and what that of the new watermark begins with.

    They come from the kept `rows` with the new ones, and from what had begun before the old watermark.
    """
    old = rollup.manifest
    since, until, periods, purchases = old.watermark, manifest.watermark, old.periods, old.purchases
    if periods.grain == "day":
        days = _days_of(rows, new, since)
        own = as_rows(_of_orders_on(rows, days), manifest.scale)
        counts = counts_of(own, periods, purchases, since=since).filter(pl.col("period").is_in(list(days)))
        return Fresh(counts.collect(engine="streaming"), since, days), counts.clear().collect()
    given = as_rows(rows, manifest.scale)
    had = pl.read_parquet(rollup.folder / store.BEGUN, glob=False).with_columns(pl.col("revenue") * times)
    counts = counts_of(given, periods, purchases, since=since)
    whole = merged(had, counts.collect(engine="streaming"))
    settled = counts_of(given, periods, purchases, since=since, before=until).filter(holds(periods, until))
    begun = merged(had.filter(holds(periods, until)), settled.collect(engine="streaming"))
    return Fresh(whole.with_columns(pl.col("period").fill_null(manifest.last_day)), since), begun


def _touched(rows: pl.DataFrame, new: pl.DataFrame, old: Manifest, manifest: Manifest) -> pl.DataFrame:
    """The periods after the settled day of the customers with new rows.

    All of their rows since then are kept: no month is longer than the days for which late rows are waited for.
    """
    own = as_rows(of_customers(rows, together(rows.clear(), new)), manifest.scale)
    since = old.settled + timedelta(days=1)
    return counts_of(own, old.periods, old.purchases, since=since).collect(engine="streaming")


def _days_of(rows: pl.DataFrame, new: pl.DataFrame, since: date) -> frozenset[date]:
    """The days from `since` on on which an order of the new rows has a row, old or new."""
    found = of_orders(rows.filter(pl.col("day") >= since), together(rows.clear(), new))
    return frozenset(found["day"].unique()) | frozenset(new["day"].unique())


def _of_orders_on(rows: pl.DataFrame, days: frozenset[date]) -> pl.DataFrame:
    """The rows of some days, and all other rows of their orders."""
    there = rows["day"].is_in(list(days))
    on_days = rows.filter(there)
    return pl.concat([on_days, of_orders(rows.filter(~there), on_days)])


def _refuse_late(new: pl.DataFrame, orders: Orders, old: Manifest, where: str) -> None:
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


def _refuse_money(orders: Orders, facts: Facts, old: Manifest, where: str) -> None:
    """Nothing, or the error of money that cannot be added to that of the roll-up."""
    if orders.has_money != (old.scale is not None):
        lacks, has = (orders.name(), where) if old.scale is not None else (where, orders.name())
        raise InputError(f"{lacks}: no amount, while {has} has one", "map it: --map amount=HEADING")
    currency = currency_of(orders, facts)
    if currency != old.currency and currency is not None and old.currency is not None:
        raise InputError(
            f"{orders.name()}: money in {currency}, and {where} is in {old.currency}", "give the rates: --rates FILE"
        )
    finer, scale = orders.scale or 0, old.scale or 0
    if finer > scale and (old.largest or 0) * ROOM * 10.0 ** (finer - scale) >= HALF:
        raise InputError(
            f"{orders.name()}: money of {finer} decimals, and {where} rounded its largest amounts to {scale}",
            "roll all orders up again",
        )


def _refuse_shared_lines(new: pl.DataFrame, kept: pl.DataFrame, orders: Orders) -> None:
    """Nothing, or the error of an order whose money comes from a lines table and would be taken twice."""
    if orders.sums is None:
        return
    ids = kept["order_id"].drop_nulls().cast(pl.String)
    known = new["order_id"].drop_nulls().cast(pl.String).unique().is_in(ids.implode()).sum()
    if known:
        what = "orders with lines are" if known > 1 else "order with lines is"
        raise InputError(
            f"{orders.name()}: {known:,} {what} in the roll-up already",
            "their money would count twice: roll all orders up again",
        )


def _refuse_total(fresh: pl.DataFrame, manifest: Manifest) -> None:
    total = fresh["revenue"].abs().cast(pl.Float64).sum()
    if (manifest.largest or 0) >= LARGEST or total >= LARGEST_TOTAL:
        raise InputError("amounts are too large to be added exactly", "give money in a larger unit, such as thousands")


def _joined(old: Manifest, orders: Orders, facts: Facts) -> Manifest:
    """The manifest of the roll-up and the new orders together, but for inputs and free orders."""
    assert facts.first_day is not None
    assert facts.last_day is not None
    scale = None if old.scale is None else max(old.scale, orders.scale or 0)
    sizes = [(old.largest or 0, old.scale), (largest_of(facts) or 0, orders.scale)]
    largest = max(size * 10 ** ((scale or 0) - (own or 0)) for size, own in sizes)
    return replace(
        old,
        rows=_sum(old.rows, facts.rows),
        first_day=min(old.first_day, facts.first_day),
        last_day=max(old.last_day, facts.last_day),
        converted=old.converted or converted(orders),
        order_ids=old.order_ids or orders.has_order_id,
        has_status=old.has_status or any("status" in file.columns for file in orders.files),
        scale=scale,
        largest=None if scale is None else largest,
        currency=old.currency or currency_of(orders, facts),
    )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    counts = {name: one.get(name, 0) + other.get(name, 0) for name in rules.NAMES}
    return {name: count for name, count in counts.items() if count or name == rules.ACCEPTED}
