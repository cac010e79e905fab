"""The facts of a pass, counted beside its answer: verdicts, days, sizes, and what would refute a belief."""

from __future__ import annotations

import polars as pl

from rfm_cli.tables import money, rules
from rfm_cli.tables.assumptions import falls
from rfm_cli.tables.order_model import PROOF, Facts, Orders


def facts_of(orders: Orders, typed: pl.LazyFrame) -> pl.LazyFrame:
    """One row: what a pass has to know beside its answer."""
    schema = typed.collect_schema()
    taken = pl.col("rule") == rules.ACCEPTED
    days = [pl.col("day").filter(taken).min().alias("first_day"), pl.col("day").filter(taken).max().alias("last_day")]
    found = [*rules.counts(pl.col("rule")), *days, *_lost(schema)]
    if "value" in schema and orders.scale is not None and not orders.sums:
        found.append(money.misses(pl.col("value"), orders.scale).filter(taken).sum().alias("misses"))
    if "minor" in schema and orders.scale is not None:
        # Values are looked at before they are made integers: past 64 bits there is none.
        exact = pl.col("value") * 10.0**orders.scale if "value" in schema else pl.col("minor").cast(pl.Float64)
        size = total = exact.filter(taken).abs()
        largest = size.max()
        if orders.rates:  # an accepted row without minor units has passed 64 bits on conversion
            total = pl.col("minor").filter(taken).cast(pl.Float64).abs().fill_null(2.0**63)
            largest = pl.max_horizontal(largest, total.max())
        found += [largest.alias("largest"), total.sum().alias("total")]
    if "currency" in schema:
        code = pl.col("currency").filter(taken)
        found += [code.min().alias("low_currency"), code.max().alias("high_currency")]
    if orders.each_row:
        found.append(falls())
    return typed.select(found)


def _lost(schema: pl.Schema) -> list[pl.Expr]:
    """How many texts were not understood, where texts are read."""
    found = []
    if "had_day" in schema:
        found.append((pl.col("had_day").fill_null(value=False) & pl.col("day").is_null()).sum().alias("lost_days"))
    if "had_amount" in schema:
        lost = pl.col("had_amount").fill_null(value=False) & pl.col("value").is_null()
        found.append(lost.sum().alias("lost_amounts"))
    if "had_ids" in schema:
        found.append((~pl.col("had_ids").fill_null(value=True)).sum().alias("lost_ids"))
    return found


def as_facts(found: pl.DataFrame, heavy: tuple[str, int] | None) -> Facts:
    """Return the row of `facts_of`, collected, as facts; `heavy` is the id with too many rows."""
    row = found.row(0, named=True)
    counted = {name: int(row[f"rows_{name}"]) for name in rules.NAMES}
    proof = {name: row.get(name) for name in PROOF}
    days, codes = (row["first_day"], row["last_day"]), (row.get("low_currency"), row.get("high_currency"))
    return Facts(counted, *days, *codes, proof, heavy=heavy)
