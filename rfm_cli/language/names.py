"""The names of customers: measures and scores, derived values, and attributes, which are read when they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language.canonical import word
from rfm_cli.language.columns import CUSTOMER_KEY, PLACE, Column
from rfm_cli.language.file_columns import NAMES, is_exact, readings, unreadable
from rfm_cli.language.typed import Kind, Typed, truth_of, typed_column
from rfm_cli.language.windows import full_years, next_anniversary
from rfm_cli.language.world import World
from rfm_cli.notes import Note, note
from rfm_cli.tables.attributes import attribute, attribute_names
from rfm_cli.tables.channels import Channel, is_address
from rfm_cli.tables.fields import CONTACTS, fold
from rfm_cli.tables.ids import places_in, whole_numbers
from rfm_cli.tables.money import half_even

STORED = "recency_days frequency monetary first_order last_order r f m rfm segment vip".split()
COUNTED = "customer_id tenure_days aov engagement last_event known_from segment_since previous_segment".split()
DERIVED = "birthday age".split()
MEASURES = (*STORED, *COUNTED, *DERIVED)
BY_FOLD = {fold(name): name for name in MEASURES}
DATE_FIELDS = ("registered_at", "birth_date", "child_birth_date", "first_seen")
"""Fields that are dates wherever they are asked."""
MORE_DECIMALS = 2
FEW_TEXTS = 100_000
KINDS: Mapping[pl.DataType, Kind] = {pl.Float64(): "float", pl.Date(): "day", pl.Boolean(): "truth"}
"""What texts are read as, by the type that they get; all else are moments."""


def text_kind(name: str) -> Literal["text", "exact", "name"]:
    """Return how the texts of a column are compared.

    >>> text_kind("product_id"), text_kind("channel"), text_kind("city")
    ('exact', 'name', 'text')
    """
    return "exact" if is_exact(name) else "name" if fold(name) in NAMES else "text"


def is_date_field(name: str) -> bool:
    """Return whether a column is a date wherever it is asked."""
    return fold(name) in map(fold, DATE_FIELDS)


@dataclass
class People:
    """The columns of customers that were asked for, in the order of the scored customers.

    `columns` are those of the frame that expressions of customers are computed on. `notes` are remarks on how they were
    read.
    """

    world: World
    columns: dict[str, pl.Series] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    _found: dict[str, Typed | None] = field(default_factory=dict)
    _places: pl.Series | None = None

    def __post_init__(self) -> None:
        """Take the ids, which everything is joined by: as whole numbers too, where all are written as such."""
        ids = self.world.scored.frame["customer"]
        self.columns[PLACE] = pl.int_range(len(ids), eager=True).rename(PLACE)
        self.columns["customer_id"] = texts = ids.cast(pl.String).rename("customer_id")
        numbers = whole_numbers(texts)
        if not numbers.null_count():
            self.columns[CUSTOMER_KEY] = numbers.rename(CUSTOMER_KEY)
        self._customers = self.world.linked.customers()

    def measure(self, name: str) -> Typed | None:
        """Return a measure, score or derived value by its name, None where there is none of this name."""
        known = BY_FOLD.get(fold(name))
        return None if known is None else self._once(f"measure {known}", lambda: self._measure(known))

    def attribute(self, name: str) -> Typed | None:
        """Return an attribute by its name, None where no table has it."""
        return self._once(f"column {fold(name)}", lambda: self._attribute(name))

    def has_column(self, name: str) -> bool:
        """Return whether the customers table, or a source of one row per customer, has a column."""
        beside = self.world.scored.shop.source.attributes
        own = self._customers.columns if self._customers else {}
        return fold(name) in own or (beside is not None and fold(name) in map(fold, beside.columns))

    def yields(self, name: str) -> bool:
        """Return whether a derived value gives way to a column of its name."""
        return fold(name) == "age" and self.has_column(name)

    def is_doubled(self, name: str) -> bool:
        """Return whether a name is that of a measure and of a column."""
        # The id is the same in both.
        return fold(name) in BY_FOLD and BY_FOLD[fold(name)] not in (*DERIVED, "customer_id") and self.has_column(name)

    def names(self) -> Iterator[str]:
        """Yield all names of customers."""
        yield from MEASURES
        yield from (column.name for column in (self._customers.columns if self._customers else {}).values())
        yield from attribute_names(None, self.world.scored.shop.orders)

    def kept(self, name: str, values: pl.Series) -> pl.Expr:
        """Keep a column, and return the expression for it."""
        self.columns[name] = values.rename(name)
        return pl.col(name)

    def values(self, value: pl.Expr) -> pl.Series:
        """Return the values of an expression over these columns."""
        return pl.DataFrame(list(self.columns.values())).select(value).to_series()

    def _once(self, key: str, make: Callable[[], Typed | None]) -> Typed | None:
        if key not in self._found:
            self._found[key] = make()
        return self._found[key]

    # Measures

    def _measure(self, name: str) -> Typed:
        if name in STORED:
            return replace(self._stored(name), label=name, is_measure=True)
        makers: dict[str, Callable[[], Typed]] = {
            "customer_id": lambda: Typed(pl.col("customer_id"), "exact"),
            "tenure_days": self._tenure,
            "aov": self._aov,
            "engagement": lambda: self._events("engagement"),
            "last_event": lambda: self._events("last_event"),
            "known_from": self._known_from,
            "segment_since": lambda: self._history("segment_since", "day"),
            "previous_segment": lambda: self._history("previous_segment", "text"),
            "birthday": self._birthday,
            "age": self._age,
        }
        return replace(makers[name](), label=name, is_measure=True)

    def _stored(self, name: str) -> Typed:
        scored = self.world.scored
        if name not in scored.frame.columns:
            return Typed(pl.lit(None, pl.Int64), "number")
        values = scored.frame[name]
        expr = self.kept(f"(measure) {name}", values)
        if name == "rfm":
            return Typed(expr, "exact")
        if name == "segment":
            return Typed(expr, "text", distinct=lambda: _few(values))
        if name == "monetary":
            return Typed(expr, "number", scored.scale or 0)
        return typed_column(expr, values.dtype)

    def _tenure(self) -> Typed:
        values = self.world.scored.frame.select((pl.lit(self.world.as_of) - pl.col("first_order")).dt.total_days())
        return Typed(self.kept("(measure) tenure_days", values.to_series()), "number")

    def _aov(self) -> Typed:
        scored = self.world.scored
        if scored.scale is None:
            return Typed(pl.lit(None, pl.Int128), "number")
        bought = pl.when(pl.col("frequency") > 0).then("frequency").cast(pl.Int128)
        made = half_even(pl.col("monetary").cast(pl.Int128) * 10**MORE_DECIMALS, bought)
        values = scored.frame.select(made).to_series()
        return Typed(self.kept("(measure) aov", values), "number", scored.scale + MORE_DECIMALS)

    def _events(self, name: str) -> Typed:
        from rfm_cli.tables.events import engagement

        events = self.world.scored.shop.events
        if events is None:
            raise UsageError(f"{name} needs events", "give --events FILE")
        found = engagement(events, self.world.as_of, self.world.engagement_days, self.world.engagement_events)
        for column in ("engagement", "last_event"):
            values = self._aligned(found.select("customer_id", column))
            self.kept(f"(measure) {column}", values.fill_null(0) if column == "engagement" else values)
        return Typed(pl.col(f"(measure) {name}"), "number")

    def _known_from(self) -> Typed:
        from rfm_cli.clock import EVER

        frame = self.world.scored.frame
        there = [name for name in ("known_from", "first_row") if name in frame.columns]
        known = pl.min_horizontal(there) if there else pl.lit(None, pl.Date)
        values = frame.select(pl.when(known != EVER).then(known)).to_series()
        return Typed(self.kept("(measure) known_from", values), "day")

    def _history(self, name: str, kind: str) -> Typed:
        if self.world.history is None:
            raise UsageError(f"{name} needs orders with their dates")
        values = self._aligned(self.world.history().select("customer_id", name))
        expr = self.kept(f"(measure) {name}", values)
        return Typed(expr, "day") if kind == "day" else Typed(expr, "text", distinct=lambda: _few(values))

    def _born(self, name: str) -> Typed:
        """Return the dates of birth."""
        found = self.attribute("birth_date")
        if found is None:
            hint = "--map customers.birth_date=HEADING" if self._customers else "give --customers FILE"
            raise UsageError(f"{name} needs a column of customers called birth_date", hint)
        return found.dates() if found.dates else found

    def _birthday(self) -> Typed:
        return Typed(next_anniversary(self._born("birthday"), self.world.as_of), "day")

    def _age(self) -> Typed:
        return Typed(full_years(self._born("age"), self.world.as_of), "number")

    # Attributes

    def has_address(self, name: str) -> pl.Expr | None:
        """Return whether there is an address, as `reach` sees it, in a column of addresses; None for any other name."""
        column = self._customers.columns.get(fold(name)) if self._customers else None
        if column is None or fold(column.name) not in CONTACTS:
            return None
        there = self._of_customers(is_address(Channel(fold(column.name), column.name)))
        return self.kept(f"(address) {column.name}", there.fill_null(value=False))

    def _of_customers(self, value: pl.Expr) -> pl.Series:
        """Return what the customers table has, in the order of the scored customers."""
        assert self._customers is not None
        if self._places is None:
            ids = self._customers.frame.select(self._customers.key).collect().to_series()
            self._places = places_in(ids, self.columns["customer_id"])
        return self._customers.frame.select(value.alias("value")).collect().to_series().gather(self._places)

    def _aligned(self, table: pl.DataFrame) -> pl.Series:
        """Return the second column of a table by customer_id, in the order of the scored customers."""
        ids = self.columns["customer_id"].to_frame()
        return ids.join(table, on="customer_id", how="left", maintain_order="left").to_series(1)

    def _attribute(self, name: str) -> Typed | None:
        shop = self.world.scored.shop
        if self._customers and (column := self._customers.columns.get(fold(name))):
            made = self._typed(column, self._of_customers)
            return replace(made, prefers_dates=made.is_text and is_date_field(column.name))
        beside = shop.source.attributes
        table = attribute(name, None, shop.orders, self.world.scored.as_of, beside)
        if table is None:
            return None
        if beside is None or fold(name) not in map(fold, beside.columns):
            latest = "that of each customer's latest order row that has one"
            self.notes.append(note(f"{name} is {latest}; any orders({word(name)} = ...) asks all orders"))
        return self._typed(self._column(table, name), lambda value: self._aligned(table.select("customer_id", value)))

    def _column(self, table: pl.DataFrame, name: str) -> Column:
        """Return the column of a table of attributes."""
        dtype = table.schema[name]
        if dtype != pl.String:
            return Column(name, "number", dtype)
        where = f"{self.world.scored.shop.source.name()}: column {name!r}"
        options = self.world.scored.shop.options
        return Column(
            name, text_kind(name), dtype, *readings(name, [(table.lazy(), pl.col(name))], where, name, options)
        )

    def _typed(self, column: Column, aligned: Callable[[pl.Expr], pl.Series]) -> Typed:
        """Return a column of a table of customers as a value; `aligned` finds values in the order of the customers."""
        label = column.name
        values = aligned(pl.col(column.name))
        expr = self.kept(f"(customer) {label}", values)
        if column.kind not in ("text", "exact", "name"):
            return typed_column(expr, column.dtype, column.kind, column.scale, label)

        def read(how: Callable[[], pl.Expr], what: str) -> Callable[[], Typed]:
            return lambda: self._read(label, what, values, lambda: aligned(how()))

        return Typed(
            expr,
            column.kind,
            label=label,
            numbers=read(column.numbers, "number") if column.numbers and column.kind != "exact" else None,
            dates=read(column.days, "date") if column.days else None,
            truths=read(lambda: truth_of(pl.col(label)), "truth"),
            distinct=lambda: _few(values),
        )

    def _read(self, label: str, what: str, texts: pl.Series, make: Callable[[], pl.Series]) -> Typed:
        """Read texts as numbers or dates, once, and say how many cannot be read."""
        name = f"({what}) {label}"
        if name not in self.columns:
            made = make()
            lost = int(((texts.str.strip_chars() != "") & made.is_null()).sum())
            if lost:
                self.notes.append(unreadable(label, lost, what))
            self.kept(name, made)
        return Typed(pl.col(name), KINDS.get(self.columns[name].dtype, "moment"), label=label)


def _few(values: pl.Series) -> list[str] | None:
    """Return the distinct texts of a column, None where there are many."""
    distinct = values.drop_nulls().unique()
    return sorted(distinct) if len(distinct) <= FEW_TEXTS else None
