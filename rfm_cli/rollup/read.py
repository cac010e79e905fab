"""Read a roll-up in place of orders: the measures of customers on a date, and their steps between dates.

Both have the columns and values that the orders would give; a date that cannot be answered exactly is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError, UnansweredError
from rfm_cli.measures.purchases import Counting
from rfm_cli.rollup import checkpoints, parquet, store
from rfm_cli.rollup.compatibility import StatedOptions, refuse_orders_only, require_agreement
from rfm_cli.rollup.manifest import Manifest, from_text
from rfm_cli.safe_text import is_utf8
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.paths import Given
from rfm_cli.tables.read_errors import input_errors

AT_START = ", after which the window begins"


@dataclass(frozen=True)
class RollUp:
    """An opened roll-up: the folder as the user named it, the folder of its version, and its manifest."""

    path: str
    folder: Path
    manifest: Manifest

    @property
    def scale(self) -> int | None:
        """Return the number of decimals of the money, None without money."""
        return self.manifest.scale

    def name(self) -> str:
        """Return the name of the roll-up in messages."""
        return self.path

    def summary(self) -> str:
        """Describe the periods, the number of rows and the days of the roll-up."""
        facts, own = self.facts(), self.manifest.periods
        grain = {"day": "by days", "month": "by months", "edges": "by given dates"}[own.grain]
        return f"a roll-up {grain}, of {facts.accepted:,} rows from {facts.first_day} to {facts.last_day}"

    def dates(self) -> str:
        """Describe the dates that the roll-up can answer."""
        own, later = self.manifest.periods, f"any date from {self.manifest.end} on"
        return own.dates() if own.grain == "day" else " and ".join(filter(None, [own.dates(), later]))

    def facts(self) -> Facts:
        """Return what a pass over the orders would have found."""
        return self.manifest.facts()

    def frame(self, after: date | None = None) -> pl.LazyFrame:
        """Return the rows (COLUMNS), with ids as numbers if all are whole; with `after`, a settled day, later rows."""
        return checkpoints.cast_ids(parquet.scan_rows(self.folder, after), self.manifest)


def read_rollup(path: str) -> RollUp:
    """Open the roll-up in the folder `path`; raises InputError if it is none or its files do not fit its manifest."""
    if not store.is_rollup(path):
        raise InputError(f"{path}: no roll-up", "make it: rfm rollup ORDERS OUT")
    if not is_utf8(path):
        raise InputError(f"{path}: the name of a roll-up has to be UTF-8", "call the folder otherwise")
    folder = store.version_of(Path(path))
    with input_errors(path):
        manifest = from_text(store.manifest_in(folder).read_text(encoding="utf-8"), path)
        schema = parquet.scan_rows(folder).collect_schema()
    if schema != parquet.SCHEMA:
        raise InputError(f"{path}: {store.ROLLUP} does not hold the columns of a roll-up", "roll the orders up again")
    return RollUp(path, folder, manifest)


def rollup_among(orders: Sequence[Given], options: ReadOptions, *, lines: bool, rates: bool) -> RollUp | None:
    """Return the roll-up among the paths of orders, None if there is none.

    Raises UsageError if other orders, lines, rates or options contradict it.
    """
    folders = [path for path in orders if isinstance(path, str) and store.is_rollup(path)]
    if not folders:
        return None
    refuse_orders_only(folders[0], options, others=len(orders) > 1, lines=lines, rates=rates)
    rollup = read_rollup(folders[0])
    require_agreement(rollup.path, rollup.manifest, StatedOptions.of(options))
    return rollup


def customers_of(rollup: RollUp, counting: Counting, start: date | None = None) -> pl.DataFrame:
    """Measure customers as `measures.steps.customers` does from the orders, without free_orders.

    Raises UnansweredError for a date, or a beginning of a window, that the roll-up cannot answer.
    """
    as_of = counting.as_of or rollup.manifest.last_day
    require_dates(rollup, [as_of])
    # A period that lies on both sides of the start could not be split.
    require_dates(rollup, [start] if start else [], AT_START)
    with input_errors(rollup.name()):
        # Checkpoints are sums over all time: they know neither a window nor days with a purchase.
        if start is None and not _counts_days(rollup, counting):
            found = _by_customer(rollup, as_of).collect(engine="streaming")
        else:
            inside = pl.lit(value=True) if start is None else pl.col("day") > start
            found = _sum(_seen(rollup, as_of), rollup, counting, inside).collect(engine="streaming")
    return found


def steps_of(rollup: RollUp, counting: Counting, end: pl.Expr) -> pl.DataFrame:
    """Return the steps that the orders would give, without free_orders: one row per customer and stretch of days.

    `end` gives the stretch of a `day`. The caller has checked that the roll-up can answer the ends of stretches.
    """
    seen = _seen(rollup, counting.as_of or rollup.manifest.last_day).with_columns(step=end)
    with input_errors(rollup.name()):
        return _sum(seen, rollup, counting, pl.lit(value=True), "step").collect(engine="streaming")


def periods_of(rollup: RollUp, customer_id: str, as_of: date | None) -> pl.DataFrame:
    """Return the rows of one customer up to a date that can be answered (None: all), by period."""
    is_own = pl.col("customer_id").cast(pl.String) == customer_id
    own = _seen(rollup, as_of or rollup.manifest.end).filter(is_own)
    with input_errors(rollup.name()):
        return own.collect(engine="streaming").sort("period")


def buyers_after(rollup: RollUp, day: date) -> pl.LazyFrame:
    """Return the customers with an order row after a day: customer."""
    # A period may hold a refund alone, which is no row.
    rows = _seen(rollup, rollup.manifest.end).filter((pl.col("day") > day) & (pl.col("lines") > 0))
    return rows.select(customer="customer_id").unique()


def rows_of(rollup: RollUp, ids: Sequence[str], as_of: date | None) -> pl.LazyFrame:
    """Return the order rows of some customers up to a date that can be answered: customer, rows, money."""
    own = pl.col("customer_id").cast(pl.String)
    seen = _seen(rollup, as_of or rollup.manifest.end).filter(own.is_in(ids))
    money = pl.col("revenue").sum() if rollup.scale is not None else pl.lit(0)
    return seen.group_by(own.alias("customer")).agg(rows=pl.col("lines").cast(pl.Int64).sum(), money=money)


def rows_by_customer(rollup: RollUp, as_of: date | None) -> pl.LazyFrame:
    """Return the order rows of each customer up to a date: customer, rows."""
    rows = pl.col("lines").cast(pl.Int64).sum()
    seen = _seen(rollup, as_of or rollup.manifest.end)
    return seen.group_by(customer=pl.col("customer_id")).agg(rows=rows)


def rows_by_customer_and_day(rollup: RollUp, as_of: date | None) -> pl.LazyFrame:
    """Return the order rows of a roll-up by days, by customer and day up to a date: rows."""
    return _seen(rollup, as_of or rollup.manifest.end).select(rows=pl.col("lines").cast(pl.Int64))


def rows_by_day(rollup: RollUp) -> pl.LazyFrame:
    """Return the order rows by the day on which their period ends: day, rows."""
    rows = pl.col("lines").cast(pl.Int64).sum()
    return _seen(rollup, rollup.manifest.end).group_by("day").agg(rows=rows)


def require_dates(rollup: RollUp, days: Iterable[date], where: str = "") -> None:
    """Raise UnansweredError for a date that the roll-up cannot answer; `where` adds to the message what the date is."""
    manifest = rollup.manifest
    for day in days:
        if not manifest.periods.answers(day, manifest.first_day, manifest.end):
            raise UnansweredError(
                f"{rollup.name()}: this roll-up cannot answer for {day}{where}",
                f"it can answer for {rollup.dates()}; or roll up by days: rfm rollup ORDERS OUT",
            )


def require_days(rollup: RollUp, who: str) -> None:
    """Raise UnansweredError if the roll-up is not by days; `who` begins the message: what needs single days."""
    if rollup.manifest.periods.grain != "day":
        raise UnansweredError(
            f"{rollup.name()}: {who} single days, and this roll-up is of longer periods",
            "roll up by days: rfm rollup ORDERS OUT",
        )


def _counts_days(rollup: RollUp, counting: Counting) -> bool:
    """Return whether a question wants days with a purchase, and the roll-up has counted purchases."""
    return counting.one_a_day and not rollup.manifest.purchases.one_a_day


def _seen(rollup: RollUp, as_of: date, after: date | None = None) -> pl.LazyFrame:
    """Return the rows up to a date that can be answered, and `day`, the end of their period or the last day of all."""
    # The last period may end after the last row; its sums are whole from that row on.
    day = pl.min_horizontal(pl.col("period"), pl.lit(rollup.manifest.end))
    return rollup.frame(after).with_columns(day=day).filter(pl.col("day") <= as_of)


def _sum(seen: pl.LazyFrame, rollup: RollUp, counting: Counting, inside: pl.Expr, *by: str) -> pl.LazyFrame:
    """Sum rows by customer and `by`; frequency and money count only the rows `inside`."""
    # A row is one customer on one day here: more than one purchase on it counts once.
    orders = (pl.col("orders") > 0).cast(pl.Int32) if _counts_days(rollup, counting) else pl.col("orders")
    sums = {"frequency": pl.when(inside).then(orders).otherwise(0).cast(pl.Int64).sum().cast(pl.Int32)}
    if rollup.scale is not None:
        sums["monetary"] = pl.when(inside).then("revenue").otherwise(0).sum()
    return seen.group_by(pl.col("customer_id").alias("customer"), *by).agg(
        pl.col("first_order").min(), pl.col("last_order").max(), **sums, first_row=pl.col("day").min()
    )


def _by_customer(rollup: RollUp, as_of: date) -> pl.LazyFrame:
    """Return the measures on a date without a window, from the nearest checkpoint before it and the later periods."""
    made, place = rollup.manifest, rollup.folder
    # The nearer the checkpoint, the fewer periods are read.
    if as_of >= made.end and (place / store.LATEST).is_file():
        found = checkpoints.scan_latest(place)
    elif as_of >= made.settled and (place / store.SETTLED).is_file():
        later = _seen(rollup, as_of, after=made.settled)
        found = checkpoints.add_periods(checkpoints.scan_checkpoint(place / store.SETTLED), later, pl.col("day"))
    else:
        found = checkpoints.sum_by_customer(_seen(rollup, as_of), pl.col("day"))
    money = {"monetary": "revenue"} if rollup.scale is not None else {}
    return found.select("first_order", "last_order", "first_row", customer="customer_id", frequency="orders", **money)
