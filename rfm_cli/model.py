"""The data that every room hands on: the tables of a shop, what is asked of them, and the scored customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.clock import Window
from rfm_cli.measures.customers import BuyersAfter
from rfm_cli.notes import Note
from rfm_cli.schemes import Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.one_row import OneRow
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.paths import Given

if TYPE_CHECKING:  # what few shops have is loaded where there is one
    from rfm_cli.rollup.read import RollUp
    from rfm_cli.tables.customers import Customers, Events, Products


@dataclass(frozen=True)
class TablePaths:
    """What each table is read from, as the user wrote it: paths, in Python also frames. Orders may come from events."""

    orders: tuple[Given, ...] = ()
    lines: tuple[Given, ...] = ()
    events: tuple[Given, ...] = ()
    customers: tuple[Given, ...] = ()
    products: tuple[Given, ...] = ()
    rates: tuple[Given, ...] = ()

    def __post_init__(self) -> None:
        """A bare path or frame stands for a table of that one."""
        for table, given in vars(self).items():
            if isinstance(given, Given):
                object.__setattr__(self, table, (given,))


@dataclass(frozen=True)
class Stored:
    """A store of snapshots: its name, the days that it has, ascending, and the decimals of the money that is read."""

    name: str
    days: tuple[date, ...]
    scale: int | None = None


@dataclass(frozen=True)
class Shop:
    """The opened tables of a shop: orders, or in their place a roll-up, one row a customer, or a store of snapshots,
    and the others."""

    orders: Orders | None
    rollup: RollUp | None = None
    one_row: OneRow | None = None
    customers: Customers | None = None
    events: Events | None = None
    products: Products | None = None
    notes: tuple[Note, ...] = ()
    stored: Stored | None = None

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        source = self.orders or self.rollup or self.one_row or self.stored
        return source.scale if source else None

    @property
    def has_history(self) -> bool:
        """Whether other dates than one can be asked for."""
        return self.orders is not None or self.rollup is not None or self.stored is not None

    def buyers_after(self) -> BuyersAfter | None:
        """Who has an accepted order row after a day; None where there is no history."""
        if self.rollup:
            from rfm_cli.rollup.read import buyers_after

            return partial(buyers_after, self.rollup)
        return partial(order_tables.buyers_after, self.orders) if self.orders else None


@dataclass(frozen=True)
class Question:
    """What is asked of a shop: the date, what counts, and how cutoffs are found (or `cutoffs` that were saved).

    `as_of` None is the day of the last accepted order row. `new_subscriber` is a number of days, None for no
    such split.
    """

    fitting: Fitting
    as_of: date | None = None
    window: Window | None = None
    one_a_day: bool = False
    free_orders: str | None = None
    cutoffs: Cutoffs | None = None
    new_subscriber: int | None = None

    @property
    def scheme(self) -> Scheme:
        """The scheme that names segments."""
        return self.fitting.scheme


@dataclass(frozen=True)
class Scored:
    """Scored customers in no order, and all that was learned on the way.

    `frame`: customer, first_order, last_order, recency_days, frequency, monetary (minor units; absent without
    money), r, f, m, rfm, segment, vip. `facts` are of the order rows.
    """

    frame: pl.DataFrame
    as_of: date | None
    scale: int | None
    scheme: Scheme
    cutoffs: Cutoffs
    facts: Facts
    shop: Shop
    notes: tuple[Note, ...] = ()
    new_subscribers: bool = False
    windowed: bool = False
