"""The columns of a Parquet table that an engine uses, found by the usual names and aliases, and their kinds.

Engines read typed columns only. Dates and amounts that are texts need the parsing rules of `rfm_cli.tables`, which are
proved on every row and run on Polars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rfm_cli.errors import InputError
from rfm_cli.tables import columns
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.options import ReadOptions

Kind = Literal["text", "integer", "wide", "decimal", "float32", "float64", "date", "naive", "instant", "empty", "other"]
"""What a column holds, under one name for all engines.

`wide` are integers of more than 64 bits, or of 64 without a sign; `naive` and `instant` are timestamps without and with
a zone; `empty` is a column of nulls without a type.
"""

IDS: tuple[Kind, ...] = ("text", "integer", "wide", "decimal", "float32", "float64", "empty")
NUMBERS: tuple[Kind, ...] = ("integer", "wide", "decimal", "float32", "float64", "empty")
MOMENTS: tuple[Kind, ...] = ("date", "naive", "instant", "empty")
EXACT = {"float32": 2**24, "float64": 2**53}
"""Below these sizes, floats represent every whole number exactly."""
TYPED = "write it typed (a date or a timestamp, a number), or leave out --engine: Polars reads texts"


@dataclass(frozen=True)
class Column:
    """A column of a table: its place, its heading, what it holds, and its type as the engine calls it."""

    place: int
    heading: str
    kind: Kind
    type: str

    @property
    def name(self) -> str:
        """Return the name of the column inside an engine; a heading could be mistaken for a pattern or a path."""
        return f"c{self.place}"


@dataclass(frozen=True)
class Fields:
    """The columns of a table by field, and the column map that found them."""

    mapped: ColumnMap
    columns: Mapping[str, Column]

    @property
    def money(self) -> tuple[Column, ...]:
        """Return the columns of the money: amount, or quantity and unit price; empty without money."""
        if "amount" in self.columns:
            return (self.columns["amount"],)
        parts = [self.columns[name] for name in ("quantity", "unit_price") if name in self.columns]
        return tuple(parts) if len(parts) == 2 else ()

    @property
    def ids(self) -> tuple[Column, ...]:
        """Return the columns that hold ids."""
        return tuple(self.columns[name] for name in ("customer_id", "order_id") if name in self.columns)


def fields_of(table: Sequence[Column], options: ReadOptions, where: str) -> Fields:
    """Return the columns that a roll-up needs; raises InputError if one is missing or has an unusable type."""
    headings = [column.heading for column in table]
    mapped = columns.detect("orders", headings, options.map_of("orders"), where)
    columns.require(mapped, ("customer_id", "ordered_at"), headings, where)
    by_heading = {column.heading: column for column in table}
    found = Fields(mapped, {name: by_heading[heading] for name, heading in mapped.headings.items()})
    for column in found.ids:
        _check(column, IDS, "which cannot be an id", "use --map to name another", where)
    _check(found.columns["ordered_at"], MOMENTS, "and an engine takes days from dates and timestamps", TYPED, where)
    for column in found.money:
        _check(column, NUMBERS, "and an engine takes money from numbers", TYPED, where)
    return found


def _check(column: Column, kinds: Sequence[Kind], why: str, hint: str, where: str) -> None:
    if column.kind not in kinds:
        raise InputError(f"{where}: column {column.heading!r} is {column.type}, {why}", hint)
