"""The opened tables of a shop: the source that customers are counted from, its past, and the tables beside it.

A source answers for its past, and a past has its shop, so that these data are defined together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches
from rfm_cli.model.findings import Finding
from rfm_cli.model.paths import LinkedPath
from rfm_cli.model.question import Question
from rfm_cli.notes import Note
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts, Orders

if TYPE_CHECKING:  # what few shops have is loaded where there is one
    from rfm_cli.rollup.compatibility import StatedOptions
    from rfm_cli.tables.columns import ColumnMap
    from rfm_cli.tables.customers import Customers
    from rfm_cli.tables.events import Events
    from rfm_cli.tables.lines import LineFiles
    from rfm_cli.tables.options import Ids
    from rfm_cli.tables.products import Products
    from rfm_cli.tables.sources import InputFile


class Source:
    """What customers are counted from: orders, a roll-up of them, one row per customer, or a store of snapshots.

    The bodies below are those of a source without history and without order rows.
    """

    @property
    def kind(self) -> str:
        """What the source is, with its article, for messages."""
        return "no orders"

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return None

    @property
    def timezone(self) -> str | None:
        """The time zone whose calendar the days follow, None where the reading options decide."""
        return None

    @property
    def has_history(self) -> bool:
        """Whether other dates than one can be asked for."""
        return False

    @property
    def days(self) -> tuple[date, ...] | None:
        """The only days that can be asked for, ascending; None where they are not a short list."""
        return None

    @property
    def orders(self) -> Orders | None:
        """The order files, None where something else is read in their place."""
        return None

    @property
    def attribute_hint(self) -> str:
        """What to do where an attribute is missing that other sources have, an empty text where none can be."""
        return ""

    @property
    def rows(self) -> OrderRows | None:
        """Counts of order rows by customer and day, None where the source has no order rows."""
        return None

    @property
    def inputs(self) -> tuple[Sequence[InputFile], ColumnMap] | None:
        """The files that are read in place of orders and the columns of the first, None without such files."""
        return None

    @property
    def attributes(self) -> pl.DataFrame | None:
        """Further columns by customer_id that the source itself has beside the measures, None without any."""
        return None

    @property
    def ids(self) -> Ids:
        """The rule that the ids of customers follow."""
        return "folded"

    @property
    def rules_asked(self) -> Mapping[str, str]:
        """The rules by which rows were rejected at the user's word, and the option of each."""
        return {}

    def name(self) -> str:
        """Return what messages call the source."""
        return "the orders"

    def last_day(self) -> date | None:
        """Return the day of the last order of a source without history, None where it has no dates."""
        return None

    def description(self) -> str | None:
        """Return in words what the source holds, None where the columns of its files tell it."""
        return None

    def agree(self, question: Question) -> Question:
        """Return the question with what the source has decided; raises `UsageError` where they contradict."""
        return question

    def require_agreement(self, stated: StatedOptions) -> None:
        """Raise `UsageError` if an option that the user has set contradicts how the source was made."""

    def require_dates(self, days: Iterable[date], where: str = "") -> None:
        """Raise `UnansweredError` if a day cannot be asked for; `where` is added to the day in the message."""

    def require_days(self, who: str) -> None:
        """Raise `UnansweredError` if the source has no single days; `who` begins the message."""

    def read(self) -> tuple[Source, Facts]:
        """Read all rows. Returns the source as its rows prove it, and the facts of the rows."""
        raise no_history()

    def steps(self, counting: Counting, stretches: Stretches) -> SourcePass:
        """Count what each stretch of days added to each customer, with the columns of `measures.steps.steps`."""
        raise no_history()

    def measure(self, counting: Counting, start: date | None = None, *, strict: bool = True) -> SourcePass:
        """Measure customers at the end of `counting`, with recency_days; F and M count the days after `start`.

        Raises `InputError` if no customer has bought by then, or if the rows cannot be added up. Without `strict`
        neither is an error, and the measures are those of the rows that there are.
        """
        raise no_history()

    def findings(self) -> Iterable[Finding]:
        """Return what `rfm check` finds in the source, where that is not order files."""
        return ()

    def orders_of(self, customer_id: str, as_of: date | None) -> CustomerOrders | None:
        """Return the orders of one customer up to a date (None: all), None where the source has none."""
        return None

    def kept_past(self, request: PastRequest) -> Past | None:
        """Return the past as the source has kept it, None where steps have to be counted."""
        return None

    def buyers_after(self, day: date) -> pl.LazyFrame | None:
        """Return the customers with an accepted order row after a day (customer), None without history."""
        return None


class OrderRows(Protocol):
    """Accepted order rows of a source, counted for remarks on ids and days."""

    def of_customers(self, ids: Sequence[str], as_of: date | None) -> pl.LazyFrame:
        """Count the rows of some customers up to a date (None: all). Columns: customer (text), rows, money."""

    def by_customer_and_day(self, as_of: date | None) -> pl.LazyFrame | None:
        """Count the rows of each customer and day: rows. None where rows have order ids, or no single days."""

    def by_day(self) -> pl.LazyFrame:
        """Count the rows of each day: day, rows."""

    def by_customer(self, as_of: date | None) -> pl.LazyFrame | None:
        """Count the rows of each customer: customer, rows. None where the pass over the rows has counted them."""


@dataclass(frozen=True)
class CustomerOrders:
    """The orders of one customer, ascending, or with `by_period` what they add up to in each period.

    `rows`: when (a day, or the name of a period), minor (money in minor units, null without money), for orders
    order_id (null without one), for periods purchases (their number).
    """

    rows: pl.DataFrame
    by_period: bool = False


class NoOrders(Source):
    """The source of a shop whose orders are not given."""


@dataclass(frozen=True)
class SourcePass:
    """What a pass over a source has found: customers or steps, the facts of the rows, and the source as proved."""

    frame: pl.DataFrame
    facts: Facts
    source: Source


# By identity, since two frames that are compared by == give a frame and no truth.
@dataclass(frozen=True, eq=False)
class Shop:
    """The opened tables of a shop: the source that customers are counted from, and the tables beside it.

    `linked` are opened where an expression asks them. `options` are those that all tables are read with.
    """

    source: Source = field(default_factory=NoOrders)
    customers: Customers | None = None
    events: Events | None = None
    products: Products | None = None
    notes: tuple[Note, ...] = ()
    lines: LineFiles | None = None
    linked: tuple[LinkedPath, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def orders(self) -> Orders | None:
        """The order files, None where something else is read in their place."""
        return self.source.orders

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money, None where there is none."""
        return self.source.scale

    @property
    def has_history(self) -> bool:
        """Whether other dates than one can be asked for."""
        return self.source.has_history


@dataclass(frozen=True)
class PastRequest:
    """A request for the past of a shop in stretches of days, up to the day `last`.

    By the day `first` some customer has to have bought. `watched` says that only the customers who slipped since
    `first` matter, which a store of snapshots can tell without single days.
    """

    shop: Shop
    question: Question
    stretches: Stretches
    first: date
    last: date
    watched: bool = False


@dataclass(frozen=True)
class KeptDay:
    """The customers of a day as they were measured then, and the cutoffs that they were scored with."""

    measured: pl.DataFrame
    cutoffs: Cutoffs


@dataclass(frozen=True)
class Past:
    """What a pass over a source has found of the past: the steps of customers up to the day `last`.

    `people` are the customers that other tables know, and from which day; None without such tables. `kept` are days
    whose measures were stored, so that no steps are added up for them; `remarks` are those made then. `measured` are
    the measures of days on which orders were judged apart (`--returned-orders ignore`). `exact` is False where only two
    days are known: what came between them is then put on the day of the last purchase.
    """

    steps: pl.DataFrame
    last: date
    shop: Shop
    facts: Facts
    question: Question
    people: pl.DataFrame | None = None
    kept: Mapping[date, KeptDay] = field(default_factory=dict)
    measured: Mapping[date, pl.DataFrame] = field(default_factory=dict)
    remarks: Sequence[Note] = ()
    exact: bool = True


def no_history() -> UsageError:
    """Return the error of a request for other dates than the one that a source has."""
    return UsageError("moves need orders", "a file of one row per customer has no history")
