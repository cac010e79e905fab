"""Columns that an expression can ask of a customer or of a row, and the tables that are linked to customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Kind = Literal["text", "exact", "name", "number", "money", "day", "moment", "truth"]
"""How values are compared.

`text` folded, `exact` after trimming (ids and codes), `name` moreover without blanks, `_` and `-` (event, channel,
status). `number` is an integer, a float or a decimal, `money` an integer in minor units. A `moment` is a local time
without a zone, in microseconds.
"""


@dataclass(frozen=True)
class Column:
    """A column of a linked table: its name there, how it is compared, and what reads its texts otherwise.

    `numbers` and `days` read a column of texts beside a number and beside a date, as the file's amounts and dates are
    read; they return the name of a further column of the frame (None: the column cannot be read so).
    """

    name: str
    kind: Kind
    dtype: pl.DataType
    numbers: Callable[[], pl.Expr] | None = field(default=None, compare=False, repr=False)
    days: Callable[[], pl.Expr] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Parent:
    """A table that a row belongs to one row of: its name, the key, and its columns by folded name."""

    name: str
    key: str
    frame: pl.LazyFrame
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class LinkedTable:
    """A table that is linked to customers: typed rows that are known by the as-of day, lazily.

    `frame` has customer_id (text, null where the table has none of its own), `at` (moment or day, absent without times)
    and the columns of `columns`, by their names. `links` are the keys by which other tables reach it: customer_id,
    order_id, product_id. `parents` are asked for columns that the rows lack, the nearest first.
    `money_scale` is the number of decimals of columns of kind money.
    """

    name: str
    frame: pl.LazyFrame
    columns: Mapping[str, Column]
    at: Literal["moment", "day"] | None
    links: tuple[str, ...]
    parents: tuple[Parent, ...] = ()
    money_scale: int = 0
