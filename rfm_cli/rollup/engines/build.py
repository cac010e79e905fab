"""A roll-up made by an engine: what it holds is collected and written here, or left to a cluster that writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
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
from rfm_cli.rollup.engines.engine import Engine
from rfm_cli.rollup.engines.facts import Found, found, with_minor
from rfm_cli.rollup.engines.sources import Opened, opened
from rfm_cli.rollup.make import Rolled
from rfm_cli.rollup.manifest import Input, Manifest
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.rollup.recent import keep_from, raw
from rfm_cli.safe_text import masked
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
    """A task of which the first pass is done: what it found, and the accepted rows on the engine."""

    task: Task
    orders: Opened
    first: Found
    accepted: kernel.Rows
    last_day: date

    def rolled(self, before: date | None = None) -> kernel.Rows:
        """The counts by customer and period, or those of the days before one; not computed yet."""
        return kernel.counted(self.accepted, self.task.periods, self.task.purchases, before=before)

    def notes(self) -> tuple[Note, ...]:
        """The column maps, to be said."""
        return tuple(note(f"{self.orders.where}: {said}") for said in self.orders.maps)


@contextmanager
def counted(task: Task) -> Iterator[Counted]:
    """The task after its first pass, for as long as the engine is there; `InputError` where no order is accepted."""
    with opened(task.engine, task.paths, task.options) as orders:
        first = found(orders.rows, task.options, orders.where)
        rows = kernel.judged(with_minor(orders.rows, first.scale), task.options.reject_status)
        assert first.facts.last_day is not None
        yield Counted(task, orders, first, kernel.accepted(rows), first.facts.last_day)


def roll_up(given: Counted) -> Rolled:
    """The roll-up, collected, with what is kept beside it: no raw rows where they are more than `MOST_COLLECTED`.

    `InputError` where the roll-up itself has more rows.
    """
    _refuse_large(given)
    rows = _named(_collected(given.rolled()), given.last_day)
    manifest = _manifest(given, free_by_period(rows))
    return Rolled(manifest, rows, _recent(given), _begun(given, manifest.watermark))


def write_there(given: Counted, place: str) -> Manifest:
    """The manifest of a roll-up that the cluster has written to `place`, a URL.

    It has the rows, parted as the cluster likes, and the manifest, which is written last; no raw rows are kept.
    """
    from rfm_cli.rollup.engines import spark

    named = nw.col("period").fill_null(nw.lit(given.last_day)).cast(nw.Date)  # Sail would make texts of them
    rolled = kernel.rolled(given.accepted, given.task.periods, given.task.purchases).with_columns(named)
    native = cast("DataFrame", rolled.to_native())
    spark.write_sorted(native, f"{place.rstrip('/')}/{store.ROLLUP}")
    manifest = _manifest(given, _free(given))
    line = json.dumps(json.loads(manifest.to_text()), ensure_ascii=False)
    spark.write_line(native.sparkSession, line, f"{place.rstrip('/')}/{store.MANIFEST}")
    return manifest


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


def _refuse_large(given: Counted) -> None:
    """Nothing, or `InputError` where a roll-up is too large to be collected; counted only where it may be."""
    if given.first.facts.accepted <= MOST_COLLECTED:
        return
    rows = _size(given.rolled())
    if rows > MOST_COLLECTED:
        raise InputError(
            f"{given.orders.where}: the roll-up has {rows:,} rows, and at most {MOST_COLLECTED:,} are collected here",
            "let the cluster write it: name OUT as a URL, s3://... or file:///shared/...; or give longer periods",
        )


def _recent(given: Counted) -> pl.DataFrame | None:
    """The raw rows to keep, as `rfm_cli.rollup.recent.recent_of` has them; None where they are too many."""
    begin = nw.lit(keep_from(given.last_day))
    near = given.accepted.filter(nw.col("day") >= begin)
    if given.first.facts.accepted > MOST_COLLECTED and _size(near) > MOST_COLLECTED:
        return None
    parts = [near]
    if "order" in given.accepted.collect_schema().names():
        keys = ["customer", "order"]
        begun = near.select(keys).filter(~nw.col("order").is_null()).unique()
        parts.append(given.accepted.filter(nw.col("day") < begin).join(begun, on=keys, how="semi"))
    return raw(cast("pl.DataFrame", nw.concat(parts).collect("polars").to_native()))


def _begun(given: Counted, watermark: date) -> pl.DataFrame:
    """What the period of the watermark counted before it, as `rfm_cli.rollup.counts.begun_of` has it."""
    if given.task.periods.grain == "day":
        return pl.DataFrame(schema=COUNTED)
    end, period = given.task.periods.end(watermark), nw.col("period")
    before = given.rolled(watermark).filter(period.is_null() if end is None else period == nw.lit(end))
    return _collected(before).cast({"customer_id": pl.String})


def _free(given: Counted) -> dict[date, int]:
    """Orders of zero value by period; counted in a pass of its own, and only where there may be any."""
    if not given.first.may_be_free:
        return {}
    by_period = given.rolled().group_by("period").agg(free_orders=nw.col("free_orders").sum())
    some = cast("pl.DataFrame", by_period.filter(nw.col("free_orders") > 0).collect("polars").to_native())
    return free_by_period(_named(some.cast({"period": pl.Date, "free_orders": pl.Int64}), given.last_day))


def _manifest(given: Counted, free_orders: dict[date, int]) -> Manifest:
    task, facts = given.task, given.first.facts
    assert facts.first_day is not None
    return Manifest(
        task.periods,
        task.purchases,
        {name: count for name, count in facts.rows.items() if count or name == rules.ACCEPTED},
        facts.first_day,
        given.last_day,
        timezone=task.options.zone,
        converted=given.orders.converted,
        statuses=task.options.reject_status,
        has_status=given.orders.has_status,
        scale=given.first.scale,
        largest=given.first.largest,
        currency=facts.currency,
        free_orders=free_orders,
        order_ids="order" in given.accepted.collect_schema().names(),
        whole_ids=given.accepted.collect_schema()["customer"] == nw.Int64,
        inputs=tuple(Input(masked(PurePosixPath(path).name)) for path in task.paths),
        engine=task.engine.name,
    )
