"""What was read and how it was measured, as rows in the reader's language: data quality, and what gives each score."""

from __future__ import annotations

import re

import polars as pl

from rfm_cli.messages import Words
from rfm_cli.model import Scored
from rfm_cli.tables import rules
from rfm_cli.views.cutoffs import ranges

RANGES = {
    r"up to (?P<high>\S+)": "up to {high}",
    r"(?P<low>\S+) to (?P<high>\S+)": "{low} to {high}",
    r"(?P<low>\S+) and more": "{low} and more",
}
"""How `views.cutoffs.ranges` words the values of a score, and the phrase of the catalogue."""


def quality_rows(scored: Scored, w: Words) -> pl.DataFrame:
    """The rows of the orders that were read, accepted, and rejected by each rule: rule, rows, rows_share (of those
    read)."""
    facts = scored.facts
    lines = [("read", facts.read), ("accepted", facts.accepted)]
    lines += [(f"rejected: {rules.RULES[name]}", count) for name, count in facts.rejected.items()]
    told = [(w(rule), count) for rule, count in lines]
    rows = pl.DataFrame(told, schema={"rule": pl.String, "rows": pl.Int64}, orient="row")
    return rows.with_columns((pl.col("rows") / max(facts.read, 1)).alias("rows_share"))


def cutoff_rows(scored: Scored, w: Words) -> pl.DataFrame:
    """Every score, the best first, with the values that give it and its customers: score, values, customers."""
    lines = []
    for axis, groups in scored.cutoffs.axes.items():
        for group, bounds in groups.items():
            at = list(zip("rf", group, strict=False))
            within = "".join(f" {name.upper()}{score}" for name, score in at)
            said = ranges(axis, bounds, scored.scale)
            inside = scored.frame.filter([pl.col(name) == score for name, score in at] or pl.lit(value=True))
            found = dict(inside.drop_nulls(axis).group_by(axis).len().iter_rows())
            lines += [
                (f"{axis.upper()}{score}{within}", _range(said.get(score), w), found.get(score, 0))
                for score in range(bounds.k, 0, -1)
            ]
    schema = {"score": pl.String, "values": pl.String, "customers": pl.Int64}
    return pl.DataFrame(lines, schema=schema, orient="row")


def _range(values: str | None, w: Words) -> str:
    """The values of a score in the reader's language; they are worded by `views.cutoffs.ranges`."""
    if values is None:
        return w("nobody can get it")
    for pattern, phrase in RANGES.items():
        if found := re.fullmatch(pattern, values):
            return w(phrase, **{name: w.marked(_grouped(text)) for name, text in found.groupdict().items()})
    return w.marked(_grouped(values)) if values[0].isdigit() else w(values)


def _grouped(number: str) -> str:
    """Thousands apart, decimals as they are."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else number
