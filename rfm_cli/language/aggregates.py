"""What is asked of the tables linked to a row: all questions to one table by one link are one group_by.

Conditions and values are made columns of the rows first, each once, so that a group_by has plain aggregates alone:
those the engine adds up as rows stream by.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Literal

import polars as pl

from rfm_cli.language.compare import present
from rfm_cli.language.numbers import exact_of_float
from rfm_cli.language.scope import Scope
from rfm_cli.language.texts import fold_column
from rfm_cli.language.typed import Typed

Picking = Literal["min", "max", "first", "last"]
FEW = 2
"""Up to this number of questions rows are chosen before all else, which a scan may do."""


@dataclass(frozen=True)
class Ask:
    """A question to rows: the conditions on a row, the values of rows that meet them, and what is made of these.

    `values` are null in rows that do not meet the conditions; `made` gets the columns that they are in. `without` is
    the answer where there is no row.
    """

    conditions: tuple[pl.Expr, ...]
    values: tuple[pl.Expr, ...]
    made: Callable[[Sequence[pl.Expr]], pl.Expr]
    without: bool | int | None = None

    def answer(self, name: str) -> pl.Expr:
        """Return what is made of the columns of the question called `name`, under that name."""
        values = [pl.col(f"{name} {place}") for place in range(len(self.values))]
        return self.made(values or [pl.col(_met(name))]).alias(name)


@dataclass
class Child:
    """The rows of a table linked to rows of another by a key, and the questions to them by the columns of answers.

    `key` is the column that they are joined by: the link itself, or the customer as a whole number.
    """

    scope: Scope
    key: str
    asks: dict[str, Ask] = field(default_factory=dict)
    _by_key: dict[Hashable, str] = field(default_factory=dict)

    def ask(self, key: Hashable, make: Callable[[], Ask]) -> pl.Expr:
        """Return the column of the answer; an equal question is asked once."""
        if key not in self._by_key:
            made, name = make(), self.scope.run.new_name()
            self._by_key[key], self.asks[name] = name, made
        return pl.col(self._by_key[key])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all answers."""
        return tuple(self.asks)

    @property
    def needs(self) -> tuple[str, ...]:
        """The key that the rows are linked by."""
        return (self.key,)

    def added(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Return rows of the other table with the answers called `names`."""
        asked = {name: self.asks[name] for name in names}
        grouped = self._grouped(asked)
        filled = [pl.col(name).fill_null(ask.without) for name, ask in asked.items() if ask.without is not None]
        return frame.join(grouped, on=self.key, how="left").with_columns(filled)

    def _grouped(self, asked: Mapping[str, Ask]) -> pl.LazyFrame:
        """Return the answers by the key."""
        conditions = {name: _both(ask.conditions) for name, ask in asked.items()}
        found = [one for one in conditions.values() if one is not None]
        values = [value for ask in asked.values() for value in ask.values]
        # Only rows of some products matter, which is known before rows are joined with their orders.
        chosen = [self.scope.keys_of_parents(ask.conditions) for ask in asked.values()]
        rows = self.scope.rows([*found, *values], [self.key], chosen).filter(pl.col(self.key).is_not_null())
        is_chosen = len(found) == len(asked)
        if is_chosen and len(found) <= FEW:
            rows = rows.filter(reduce(or_, found))
        if is_chosen and len(found) == 1:  # all rows that are left meet it
            conditions = dict.fromkeys(conditions)
        judged = {_met(name): condition for name, condition in conditions.items() if condition is not None}
        rows = rows.with_columns(condition.fill_null(value=False).alias(name) for name, condition in judged.items())
        # Rows that no question asks for never reach the group_by.
        if is_chosen and len(found) > FEW:
            rows = rows.filter(pl.any_horizontal(map(_met, asked)))
        rows = rows.select(self.key, *_columns(asked, conditions))
        return rows.group_by(self.key).agg(ask.answer(name) for name, ask in asked.items())


def _met(name: str) -> str:
    """Return the column that says whether rows meet the conditions of a question."""
    return f"{name} met"


def _columns(asked: Mapping[str, Ask], conditions: Mapping[str, pl.Expr | None]) -> list[pl.Expr]:
    """Return the columns that answers are made of: whether rows meet conditions, or their values if they do."""
    made = []
    for name, ask in asked.items():
        met = pl.lit(value=True) if conditions[name] is None else pl.col(_met(name))
        made += [
            (value if conditions[name] is None else pl.when(met).then(value)).alias(f"{name} {place}")
            for place, value in enumerate(ask.values)
        ]
        made += [] if ask.values else [met.alias(_met(name))]
    return made


def _both(conditions: Sequence[pl.Expr]) -> pl.Expr | None:
    """Return whether a row meets all conditions, null where that is unknown; None where there are none."""
    return reduce(and_, conditions) if conditions else None


def any_rows(conditions: Sequence[pl.Expr]) -> Ask:
    """Return the question whether there is a row."""
    return Ask(tuple(conditions), (), lambda met: met[0].any(), without=False)


def counted(conditions: Sequence[pl.Expr], value: Typed | None) -> Ask:
    """Return the question how many rows there are, or how many of them have a value."""
    every = (*conditions, *([present(value)] if value else []))
    return Ask(every, (), lambda met: met[0].sum().cast(pl.Int64), without=0)


def distinct(conditions: Sequence[pl.Expr], value: Typed) -> Ask:
    """Return the question how many different values there are; texts as they are compared."""
    made = fold_column(value.expr, value.kind) if value.is_text else value.expr
    every = (*conditions, present(value))
    return Ask(every, (made,), lambda values: values[0].drop_nulls().n_unique().cast(pl.Int64), without=0)


def summed(conditions: Sequence[pl.Expr], value: Typed) -> tuple[Ask, int]:
    """Return the question for the sum of numbers, and its scale."""
    exact = exact_of_float(value.expr) if value.kind == "float" else value.expr
    scale = 9 if value.kind == "float" else value.scale
    return Ask((*conditions, value.expr.is_not_null()), (exact,), lambda values: values[0].sum(), without=0), scale


def picked(function: Picking, conditions: Sequence[pl.Expr], value: Typed, at: pl.Expr | None) -> Ask:
    """Return the question for the least, greatest, first or last value; of those at one time the least or greatest."""
    is_least = function in ("min", "first")
    every = (*conditions, present(value))
    # The first and the last time are the least and the greatest.
    if function in ("min", "max") or at is None or value.expr.meta.eq(at):
        return Ask(every, (value.expr,), lambda values: _least(values[0], is_least=is_least))

    def tied(values: Sequence[pl.Expr]) -> pl.Expr:
        own, when = values
        edge = _least(when, is_least=is_least)
        return _least(own.filter(when == edge), is_least=is_least)

    return Ask(every, (value.expr, at), tied)


def _least(values: pl.Expr, *, is_least: bool) -> pl.Expr:
    return values.min() if is_least else values.max()
