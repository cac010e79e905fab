"""Make a roll-up by an engine: collect its rows to write them here, or let a cluster write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.fingerprints import InputRecord
from rfm_cli.notes import Note, note
from rfm_cli.rollup import kernel, store
from rfm_cli.rollup.checkpoints import keep_from, raw
from rfm_cli.rollup.engines.facts import FoundFacts, find_facts, with_minor
from rfm_cli.rollup.engines.refusals import refuse_folded, refuse_options, refuse_rows
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.engines.sources import EngineOrders, open_orders
from rfm_cli.rollup.kernel import COUNT_TYPES, COUNTS, count_free_orders
from rfm_cli.rollup.make import Rolled, given_of
from rfm_cli.rollup.manifest import Manifest, Periods, Purchases
from rfm_cli.safe_text import masked
from rfm_cli.tables import rules
from rfm_cli.tables.amount_per import AmountCounts
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.precedents import Precedents

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_COLLECTED = 20_000_000
"""The largest number of rows that are collected; a cluster has to write a larger roll-up itself."""


@dataclass(frozen=True)
class Task:
    """A roll-up to make: the engine, the paths of the orders, and how to read and count them."""

    engine: Engine
    paths: tuple[str, ...]
    options: ReadOptions
    periods: Periods
    purchases: Purchases


@dataclass(frozen=True)
class FirstPass:
    """The result of a task's first pass: the facts that it found, and the accepted rows on the engine.

    `several` are the counts of orders with several rows.
    """

    task: Task
    orders: EngineOrders
    found: FoundFacts
    accepted: kernel.Rows
    last_day: date
    several: AmountCounts

    def counts(self, before: date | None = None) -> kernel.Rows:
        """Return the counts by customer and period, or those of the days before one; not computed yet."""
        return kernel.count(self.accepted, self.task.periods, self.task.purchases, before=before)

    def notes(self) -> tuple[Note, ...]:
        """Return a note for each column map."""
        return tuple(note(f"{self.orders.where}: {text}") for text in self.orders.maps)


@contextmanager
def first_pass(task: Task) -> Iterator[FirstPass]:
    """Run the first pass of a task; the engine stays open for the time of the block.

    Raises InputError if no order is accepted.
    """
    refuse_options(task.options, task.engine.place())
    with open_orders(task.engine, task.paths, task.options) as orders:
        several = refuse_rows(orders.rows, task.options, orders.where, has_amounts=orders.has_amounts)
        found = find_facts(orders.rows, task.options, orders.where)
        rows = kernel.judge(with_minor(orders.rows, found.scale), task.options.reject_status)
        assert found.facts.last_day is not None
        yield FirstPass(task, orders, found, kernel.keep_accepted(rows), found.facts.last_day, several)


def roll_up(given: FirstPass) -> Rolled:
    """Collect the roll-up and the rows to keep beside it, unless these are more than `MOST_COLLECTED`.

    Raises InputError if the roll-up itself has more rows than that.
    """
    _refuse_large(given)
    rows = _name_last(_collect(given.counts()), given.last_day)
    refuse_folded(rows["customer_id"], given.task.options, given.orders.where)
    manifest = _manifest(given, count_free_orders(rows))
    return Rolled(manifest, rows, _recent(given), _begun(given, manifest.watermark))


def write_there(given: FirstPass, place: str) -> Manifest:
    """Let the cluster write the roll-up to `place`, a URL, and return its manifest.

    The cluster writes the rows in parts of its choice, and the manifest last; no raw rows are kept.
    """
    from rfm_cli.rollup.engines import spark

    refuse_folded(may_fold(given.accepted), given.task.options, given.orders.where)
    named = nw.col("period").fill_null(nw.lit(given.last_day)).cast(nw.Date)  # Sail turns them into texts
    rows = kernel.roll(given.accepted, given.task.periods, given.task.purchases).with_columns(named)
    native: DataFrame = rows.to_native()
    spark.write_sorted(native, f"{place.rstrip('/')}/{store.ROLLUP}")
    manifest = _manifest(given, _count_free(given))
    # On one line, since Spark writes texts as lines. Last, since a place with a manifest is taken for a roll-up.
    line = json.dumps(json.loads(manifest.to_text()), ensure_ascii=False)
    spark.write_line(native.sparkSession, line, f"{place.rstrip('/')}/{store.MANIFEST}")
    return manifest


def may_fold(rows: kernel.Rows) -> pl.Series:
    """Return the customers whose ids may have to be folded, each once; the engine looks for what all of them have."""
    customer = nw.col("customer")
    if rows.collect_schema()["customer"] != nw.String:
        return pl.Series([], dtype=pl.Int64)
    upper = customer.str.contains("@", literal=True) & (customer != customer.str.to_lowercase())
    zeros = customer.str.contains(".", literal=True) & customer.str.ends_with("0")
    found: pl.DataFrame = rows.filter(upper | zeros).select("customer").unique().collect("polars").to_native()
    return found["customer"]


def _collect(counts: kernel.Rows) -> pl.DataFrame:
    """Collect counts of the kernel under the names and types of a roll-up."""
    frame: pl.DataFrame = counts.collect("polars").to_native()
    return frame.rename({"customer": "customer_id"}).select(*COUNTS).cast(COUNT_TYPES)


def _name_last(rows: pl.DataFrame, last_day: date) -> pl.DataFrame:
    """Name the period after the last edge by the last day of all."""
    return rows.with_columns(pl.col("period").fill_null(last_day))


def _size(rows: kernel.Rows) -> int:
    """Let the engine count rows."""
    counts: Any = rows.select(rows=nw.len()).collect("pyarrow").rows()
    return int(counts[0][0])


def _refuse_large(given: FirstPass) -> None:
    """Raise InputError if a roll-up is too large to be collected; it is counted only if it may be."""
    if given.found.facts.accepted <= MOST_COLLECTED:
        return
    rows = _size(given.counts())
    if rows > MOST_COLLECTED:
        raise InputError(
            f"{given.orders.where}: the roll-up has {rows:,} rows, and at most {MOST_COLLECTED:,} are collected here",
            "let the cluster write it: name OUT as a URL, s3://... or file:///shared/...; or give longer periods",
        )


def _recent(given: FirstPass) -> pl.DataFrame | None:
    """Return the raw rows to keep, as `rfm_cli.rollup.checkpoints.recent_of` does; None if they are too many."""
    begin = nw.lit(keep_from(given.last_day))
    near = given.accepted.filter(nw.col("day") >= begin)
    # Counting costs the engine a pass; a part of few rows is small without it.
    if given.found.facts.accepted > MOST_COLLECTED and _size(near) > MOST_COLLECTED:
        return None
    parts = [near]
    # The first row of an order decides on which day it is a purchase, so its earlier rows are kept as well.
    if "order" in given.accepted.collect_schema().names():
        keys = ["customer", "order"]
        begun = near.select(keys).filter(~nw.col("order").is_null()).unique()
        parts.append(given.accepted.filter(nw.col("day") < begin).join(begun, on=keys, how="semi"))
    kept: pl.DataFrame = nw.concat(parts).collect("polars").to_native()
    return raw(kept)


def _begun(given: FirstPass, watermark: date) -> pl.DataFrame:
    """Count the days before the watermark of the period that holds it, as `kernel.count_begun` does."""
    if given.task.periods.grain == "day":
        return pl.DataFrame(schema=COUNTS)
    end, period = given.task.periods.end(watermark), nw.col("period")
    before = given.counts(watermark).filter(period.is_null() if end is None else period == nw.lit(end))
    return _collect(before).cast({"customer_id": pl.String})


def _count_free(given: FirstPass) -> dict[date, int]:
    """Count the orders of zero value by period, in a separate pass and only if there may be any."""
    if not given.found.may_be_free:
        return {}
    by_period = given.counts().group_by("period").agg(free_orders=nw.col("free_orders").sum())
    some: pl.DataFrame = by_period.filter(nw.col("free_orders") > 0).collect("polars").to_native()
    return count_free_orders(_name_last(some.cast({"period": pl.Date, "free_orders": pl.Int64}), given.last_day))


def _manifest(given: FirstPass, free_orders: dict[date, int]) -> Manifest:
    task, facts = given.task, given.found.facts
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
        scale=given.found.scale,
        largest=given.found.largest,
        currency=facts.currency,
        free_orders=free_orders,
        order_ids="order" in given.accepted.collect_schema().names(),
        whole_ids=given.accepted.collect_schema()["customer"] == nw.Int64,
        inputs=tuple(InputRecord(masked(PurePosixPath(path).name)) for path in task.paths),
        engine=task.engine.name,
        reading=given_of(task.options),
        precedents=Precedents(orders=given.several),
        ids=task.options.ids,
    )
