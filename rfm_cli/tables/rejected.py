"""The rejected rows of orders, as their files have them: `--rejects`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import PurePath

import polars as pl

from rfm_cli.tables import refunds, rules
from rfm_cli.tables.order_file import OVERLAID, REPEATED, OrderFile
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.orders import rows

ROW = "(row)"
RULE = "(rule)"
PLACE = "(place)"
LATE, TOO_LATE = "late", "before the first day that can be added"
OURS = ("(file)", ROW, RULE, "(why)", PLACE)


def rejected_rows(orders: Orders, before: date | None = None, most: int | None = None) -> pl.DataFrame:
    """Return every rejected row in the order of the files: file (its name), row (1 is the first below the header),
    rule, why, and all columns of the file as text.

    With `before`, accepted rows of earlier days are rejected as well: a roll-up cannot take them any more. With `most`,
    only the first rows of each rule are returned.
    """
    rule = pl.col("rule").cast(pl.String)
    if before is not None:
        is_late = (rule == rules.ACCEPTED) & (pl.col("day") < before)
        rule = pl.when(is_late).then(pl.lit(LATE)).otherwise(rule)
    judged = rows(orders)
    if refunds.BESIDE in judged.collect_schema():  # these are no rows of a file
        judged = judged.filter(~pl.col(refunds.BESIDE))
    numbered = judged.with_row_index(ROW).with_columns(rule.alias(RULE))
    rejected = numbered.filter(pl.col(RULE) != rules.ACCEPTED)
    verdicts = rejected.select(ROW, RULE).sort(ROW).collect(engine="streaming")
    if most is not None:
        verdicts = verdicts.filter(pl.int_range(pl.len()).over(RULE) < most)
    frames, start = [], 0
    # Row numbers run through all files; each file takes those that fall into it.
    for file in orders.files:
        count = file.raw().select(pl.len()).collect(engine="streaming").item()
        own = verdicts.filter(pl.col(ROW).is_between(start, start + count - 1))
        frames.append(_of_file(file, own.with_columns(pl.col(ROW) - start)))
        start += count
    return pl.concat(frames, how="diagonal")


def _of_file(file: OrderFile, verdicts: pl.DataFrame) -> pl.DataFrame:
    source = file.original
    names = [name for name in source.schema if name not in (REPEATED, OVERLAID, *source.derived)]
    numbered = replace(source, frame=source.frame.with_row_index(PLACE))  # before events are picked
    texts = [pl.col(name).cast(pl.String).alias(_apart(name)) for name in names]
    rows = replace(file, source=numbered).raw().select(PLACE, *texts).with_row_index(ROW)
    joined = verdicts.lazy().join(rows, on=ROW, how="left", maintain_order="left")
    return joined.select(
        pl.lit(PurePath(file.source.name).name).alias("(file)"),
        (pl.col(PLACE) + 1).cast(pl.Int64).alias(ROW),
        pl.col(RULE),
        pl.col(RULE).replace_strict({**rules.RULES, LATE: TOO_LATE}, return_dtype=pl.String).alias("(why)"),
        *[_apart(name) for name in names],
    ).collect()


def _apart(name: str) -> str:
    """Return a name for a file's column beside ours: a file of rejected rows may be read again."""
    return f"{name} of the file" if name in OURS else name
