"""Ids: text in every answer, integers inside where the file holds integers, since they group twice as fast."""

from __future__ import annotations

import polars as pl

from rfm_cli.errors import InputError


def id_of(column: str, dtype: pl.DataType, where: str) -> pl.Expr:
    """The id in `column`: Int64 for integers and whole floats, trimmed text otherwise; empty is null.

    Whole floats (a pandas export of integers with gaps) keep their digits: 17850.0 is 17850. Other floats are
    null here and counted by `broken_ids`. Raises `InputError` for types that cannot be ids.
    """
    value = pl.col(column)
    if dtype in (pl.UInt64, pl.Int128, pl.UInt128) or isinstance(dtype, pl.Decimal):
        return value.cast(pl.Int128, strict=False).cast(pl.String)
    if dtype.is_integer():
        return value.cast(pl.Int64)
    if dtype.is_float():
        return pl.when(is_whole(value)).then(value).cast(pl.Int64, strict=False)
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        text = value.cast(pl.String).str.strip_chars()
        return pl.when(text != "").then(text)
    raise InputError(f"{where}: column {column!r} is {dtype}, which cannot be an id", "use --map to name another")


def integer_of(text: pl.Expr) -> pl.Expr:
    """The integer in a text that is an integer's own digits; null for all others: 007, +7, 7.0 and blanks around.

    >>> pl.select(integer_of(pl.Series(["42", "0", "007", "+7", " 7"]))).to_series().to_list()
    [42, 0, None, None, None]
    """
    # Of texts that can be read as integers, only those with a sign or a zero in front sort before "1".
    return pl.when((text >= "1") | (text == "0")).then(text.cast(pl.Int64, strict=False))


def is_whole(value: pl.Expr) -> pl.Expr:
    """Whether a float is a whole number that its type holds exactly."""
    return value.is_finite() & (value == value.floor()) & (value.abs() < 2**53)


def broken_ids(column: str, dtype: pl.DataType) -> pl.Expr:
    """How many values of `column` are floats with a fraction, which no id has."""
    if not dtype.is_float():
        return pl.lit(0, pl.UInt32)
    value = pl.col(column)
    return (value.is_not_null() & value.is_not_nan() & ~is_whole(value)).sum()


def same_type(dtypes: list[pl.DataType]) -> pl.DataType:
    """The type under which ids of several tables meet: Int64 if all are integers, else text."""
    return pl.Int64() if all(dtype == pl.Int64 for dtype in dtypes) else pl.String()
