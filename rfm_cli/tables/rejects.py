"""The rejected rows themselves, with the rule that each broke."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

import polars as pl

from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.order_file import REPEATED, OrderFile
from rfm_cli.tables.order_model import Orders

ROW = "(row)"
RULE = "(rule)"
PLACE = "(place)"
OURS = ("(file)", ROW, RULE, "(why)", PLACE)


def rejected_rows(orders: Orders) -> pl.DataFrame:
    """Every rejected row in the order of the files: file (its name), row (1 is the first below the header), rule,
    why, and all columns of the file as text.
    """
    judged = order_tables.rows(orders).with_row_index(ROW).filter(pl.col("rule") != rules.ACCEPTED)
    verdicts = judged.select(ROW, pl.col("rule").alias(RULE)).sort(ROW).collect(engine="streaming")
    frames, start = [], 0
    for file in orders.files:
        count = file.raw().select(pl.len()).collect(engine="streaming").item()
        own = verdicts.filter(pl.col(ROW).is_between(start, start + count - 1))
        frames.append(_of_file(file, own.with_columns(pl.col(ROW) - start)))
        start += count
    return pl.concat(frames, how="diagonal")


def _of_file(file: OrderFile, verdicts: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in file.source.schema if name != REPEATED]
    numbered = replace(file.source, frame=file.source.frame.with_row_index(PLACE))  # before events are picked
    texts = [pl.col(name).cast(pl.String).alias(_apart(name)) for name in names]
    rows = replace(file, source=numbered).raw().select(PLACE, *texts).with_row_index(ROW)
    rule = pl.col(RULE).cast(pl.String)
    joined = verdicts.lazy().join(rows, on=ROW, how="left", maintain_order="left")
    return joined.select(
        pl.lit(PurePath(file.source.name).name).alias("(file)"),
        (pl.col(PLACE) + 1).cast(pl.Int64).alias(ROW),
        rule.alias(RULE),
        rule.replace_strict(rules.RULES, return_dtype=pl.String).alias("(why)"),
        *[_apart(name) for name in names],
    ).collect()


def _apart(name: str) -> str:
    """A file's column as it is called beside ours: a file of rejects may be read again."""
    return f"{name} of the file" if name in OURS else name
