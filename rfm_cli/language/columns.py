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


ORDER = "(order)"
"""The key of a purchase in the frames of orders and lines. An order id may be absent, or that of two customers."""

CUSTOMER_KEY = "(customer)"
"""The customer of a row as a whole number, in frames of files whose ids are such. It groups twice as fast as its text,
customer_id, which is left out of a plan that does not ask it."""

PLACE = "(place)"
"""The place of a customer among the scored ones."""


@dataclass(frozen=True)
class Column:
    """A column of a linked table: its name there, how it is compared, and what reads its texts otherwise.

    `name` is the column of the frame, under which errors show it. `scale` is the number of decimals of money.
    `numbers` and `days` read a column of texts beside a number and beside a date, as the amounts and dates of its files
    are read: they look at all texts, and return an expression over the frame, of Float64 and of moments, or of days
    where no text has a time. They are None for a column with a type, and raise `InputError` where its texts could be
    read in two ways. `texts` has all texts of the column, and maybe more, without a look at other columns.
    """

    name: str
    kind: Kind
    dtype: pl.DataType
    numbers: Callable[[], pl.Expr] | None = field(default=None, compare=False, repr=False)
    days: Callable[[], pl.Expr] | None = field(default=None, compare=False, repr=False)
    scale: int = 0
    texts: pl.LazyFrame | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Parent:
    """A table that a row belongs to one row of: its name, the key, and its columns by folded name.

    `key` is a column of both frames, and no two rows of this one share a value of it; with `is_small` all rows are in
    memory. The frame has the key and the columns, by their names; a column answers to several folded names where its
    file calls it otherwise.
    """

    name: str
    key: str
    frame: pl.LazyFrame
    columns: Mapping[str, Column]
    is_small: bool = False


@dataclass(frozen=True)
class LinkedTable:
    """A table that is linked to customers: typed rows that are known by the as-of day, lazily.

    `frame` has the columns of `links`, `at` (moment or day, absent without times), maybe `CUSTOMER_KEY`, and the
    columns of `columns`, by their names. `columns` has the folded names. `links` are the keys by which rows of other
    tables reach these rows: customer_id (text) for a customer, `ORDER` or order_id for a row of orders or lines,
    product_id for a row that has one. A table without customer_id among them can be asked only inside of other rows.
    `parents` are asked for columns that the rows lack, the nearest first. `by_order` has the rows of any order by
    `ORDER`, without what they take of it: customers and times; None where their orders have to be looked for.
    `numbered` are the rows with the column number, which only all rows of a customer give, so that no filter is asked
    before it; the frame is without it. `of_products` returns the table with the rows of some products alone, chosen as
    files are read; None where rows are filtered later.
    """

    name: str
    frame: pl.LazyFrame
    columns: Mapping[str, Column]
    at: Literal["moment", "day"] | None
    links: tuple[str, ...]
    parents: tuple[Parent, ...] = ()
    by_order: pl.LazyFrame | None = None
    numbered: pl.LazyFrame | None = None
    of_products: Callable[[pl.Series], LinkedTable] | None = field(default=None, compare=False, repr=False)

    @property
    def whole(self) -> pl.LazyFrame:
        """The rows with all columns."""
        return self.frame if self.numbered is None else self.numbered


@dataclass(frozen=True)
class MissingTable:
    """Why a table cannot be asked, and what to do next."""

    problem: str
    hint: str
