"""Values while they are compiled: the expression, and how it is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import polars as pl

from rfm_cli.language.numbers import (
    FLOAT_SCALE,
    FLOATS,
    INTEGERS,
    LARGEST,
    as_units,
    exact_of_float,
    halves,
    literal,
    rescaled,
)
from rfm_cli.tables.consent_words import AGREES, sense_of
from rfm_cli.tables.date_parsing import as_text
from rfm_cli.tables.money import as_decimal

Kind = Literal["text", "exact", "name", "number", "float", "day", "moment", "truth"]
TEXTS = ("text", "exact", "name")
NUMBERS = ("number", "float")
DATES = ("day", "moment")
YES, NO = AGREES, ("no", "refused")
"""What words of a column that is true or false say."""
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
    is computed. `numbers` and `dates` read texts otherwise; `prefers_dates` is set where a text is known to be a date,
    `prefers_numbers` where it is a number unless a text is beside it.
    `truths` reads them as yes and no. `distinct` returns all texts of a column, None where there are many. With
    `is_measure` it is one of the tool's own, beside which a text is a mistake. `most` is what a number does not exceed
    in its units, 0 for what columns hold.
    """

    expr: pl.Expr
    kind: Kind
    scale: int = 0
    label: str = ""
    numbers: Callable[[], Typed] | None = field(default=None, compare=False)
    dates: Callable[[], Typed] | None = field(default=None, compare=False)
    truths: Callable[[], Typed] | None = field(default=None, compare=False)
    distinct: Callable[[], list[str] | None] | None = field(default=None, compare=False)
    prefers_dates: bool = False
    prefers_numbers: bool = False
    is_measure: bool = False
    most: int = 0

    @property
    def largest(self) -> int:
        """What the number does not exceed in its units."""
        return self.most or (FLOATS if self.kind == "float" else INTEGERS)

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


def truth_of(text: pl.Expr) -> pl.Expr:
    """Return texts as true or false, as `reach` reads them; null for those that say neither."""
    sense = sense_of(text.str.strip_chars().fill_null(""), ())
    return pl.when(sense.is_in(YES)).then(pl.lit(value=True)).when(sense.is_in(NO)).then(pl.lit(value=False))


def in_units(value: Typed) -> tuple[pl.Expr, int]:
    """Return a number as integers, and their scale."""
    return (exact_of_float(value.expr), FLOAT_SCALE) if value.kind == "float" else (value.expr, value.scale)


def as_float(value: Typed) -> pl.Expr:
    """Return a number as a float."""
    return value.expr if value.kind == "float" else value.expr.cast(pl.Float64) / 10.0**value.scale


def beside(value: Typed, number: Decimal) -> tuple[pl.Expr, pl.Expr]:
    """Return a number and a literal so that they compare as they are."""
    if value.kind == "float":
        return value.expr, pl.lit(float(number))
    wanted = halves(number, value.scale)
    if wanted % 2 == 0:
        return value.expr, literal(wanted // 2)
    # More decimals than the value has lie between two of its steps.
    return value.expr.cast(pl.Int128) * 2, literal(wanted)


def alike(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return two numbers in the same units; as floats where these units would be too large."""
    (one, first), (other, second) = in_units(left), in_units(right)
    scale = max(first, second)
    most = [value.largest * 10 ** (scale - own) for value, own in ((left, first), (right, second))]
    if max(most) > LARGEST:
        return Typed(as_float(left), "float", most=most[0]), Typed(as_float(right), "float", most=most[1])
    return (
        Typed(rescaled(one, first, scale), "number", scale, most=most[0]),
        Typed(rescaled(other, second, scale), "number", scale, most=most[1]),
    )


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
