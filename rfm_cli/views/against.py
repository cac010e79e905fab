"""Segments at a date beside those of another, under one ruler: `rfm segments --against`."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.model import Scored
from rfm_cli.views.segments import segments_view
from rfm_cli.views.view import View

COMPARED = ("customers", "revenue")


def against_view(scored: Scored, other: Scored, *, next_steps: bool = False) -> View:
    """The segments of `scored` with the customers and money of `other`, which was scored by the same cutoffs.

    Adds customers_against, customers_change, revenue_against, revenue_change behind the measures; a change is the
    figure less the one it is held against. Money is null where there is none.
    """
    view = segments_view(scored, next_steps=next_steps)
    then = segments_view(other).rows.select("segment", *(pl.col(name).alias(f"{name}_against") for name in COMPARED))
    rows = view.rows.join(then, on="segment", how="left", nulls_equal=True, maintain_order="left")
    added = [
        column
        for name in COMPARED
        for column in (
            pl.col(f"{name}_against"),
            (pl.col(name) - pl.col(f"{name}_against")).cast(view.rows.schema[name]).alias(f"{name}_change"),
        )
    ]
    last = ["next_step"] if next_steps else []
    kept = [name for name in view.rows.columns if name not in last]
    return replace(view, rows=rows.select(*kept, *added, *last), meta={**view.meta, "against": other.as_of})
