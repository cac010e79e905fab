"""A roll-up made by an engine: what it holds is collected and written here, or left to a cluster that writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import Note, note
from rfm_cli.rollup import kernel, store
from rfm_cli.rollup.counts import COUNTED, TYPES, free_by_period
from rfm_cli.rollup.engines.facts import Found, found, with_minor
from rfm_cli.rollup.engines.name import Engine
from rfm_cli.rollup.engines.opened import Opened, opened
from rfm_cli.rollup.make import Rolled
from rfm_cli.rollup.manifest import OPEN_DAYS, Input, Manifest
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.rollup.recent import keep_from, raw
from rfm_cli.tables import rules
from rfm_cli.tables.options import ReadOptions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_COLLECTED = 20_000_000
"""More rows than these are not collected: a roll-up of so many is for the cluster to write."""


@dataclass(frozen=True)
class Task:
    """What to roll up, where, and how: orders at `paths`, read with `options`, by `engine`."""

    engine: Engine
    paths: tuple[str, ...]
    options: ReadOptions
    periods: Periods
    purchases: Purchases


@dataclass(frozen=True)
class Counted:
    """Accepted rows on an engine and what the first pass found of them."""

    orders: Opened
    first: Found
    accepted: kernel.Rows
    last_day: date


def roll_up(task: Task) -> tuple[Rolled, tuple[Note, ...]]:
    """The roll-up of all orders, collected, and what there is to say of it.

    Raw rows are kept beside it as usual, but for more than `MOST_COLLECTED` of them. `InputError` where the roll-up
    itself has more rows, or where no order is accepted.
    """
    with opened(task.engine, task.paths, task.options) as orders:
        counted = _counted(orders, task)
        rolled = kernel.counted(counted.accepted, task.periods, task.purchases)
        _refuse_large(rolled, counted, task)
        rows = _named(_collected(rolled), counted.last_day)
        manifest = _manifest(task, counted, free_by_period(rows))
        recent, kept = _recent(counted, task)
        begun = _begun(counted, task, manifest.watermark)
    return Rolled(manifest, rows, recent, begun), (*_notes(orders), *kept)


def write_there(task: Task, place: str) -> tuple[Manifest, tuple[Note, ...]]:
    """The manifest of a roll-up that the cluster has written to `place`, a URL, and what there is to say of it.

    `place` has the rows, parted as the cluster likes, and the manifest, which is written last; no raw rows are kept.
    """
    from rfm_cli.rollup.engines import spark

    with opened(task.engine, task.paths, task.options) as orders:
        counted = _counted(orders, task)
        named = nw.col("period").fill_null(nw.lit(counted.last_day))
        rolled = kernel.rolled(counted.accepted, task.periods, task.purchases).with_columns(named)
        native = cast("DataFrame", rolled.to_native())
        spark.write_sorted(native, f"{place.rstrip('/')}/{store.ROLLUP}")
        manifest = _manifest(task, counted, _free(counted, task))
        line = json.dumps(json.loads(manifest.to_text()), ensure_ascii=False)
        spark.write_line(native.sparkSession, line, f"{place.rstrip('/')}/{store.MANIFEST}")
    return manifest, _notes(orders)


def _counted(orders: Opened, task: Task) -> Counted:
    """The first pass, and the rows that the second one counts."""
    first = found(orders.rows, task.options, orders.where)
    rows = kernel.judged(with_minor(orders.rows, first.scale), task.options.reject_status)
    assert first.facts.last_day is not None
    return Counted(orders, first, kernel.accepted(rows), first.facts.last_day)


def _collected(rows: kernel.Rows) -> pl.DataFrame:
    """The counts of a kernel, collected, under the names and types of a roll-up."""
    frame = cast("pl.DataFrame", rows.collect("polars").to_native())
    return frame.rename({"customer": "customer_id"}).select(*COUNTED).cast(TYPES)


def _named(rows: pl.DataFrame, last_day: date) -> pl.DataFrame:
    return rows.with_columns(pl.col("period").fill_null(last_day))


def _size(rows: kernel.Rows) -> int:
    """How many rows an engine has, counted by it."""
    counts: Any = rows.select(rows=nw.len()).collect("pyarrow").rows()
    return int(counts[0][0])


def _refuse_large(rolled: kernel.Rows, counted: Counted, task: Task) -> None:
    """Nothing, or `InputError` where a roll-up is too large to be collected; counted only where it may be."""
    if counted.first.facts.accepted <= MOST_COLLECTED:
        return
    rows = _size(rolled)
    if rows > MOST_COLLECTED:
        raise InputError(
            f"{counted.orders.where}: the roll-up has {rows:,} rows, and at most {MOST_COLLECTED:,} are collected here",
            "let the cluster write it: name OUT as a URL, s3://... or file:///shared/...; or give longer periods",
        )


def _recent(counted: Counted, task: Task) -> tuple[pl.DataFrame | None, tuple[Note, ...]]:
    """The raw rows to keep, as `rfm_cli.rollup.recent.recent_of` has them; None where they are too many."""
    near = counted.accepted.filter(nw.col("day") >= nw.lit(keep_from(counted.last_day)))
    if counted.first.facts.accepted > MOST_COLLECTED and _size(near) > MOST_COLLECTED:
        told = (
            f"more than {MOST_COLLECTED:,} rows of the last {2 * OPEN_DAYS} days: none are kept, and none can be added"
        )
        return None, (note(told),)
    parts = [near]
    if "order" in counted.accepted.collect_schema().names():
        keys = ["customer", "order"]
        begun = near.select(keys).filter(~nw.col("order").is_null()).unique()
        far = counted.accepted.filter(nw.col("day") < nw.lit(keep_from(counted.last_day)))
        parts.append(far.join(begun, on=keys, how="semi"))
    frames = [cast("pl.DataFrame", part.collect("polars").to_native()) for part in parts]
    return raw(pl.concat(frames)), ()


def _begun(counted: Counted, task: Task, watermark: date) -> pl.DataFrame:
    """What the period of the watermark counted before it, as `rfm_cli.rollup.recent.begun_of` has it."""
    if task.periods.grain == "day":
        return pl.DataFrame(schema=COUNTED)
    before = kernel.counted(counted.accepted, task.periods, task.purchases, before=watermark)
    end = task.periods.end(watermark)
    period = nw.col("period")
    rows = _collected(before.filter(period.is_null() if end is None else period == nw.lit(end)))
    return rows.cast({"customer_id": pl.String})


def _free(counted: Counted, task: Task) -> dict[date, int]:
    """Orders of zero value by period; counted in a pass of its own, and only where there may be any."""
    if not counted.first.may_be_free:
        return {}
    rows = kernel.counted(counted.accepted, task.periods, task.purchases)
    by_period = rows.group_by("period").agg(free_orders=nw.col("free_orders").sum()).filter(nw.col("free_orders") > 0)
    pairs = cast("pl.DataFrame", by_period.collect("polars").to_native())
    named = _named(pairs.cast({"period": pl.Date, "free_orders": pl.Int64}), counted.last_day)
    return dict(named.group_by("period").sum().sort("period").select("period", "free_orders").iter_rows())


def _manifest(task: Task, counted: Counted, free_orders: dict[date, int]) -> Manifest:
    facts = counted.first.facts
    assert facts.first_day is not None
    return Manifest(
        task.periods,
        task.purchases,
        {name: count for name, count in facts.rows.items() if count or name == rules.ACCEPTED},
        facts.first_day,
        counted.last_day,
        timezone=task.options.timezone,
        converted=counted.orders.converted,
        statuses=task.options.reject_status,
        has_status=counted.orders.has_status,
        scale=counted.first.scale,
        largest=counted.first.largest,
        currency=facts.currency,
        free_orders=free_orders,
        whole_ids=counted.accepted.collect_schema()["customer"] == nw.Int64,
        inputs=tuple(Input(PurePosixPath(path).name) for path in task.paths),
        engine=task.engine.name,
    )


def _notes(orders: Opened) -> tuple[Note, ...]:
    return tuple(note(f"{orders.where}: {said}") for said in orders.maps)
