"""The data that every room hands on: the tables of a shop, what is asked of them, and the scored customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import polars as pl

from rfm_cli.clock import Window
from rfm_cli.config import Key
from rfm_cli.errors import UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches
from rfm_cli.notes import Note
from rfm_cli.schemes import Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.paths import Given

if TYPE_CHECKING:  # what few shops have is loaded where there is one
    from rfm_cli.rollup.compatibility import StatedOptions
    from rfm_cli.tables.columns import ColumnMap
    from rfm_cli.tables.customers import Customers
    from rfm_cli.tables.events import Events
    from rfm_cli.tables.lines import LineFiles
    from rfm_cli.tables.options import Ids
    from rfm_cli.tables.products import Products
    from rfm_cli.tables.sources import InputFile


@dataclass(frozen=True)
class LinkedPath:
    """What a linked table is read from, as `[linked.NAME]` of rfm.toml has it.

    `by` is what its rows belong to: customer_id, order_id or product_id; `at` is the column of their times. Without
    `paths` it is not read, because the command line names the orders.
    """

    name: str
    paths: tuple[Given, ...]
    by: Key
    at: str | None = None

    def __post_init__(self) -> None:
        """Make a table of one file or frame of a value that is not in a tuple."""
        if isinstance(self.paths, Given):
            object.__setattr__(self, "paths", (self.paths,))


@dataclass(frozen=True)
class TablePaths:
    """What each table is read from, as the user wrote it: paths, in Python also frames. Orders may come from events."""

    orders: tuple[Given, ...] = ()
    lines: tuple[Given, ...] = ()
    events: tuple[Given, ...] = ()
    customers: tuple[Given, ...] = ()
    products: tuple[Given, ...] = ()
    rates: tuple[Given, ...] = ()
    linked: tuple[LinkedPath, ...] = ()

    def files(self) -> list[list[str]]:
        """Return the paths of each table that every run reads, without frames."""
        own = (self.orders, self.lines, self.events, self.customers, self.products, self.rates)
        return [[path for path in paths if isinstance(path, str)] for paths in own]

    def linked_files(self) -> list[list[str]]:
        """Return the paths of each linked table, without frames; few runs read them, and they may be missing."""
        return [[path for path in table.paths if isinstance(path, str)] for table in self.linked]

    def __post_init__(self) -> None:
        """Make a table of one file or frame of each value that is not in a tuple."""
        for table, given in vars(self).items():
            if isinstance(given, Given):
                # The only way to set a field of a frozen dataclass.
                object.__setattr__(self, table, (given,))


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
class Role:
    """A column of an input: its heading, the field that it holds (empty for none), by what that was found, what its
    values read as, some of them, and what it is used for."""

    file: str
    heading: str
    field: str
    by: str
    type: str
    examples: tuple[str, ...]
    used_for: str


@dataclass(frozen=True)
class Finding:
    """One row of `rfm check`: table, topic, item, what was found, in how many rows, and the options that change it.

    `role` is that of a column, None for all other findings.
    """

    table: str
    topic: str
    item: str
    found: str
    rows: int | None = None
    change_with: tuple[str, ...] = ()
    role: Role | None = None


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
class Question:
    """What is asked of a shop: the date, what counts, and how cutoffs are found (or `cutoffs` that were saved).

    `as_of` None is the day of the last accepted order row. With `returned_ignored` an order whose money was all given
    back is no purchase. `new_subscriber` is a number of days, None for no
    such split.
    """

    fitting: Fitting
    as_of: date | None = None
    window: Window | None = None
    one_a_day: bool = False
    free_orders: str | None = None
    returned_ignored: bool = False
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
    where: Where | None = None


# By identity, since two series that are compared by == give a series and no truth.
@dataclass(frozen=True, eq=False)
class Where:
    """A condition that only some of the scored customers meet, and a view shows these alone.

    `text` is the condition as one text, `everybody` are all scored customers, `kept` says for each of them, in the
    order of the frame, whether they are shown, and `undecided` counts those who lack a value that decides.
    """

    text: str
    everybody: Scored
    kept: pl.Series
    undecided: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many customers meet the condition, are undecided, and are there at all."""
        return {"customers": int(self.kept.sum()), "undecided": self.undecided, "of": len(self.kept)}


@dataclass(frozen=True)
class ScoreRequest:
    """A request for the scored customers of a shop at the date of a question."""

    shop: Shop
    question: Question


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
