"""Refunds that rows tell by their type or quantity, and traces of refunds in columns that play no part."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.plausibility.rows import MOST_ROWS
from rfm_cli.plausibility.statuses import count_texts, scale_of
from rfm_cli.tables import money, words
from rfm_cli.tables.amounts import AmountFormat, parse_amounts
from rfm_cli.tables.money import money_text
from rfm_cli.tables.order_model import stacked
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.rules import ACCEPTED

if TYPE_CHECKING:
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Facts, Orders

NAMED = re.compile(r"refund|chargeback|возвра")
NO_MONEY = frozenset(
    "id ids number numbers no nr count qty quantity items date day at time on reason status state type by method note "
    "is has номер дата время причина статус количество кол тип".split()
)
"""Words of headings that name something else about refunds than their money."""
WORDED = r"(?i)refund|return|charge|credit|возвра"
"""What every text has in it that means a refund."""
MOST_WORDS = 4
"""A longer text is a comment or a policy, and says nothing of its row for sure."""
NEARLY_ALL = 0.9


def on_refunds(orders: Orders, facts: Facts, *, every_size: bool = False) -> Iterator[Note]:
    """Remark on refunds by type or quantity, and warn of columns that look like refunds and are not used.

    Above 200,000 rows all columns are looked at only with `every_size`; those with the word in their heading always.
    """
    small = every_size or facts.read <= MOST_ROWS
    with input_errors(orders.name()):
        yield from _on_types(orders)
        if small:
            yield from _on_quantities(orders)
        for file in orders.files:
            yield from _on_money_columns(file)
            if small:
                yield from _on_text_columns(orders, file)


def _on_types(orders: Orders) -> Iterator[Note]:
    """Remark on the types of rows that lower money, and on a given column of types that has none of them."""
    frames = []
    for file in orders.files:
        if file.type_heading is not None and not file.refund_types and file.columns.reasons.get("type") == "given":
            yield note(
                f"{file.where_is(file.type_heading)} has no word for a refund: no row of these types lowers money"
            )
        if file.is_refund() is not None:
            text = pl.col(file.columns["type"]).cast(pl.String).str.strip_chars()
            frames.append(typed_rows(file, orders.options, {"text": text}).filter("refund", pl.col("rule") == ACCEPTED))
    if not frames:
        return
    scale = scale_of(orders)
    found = ", ".join(one.in_words(scale, "row") for one in count_texts(stacked(frames), scale))
    if found:
        yield note(f"rows of these types lower money: {found}")


def _on_quantities(orders: Orders) -> Iterator[Note]:
    """Remark on rows whose quantity is below 0 beside an amount above 0."""
    frames = [
        typed_rows(file, orders.options, {"turned": given_back & (file.written() > 0), "text": pl.lit("")})
        for file in orders.files
        if (given_back := file.is_given_back()) is not None
    ]
    if not frames:
        return
    scale = scale_of(orders)
    for one in count_texts(stacked(frames).filter("turned", pl.col("rule") == ACCEPTED), scale):
        lowered = "" if scale is None else f" by {money_text(-(one.minor or 0), scale, grouped=True)}"
        yield note(f"{counted(one.rows, 'row')} with a quantity below 0 and an amount above 0 lower money{lowered}")


def unused_columns(file: OrderFile) -> list[str]:
    """Return the headings of a file that hold no field, in its order."""
    used = set(file.columns.headings.values())
    return [name for name in file.source.header if name not in used and name in file.source.schema]


def _on_money_columns(file: OrderFile) -> Iterator[Note]:
    """Warn of an unused column of money whose heading names refunds, with its sum."""
    for heading in unused_columns(file):
        folded = words.fold(heading)
        if not NAMED.search(folded) or NO_MONEY & set(words.parted(heading)):
            continue
        found = _sum_of(file, heading)
        if found is not None:
            hint = f"to take it off: --map refunded={shlex.quote(heading)}"
            yield warning("unused-refunds", f"{file.where_is(heading)} holds {found}, which is not taken off; {hint}")


def _sum_of(file: OrderFile, heading: str) -> str | None:
    """Return the sum of all sizes in a column as text; None where it holds no money, or only zeros."""
    column, dtype = pl.col(heading), file.source.schema[heading]
    if dtype == pl.String:
        value = parse_amounts(column, file.amounts.get("amount", AmountFormat(".")))
        filled = column.str.strip_chars() != ""
    elif dtype.is_numeric():
        value, filled = column.cast(pl.Float64), column.is_not_null()
    else:
        return None
    rows = file.raw().select(value=pl.when(value.is_finite()).then(value), filled=filled)
    read, there, scale = (
        rows.select(
            pl.col("value").count(), pl.col("filled").sum().alias("there"), money.smallest_scale(pl.col("value"))
        )
        .collect(engine="streaming")
        .row(0)
    )
    if not read or read < NEARLY_ALL * there:
        return None
    minor = rows.select(money.minor_units(pl.col("value").abs(), scale).sum()).collect(engine="streaming").item()
    return money_text(minor, scale, grouped=True) if minor else None


def _on_text_columns(orders: Orders, file: OrderFile) -> Iterator[Note]:
    """Warn of an unused column of texts where some mean a refund, with the rows and their money."""
    texts = [name for name in unused_columns(file) if file.source.schema[name] in (pl.String, pl.Categorical, pl.Enum)]
    if not texts:
        return
    columns = [pl.col(name).cast(pl.String).str.contains(WORDED).any() for name in texts]
    met = file.raw().select(columns).collect(engine="streaming").row(0, named=True)
    scale = scale_of(orders)
    for heading in (name for name in texts if met[name]):
        column = pl.col(heading).cast(pl.String).str.strip_chars()
        values = file.raw().select(column.unique()).collect(engine="streaming").to_series()
        named = [text for text in values.drop_nulls() if means_refund(text)]
        # A column where every row says so tells no refund from a purchase.
        if not named or len(named) == len(values):
            continue
        rows = typed_rows(file, orders.options, {"text": column})
        lowers = pl.col("value") < 0 if file.money_fields() else pl.lit(value=False)
        rows = rows.filter(pl.col("rule") == ACCEPTED, pl.col("text").is_in(named), ~lowers)
        if found := count_texts(rows, scale):
            which = ", ".join(one.in_words(scale, "row") for one in found)
            field = "status" if {"status", "state", "статус"} & set(words.parted(heading)) else "type"
            hint = f"if so: --map {field}={shlex.quote(heading)}"
            yield warning(
                "unused-refunds", f"{file.where_is(heading)} is not used, and may mean refunds: {which}; {hint}"
            )


def means_refund(text: str) -> bool:
    """Return whether a short text means a refund.

    >>> means_refund("Return"), means_refund("free returns within two weeks")
    (True, False)
    """
    return len(words.parted(text)) <= MOST_WORDS and words.type_verdict(text) == "refund"
