"""Rows paired with rows of another table of the same customer: equal in a column, later, within a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rfm_cli.language.compare import Site, comparable, read_alike
from rfm_cli.language.nodes import Duration
from rfm_cli.language.scope import Scope
from rfm_cli.language.typed import Typed, alike, as_day, as_moment
from rfm_cli.language.windows import moved


@dataclass(frozen=True)
class Pair:
    """How rows are paired: the rows of the other table and the conditions on them, values that must be equal, times.

    `mine` and `theirs` are the values that must be equal, in one form.
    """

    others: Scope
    conditions: tuple[pl.Expr, ...]
    mine: pl.Expr | None = None
    theirs: pl.Expr | None = None
    later: bool = False
    within: Duration | None = None


@dataclass(frozen=True)
class Joined:
    """The column that says whether rows have a pair, added to them by a join."""

    names: tuple[str, ...]
    needs: tuple[str, ...]
    scope: Scope
    pair: Pair

    def added(self, frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Return rows with the column."""
        return _joined(frame, self.scope, self.pair, names[0])


def equal_values(mine: Typed, theirs: Typed, site: Site) -> tuple[pl.Expr, pl.Expr]:
    """Return values of two rows in one form and of one type, which a join asks for."""
    mine, theirs = read_alike(mine, theirs, site)
    if not (mine.is_number and theirs.is_number):
        return comparable(mine, theirs)
    one, other = alike(mine, theirs)
    dtype = pl.Float64 if one.kind == "float" else pl.Int128
    return one.expr.cast(dtype), other.expr.cast(dtype)


def paired(scope: Scope, pair: Pair) -> pl.Expr:
    """Return whether a row has a pair."""
    name = scope.run.new_name()
    keys = [] if pair.mine is None else [pair.mine]
    time = scope.time() if pair.later else None
    roots = [root for expr in (*keys, *([time.expr] if time else [])) for root in expr.meta.root_names()]
    scope.pairs.append(Joined((name,), (scope.key_with(pair.others), *roots), scope, pair))
    return pl.col(name)


def _joined(frame: pl.LazyFrame, scope: Scope, pair: Pair, name: str) -> pl.LazyFrame:
    """Return rows with whether they have a pair."""
    customer = scope.key_with(pair.others)
    key, found = f"{name} by", _others(pair, name, customer)
    by = [customer] if pair.mine is None else [customer, key]
    if pair.mine is not None:
        frame = frame.with_columns(pair.mine.alias(key))
    if not pair.later:
        there = found.select(by).unique().with_columns(pl.lit(value=True).alias(name))
        frame = frame.join(there, on=by, how="left").with_columns(pl.col(name).fill_null(value=False))
    else:
        frame = _later(frame, scope, pair, found, by, name)
    return frame if pair.mine is None else frame.drop(key)


def _others(pair: Pair, name: str, customer: str) -> pl.LazyFrame:
    """Return the rows that may be a pair: the customer, what must be equal, and the time."""
    conditions = list(pair.conditions)
    columns = {customer: pl.col(customer)}
    if pair.theirs is not None:
        columns[f"{name} by"] = pair.theirs
    time = pair.others.time() if pair.later else None
    if time:
        columns[f"{name} at"] = time.expr
    rows = pair.others.rows([*conditions, *columns.values()], [customer])
    return rows.filter(*conditions).select(**columns).drop_nulls(columns.keys())


def _later(
    frame: pl.LazyFrame, scope: Scope, pair: Pair, found: pl.LazyFrame, by: Sequence[str], name: str
) -> pl.LazyFrame:
    """Return rows with whether a pair is at or after them, and within the time."""
    mine, theirs = scope.time(), pair.others.time()
    assert mine is not None and theirs is not None
    at, own = f"{name} at", f"{name} own"
    # A day and a moment compare by day.
    by_day = "day" in (mine.kind, theirs.kind)
    other = Typed(pl.col(at), theirs.kind)
    found = found.with_columns((as_day(other) if by_day else other.expr).alias(at))
    frame = frame.with_columns((as_day(mine) if by_day else mine.expr).alias(own))
    if pair.within is None:  # the last one tells whether any is later
        latest = found.group_by(by).agg(pl.col(at).max())
        joined = frame.join(latest, on=list(by), how="left")
        return joined.with_columns((pl.col(at) >= pl.col(own)).fill_null(value=False).alias(name)).drop(at, own)
    joined = frame.sort(own).join_asof(
        found.sort(at), left_on=own, right_on=at, by=list(by), strategy="forward", check_sortedness=False
    )
    return joined.with_columns(_is_within(mine, other, own, pair.within).alias(name)).drop(at, own, strict=False)


def _is_within(mine: Typed, found: Typed, own: str, within: Duration) -> pl.Expr:
    """Return whether the first later pair lies within a time of the row."""
    end = moved(mine, within, 1)
    if within.unit == "h":
        return (as_moment(found) < end.expr).fill_null(value=False)
    return (found.expr.cast(pl.Date) < end.expr).fill_null(value=False)
