"""Rows that are not the orders of their days, and cutoffs that do not mean what readers expect.

Rows: lines of one order, strays far behind, times near midnight. Cutoffs: dates that were scored by different rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.plausibility.ids import FEWEST_BUYERS
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables.order_model import stacked
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.rules import ACCEPTED

if TYPE_CHECKING:
    from rfm_cli.model import Shop
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Facts


SAME_DAY = 0.1
"""The part of the rows that may share customer and day."""
MOST_ROWS = 200_000
"""More rows are not read a second time for a remark; `rfm check` reads any number."""
STRAY_GAP = 60
"""Days without a row before rows that may be strays."""
STRAY_PART = 0.001
STRAY_ROWS = 100
"""A single row is a stray among as many rows as this."""


def on_same_day(shop: Shop, measured: pl.DataFrame, as_of: date | None) -> Iterator[Note]:
    """Warn where many rows of orders without ids share customer and day: they may be lines of one order.

    A roll-up of longer periods than days does not know.
    """
    rows = shop.source.rows
    if rows is None or measured.height - measured["last_order"].null_count() < FEWEST_BUYERS:
        return
    days = rows.by_customer_and_day(as_of)
    if days is None:
        return
    shared = pl.col("rows").filter(pl.col("rows") > 1).sum()
    with input_errors(shop.source.name()):
        total, alike = days.select(total=pl.col("rows").sum(), alike=shared).collect(engine="streaming").row(0)
    # Some customers do buy twice a day; one row in ten is no accident.
    if alike > SAME_DAY * total:
        share = f"{alike:,} of {total:,} rows ({alike / total:.1%}) share customer and day with another, and none"
        yield warning("same-day-rows", f"{share} has an order id; if they are lines of one order: --one-order-per day")


def on_stray_end(shop: Shop, last: date | None, last_orders: pl.Series | None = None) -> Iterator[Note]:
    """Warn where the last day is that of a few rows which lie long after all others.

    `last_orders` are the customers' last days: where they have no gap at the end, the rows have none. Without them
    the rows are looked at in any case.
    """
    rows = shop.source.rows
    if last is None or rows is None:
        return
    if last_orders is not None and not _has_gap(last_orders, last):
        return
    with input_errors(shop.source.name()):
        days = rows.by_day().collect(engine="streaming").sort("day")
    if found := stray_end(days):
        before, count = found
        seen = f"{counted(count, 'row')} after {before}, the last on {last}, {(last - before).days:,} days later"
        stray = "it is a stray" if count == 1 else "they are strays"
        yield warning("stray-date", f"{seen}; if {stray}: --as-of {before}")


def _has_gap(last_orders: pl.Series, last: date) -> bool:
    """Return whether between some customers' last days, or after all of them, lies a long gap."""
    days = pl.concat([last_orders.drop_nulls().unique(), pl.Series([last])]).unique().sort()
    return bool((days.diff().dt.total_days() > STRAY_GAP).any())


def stray_end(days: pl.DataFrame) -> tuple[date, int] | None:
    """Return the last day before a gap of more than 60 days behind which few rows lie, and how many; None without.

    `days` has day, ascending, and rows. Few are at most 0.1 % of the rows, or a single one of 100 and more. Of several
    such gaps the first counts.
    """
    total = int(days["rows"].sum())
    # Few rows behind a long gap are typing errors in dates more often than sales.
    behind = total - pl.col("rows").cum_sum()
    gap = (pl.col("day").shift(-1) - pl.col("day")).dt.total_days()
    few = (behind <= STRAY_PART * total) | ((behind == 1) & (total >= STRAY_ROWS))
    found = days.with_columns(behind=behind, gap=gap).filter((pl.col("gap") > STRAY_GAP) & few)
    return None if found.is_empty() else (found["day"][0], int(found["behind"][0]))


def on_time_zone(shop: Shop, facts: Facts, *, every_size: bool = False) -> Iterator[Note]:
    """Remark on how many rows another time zone would move to another day, where times have offsets.

    Only for an assumed time zone; of more than 200,000 rows only with `every_size`.
    """
    orders = shop.orders
    if orders is None or orders.options.timezone is not None or not any(map(has_offsets, orders.files)):
        return
    if facts.accepted > MOST_ROWS and not every_size:
        return
    zone = orders.options.zone
    rows = stacked(
        [typed_rows(file, orders.options, {"moment": file.moment(zone)}) for file in orders.files if has_offsets(file)]
    ).filter(pl.col("rule") == ACCEPTED)
    # A zone an hour off moves only the hours beside midnight to another day.
    hour = pl.col("moment").dt.hour()
    with input_errors(orders.name()):
        one, two = (
            rows.select(one=hour.is_in([0, 23]).sum(), two=hour.is_in([0, 1, 22, 23]).sum())
            .collect(engine="streaming")
            .row(0)
        )
    if two:
        moved = f"{counted(one, 'row')} would count on another day in a time zone an hour off, {two:,} two hours off"
        yield note(f"{moved}: --timezone says which is meant")


def has_offsets(file: OrderFile) -> bool:
    """Return whether the times of a file have a known offset or zone, so that `--timezone` decides their day."""
    return file.has_zoned_times()


BEST_RECENCY = (14, 90)
"""The last day of R5 lies between these, where its name means what readers expect."""


def on_best_recency(cutoffs: Cutoffs) -> Iterator[Note]:
    """Remark on an R5 that ends earlier or later than readers of "Champions" expect."""
    bounds = cutoffs.axes.get("r", {}).get(())
    if bounds is None or bounds.k != 5 or not bounds.at or bounds.at[0][0] != bounds.k:
        return
    days, (low, high) = bounds.at[0][1], BEST_RECENCY
    if not low <= days <= high:
        word = "a few days" if days < low else "long"
        yield note(f"R5 goes up to {counted(days, 'day')} since the last purchase: Champions are those of {word} ago")


def on_rules(rules: Mapping[str, Mapping[str, str]]) -> Iterator[Note]:
    """Warn, for each axis, where dates were scored by different rules; `rules` has axis -> rule by date, ascending.

    Where only the rule changes, customers change segment who did nothing.
    """
    for axis in dict.fromkeys(name for own in rules.values() for name in own):
        days: dict[str, list[str]] = {}
        for day, own in rules.items():
            if axis in own:
                days.setdefault(own[axis], []).append(day)
        if len(days) > 1:
            by = "; ".join(f"{rule} on {', '.join(own)}" for rule, own in days.items())
            hint = f"one ruler for all: --cuts FILE of saved cutoffs, or --rule {axis}=..."
            yield warning("rules-differ", f"{axis} was scored by different rules: {by}; {hint}")
