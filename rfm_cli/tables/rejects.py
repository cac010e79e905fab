"""The rejected rows themselves, with the rule that each broke."""

from __future__ import annotations

from pathlib import PurePath

import polars as pl

from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.order_file import REPEATED, OrderFile
from rfm_cli.tables.orders import Orders

ROW = "(row)"


def rejected_rows(orders: Orders) -> pl.DataFrame:
    """Every rejected row in the order of the files: file (its name), row (1 is the first below the header), rule,
    why, and all columns of the file as text.
    """
    judged = order_tables.rows(orders).with_row_index(ROW).filter(pl.col("rule") != rules.ACCEPTED)
    verdicts = judged.select(ROW, "rule").sort(ROW).collect(engine="streaming")
    frames, start = [], 0
    for file in orders.files:
        count = file.raw().select(pl.len()).collect(engine="streaming").item()
        own = verdicts.filter(pl.col(ROW).is_between(start, start + count - 1))
        frames.append(_of_file(file, own.with_columns(pl.col(ROW) - start)))
        start += count
    return pl.concat(frames, how="diagonal")


def _of_file(file: OrderFile, verdicts: pl.DataFrame) -> pl.DataFrame:
    texts = [pl.col(name).cast(pl.String) for name in file.source.schema if name != REPEATED]
    rows = file.raw().select(texts).with_row_index(ROW)
    joined = verdicts.lazy().join(rows, on=ROW, how="left", maintain_order="left").collect()
    names = [name for name in joined.columns if name not in (ROW, "rule")]
    rule = pl.col("rule").cast(pl.String)
    return joined.select(
        pl.lit(PurePath(file.source.name).name).alias("(file)"),
        (pl.col(ROW) + 1).cast(pl.Int64).alias(ROW),
        rule.alias("(rule)"),
        rule.replace_strict(rules.RULES, return_dtype=pl.String).alias("(why)"),
        *names,
    )
