"""The rows that a condition is asked of: those of a linked table with their parents, or the customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Protocol

import polars as pl

from rfm_cli.language.columns import Column, LinkedTable, Parent
from rfm_cli.language.compare import Absent
from rfm_cli.language.names import FEW_TEXTS, People
from rfm_cli.language.nodes import Expr, Written
from rfm_cli.language.typed import TEXTS, Typed, typed_column
from rfm_cli.language.world import World
from rfm_cli.notes import Note
from rfm_cli.tables.events import name_counts
from rfm_cli.tables.fields import fold

CUSTOMERS, CUSTOMER = "customers", "customer_id"


class Further(Protocol):
    """Columns that are added to rows: their names, the columns that this needs, and how it is done."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of the rows that are needed."""

    def added(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Return rows with the columns called `names`."""


@dataclass
class Scope:
    """The rows of a table, None for customers, and what was asked of their parents and of tables linked to them.

    With `is_alone` rows have no other columns than their own.
    """

    run: Run
    table: LinkedTable | None = None
    is_alone: bool = False
    pairs: list[Further] = field(default_factory=list)
    children: dict[tuple[str, str], Further] = field(default_factory=dict)
    _aliases: dict[str, tuple[Parent, pl.Expr]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.table.name if self.table else CUSTOMERS

    def find(self, parts: Sequence[str]) -> Typed | None:
        """Return what a name is for a row: its own column, that of a parent, or its customer's; the nearest wins."""
        table, name = (None, parts[0]) if len(parts) == 1 else (fold(".".join(parts[:-1])), parts[-1])
        if self.table and table in (None, fold(self.table.name)) and (own := self._own(self.table, name)):
            return own
        for parent in self.table.parents if self.table else ():
            if table in (None, fold(parent.name)) and (column := parent.columns.get(fold(name))):
                return self._of_parent(parent, column)
        return self.of_customer(name, only_column=table == CUSTOMERS) if table in (None, CUSTOMERS) else None

    def of_customer(self, name: str, *, only_column: bool = False) -> Typed | None:
        """Return what a name is for the customer of a row."""
        if self.is_alone or (self.table and CUSTOMER not in self.table.links):
            return None
        people = self.run.people
        if only_column or people.yields(name):
            return people.attribute(name) or people.measure(name)
        return people.measure(name) or people.attribute(name)

    def names(self) -> list[str]:
        """List the names that can be asked here."""
        own = [column.name for column in self.table.columns.values()] if self.table else []
        parents = [
            column.name for parent in (self.table.parents if self.table else ()) for column in parent.columns.values()
        ]
        return list(dict.fromkeys([*own, *parents, *self.run.people.names()]))

    def time(self) -> Typed | None:
        """Return the time of a row, None for rows without one."""
        return Typed(pl.col("at"), self.table.at, label="at", is_measure=True) if self.table and self.table.at else None

    def _own(self, table: LinkedTable, name: str) -> Typed | None:
        if fold(name) == "at" and table.at:
            return self.time()
        column = table.columns.get(fold(name))
        return self._typed(table.name, table.frame, column, lambda expr, _: expr) if column else None

    def _of_parent(self, parent: Parent, column: Column) -> Typed:
        def joined(expr: pl.Expr, what: str) -> pl.Expr:
            alias = f"({parent.name}) {what}{column.name}"
            self._aliases[alias] = (parent, expr.alias(alias))
            return pl.col(alias)

        return self._typed(parent.name, parent.frame, column, joined)

    def _typed(
        self, table: str, frame: pl.LazyFrame, column: Column, joined: Callable[[pl.Expr, str], pl.Expr]
    ) -> Typed:
        """Return a column of a table as a value; `joined` makes an expression over that table one over these rows."""
        expr, label = joined(pl.col(column.name), ""), column.name
        if column.kind not in TEXTS:
            return typed_column(expr, column.dtype, column.kind, column.scale, label)
        numbers, days = column.numbers, column.days
        all_texts = frame if column.texts is None else column.texts
        is_text = column.dtype == pl.String
        return Typed(
            expr if is_text else expr.cast(pl.String),
            column.kind,  # type: ignore[arg-type]
            label=label,
            numbers=(lambda: Typed(joined(numbers(), "number "), "float", label=label)) if numbers else None,
            dates=(lambda: _dated(frame, days(), joined, label)) if days else None,
            distinct=(lambda: self.run.texts(table, column.name, all_texts)) if is_text else None,
        )

    def links(self) -> tuple[str, ...]:
        """Return the keys that a row has."""
        return self.table.links if self.table else (CUSTOMER,)

    def has_own(self, name: str) -> bool:
        """Return whether a row, or one that it belongs to, has a column itself."""
        tables = [self.table.columns, *(parent.columns for parent in self.table.parents)] if self.table else []
        return any(fold(name) in columns for columns in tables)

    # The frame

    def keys_of_parents(self, conditions: Iterable[pl.Expr]) -> Mapping[str, pl.Series]:
        """Return the keys of the small parents, by their column, that rows must have to meet all conditions."""
        found: dict[str, pl.Series] = {}
        for condition in conditions:
            asked = [self._aliases.get(name) for name in dict.fromkeys(condition.meta.root_names())]
            columns = [one for one in asked if one is not None]
            parents = {parent.name: parent for parent, _ in columns}
            parent = next(iter(parents.values()), None)
            if parent is None or len(parents) > 1 or len(columns) < len(asked) or not parent.is_small:
                continue
            keys = _keys_met(parent, [column for _, column in columns], condition)
            if keys is not None:
                before = found.get(parent.key)
                found[parent.key] = keys if before is None else before.filter(before.is_in(keys.implode()))
        return found

    def rows(
        self,
        wanted: Iterable[pl.Expr],
        keys: Sequence[str] = (),
        chosen: Sequence[Mapping[str, pl.Series]] = (),
    ) -> pl.LazyFrame:
        """Return the rows with all columns that some expressions need, and the keys.

        Each of `chosen` has keys of parents; rows that have those of none are left out.
        """
        needed = {name for expr in wanted for name in expr.meta.root_names()} | set(keys)
        further = [one for one in [*self.children.values(), *self.pairs] if needed & set(one.names)]
        needed |= {name for one in further for name in one.needs}
        start = self._start()
        for key in {key for one in chosen for key in one}:
            if all(key in one for one in chosen):
                start = start.filter(pl.col(key).is_in(pl.concat([one[key] for one in chosen]).unique().implode()))
        frame = self._with_customers(self._with_parents(start, needed), needed)
        for one in further:
            frame = one.added(frame, sorted(needed & set(one.names)))
        return frame

    def _start(self) -> pl.LazyFrame:
        return self.table.frame if self.table else pl.DataFrame(list(self.run.people.columns.values())).lazy()

    def _with_parents(self, frame: pl.LazyFrame, needed: set[str]) -> pl.LazyFrame:
        by_parent: dict[str, tuple[Parent, list[pl.Expr]]] = {}
        for alias in sorted(needed & set(self._aliases)):
            parent, expr = self._aliases[alias]
            by_parent.setdefault(parent.name, (parent, []))[1].append(expr)
        for parent, columns in by_parent.values():
            frame = frame.join(parent.frame.select(parent.key, *columns), on=parent.key, how="left")
        return frame

    def _with_customers(self, frame: pl.LazyFrame, needed: set[str]) -> pl.LazyFrame:
        columns = self.run.people.columns
        asked = sorted((needed & set(columns)) - {CUSTOMER})
        if self.table is None or not asked:
            return frame
        people = pl.DataFrame([columns[CUSTOMER], *(columns[name] for name in asked)]).lazy()
        return frame.join(people, on=CUSTOMER, how="left")


def _keys_met(parent: Parent, columns: Sequence[pl.Expr], condition: pl.Expr) -> pl.Series | None:
    """Return the keys of the rows of a parent that meet a condition; None where a row without a parent meets it too."""
    rows = parent.frame.select(parent.key, *columns).collect()
    nothing = rows.clear(1)
    if nothing.select(condition.fill_null(value=False)).item():
        return None
    return rows.filter(condition)[parent.key]


def _dated(frame: pl.LazyFrame, read: pl.Expr, joined: Callable[[pl.Expr, str], pl.Expr], label: str) -> Typed:
    """Return texts read as days where none of them has a time of the day, else as moments."""
    (dtype,) = frame.select(read).collect_schema().dtypes()
    return Typed(joined(read, "date "), "day" if dtype == pl.Date else "moment", label=label)


Reasons = dict[str, list[pl.Expr]]
"""When values are missing, by their texts: those of one text are the same value, read in several ways."""


@dataclass(frozen=True)
class Place:
    """Where a part of an expression is compiled: the rows, the definition, and what undecided customers lack.

    `condition` compiles a condition at a place. `reasons` has the conditions under which a value is missing, by its
    text; None inside the rows of a table.
    """

    scope: Scope
    definition: Written
    condition: Condition
    reasons: Reasons | None = None

    def note_missing(self, label: str, missing: pl.Expr) -> None:
        """Note when a value is missing."""
        if self.reasons is not None:
            self.reasons.setdefault(label, []).append(missing)


Condition = Callable[[Place, Expr], pl.Expr]


@dataclass
class NamedCondition:
    """A named segment of this run: its column, its condition, and what undecided customers lack.

    `level` is one more than that of the segments that it names.
    """

    column: str
    condition: pl.Expr
    reasons: Reasons
    level: int


@dataclass
class Run:
    """What one evaluation finds on its way: customers' columns, texts of columns, remarks, and the tables asked."""

    world: World
    people: People
    customers: Scope = field(init=False)
    absent: list[Absent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tables: dict[str, None] = field(default_factory=dict)
    segments: dict[str, NamedCondition] = field(default_factory=dict)
    _snapshots: dict[date, LinkedTable] = field(default_factory=dict)
    _texts: dict[tuple[str, str], list[str] | None] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Take the customers as the rows that expressions are about."""
        self.customers = Scope(self)

    def new_name(self) -> str:
        """Return a name that no column has."""
        return f"(asked) {next(self._numbers)}"

    def texts(self, table: str, column: str, frame: pl.LazyFrame) -> list[str] | None:
        """Return the distinct texts of a column, None where there are many; found once."""
        key = (table, column)
        if key not in self._texts:
            found = self._event_names() if key == ("events", "event") else None
            if found is None:
                found = frame.select(pl.col(column).unique()).collect(engine="streaming").to_series().drop_nulls()
            self._texts[key] = sorted(found) if len(found) <= FEW_TEXTS else None
        return self._texts[key]

    def _event_names(self) -> pl.Series | None:
        """Return the names of events up to the as-of day, which opening the shop has counted; None without events."""
        events = self.world.scored.shop.events
        if events is None:
            return None
        return name_counts(events).filter(pl.col("first") <= self.world.as_of)["event"].unique()

    def remark(self, one: Note) -> None:
        """Keep a remark, once."""
        if one not in self.notes:
            self.notes.append(one)

    def snapshot(self, day: date) -> LinkedTable:
        """Return the customers stored on a day, read once."""
        if day not in self._snapshots:
            self._snapshots[day] = self.world.sets.snapshot(day)
        return self._snapshots[day]

    def segment(self, key: str, condition: Condition) -> NamedCondition:
        """Return a named segment by its folded name, compiled once."""
        if key not in self.segments:
            reasons: Reasons = {}
            definition = self.world.segments[key]
            made = condition(Place(self.customers, definition, condition, reasons), definition.expr)
            below = [one.level for one in self.segments.values() if one.column in made.meta.root_names()]
            self.segments[key] = NamedCondition(f"(segment) {key}", made, reasons, max(below, default=0) + 1)
        return self.segments[key]

    def settle(self, key: str) -> None:
        """Find the customers of a named segment now, so that rows of tables can ask whether theirs is in it."""
        found = self.segments[key]
        if found.column not in self.people.columns:
            self.people.columns[found.column] = self.collect({found.column: found.condition})[found.column]

    def collect(self, wanted: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """Return customer_id and some values of the customers, in the order of the scored customers."""
        named = self._named_in(list(wanted.values()))
        every = [*wanted.values(), *(one.condition for one in named)]
        frame = self.customers.rows(every)
        for level in sorted({one.level for one in named}):
            frame = frame.with_columns(one.condition.alias(one.column) for one in named if one.level == level)
        made = frame.select(pl.col(CUSTOMER), *(value.alias(name) for name, value in wanted.items())).collect(
            optimizations=pl.QueryOptFlags(comm_subplan_elim=False)
        )
        ids = self.people.columns[CUSTOMER].to_frame()
        return ids.join(made, on=CUSTOMER, how="left", maintain_order="left")

    def _named_in(self, values: Sequence[pl.Expr]) -> list[NamedCondition]:
        """List the named segments that values need, and those that these need, but for those that are found."""
        waiting, found = list(values), dict[str, NamedCondition]()
        columns = {one.column: one for one in self.segments.values()}
        while waiting:
            for name in waiting.pop().meta.root_names():
                if name in columns and name not in found and name not in self.people.columns:
                    found[name] = columns[name]
                    waiting.append(columns[name].condition)
        return list(found.values())
