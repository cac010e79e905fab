"""Since when each customer has been in the segment, and which one came before: `rfm score --history`."""

from __future__ import annotations

import polars as pl

from rfm_cli.history.states import States
from rfm_cli.tables.customers import EVER


def history_columns(spells: pl.DataFrame, states: States) -> pl.DataFrame:
    """A row a customer: customer_id, segment_since (Date), previous_segment.

    `spells` are of all of history up to the date of the answer. segment_since is the first day of the present spell,
    null for those who have been known from ever; previous_segment is the last different one, null where there is none.
    """
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    own = pl.col("customer") == pl.col("customer").shift(1)  # spells stand by customer and day
    before = pl.when(own).then(pl.col("state").shift(1))
    named = pl.when(before.is_not_null()).then(names.gather(before.fill_null(0).cast(pl.UInt32)))
    return (
        spells.with_columns(previous_segment=named)
        .filter(pl.col("left").is_null())
        .select(
            customer_id=pl.col("customer").cast(pl.String),
            segment_since=pl.when(pl.col("entered") != EVER).then("entered"),
            previous_segment="previous_segment",
        )
    )
