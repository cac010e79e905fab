"""The rows that a condition is asked of: those of a linked table with their parents, or the customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import polars as pl

from rfm_cli.language.columns import CUSTOMER_KEY, ORDER, Column, LinkedTable, Parent
from rfm_cli.language.names import is_date_field
from rfm_cli.language.nodes import Expr
from rfm_cli.language.run import Reasons, Run
from rfm_cli.language.typed import Typed, truth_of, typed_column
from rfm_cli.language.written import Written
from rfm_cli.tables.fields import fold

CUSTOMERS, CUSTOMER = "customers", "customer_id"
PRODUCT, NUMBER = "product_id", "number"
COMPUTED = ("at", "day", "amount", "number")
"""Columns of rows that are made by rfm, so that a text beside them is a mistake."""


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

    With `is_alone` rows have no other columns than their own. `above` are the customers, None for these themselves.
    """

    run: Run
    table: LinkedTable | None = None
    is_alone: bool = False
    above: Scope | None = None
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
        if only_column:
            return people.attribute(name)
        if people.yields(name):
            return people.attribute(name) or people.measure(name)
        return people.measure(name) or people.attribute(name)

    def names(self) -> list[str]:
        """List the names that can be asked here."""
        own = [column.name for column in self.table.columns.values()] if self.table else []
        parents = [
            column.name for parent in (self.table.parents if self.table else ()) for column in parent.columns.values()
        ]
        people = [] if self.is_alone else self.run.people.names()
        return list(dict.fromkeys([*own, *parents, *people]))

    @property
    def customers(self) -> Scope:
        """The customers that expressions are about."""
        return self.above or self

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
        if column.kind not in ("text", "exact", "name"):
            made = typed_column(expr, column.dtype, column.kind, column.scale, label)
            return replace(made, is_measure=fold(column.name) in map(fold, COMPUTED))

        def read(how: Callable[[], pl.Expr], what: str) -> pl.Expr:
            self.run.unread[table, label, what] = (frame, pl.col(column.name), how())
            return how()

        numbers, days = column.numbers, column.days
        all_texts = frame if column.texts is None else column.texts
        is_text = column.dtype == pl.String
        return Typed(
            expr if is_text else expr.cast(pl.String),
            column.kind,
            label=label,
            numbers=(lambda: Typed(joined(read(numbers, "number"), "number "), "float", label=label))
            if numbers
            else None,
            dates=(lambda: _dated(frame, read(days, "date"), joined, label)) if days else None,
            truths=lambda: Typed(
                joined(read(lambda: truth_of(pl.col(column.name)), "truth"), "truth "), "truth", label=label
            ),
            prefers_dates=is_text and is_date_field(column.name),
            distinct=(lambda: self.run.texts(table, column.name, all_texts)) if is_text else None,
        )

    def links(self) -> tuple[str, ...]:
        """Return the keys that a row has."""
        return self.table.links if self.table else (CUSTOMER,)

    def key_with(self, other: Scope) -> str:
        """Return the column by which rows find the rows of another table of their customer: a whole number, where both
        have that."""
        return CUSTOMER_KEY if self._has_number() and other._has_number() else CUSTOMER

    def _has_number(self) -> bool:
        if self.table is None:
            return CUSTOMER_KEY in self.run.people.columns
        return CUSTOMER_KEY in self.table.frame.collect_schema()

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
        frame = self._with_customers(self._with_parents(self._start(needed, _in_all(chosen)), needed), needed)
        for one in further:
            frame = one.added(frame, sorted(needed & set(one.names)))
        return frame

    def _start(self, needed: set[str], keys: Mapping[str, pl.Series]) -> pl.LazyFrame:
        """Return the rows that have these keys of parents."""
        table = self.table
        if table is None:
            return pl.DataFrame(list(self.run.people.columns.values())).lazy()
        if PRODUCT in keys and table.of_products is not None:
            table, keys = table.of_products(keys[PRODUCT]), {key: keys[key] for key in keys if key != PRODUCT}
        frame = table.frame
        # Rows that are asked of their orders need not look for these themselves.
        if table.by_order is not None and ORDER in needed and self._has_all(table.by_order, needed):
            frame = table.by_order
        elif table.numbered is not None and NUMBER in needed:
            frame = table.numbered
        for key, values in keys.items():
            frame = frame.filter(pl.col(key).is_in(values.implode()))
        return frame

    def _has_all(self, frame: pl.LazyFrame, needed: set[str]) -> bool:
        """Return whether rows have all that is needed of them, also where their customers are joined to them."""
        assert self.table is not None
        own = needed & set(self.table.whole.collect_schema())
        return own | ({CUSTOMER} if self._of_customers(needed) else set()) <= set(frame.collect_schema())

    def _of_customers(self, needed: set[str]) -> list[str]:
        """List the columns of customers that rows need, beside their keys."""
        return sorted((needed & set(self.run.people.columns)) - {CUSTOMER, CUSTOMER_KEY})

    def _with_parents(self, frame: pl.LazyFrame, needed: set[str]) -> pl.LazyFrame:
        by_parent: dict[str, tuple[Parent, list[pl.Expr]]] = {}
        for alias in sorted(needed & set(self._aliases)):
            parent, expr = self._aliases[alias]
            by_parent.setdefault(parent.name, (parent, []))[1].append(expr)
        for parent, columns in by_parent.values():
            frame = frame.join(parent.frame.select(parent.key, *columns), on=parent.key, how="left")
        return frame

    def _with_customers(self, frame: pl.LazyFrame, needed: set[str]) -> pl.LazyFrame:
        columns, asked = self.run.people.columns, self._of_customers(needed)
        if self.table is None or not asked:
            return frame
        people = pl.DataFrame([columns[CUSTOMER], *(columns[name] for name in asked)]).lazy()
        return frame.join(people, on=CUSTOMER, how="left")


def _in_all(chosen: Sequence[Mapping[str, pl.Series]]) -> dict[str, pl.Series]:
    """Return the keys that some row may have, of the parents that every one of `chosen` names."""
    named = [key for key in (chosen[0] if chosen else ()) if all(key in one for one in chosen)]
    return {key: pl.concat([one[key] for one in chosen]).unique() for key in named}


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
        """Note when a value is missing, once, however often the segments that ask it are named."""
        if self.reasons is not None:
            known = self.reasons.setdefault(label, [])
            if not any(missing is one for one in known):
                known.append(missing)


Condition = Callable[[Place, Expr], pl.Expr]
