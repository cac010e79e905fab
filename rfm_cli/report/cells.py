"""Result rows as tables of a page: headings in the reader's language, cells as people read them and as they sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from rfm_cli.messages import RANGE, Message, Share, Words, message
from rfm_cli.model import Scored
from rfm_cli.output.look import formatter, plain
from rfm_cli.report.figures import CrossedAxes
from rfm_cli.tables.rules import RULES
from rfm_cli.views.cutoffs import score_ranges

DASH = RANGE
"""In place of a figure that does not exist."""
EMPTY = "\u00b7"
"""In a cell of two axes without customers."""
MOST_ROWS = 100
"""The most rows of a table on the page; files have all of them."""
DECIMALS = {
    "aov": 2,
    "median_monetary": 2,
    "median_recency_days": 1,
    "median_frequency": 1,
}
"""Columns that are shown with fewer decimals than they have."""
HEADINGS = {
    "segment": message("segment"),
    "customers": message("customers"),
    "customers_share": message("share of customers"),
    "orders": message("orders"),
    "revenue": message("revenue"),
    "revenue_share": message("share of revenue"),
    "aov": message("average order"),
    "median_recency_days": message("median recency, days"),
    "median_frequency": message("median frequency"),
    "median_monetary": message("median monetary"),
    "customers_against": message("customers before"),
    "revenue_against": message("revenue before"),
    "customers_change": message("change of customers"),
    "revenue_change": message("change of revenue"),
    "r": message("R"),
    "f": message("F"),
    "m": message("M"),
    "recency": message("recency, days"),
    "engagement": message("engagement"),
    "monetary": message("monetary"),
    "top_share": message("top share of buyers"),
    "smallest_monetary": message("smallest monetary"),
    "from_segment": message("from segment"),
    "to_segment": message("to segment"),
    "share_of_from": message("share of those in it"),
    "in": message("in"),
    "out": message("out"),
    "net": message("net"),
    "customers_from": message("customers before"),
    "customers_to": message("customers after"),
    "revenue_from": message("revenue before"),
    "revenue_to": message("revenue after"),
    "moves": message("moves"),
    "share_30d": message("within 30 days"),
    "share_60d": message("within 60 days"),
    "share_90d": message("within 90 days"),
    "p25_days": message("a quarter within, days"),
    "median_days": message("half within, days"),
    "p75_days": message("three quarters within, days"),
    "customer_id": message("customer"),
    "vip": message("VIP"),
    "slipped_on": message("slipped on"),
    "days_below": message("days below"),
    "at_stake": message("at stake"),
    "rule": message("rule"),
    "rows": message("rows"),
    "rows_share": message("share of rows"),
    "score": message("score"),
    "values": message("values"),
}
"""The heading of a column on the page; other columns are called as in files."""


@dataclass(frozen=True)
class PageCell:
    """The text of a cell, the key that it sorts by, and how dark it is drawn: from 0, not at all, to 7."""

    text: str
    key: str
    heat: int = 0


@dataclass(frozen=True)
class PageColumn:
    """A heading, and whether numbers or days are below it."""

    heading: str
    number: bool


@dataclass(frozen=True)
class PageTable:
    """A table of the page: `caption` names it for screen readers, `more` rows are not shown."""

    caption: str
    columns: Sequence[PageColumn]
    rows: Sequence[Sequence[PageCell]]
    more: int = 0


def share_text(share: object, w: Words) -> str:
    """Return a share as percent; a dash for a share of nothing."""
    return w(Share(float(share))) if isinstance(share, int | float) else DASH


def table_of(
    caption: Message, rows: pl.DataFrame, w: Words, names: Sequence[str] | None = None, most: int = MOST_ROWS
) -> PageTable:
    """Return the first `most` rows as a table with the columns `names` (all, without)."""
    # The page stays small; files hold all rows.
    shown = rows.select(names or rows.columns).head(most)
    columns = [PageColumn(heading_of(one.name, w), not _is_text(one)) for one in shown]
    texts = [_texts(column, w) for column in shown]
    # Cells sort by their values, not by their texts, in which 10 comes before 9.
    keys = [
        [_key(w.segment(value) if column.name.endswith("segment") else value) for value in column] for column in shown
    ]
    cells = [
        [PageCell(text, key) for text, key in zip(column, own, strict=True)]
        for column, own in zip(texts, keys, strict=True)
    ]
    lines = list(zip(*cells, strict=True)) if cells else []
    return PageTable(w(caption), columns, lines, rows.height - shown.height)


def heading_of(name: str, w: Words) -> str:
    """Return the heading of a column."""
    return w(HEADINGS[name]) if name in HEADINGS else name


def _is_text(column: pl.Series) -> bool:
    return column.dtype in (pl.String, pl.Boolean)


def _texts(column: pl.Series, w: Words) -> list[str]:
    """Return the values of a column as people read them; a null is empty."""
    name, dtype = column.name, column.dtype
    if dtype.is_numeric():
        return list(map(formatter(name, dtype, w, decimals=DECIMALS.get(name)), column))
    if name.endswith("segment"):
        return [plain(w.segment(value)) for value in column]
    return [_shown(value, w) for value in column]


def _shown(value: object, w: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return w(message("yes")) if value else ""
    if isinstance(value, date):
        return w.short(value)
    return plain(str(value))


def labels_of(cells: CrossedAxes, place: int, w: Words) -> dict[str | None, str]:
    """Return the labels of one of the two axes in the language of the reader, by the label that rows have."""
    found = {label: plain(w(shown)) for label, shown in cells.shown[place].items()}
    return found if None not in found else {**found, None: w(message("(none)"))}


def _key(value: object) -> str:
    """Return what a cell sorts by: numbers and days as they are, text without its case, a null first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else repr(value)
    return value.isoformat() if isinstance(value, date) else plain(str(value)).casefold()


def crossed(
    caption: Message,
    rows: pl.DataFrame,
    axes: tuple[str, str],
    value: str,
    w: Words,
    labels: Sequence[Mapping[str | None, str]] = ({}, {}),
) -> PageTable:
    """Return two axes as a table of figures, the first axis down and the second across.

    `labels` are the texts of the labels of both axes, where they are not those of the rows.
    """
    down, across = (rows[axis].unique(maintain_order=True).to_list() for axis in axes)
    corner = " / ".join(heading_of(axis, w) for axis in axes)
    is_named = rows.schema[value] == pl.String
    columns = [PageColumn(corner, number=False)]
    columns += [PageColumn(labels[1].get(one, plain(str(one))), number=not is_named) for one in across]
    found = {(row[axes[0]], row[axes[1]]): row[value] for row in rows.iter_rows(named=True)}
    show = _cell_maker(rows[value], w)
    lines = [
        [
            PageCell(labels[0].get(row, plain(str(row))), _key(row)),
            *(show(found.get((row, column))) for column in across),
        ]
        for row in down
    ]
    return PageTable(w(caption), columns, lines)


def _cell_maker(values: pl.Series, w: Words) -> Callable[[Any], PageCell]:
    """Return the function that makes the cell of a figure, or of a name."""
    show = formatter(values.name, values.dtype, w)
    is_named = values.dtype == pl.String
    # The darkest cell has the greatest figure; without any, no cell is shaded.
    most = 1 if is_named else max(values.drop_nulls(), default=0) or 1

    def cell(figure: Any) -> PageCell:
        # A dot reads as empty at a glance, where a zero has to be read.
        if not figure:
            return PageCell(EMPTY, "0")
        if is_named:
            return PageCell(plain(w.segment(figure)), _key(w.segment(figure)))
        return PageCell(show(figure), _key(figure), max(1, round(7 * float(figure / most))))

    return cell


def quality_rows(scored: Scored, w: Words) -> pl.DataFrame:
    """Return the rows of the orders that were read, accepted and rejected: rule, rows, rows_share (of those read)."""
    facts = scored.facts
    lines = [(message("read"), facts.read), (message("accepted"), facts.accepted)]
    lines += [(message("rejected: {rule}", rule=message(RULES[name])), count) for name, count in facts.rejected.items()]
    rows = pl.DataFrame([(w(rule), count) for rule, count in lines], schema=["rule", "rows"], orient="row")
    return rows.select(
        pl.col("rule").cast(pl.String),
        pl.col("rows").cast(pl.Int64),
        rows_share=pl.col("rows") / max(facts.read, 1),
    )


def cutoff_rows(scored: Scored, w: Words) -> pl.DataFrame:
    """Return every score, the best first, with the values that give it and its customers: score, values, customers."""
    lines = []
    for one in score_ranges(scored):
        # Nested cutoffs differ by the scores of the axes before.
        outer = "".join(f" {name.upper()}{score}" for name, score in zip("rf", one.group, strict=False))
        values = one.range.words(grouped=True) if one.range else message("no buyer can get it")
        lines.append((f"{one.axis.upper()}{one.score}{outer}", w(values), one.customers))
    schema = {"score": pl.String, "values": pl.String, "customers": pl.Int64}
    return pl.DataFrame(lines, schema=schema, orient="row")
