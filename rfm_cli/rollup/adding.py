"""New orders folded into a roll-up: the last days alone are rolled again; the answer is that of all orders at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.rollup import state, store
from rfm_cli.rollup.make import converted, currency_of, inputs_of, largest_of, refuse_twice, write_beside
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.read import RollUp
from rfm_cli.rollup.recent import (
    COUNTED,
    as_rows,
    free_by_period,
    merged,
    raw,
    rolled_rows,
    still_recent,
)
from rfm_cli.rollup.rows import write_changed
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

    `fresh` are the rows of all periods that end on `since` or later, named; the money of all others is multiplied by
    `times`. `orders` are the new ones as they turned out to be, and `facts` theirs alone.
    """

    manifest: Manifest
    fresh: pl.DataFrame
    recent: pl.DataFrame
    begun: pl.DataFrame
    since: date
    times: int
    orders: Orders
    facts: Facts


def add(rollup: RollUp, orders: Orders) -> Added:
    """The roll-up with the orders folded in.

    `LateRowsError` where rows lie before the watermark, `InputError` where a file is in the roll-up already, where no
    row is accepted, and where the money does not fit.
    """
    old, where = rollup.manifest, rollup.name()
    if not (rollup.folder / store.RECENT).is_file():
        raise InputError(f"{where}: no rows are kept beside this roll-up to add to", "roll all orders up again")
    inputs = inputs_of(orders)
    refuse_twice(inputs, old.inputs)
    new, facts, orders = _collected(orders, old.scale)
    order_tables.require_rows(facts, orders)
    order_tables.refuse(orders, facts)
    _refuse_late(new, orders, old, where)
    _refuse_money(orders, facts, old, where)
    manifest = _joined(old, orders, facts)
    kept = pl.read_parquet(rollup.folder / store.RECENT, glob=False)
    raw_new = raw(new)
    _refuse_shared_lines(raw_new, kept, orders)
    rows = pl.concat([_at_scale(kept, old.scale, manifest.scale), _at_scale(raw_new, orders.scale, manifest.scale)])
    fresh, begun = _rolled(rows, rollup, manifest)
    _refuse_total(fresh, manifest)
    free = {day: count for day, count in old.free_orders.items() if day < old.watermark} | free_by_period(fresh)
    return Added(
        replace(manifest, free_orders=free, inputs=(*old.inputs, *inputs)),
        fresh,
        still_recent(rows, manifest.last_day),
        begun,
        since=old.watermark,
        times=_times(old, manifest),
        orders=orders,
        facts=facts,
    )


def write_added(added: Added, rollup: RollUp) -> None:
    """Nothing: the folder of the roll-up shows it with what was added."""
    with store.new_version(Path(rollup.path)) as made:
        write_changed(rollup.folder, made, added.fresh, added.since, added.times)
        state.carry_state(rollup.folder, rollup.manifest, made, added.manifest, added.times)
        write_beside(made, added.manifest, added.recent, added.begun)


def _collected(orders: Orders, least: int | None) -> tuple[pl.DataFrame, Facts, Orders]:
    """The accepted rows with their money at the scale `least` or a finer one, the facts, and the orders as proved."""
    while True:
        if least is not None and orders.scale is not None and orders.scale < least:
            orders = replace(orders, scale=least)
        new, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
        if least is None or orders.scale is None or orders.scale >= least:
            return new, facts, orders


def _rolled(rows: pl.DataFrame, rollup: RollUp, manifest: Manifest) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The periods from that of the old watermark on, named, and what that of the new watermark begins with.

    They come from the kept and the new rows, and from what had begun before the old watermark.
    """
    old = rollup.manifest
    since, until = old.watermark, manifest.watermark
    given = as_rows(rows, manifest.scale)
    counted = rolled_rows(given, old.periods, old.purchases, since=since).collect(engine="streaming")
    begun = counted.clear()
    if old.periods.grain != "day":
        had = pl.read_parquet(rollup.folder / store.BEGUN, glob=False)
        had = had.with_columns(pl.col("revenue") * _times(old, manifest))
        counted = merged(had, counted)
        holds = pl.col("period").eq_missing(pl.lit(old.periods.end(until), pl.Date))
        settled = rolled_rows(given, old.periods, old.purchases, since=since, before=until)
        begun = merged(had.filter(holds), settled.filter(holds).collect(engine="streaming"))
    return counted.with_columns(pl.col("period").fill_null(manifest.last_day)), begun.select(*COUNTED)


def _times(old: Manifest, new: Manifest) -> int:
    """By what the money of the roll-up is multiplied to have its new scale."""
    return int(10 ** ((new.scale or 0) - (old.scale or 0)))


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
    known = new.drop_nulls("order_id").join(kept, on="order_id", how="semi")["order_id"].n_unique()
    if known:
        raise InputError(
            f"{orders.name()}: {known:,} orders with lines are in the roll-up already",
            "their money would count twice: roll all orders up again",
        )


def _refuse_total(fresh: pl.DataFrame, manifest: Manifest) -> None:
    total = fresh["revenue"].abs().cast(pl.Float64).sum()
    if (manifest.largest or 0) >= LARGEST or total >= LARGEST_TOTAL:
        raise InputError("amounts are too large to be added exactly", "give money in a larger unit, such as thousands")


def _at_scale(rows: pl.DataFrame, scale: int | None, wanted: int | None) -> pl.DataFrame:
    """Raw rows with their money at a finer scale."""
    return rows if scale == wanted else rows.with_columns(pl.col("minor") * 10 ** ((wanted or 0) - (scale or 0)))


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
        has_status=old.has_status or any("status" in file.columns for file in orders.files),
        scale=scale,
        largest=None if scale is None else largest,
        currency=old.currency or currency_of(orders, facts),
    )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    counts = {name: one.get(name, 0) + other.get(name, 0) for name in rules.NAMES}
    return {name: count for name, count in counts.items() if count or name == rules.ACCEPTED}
