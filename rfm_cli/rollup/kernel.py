"""The roll-up itself, the one step that runs on every engine: order rows -> one row a customer and period.

Rows come as `customer`, `order` (null: the row is an order of its own; absent: all rows are), `day` (a calendar day),
`minor` (money in minor units; absent where there is none) and perhaps `status`. Zone, minor units and ids are made
before, by each engine's own means; ids may be text or integers.

All of it is lazy and pure, in the part of narwhals that Polars, DuckDB and Spark agree on: null keys are kept (a join
would drop them), sums stand beside no null, days are compared and never subtracted, types are cast at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from rfm_cli.errors import UsageError
from rfm_cli.rollup.periods import COLUMNS, Periods, Purchases
from rfm_cli.tables.rules import ACCEPTED, RULES

__all__ = ["COLUMNS", "Periods", "Purchases", "accepted", "counted", "judged", "period_of", "rolled", "rule_counts"]

Rows = nw.LazyFrame[Any]

ENGINES = (
    nw.Implementation.POLARS,
    nw.Implementation.DUCKDB,
    nw.Implementation.PYSPARK,
    nw.Implementation.PYSPARK_CONNECT,
)
"""Engines that were seen to agree row for row; others may answer, and wrongly."""
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What is trimmed off a status; what engines trim by themselves differs."""


def judged(rows: Rows, rejected_statuses: Iterable[str] = ()) -> Rows:
    """The rows and `rule`: accepted, or the first rule that a row breaks, of customer, date, amount and status.

    The names and their order are those of `tables.rules`. Statuses are compared trimmed and in lower case.
    """
    _require_engine(rows)
    names = rows.collect_schema().names()
    broken = {"customer": nw.col("customer").is_null(), "date": nw.col("day").is_null()}
    if "minor" in names:
        broken["amount"] = nw.col("minor").is_null()
    statuses = sorted({status.strip().lower() for status in rejected_statuses})
    if "status" in names and statuses:
        folded = nw.col("status").fill_null("").str.strip_chars(BLANKS).str.to_lowercase()
        broken["status"] = folded.is_in(statuses)
    rule: nw.Expr = nw.lit(ACCEPTED)
    for name in reversed(RULES):
        if name in broken:
            rule = nw.when(broken[name]).then(nw.lit(name)).otherwise(rule)
    return rows.with_columns(rule=rule)


def rule_counts(judged_rows: Rows) -> Rows:
    """Rows by rule, in no order: rule, rows (Int64); a rule that no row has is left out."""
    return judged_rows.group_by("rule").agg(rows=nw.len()).with_columns(nw.col("rows").cast(nw.Int64))


def accepted(judged_rows: Rows) -> Rows:
    """The rows that broke no rule, in the columns that are counted: customer, order?, day, minor?."""
    names = judged_rows.collect_schema().names()
    kept = [name for name in ("customer", "order", "day", "minor") if name in names]
    return judged_rows.filter(nw.col("rule") == ACCEPTED).select(kept)


def rolled(accepted_rows: Rows, periods: Periods, purchases: Purchases | None = None) -> Rows:
    """Accepted rows as one row a customer and period, in no order: the `COLUMNS` of a roll-up.

    customer_id (String); period (Date, its last day); first_order and last_order (Date, days of purchases in the
    period, null without any); orders (Int32, purchases on days of the period); revenue (Int64, minor units of the rows
    of these days, null where there is no money); lines (Int32, rows of these days). A period stands wherever a
    customer has a row, so the revenue of all of them is the accepted money.
    """
    counts = counted(accepted_rows, periods, purchases or Purchases())
    return counts.select(
        nw.col("customer").cast(nw.String).alias("customer_id"),
        *[nw.col(name).cast(nw.Date) for name in ("period", "first_order", "last_order")],
        nw.col("orders").cast(nw.Int32),
        nw.col("revenue").cast(nw.Int64),
        nw.col("lines").cast(nw.Int32),
    )


def counted(
    accepted_rows: Rows,
    periods: Periods,
    purchases: Purchases,
    *,
    since: date | None = None,
    before: date | None = None,
) -> Rows:
    """The same before names and types are settled: `customer` as it came, integers of the engine's own size, and
    `free_orders`, the orders of zero value on days of the period, whether they are purchases or not.

    An order is a purchase, on the day of its first row, if its rows of that day sum to 0 or more (with `free` ignored:
    to more than 0). Its later rows change money only, each on its own day. Only days from `since` on and `before` are
    counted (None: all); the rows of earlier days still tell which orders began there.
    """
    _require_engine(accepted_rows)
    made = _bought(accepted_rows, purchases)
    if since is not None:
        made = made.filter(nw.col("day") >= nw.lit(since))
    if before is not None:
        made = made.filter(nw.col("day") < nw.lit(before))
    if purchases.one_a_day:
        once = nw.when(nw.col("bought").sum() > 0).then(nw.lit(1)).otherwise(nw.lit(0))
        sums = [nw.col(name).sum() for name in ("free", "minor", "lines")]
        made = made.group_by("customer", "day").agg(once.alias("bought"), *sums)
    day = nw.when(nw.col("bought") > 0).then(nw.col("day"))
    placed = made.with_columns(period=period_of(periods), bought_on=day)
    grouped = placed.group_by("customer", "period").agg(
        first_order=nw.col("bought_on").min(),
        last_order=nw.col("bought_on").max(),
        orders=nw.col("bought").cast(nw.Int64).sum(),  # a sum of 32 bits goes on below zero after 2^31
        revenue=nw.col("minor").sum(),
        lines=nw.col("lines").cast(nw.Int64).sum(),
        free_orders=nw.col("free").cast(nw.Int64).sum(),
    )
    if "minor" in accepted_rows.collect_schema().names():
        return grouped
    return grouped.with_columns(revenue=nw.lit(None, dtype=nw.Int64))


def period_of(periods: Periods) -> nw.Expr:
    """The period of each row's `day`, by its last day; null after the last edge."""
    day = nw.col("day")
    if periods.grain == "day":
        return day
    if periods.grain == "month":
        # The casts keep it a date on engines where such steps make a timestamp.
        first = day.dt.truncate("1mo").cast(nw.Date)
        return first.dt.offset_by("1mo").cast(nw.Date).dt.offset_by("-1d").cast(nw.Date)
    end: nw.Expr = nw.lit(None, dtype=nw.Date)
    for edge in reversed(periods.edges):
        end = nw.when(day <= nw.lit(edge)).then(nw.lit(edge)).otherwise(end)
    return end


def _bought(rows: Rows, purchases: Purchases) -> Rows:
    """The rows of each order and day as one: customer, day, minor, lines, bought (purchases), free (orders of 0).

    Minor units are 0 where there is no money. Rows that are orders of their own may stand alone or together.
    """
    names = rows.collect_schema().names()
    money = "minor" in names
    minor = nw.col("minor") if money else nw.lit(0, dtype=nw.Int64)
    # Rows without an order id are judged one by one, all others by the sum of their order's first day.
    single = rows.with_columns(minor=minor, lines=nw.lit(1)).with_columns(
        bought=_one_where(_is_purchase(purchases, money=money)), free=_one_where(_is_free(money=money))
    )
    if "order" not in names:
        return single
    sums = [nw.col(name).sum() for name in ("minor", "lines", "bought", "free")]
    daily = single.group_by("customer", "order", "day").agg(*sums)
    begins = nw.col("day") == nw.col("first")
    summed = {"bought": _is_purchase(purchases, money=money), "free": _is_free(money=money)}
    return daily.with_columns(first=nw.col("day").min().over("customer", "order")).with_columns(
        *[
            nw.when(nw.col("order").is_null()).then(nw.col(name)).otherwise(_one_where(begins & judgement)).alias(name)
            for name, judgement in summed.items()
        ]
    )


def _is_purchase(purchases: Purchases, *, money: bool) -> nw.Expr:
    """Whether a row with `minor` is a purchase; without money all are."""
    return nw.col("minor") > 0 if money and purchases.free == "ignore" else nw.col("minor") >= 0


def _is_free(*, money: bool) -> nw.Expr:
    """Whether a row with `minor` is an order of zero value; without money none is."""
    return nw.col("minor") == 0 if money else nw.col("minor") != 0


def _one_where(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _require_engine(rows: Rows) -> None:
    """Nothing, or `UsageError` where the frame is of an engine that was not tried."""
    if rows.implementation not in ENGINES:
        raise UsageError(
            f"a roll-up does not run on {rows.implementation.name.lower()}", "it runs on Polars, DuckDB and Spark"
        )
