"""The columns of `--with` and `--items`: attributes, measures, values of the language, and products of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language.named import Named
from rfm_cli.language.names import MEASURES as OF_LANGUAGE
from rfm_cli.language.nodes import Name, Node
from rfm_cli.language.parse import parse_column, parse_rows
from rfm_cli.language.written import Formula, SomeRows
from rfm_cli.selection.choosing import Asker
from rfm_cli.tables.attributes import attribute_names
from rfm_cli.tables.fields import fold, plain_name
from rfm_cli.views.score import COLUMNS, MEASURES, extras, notes_on, score_view

ITEMS = "items"
MOST_ITEMS = 5
ANSWER = ("customer_id", "change", ITEMS)
"""Columns that an answer may have of itself."""
ASKED = "known_from segment_since previous_segment birthday age".split()
"""Names that only the language knows."""


@dataclass(frozen=True)
class Wanted:
    """A further column: its name, and the value that is asked for it, None for an attribute or a measure.

    With `is_named` the user has chosen the name, as in `NAME = VALUE`.
    """

    name: str
    value: Formula | None = None
    is_named: bool = False


@dataclass(frozen=True)
class Further:
    """The further columns of an answer, parsed: those of `--with` in their order, and the rows of `--items`."""

    columns: tuple[Wanted, ...] = ()
    items: SomeRows | None = None
    most: int = MOST_ITEMS

    def names(self) -> list[str]:
        """Return the names of attributes and measures."""
        return [one.name for one in self.columns if one.value is None]

    def values(self) -> dict[str, Formula]:
        """Return the values that are asked, by the names of their columns."""
        return {one.name: one.value for one in self.columns if one.value is not None}

    def trees(self) -> list[Node]:
        """Return the trees of the values and rows."""
        values: list[Node] = [one.value for one in self.values().values()]
        return [*values, self.items.rows] if self.items else values


def further(names: Sequence[str], items: str | None = None, most: int | None = None) -> Further:
    """Parse the columns of `--with`, each text a list with commas or one `NAME = VALUE`, and the rows of `--items`.

    Raises `UsageError` for a name that another column has.
    """
    columns = list(_wanted(names))
    taken = {fold(name) for name in ANSWER}
    for one in columns:
        if fold(one.name) in taken:
            raise UsageError(f"--with {one.name}: the answer has a column of that name already")
        taken.add(fold(one.name))
    return Further(tuple(columns), parse_rows(items) if items is not None else None, most or MOST_ITEMS)


def _wanted(texts: Sequence[str]) -> Iterator[Wanted]:
    seen: set[str] = set()
    for text in texts:
        if "=" in text:
            name, value = parse_column(text)
            yield Wanted(name, value, is_named=True)
            continue
        for name in (plain_name(part.strip()) for part in text.split(",")):
            # A name that is given twice is one column, as with `score`.
            if name and name not in seen:
                seen.add(name)
                yield Wanted(name, _asked(name))


def _asked(name: str) -> Formula | None:
    """Return the value of a name that only the language knows, None for any other."""
    known = next((one for one in ASKED if fold(one) == fold(name)), None)
    return Formula(known, Name((known,))) if known else None


def with_named(wanted: Further, named: Named) -> Further:
    """Return the columns with the names of axes and segments as values that are asked."""
    columns = (
        replace(one, value=Formula(one.name, Name((one.name,))))
        if one.value is None and (fold(one.name) in named.axes or fold(one.name) in named.segments)
        else one
        for one in wanted.columns
    )
    return replace(wanted, columns=tuple(columns))


def _refuse_taken(asker: Asker, wanted: Further) -> None:
    """Raise `UsageError` for a value that is called like a column of customers, a measure, a segment or an axis."""
    shop, named = asker.scored.shop, asker.beside.named
    beside = shop.source.attributes
    columns = [*attribute_names(shop.customers, shop.orders), *(beside.columns if beside is not None else ())]
    # A column answers to its heading and to its field.
    folded = {*map(fold, columns), *(shop.customers.attributes if shop.customers else ())}
    taken = {
        **dict.fromkeys([*named.segments, *named.axes, *map(fold, named.nearby)], "a segment or axis of rfm.toml"),
        **dict.fromkeys(folded, "a column of the files"),
        **dict.fromkeys(map(fold, (*COLUMNS, *MEASURES, *OF_LANGUAGE)), "a measure"),
    }
    for one in wanted.columns:
        if one.is_named and (what := taken.get(fold(one.name))):
            raise UsageError(f"--with {one.name} = ...: {what} is called so", "choose another name")


def further_columns(asker: Asker, wanted: Further) -> pl.DataFrame | None:
    """Return the further columns by customer_id, None where none are wanted."""
    if not wanted.columns and wanted.items is None:
        return None
    _refuse_taken(asker, wanted)
    table = asker.scored.frame.select(customer_id=pl.col("customer").cast(pl.String))
    for found in _tables(asker, wanted):
        table = table.join(found, on="customer_id", how="left", maintain_order="left")
    items = [ITEMS] if wanted.items else []
    return table.select("customer_id", *(one.name for one in wanted.columns), *items)


def _tables(asker: Asker, wanted: Further) -> Iterator[pl.DataFrame]:
    """Yield tables of further columns by customer_id."""
    plain = [one.name for one in wanted.columns if one.value is None]
    if measured := [name for name in plain if name in COLUMNS]:
        yield score_view(asker.scored).rows.select("customer_id", *measured)
    if others := [name for name in plain if name not in COLUMNS]:
        beside = asker.beside
        found = extras(
            asker.scored,
            others,
            engagement_days=beside.engagement_days,
            engagement_events=beside.engagement_events,
        )
        beside.say(list(notes_on(asker.scored, found)))
        if found is not None:
            yield found
    if values := wanted.values():
        yield asker.values(values)
    if wanted.items is not None:
        yield newest_items(asker.items(wanted.items), wanted.most)


def newest_items(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return the different items of each customer as a list, the newest first, those of one time by text.

    `rows` are customer_id, item (text) and, where rows have a time, at.
    """
    named = rows.drop_nulls("item")
    latest = named.group_by("customer_id", "item").agg(
        pl.col("at").max() if "at" in rows.columns else pl.lit(0).alias("at")
    )
    ordered = latest.sort("customer_id", "at", "item", descending=[False, True, False], nulls_last=True)
    return ordered.group_by("customer_id", maintain_order=True).agg(pl.col("item").head(most).alias(ITEMS))
