"""The names of customers: measures and scores, derived values, and attributes, which are read when they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.language import readings
from rfm_cli.language.typed import Typed, typed_column
from rfm_cli.language.windows import full_years, next_anniversary
from rfm_cli.language.world import World
from rfm_cli.notes import Note, counted, note
from rfm_cli.tables.attributes import attribute_names, attributes
from rfm_cli.tables.channels import Channel, is_address
from rfm_cli.tables.customers import Customers, at_date
from rfm_cli.tables.fields import CONTACTS, fold
from rfm_cli.tables.money import half_even

STORED = "recency_days frequency monetary first_order last_order r f m rfm segment vip".split()
COUNTED = "customer_id tenure_days aov engagement last_event known_from segment_since previous_segment".split()
DERIVED = "birthday age".split()
MEASURES = (*STORED, *COUNTED, *DERIVED)
BY_FOLD = {fold(name): name for name in MEASURES}
DATE_FIELDS = ("registered_at", "birth_date", "child_birth_date")
"""Columns of customers that are dates wherever they are asked."""
NAMED_TEXTS = ("event", "channel", "status")
MORE_DECIMALS = 2
FEW_TEXTS = 100_000


def text_kind(name: str) -> str:
    """Return how the texts of a column are compared."""
    lower = name.lower()
    if lower.endswith("_id") or lower == "code":
        return "exact"
    return "name" if lower in NAMED_TEXTS else "text"


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
        """Take the ids, which everything is joined by."""
        self.columns["customer_id"] = self.world.scored.frame["customer"].cast(pl.String).rename("customer_id")
        shop = self.world.scored.shop
        self._customers = shop.customers and at_date(shop.customers, shop.orders, self.world.scored.as_of)

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
        columns = [
            *(self._customers.attributes if self._customers else ()),
            *(beside.columns if beside is not None else ()),
        ]
        return fold(name) in map(fold, columns)

    def yields(self, name: str) -> bool:
        """Return whether a derived value gives way to a column of its name."""
        return fold(name) == "age" and self.has_column(name)

    def is_doubled(self, name: str) -> bool:
        """Return whether a name is that of a measure and of a column."""
        return fold(name) in BY_FOLD and fold(name) not in DERIVED and self.has_column(name)

    def names(self) -> Iterator[str]:
        """Yield all names of customers."""
        yield from MEASURES
        yield from attribute_names(self._customers, self.world.scored.shop.orders)

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
            raise UsageError(f"{name} needs a column of customers called birth_date", "give --customers FILE")
        return found.dates() if found.dates else found

    def _birthday(self) -> Typed:
        return Typed(next_anniversary(self._born("birthday"), self.world.as_of), "day")

    def _age(self) -> Typed:
        return Typed(full_years(self._born("age"), self.world.as_of), "number")

    # Attributes

    def has_address(self, name: str) -> pl.Expr | None:
        """Return whether there is an address in a column of addresses, None for any other name."""
        customers = self._customers
        column = customers.attributes.get(fold(name)) if customers else None
        found = has_address(customers, column) if customers and column else None
        if found is None:
            return None
        return self.kept(f"(address) {column}", found.gather(self._place_of()).fill_null(value=False))

    def _place_of(self) -> pl.Series:
        """Return the places of customers in the customers table, null for those that it lacks."""
        if self._places is None and self._customers:
            rows = self._customers.table.select("customer_id").with_row_index("place")
            self._places = self._aligned(rows.select("customer_id", "place"))
        assert self._places is not None
        return self._places

    def _aligned(self, table: pl.DataFrame) -> pl.Series:
        """Return the second column of a table by customer_id, in the order of the scored customers."""
        ids = self.columns["customer_id"].to_frame()
        return ids.join(table, on="customer_id", how="left", maintain_order="left").to_series(1)

    def _attribute(self, name: str) -> Typed | None:
        shop = self.world.scored.shop
        customers = self._customers
        if customers and fold(name) in customers.attributes:
            column = customers.attributes[fold(name)]
            return self._of_customers(customers, column)
        try:
            table = attributes([name], None, shop.orders, self.world.scored.as_of, shop.source.attributes)
        except UsageError:
            return None
        beside = shop.source.attributes
        if beside is None or fold(name) not in map(fold, beside.columns):
            latest = "that of each customer's latest order row that has one"
            self.notes.append(note(f"{name} is {latest}; any orders({name} = ...) asks all orders"))
        return self._of(self._aligned(table), name, name, shop.source.name())

    def _of_customers(self, customers: Customers, column: str) -> Typed:
        made = self._of(customers.table[column].gather(self._place_of()), column, column, customers.name)
        return replace(made, prefers_dates=made.is_text and fold(column) in map(fold, DATE_FIELDS))

    def _of(self, values: pl.Series, column: str, label: str, where: str) -> Typed:
        expr = self.kept(f"(customer) {column}", values)
        kind = text_kind(column)
        if values.dtype == pl.String or kind == "exact":
            expr = expr if values.dtype == pl.String else expr.cast(pl.String)
            return Typed(
                expr,
                kind,  # type: ignore[arg-type]
                label=label,
                numbers=None if kind == "exact" else lambda: self._numbers(column, label, where),
                dates=lambda: self._dates(column, label, where),
                distinct=lambda: _few(values.cast(pl.String)),
            )
        return typed_column(expr, values.dtype, label=label)

    def _numbers(self, column: str, label: str, where: str) -> Typed:
        made = self._read(column, "number", where, label)
        return Typed(made, "float", label=label)

    def _dates(self, column: str, label: str, where: str) -> Typed:
        return Typed(self._read(column, "date", where, label), "moment", label=label)

    def _read(self, column: str, what: str, where: str, label: str) -> pl.Expr:
        """Read a column of texts as numbers or dates, once, and say how many cannot be read."""
        name = f"({what}) {column}"
        if name not in self.columns:
            values = self.columns[f"(customer) {column}"].rename(column)
            read = readings.numbers if what == "number" else readings.moments
            frame, place = values.to_frame().lazy(), f"{where}: column {label!r}"
            made = frame.select(read(frame, column, values.dtype, place, self.world.options)).collect().to_series()
            self._count_unread(values.cast(pl.String).str.strip_chars(), made, place, what)
            self.kept(name, made)
        return pl.col(name)

    def _count_unread(self, texts: pl.Series, made: pl.Series, where: str, what: str) -> None:
        """Raise `InputError` where no value can be read, and note how many cannot."""
        there = (texts != "").fill_null(value=False)
        lost = there & made.is_null()
        if lost.any() and made.null_count() == len(made):
            raise InputError(f"{where} has no {what}s, for example {texts.filter(lost).min()!r}")
        if lost.any():
            self.notes.append(note(f"{where}: {counted(int(lost.sum()), 'value')} that is no {what} counts as missing"))


def _few(values: pl.Series) -> list[str] | None:
    """Return the distinct texts of a column, None where there are many."""
    distinct = values.drop_nulls().unique()
    return sorted(distinct) if len(distinct) <= FEW_TEXTS else None


def has_address(customers: Customers, column: str) -> pl.Series | None:
    """Return whether a column of addresses has one, as `reach` sees it; None for any other column."""
    if fold(column) not in CONTACTS:
        return None
    return customers.table.select(is_address(Channel(fold(column), column))).to_series()
