"""The twelve columns of `rfm score` by Polars, lazy and streaming, as someone fluent in it would write them.

python peer_polars.py ORDERS OUT.parquet [--refunds]

Without `--refunds` the rows are taken as clean: no negative amounts, nothing to reject, and the rows of an
order all on one day. With it, customers who are missing and orders that are cancelled are left out, an
order is a purchase if its rows of its first day sum to >= 0, and later rows change money only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

CSV_TYPES = {
    "customer_id": pl.String(),
    # Text, of which the first ten characters are parsed: five times as fast as the whole timestamp.
    "ordered_at": pl.String(),
    "amount": pl.Float64(),
    "order_id": pl.Int64(),
    "status": pl.String(),
}

# By frequency score 1..5, within it by recency score 1..5.
SEGMENTS = [
    *("Lost", "Hibernating", "About to sleep", "Promising", "New"),
    *("Lost", "Hibernating", "About to sleep", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Needs attention", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Loyal", "Loyal", "Champions"),
    *("Can't lose", "Can't lose", "Loyal", "Loyal", "Champions"),
]


def scan(source: Path, refunds: bool) -> pl.LazyFrame:
    """The accepted rows: customer_id, day, cents and, where the file has it, order_id."""
    if source.suffix == ".csv":
        with source.open(encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        rows = pl.scan_csv(source, schema={name: CSV_TYPES[name] for name in names})
        day = pl.col("ordered_at").str.slice(0, 10).str.to_date("%Y-%m-%d")
    else:
        rows = pl.scan_parquet(source)
        names = rows.collect_schema().names()
        day = pl.col("ordered_at").dt.date()
    if refunds:
        known = pl.col("customer_id").is_not_null()
        rows = rows.filter(known & (pl.col("status").str.to_lowercase() != "cancelled"))
    cents = (pl.col("amount") * 100).round().cast(pl.Int64)
    order_id = ["order_id"] if "order_id" in names else []
    return rows.select("customer_id", *order_id, day=day, cents=cents)


def clean_customers(rows: pl.LazyFrame, has_order_id: bool) -> pl.LazyFrame:
    """One row a customer: frequency, first and last order, last row, cents."""
    if has_order_id:
        # With the order first the hash spreads better than with the customer first: a tenth less time.
        rows = rows.group_by("order_id", "customer_id").agg(pl.col("day").min(), pl.col("cents").sum())
    return rows.group_by("customer_id").agg(
        frequency=pl.len(),
        first_order=pl.col("day").min(),
        last_order=pl.col("day").max(),
        last_row=pl.col("day").max(),
        cents=pl.col("cents").sum(),
    )


def customers_with_refunds(rows: pl.LazyFrame, has_order_id: bool) -> pl.LazyFrame:
    """The same where negative rows may follow an order: they change money, not the purchase."""
    if has_order_id:
        days = rows.group_by("customer_id", "order_id", "day").agg(pl.col("cents").sum())
        rows = days.group_by("customer_id", "order_id").agg(
            pl.col("day").min(),
            pl.col("cents").sum(),
            first_cents=pl.col("cents").min_by("day"),
            last_row=pl.col("day").max(),
        )
    else:
        rows = rows.with_columns(first_cents="cents", last_row="day")
    purchase_day = pl.when(pl.col("first_cents") >= 0).then(pl.col("day"))
    return (
        rows.with_columns(purchase_day=purchase_day)
        .group_by("customer_id")
        .agg(
            frequency=pl.col("purchase_day").count(),
            first_order=pl.col("purchase_day").min(),
            last_order=pl.col("purchase_day").max(),
            last_row=pl.col("last_row").max(),
            cents=pl.col("cents").sum(),
        )
    )


def quantile_cutoffs(values: pl.Series) -> list[int]:
    """The least value of each of the scores 2..5 that the quantile rule uses, higher being better."""
    table = values.alias("value").value_counts(name="customers").sort("value")
    worse = pl.col("customers").cum_sum().cast(pl.Int64) - pl.col("customers")
    scored = table.select("value", score=1 + 5 * worse // len(values))
    return scored.group_by("score").agg(pl.col("value").min()).sort("score")["value"].to_list()[1:]


def auto_cutoffs(values: pl.Series, fixed: list[int]) -> list[int]:
    """Quantile cutoffs, or `fixed` where they would leave a score unused."""
    cutoffs = quantile_cutoffs(values)
    return cutoffs if len(cutoffs) == 4 else fixed


def score_of(measure: pl.Expr, cutoffs: list[int]) -> pl.Expr:
    """1 and the number of cutoffs reached; null for those who never bought."""
    reached = pl.sum_horizontal(pl.lit(1, pl.Int8), *((measure >= cutoff).cast(pl.Int8) for cutoff in cutoffs))
    return pl.when(pl.col("frequency") > 0).then(reached.cast(pl.Int8))


def score(customers: pl.DataFrame) -> pl.DataFrame:
    """The twelve columns, by customer_id as text."""
    as_of = customers["last_row"].max()
    # Five columns are cheaper to sort than twelve.
    customers = customers.with_columns(pl.col("customer_id").cast(pl.String)).sort("customer_id")
    customers = customers.with_columns(
        recency_days=(pl.lit(as_of) - pl.col("last_order")).dt.total_days().cast(pl.Int32),
        frequency=pl.col("frequency").cast(pl.Int32),
    )
    buyers = customers.filter(pl.col("frequency") > 0)
    vips = -(-len(buyers) * 15 // 100)
    floor = buyers["cents"].sort(descending=True)[vips - 1]
    r = score_of(-pl.col("recency_days"), auto_cutoffs(-buyers["recency_days"], [-365, -180, -90, -30]))
    f = score_of(pl.col("frequency"), auto_cutoffs(buyers["frequency"], [2, 3, 4, 7]))
    m = score_of(pl.col("cents"), quantile_cutoffs(buyers["cents"]))
    cell = 5 * (pl.col("f") - 1) + pl.col("r") - 1
    code = 100 * pl.col("r").cast(pl.Int16) + 10 * pl.col("f").cast(pl.Int16) + pl.col("m")
    return customers.with_columns(r=r, f=f, m=m).select(
        "customer_id",
        "first_order",
        "last_order",
        "recency_days",
        "frequency",
        (pl.col("cents").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)).alias("monetary"),
        "r",
        "f",
        "m",
        code.cast(pl.String).alias("rfm"),
        pl.lit(pl.Series(SEGMENTS)).gather(cell).fill_null("No purchases").alias("segment"),
        ((pl.col("cents") >= floor) & (pl.col("frequency") >= 2)).alias("vip"),
    )


def main(source: Path, target: Path, refunds: bool) -> None:
    """Write the scored customers of `source` to the Parquet file `target`."""
    rows = scan(source, refunds)
    has_order_id = "order_id" in rows.collect_schema()
    customers = (customers_with_refunds if refunds else clean_customers)(rows, has_order_id)
    score(customers.collect(engine="streaming")).write_parquet(target, compression="lz4")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--refunds" in sys.argv[3:])
