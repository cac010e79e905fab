"""What is asked of the tables linked to a row: all questions to one table by one link are one group_by."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
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


@dataclass(frozen=True)
class Ask:
    """A question to rows: the conditions on a row, what is made of the rows that meet them, and what without any."""

    conditions: tuple[pl.Expr, ...]
    made: Callable[[pl.Expr | None], pl.Expr]
    needs: tuple[pl.Expr, ...] = ()
    without: bool | int | None = None


@dataclass
class Child:
    """The rows of a table linked to rows of another by a key, and the questions to them by the columns of answers."""

    scope: Scope
    link: str
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
        return (self.link,)

    def added(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Return rows of the other table with the answers called `names`."""
        asked = {name: self.asks[name] for name in names}
        conditions = [_both(ask.conditions) for ask in asked.values()]
        needed = [
            *(one for one in conditions if one is not None),
            *(one for ask in asked.values() for one in ask.needs),
        ]
        rows = self.scope.rows(needed, [self.link])
        found = [one for one in conditions if one is not None]
        # Rows that no question asks for never reach the group_by.
        if len(found) == len(conditions):
            rows = rows.filter(reduce(or_, found))
        made = [ask.made(_both(ask.conditions)).alias(name) for name, ask in asked.items()]
        grouped = rows.filter(pl.col(self.link).is_not_null()).group_by(self.link).agg(made)
        filled = [pl.col(name).fill_null(ask.without) for name, ask in asked.items() if ask.without is not None]
        return frame.join(grouped, on=self.link, how="left").with_columns(filled)


def _both(conditions: Sequence[pl.Expr]) -> pl.Expr | None:
    """Return whether a row meets all conditions, null where there are none."""
    return reduce(and_, (one.fill_null(value=False) for one in conditions)) if conditions else None


def _kept(value: pl.Expr, condition: pl.Expr | None) -> pl.Expr:
    return value if condition is None else value.filter(condition)


def any_rows(conditions: Sequence[pl.Expr]) -> Ask:
    """Return the question whether there is a row."""
    return Ask(tuple(conditions), lambda met: pl.lit(value=True).first() if met is None else met.any(), without=False)


def counted(conditions: Sequence[pl.Expr], value: Typed | None) -> Ask:
    """Return the question how many rows there are, or how many of them have a value."""
    every = (*conditions, *([present(value)] if value else []))
    return Ask(every, lambda met: (pl.len() if met is None else met.sum()).cast(pl.Int64), without=0)


def distinct(conditions: Sequence[pl.Expr], value: Typed) -> Ask:
    """Return the question how many different values there are; texts as they are compared."""
    made = fold_column(value.expr, value.kind) if value.is_text else value.expr
    every = (*conditions, present(value))
    return Ask(every, lambda met: _kept(made, met).n_unique().cast(pl.Int64), (made,), without=0)


def summed(conditions: Sequence[pl.Expr], value: Typed) -> tuple[Ask, int]:
    """Return the question for the sum of numbers, and its scale."""
    exact = exact_of_float(value.expr) if value.kind == "float" else value.expr
    scale = 9 if value.kind == "float" else value.scale
    every = (*conditions, value.expr.is_not_null())
    return Ask(every, lambda met: _kept(exact, met).sum(), (exact,), without=0), scale


def picked(function: Picking, conditions: Sequence[pl.Expr], value: Typed, at: pl.Expr | None) -> Ask:
    """Return the question for the least, greatest, first or last value; of those at one time the least or greatest."""
    every = (*conditions, present(value))
    if function in ("min", "max") or at is None:
        is_least = function == "min"
        return Ask(every, lambda met: _least(_kept(value.expr, met), is_least), (value.expr,))

    def tied(met: pl.Expr | None) -> pl.Expr:
        edge = _least(_kept(at, met), function == "first")
        is_there = at == edge
        return _least(value.expr.filter(is_there if met is None else is_there & met), function == "first")

    return Ask(every, tied, (value.expr, at))


def _least(values: pl.Expr, is_least: bool) -> pl.Expr:
    return values.min() if is_least else values.max()
