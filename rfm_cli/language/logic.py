"""True, false and unknown: how conditions are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import and_, or_

import polars as pl


def all_of(conditions: Sequence[pl.Expr]) -> pl.Expr:
    """Return whether all conditions are true; false if one is false, else unknown if one is unknown."""
    return _balanced(conditions, and_)


def any_of(conditions: Sequence[pl.Expr]) -> pl.Expr:
    """Return whether a condition is true; true if one is true, else unknown if one is unknown."""
    return _balanced(conditions, or_)


def known(condition: pl.Expr) -> pl.Expr:
    """Return whether a condition is known to be true."""
    return condition.fill_null(value=False)


def without(conditions: Sequence[pl.Expr]) -> pl.Expr:
    """Return whether the first condition is true and no other is known to be."""
    return conditions[0] & ~known(any_of(conditions[1:]))


def _balanced(conditions: Sequence[pl.Expr], join: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    """Join conditions in pairs, so that a chain of thousands is a dozen levels deep."""
    level = list(conditions)
    while len(level) > 1:
        level = [join(*level[i : i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return level[0]
