"""The step that turns order rows into one row per customer and period; the same code runs on every engine.

Rows have `customer`, `order` (null if the row is an order of its own; absent if all rows are), `day` (a calendar day),
`minor` (money in minor units; absent if there is none) and perhaps `status`. On Polars there may be `refund` (a row of
money alone, which is no purchase and no part of an order) and `lines` (0 for a refund that is no row of its own). Each
engine makes days, minor units and ids before this step; ids may be text or integers.

The engine-neutral functions are lazy and use only what Polars, DuckDB and Spark agree on in narwhals: null keys are
kept (a join would drop them), no sum has a null in it, days are compared and never subtracted, types are cast at the
end. The functions below them do the same on Polars, for rows that are read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.parquet import SCHEMA
from rfm_cli.tables.rules import ACCEPTED, RULES
from rfm_cli.tables.words import status_verdict

Rows = nw.LazyFrame[Any]

ENGINES = (
    nw.Implementation.POLARS,
    nw.Implementation.DUCKDB,
    nw.Implementation.PYSPARK,
    nw.Implementation.PYSPARK_CONNECT,
)
"""The engines that tests hold to the same rows; any other might give wrong ones."""
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""The characters that are trimmed off a status; each engine's own trim takes other ones."""
COUNTS = pl.Schema({**SCHEMA, "free_orders": pl.Int32()})
"""The columns of counts on Polars, which become the rows of a roll-up; `period` is null after the last edge."""
COUNT_TYPES = pl.Schema({name: kind for name, kind in COUNTS.items() if name != "customer_id"})


def judge(rows: Rows, rejected_statuses: Iterable[str] = ()) -> Rows:
    """Add the column `rule`: accepted, or the first rule that a row breaks, of customer, date, amount and status.

    The names and their order are those of `tables.rules`. The engine lists its distinct statuses at once, which are
    judged here as `tables.words` judges them: no engine needs more than a comparison of texts.
    """
    _require_engine(rows)
    names = rows.collect_schema().names()
    broken = {"customer": nw.col("customer").is_null(), "date": nw.col("day").is_null()}
    if "minor" in names:
        broken["amount"] = nw.col("minor").is_null()
    listed = tuple(rejected_statuses)
    if "status" in names and listed:
        found = _distinct_statuses(rows)
        rejected = [text for text in found if status_verdict(text, listed) == "rejected"]
        broken["status"] = nw.col("status").fill_null("").is_in(rejected) if rejected else nw.lit(value=False)
    rule: nw.Expr = nw.lit(ACCEPTED)
    # From the last rule to the first, so that the first broken one is outermost and wins.
    for name in reversed(RULES):
        if name in broken:
            rule = nw.when(broken[name]).then(nw.lit(name)).otherwise(rule)
    return rows.with_columns(rule=rule)


def _distinct_statuses(rows: Rows) -> list[str]:
    """Return the statuses of all rows, each once, as they are written."""
    found: pl.DataFrame = rows.select(nw.col("status").fill_null("")).unique().collect("polars").to_native()
    return sorted(found["status"])


def keep_accepted(judged_rows: Rows) -> Rows:
    """Return the rows that broke no rule: customer, order?, day, minor?."""
    names = judged_rows.collect_schema().names()
    kept = [name for name in ("customer", "order", "day", "minor") if name in names]
    return judged_rows.filter(nw.col("rule") == ACCEPTED).select(kept)


def roll(accepted_rows: Rows, periods: Periods, purchases: Purchases | None = None) -> Rows:
    """Return one row per customer and period of accepted rows, in no order: the `COLUMNS` of a roll-up.

    customer_id (String); period (Date, its last day); first_order and last_order (Date, days of purchases in the
    period, null without any); orders (Int32, purchases on days of the period); revenue (Int64, minor units of the rows
    of these days, null if there is no money); lines (Int32, rows of these days). A customer has a row for each period
    with an order row, so the revenue of all rows is the accepted money.
    """
    # Types come last: DuckDB sums 64 bits into 128, other engines do not.
    counts = count(accepted_rows, periods, purchases or Purchases())
    return counts.select(
        nw.col("customer").cast(nw.String).alias("customer_id"),
        *[nw.col(name).cast(nw.Date) for name in ("period", "first_order", "last_order")],
        nw.col("orders").cast(nw.Int32),
        nw.col("revenue").cast(nw.Int64),
        nw.col("lines").cast(nw.Int32),
    )


def count(
    accepted_rows: Rows,
    periods: Periods,
    purchases: Purchases,
    *,
    since: date | None = None,
    before: date | None = None,
) -> Rows:
    """Count like `roll`, but keep `customer` as it came and integers in the engine's own size, and add `free_orders`.

    These are the orders of zero value on days of the period, whether they are purchases or not. An order is a purchase,
    on the day of its first row, if its rows of that day sum to 0 or more (with `free` ignored: to more than 0). Its
    later rows change money only, each on its own day. Only days from `since` on and `before` are counted (None: all);
    the rows of earlier days still decide which orders began there.
    """
    _require_engine(accepted_rows)
    # All rows are summed before days are cut off: a row of an earlier day may be the first of its order.
    made = _sum_orders(accepted_rows, purchases)
    if since is not None:
        made = made.filter(nw.col("day") >= nw.lit(since))
    if before is not None:
        made = made.filter(nw.col("day") < nw.lit(before))
    if purchases.one_a_day:  # sums of a whole day, before days are summed into periods
        once = nw.when(nw.col("bought").sum() > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        sums = [nw.col(name).sum() for name in ("free", "minor", "lines")]
        made = made.group_by("customer", "day").agg(once.alias("bought"), *sums)
    day = nw.when(nw.col("bought") > 0).then(nw.col("day"))
    placed = made.with_columns(period=period_of(periods), bought_on=day)
    grouped = placed.group_by("customer", "period").agg(
        first_order=nw.col("bought_on").min(),
        last_order=nw.col("bought_on").max(),
        orders=nw.col("bought").cast(nw.Int64).sum(),  # a sum of 32 bits wraps below zero after 2^31
        revenue=nw.col("minor").sum(),
        lines=nw.col("lines").cast(nw.Int64).sum(),
        free_orders=nw.col("free").cast(nw.Int64).sum(),
    )
    if "minor" in accepted_rows.collect_schema().names():
        return grouped
    return grouped.with_columns(revenue=nw.lit(None, dtype=nw.Int64))


def period_of(periods: Periods) -> nw.Expr:
    """Return the last day of the period of each row's `day`; null after the last edge."""
    day = nw.col("day")
    if periods.grain == "day":
        return day
    if periods.grain == "month":
        # The casts keep it a date on engines where such steps make a timestamp.
        first = day.dt.truncate("1mo").cast(nw.Date)
        return first.dt.offset_by("1mo").cast(nw.Date).dt.offset_by("-1d").cast(nw.Date)
    end: nw.Expr = nw.lit(None, dtype=nw.Date)
    # From the last edge back, so that the first edge on the day or after it is outermost.
    for edge in reversed(periods.edges):
        end = nw.when(day <= nw.lit(edge)).then(nw.lit(edge)).otherwise(end)
    return end


def _sum_orders(rows: Rows, purchases: Purchases) -> Rows:
    """Sum the rows of each order and day: customer, day, minor, lines, bought (purchases), free (orders of 0).

    Minor units are 0 if there is no money. Rows without an order id may stay single or be summed.
    """
    names = rows.collect_schema().names()
    money = "minor" in names
    minor = nw.col("minor") if money else nw.lit(0, dtype=nw.Int64)
    # Rows without an order id are judged one by one, all others by the sum of their order's first day.
    lines = nw.col("lines") if "lines" in names else nw.lit(1)
    bought, free = _is_purchase(purchases, money=money), _is_free(money=money)
    if "refund" in names:
        bought, free = bought & ~nw.col("refund"), free & ~nw.col("refund")
        if "order" in names:  # a row without an order is judged by itself
            rows = rows.with_columns(order=nw.when(~nw.col("refund")).then(nw.col("order")))
    single = rows.with_columns(minor=minor, lines=lines).with_columns(bought=_one_where(bought), free=_one_where(free))
    if "order" not in names:
        return single
    sums = [nw.col(name).sum() for name in ("minor", "lines", "bought", "free")]
    daily = single.group_by("customer", "order", "day").agg(*sums)
    # A window instead of a join, which would drop orders with null keys.
    begins = nw.col("day") == nw.col("first")
    summed = {"bought": _is_purchase(purchases, money=money), "free": _is_free(money=money)}
    return daily.with_columns(first=nw.col("day").min().over("customer", "order")).with_columns(
        *[
            nw.when(nw.col("order").is_null()).then(nw.col(name)).otherwise(_one_where(begins & judgement)).alias(name)
            for name, judgement in summed.items()
        ]
    )


def _is_purchase(purchases: Purchases, *, money: bool) -> nw.Expr:
    """Return whether a row with `minor` is a purchase; without money all are."""
    return nw.col("minor") > 0 if money and purchases.free == "ignore" else nw.col("minor") >= 0


def _is_free(*, money: bool) -> nw.Expr:
    """Return whether a row with `minor` is an order of zero value; without money none is."""
    # Without money all minor units are 0, so this is false in every row.
    return nw.col("minor") == 0 if money else nw.col("minor") != 0


def _one_where(condition: nw.Expr) -> nw.Expr:
    # Numbers, since Spark sums no booleans.
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _require_engine(rows: Rows) -> None:
    """Raise UsageError if the frame belongs to an engine that no test covers."""
    if rows.implementation not in ENGINES:
        raise UsageError(
            f"a roll-up does not run on {rows.implementation.name.lower()}", "it runs on Polars, DuckDB and Spark"
        )


def count_rows(
    rows: pl.LazyFrame,
    periods: Periods,
    purchases: Purchases,
    *,
    since: date | None = None,
    before: date | None = None,
) -> pl.LazyFrame:
    """Count accepted rows (customer, order?, day, minor?) on Polars: the columns COUNTS; ids keep their type."""
    found: pl.LazyFrame = count(nw.from_native(rows), periods, purchases, since=since, before=before).to_native()
    return found.rename({"customer": "customer_id"}).cast(COUNT_TYPES).select(*COUNTS)


def count_begun(rows: pl.LazyFrame, periods: Periods, purchases: Purchases, watermark: date) -> pl.LazyFrame:
    """Count the days before the watermark of the period that holds it; no rows if periods are days."""
    counts = count_rows(rows, periods, purchases, before=watermark)
    return counts.filter(is_period_of(periods, watermark)) if periods.grain != "day" else counts.clear()


def is_period_of(periods: Periods, day: date) -> pl.Expr:
    """Return whether `period`, which is null after the last edge, is the period of a day."""
    # A plain == gives null for null, and would drop the period after the last edge.
    return pl.col("period").eq_missing(pl.lit(periods.end(day), pl.Date))


def add_counts(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Add counts of different days by customer and period; ids become texts."""
    sums = [pl.col(name).cast(pl.Int64).sum() for name in ("orders", "lines", "free_orders")]
    # The money of orders without any stays null, which a sum would make 0.
    money = pl.when(pl.col("revenue").count() > 0).then(pl.col("revenue").sum())
    both = pl.concat([one.cast(COUNTS), other.cast(COUNTS)]).lazy()
    grouped = both.group_by("customer_id", "period").agg(
        pl.col("first_order").min(), pl.col("last_order").max(), *sums, revenue=money
    )
    return grouped.cast(COUNTS).select(*COUNTS).collect(engine="streaming")


def count_free_orders(counts: pl.DataFrame) -> dict[date, int]:
    """Return the number of orders of zero value by period, without periods that have none."""
    found = counts.group_by("period").agg(pl.col("free_orders").cast(pl.Int64).sum()).filter(pl.col("free_orders") > 0)
    return dict(found.sort("period").iter_rows())
