"""Result rows as tables of a page: headings in the reader's language, cells as people read them and as they sort."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from rfm_cli.messages import Words
from rfm_cli.output.text import formatter, percent, plain

DASH = "\u2013"
"""Between the ends of a range, and where there is no figure."""
HARD_SPACE = "\u00a0"
NOTHING = "\u00b7"
"""In a cell of two axes that nobody is in."""
MOST_ROWS = 100
"""No table of the page has more rows; files have all of them."""
DECIMALS = {
    "aov": 2,
    "median_monetary": 2,
    "median_recency_days": 1,
    "median_frequency": 1,
}
"""Columns that are shown with fewer decimals than they have."""
HEADINGS = {
    "segment": "segment",
    "customers": "customers",
    "customers_share": "share of customers",
    "orders": "orders",
    "revenue": "revenue",
    "revenue_share": "share of revenue",
    "aov": "average order",
    "median_recency_days": "median recency, days",
    "median_frequency": "median frequency",
    "median_monetary": "median monetary",
    "customers_against": "customers before",
    "revenue_against": "revenue before",
    "customers_change": "change of customers",
    "revenue_change": "change of revenue",
    "r": "R",
    "f": "F",
    "m": "M",
    "recency": "recency, days",
    "engagement": "engagement",
    "monetary": "monetary",
    "top_share": "top share of buyers",
    "smallest_monetary": "smallest monetary",
    "from_segment": "from segment",
    "to_segment": "to segment",
    "share_of_from": "share of those in it",
    "in": "in",
    "out": "out",
    "net": "net",
    "customers_from": "customers before",
    "customers_to": "customers after",
    "revenue_from": "revenue before",
    "revenue_to": "revenue after",
    "moves": "moves",
    "share_30d": "within 30 days",
    "share_60d": "within 60 days",
    "share_90d": "within 90 days",
    "p25_days": "a quarter within, days",
    "median_days": "half within, days",
    "p75_days": "three quarters within, days",
    "customer_id": "customer",
    "vip": "VIP",
    "slipped_on": "slipped on",
    "days_below": "days below",
    "at_stake": "at stake",
    "rule": "rule",
    "rows": "rows",
    "rows_share": "share of rows",
    "score": "score",
    "values": "values",
}
"""The heading of a column on the page, in English; what is not here is called as in files."""
LABELS = ("recency", "engagement", "monetary", "values", "rule")
"""Columns of labels, whose words the catalogue knows: bins, rules, values of scores."""


@dataclass(frozen=True)
class Cell:
    """The text of a cell, the key that it sorts by, and how dark it is drawn: from 0, not at all, to 7."""

    text: str
    key: str
    heat: int = 0


@dataclass(frozen=True)
class Column:
    """A heading, and whether numbers or days stand below it."""

    heading: str
    number: bool


@dataclass(frozen=True)
class Table:
    """A table of the page: `caption` names it for those who hear it, `more` rows are not shown."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    more: int = 0


def share_text(share: object, w: Words) -> str:
    """A share as percent, which no line breaks within; a dash for a share of nothing."""
    return w.marked(percent(float(share))).replace(" %", f"{HARD_SPACE}%") if isinstance(share, int | float) else DASH


def table_of(
    caption: str, rows: pl.DataFrame, w: Words, names: Sequence[str] | None = None, most: int = MOST_ROWS
) -> Table:
    """The first `most` rows as a table, with the columns `names` of them (all, without)."""
    shown = rows.select(names or rows.columns).head(most)
    columns = [Column(w(HEADINGS.get(one.name, one.name)), not _is_text(one)) for one in shown]
    texts = [_texts(column, w) for column in shown]
    keys = [
        [_key(w.segment(value) if column.name.endswith("segment") else value) for value in column] for column in shown
    ]
    cells = [
        [Cell(text, key) for text, key in zip(column, own, strict=True)]
        for column, own in zip(texts, keys, strict=True)
    ]
    lines = list(zip(*cells, strict=True)) if cells else []
    return Table(caption, columns, lines, rows.height - shown.height)


def _is_text(column: pl.Series) -> bool:
    return column.dtype in (pl.String, pl.Boolean)


def _texts(column: pl.Series, w: Words) -> list[str]:
    """The values of a column as people read them; a null is empty."""
    name, dtype = column.name, column.dtype
    if dtype.is_numeric():
        show = formatter(name, dtype, unicode=True, decimals=DECIMALS.get(name))
        return [w.marked(show(value)) for value in column]
    if name.endswith("segment"):
        return [plain(w.segment(value)) for value in column]
    return [_told(value, w, label=name in LABELS) for value in column]


def _told(value: object, w: Words, *, label: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return w("yes") if value else ""
    if isinstance(value, date):
        return w.short(value)
    text = plain(str(value))
    return label_text(text, w) if label else text


def label_text(text: str, w: Words) -> str:
    r"""A label of a bin in the reader's language: `under 20.00`, `15-30`, `No purchases`.

    >>> from rfm_cli.messages import words
    >>> [label_text(text, words("en")) for text in ("under 1200.00", "15-30", "No purchases")]
    ['under 1200.00', '15\u201330', 'No purchases']
    """
    known = w.segment(text)
    if known != text:
        return known
    head, _, rest = text.partition(" ")
    said = f"{w(head)} {rest}" if rest else text
    if all(mark.isdigit() or mark in ".-+" for mark in (rest or text)):
        return re.sub(r"(?<=\d)-(?=-?\d)", DASH, said).replace(".", w.decimal_mark)
    return said


def _key(value: object) -> str:
    """What a cell sorts by: numbers and days as they are, text without its case; nothing comes first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else repr(value)
    return value.isoformat() if isinstance(value, date) else plain(str(value)).casefold()


def crossed(
    caption: str, rows: pl.DataFrame, axes: tuple[str, str], value: str, w: Words, say: Mapping[str, str] | None = None
) -> Table:
    """Two axes as a table of figures: the first axis down, the second across; `say` are headings in place of labels."""
    down, across = (rows[axis].unique(maintain_order=True).to_list() for axis in axes)
    named = say or {}
    show = formatter(value, rows.schema[value], unicode=True)
    is_named = rows.schema[value] == pl.String
    most = 1 if is_named else max(rows[value].drop_nulls(), default=0) or 1
    found = {(row[axes[0]], row[axes[1]]): row[value] for row in rows.iter_rows(named=True)}

    def told(label: object) -> str:
        text = str(label) if label is not None else "(none)"
        return named.get(text) or label_text(plain(text), w)

    columns = [Column(f"{w(HEADINGS.get(axes[0], axes[0]))} / {w(HEADINGS.get(axes[1], axes[1]))}", number=False)]
    columns += [Column(told(one), number=not is_named) for one in across]

    def cell(row: object, column: object) -> Cell:
        figure = found.get((row, column))
        if not figure:
            return Cell(NOTHING, "0")
        if is_named:
            return Cell(plain(w.segment(figure)), _key(w.segment(figure)))
        return Cell(w.marked(show(figure)), _key(figure), max(1, round(7 * float(figure / most))))

    lines = [[Cell(told(row), _key(row)), *(cell(row, column) for column in across)] for row in down]
    return Table(caption, columns, lines)
