"""Values while they are compiled: the expression, and how it is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import polars as pl

from rfm_cli.language.numbers import FLOAT_SCALE, as_units, digits_of, exact_of_float, rescaled, units
from rfm_cli.tables.date_parsing import as_text
from rfm_cli.tables.money import as_decimal

Kind = Literal["text", "exact", "name", "number", "float", "day", "moment", "truth"]
TEXTS = ("text", "exact", "name")
NUMBERS = ("number", "float")
DATES = ("day", "moment")
IN_WORDS = {
    **dict.fromkeys(TEXTS, "a text"),
    **dict.fromkeys(NUMBERS, "a number"),
    **dict.fromkeys(DATES, "a date"),
    "truth": "true or false",
}


@dataclass(frozen=True)
class Typed:
    """A value of a customer or a row: an expression that is null where it is missing, texts excepted.

    A `number` is an integer in units of 10^-scale, a `float` as it is. `label` is the name of a column, empty for what
    is computed. `numbers` and `dates` read texts otherwise; `prefers_dates` is set where a text is known to be a date.
    `distinct` returns all texts of a column, None where there are many. With `is_measure` it is one of the tool's own,
    beside which a text is a mistake.
    """

    expr: pl.Expr
    kind: Kind
    scale: int = 0
    label: str = ""
    numbers: Callable[[], Typed] | None = field(default=None, compare=False)
    dates: Callable[[], Typed] | None = field(default=None, compare=False)
    distinct: Callable[[], list[str] | None] | None = field(default=None, compare=False)
    prefers_dates: bool = False
    is_measure: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the value is a text."""
        return self.kind in TEXTS

    @property
    def is_number(self) -> bool:
        """Whether the value is a number."""
        return self.kind in NUMBERS

    @property
    def is_date(self) -> bool:
        """Whether the value is a day or a moment."""
        return self.kind in DATES

    def in_words(self) -> str:
        """Return what kind of value it is."""
        return IN_WORDS[self.kind]


def typed_column(expr: pl.Expr, dtype: pl.DataType, kind: str = "", scale: int = 0, label: str = "") -> Typed:
    """Return a column that is no text by its type; money of `scale` decimals is of the kind money."""
    if kind == "money":
        return Typed(expr, "number", scale, label)
    if dtype == pl.Boolean:
        return Typed(expr, "truth", label=label)
    if dtype == pl.Date:
        return Typed(expr, "day", label=label)
    if isinstance(dtype, pl.Datetime):
        return Typed(expr, "moment", label=label)
    if dtype.is_float():
        return Typed(pl.when(expr.is_finite()).then(expr), "float", label=label)
    return Typed(*_number(expr, dtype), label=label)


def _number(expr: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, Literal["number"], int]:
    made, scale = as_units(expr, dtype)
    return made, "number", scale


def in_units(value: Typed) -> tuple[pl.Expr, int]:
    """Return a number as integers, and their scale."""
    return (exact_of_float(value.expr), FLOAT_SCALE) if value.kind == "float" else (value.expr, value.scale)


def beside(value: Typed, number: Decimal) -> tuple[pl.Expr, pl.Expr]:
    """Return a number and a literal in the same units."""
    if value.kind == "float":
        return value.expr, pl.lit(float(number))
    scale = max(value.scale, digits_of(number))
    wanted = units(number, scale)
    dtype = pl.Int64 if abs(wanted) < 2**63 else pl.Int128
    return rescaled(value.expr, value.scale, scale), pl.lit(wanted, dtype)


def same_units(left: Typed, right: Typed) -> tuple[pl.Expr, pl.Expr, int]:
    """Return two numbers in the same units, and their scale."""
    (one, first), (other, second) = in_units(left), in_units(right)
    scale = max(first, second)
    return rescaled(one, first, scale), rescaled(other, second, scale), scale


def as_day(value: Typed) -> pl.Expr:
    """Return the day of a date."""
    return value.expr.dt.date() if value.kind == "moment" else value.expr


def as_moment(value: Typed) -> pl.Expr:
    """Return a date as a moment, a day as its begin."""
    return value.expr if value.kind == "moment" else value.expr.cast(pl.Datetime("us"))


def printed(value: Typed) -> pl.Expr:
    """Return a value as CSV prints it."""
    if value.is_text:
        return value.expr
    if value.kind == "float":
        return as_text(value.expr, pl.Float64())
    if value.kind == "number" and value.scale:
        return as_decimal(value.expr, value.scale).cast(pl.String)
    if value.kind == "moment":
        return value.expr.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return value.expr.cast(pl.String)
