"""Ids: text in every answer, integers inside where the file holds integers, because these group twice as fast."""

from __future__ import annotations

import polars as pl

from rfm_cli.errors import InputError


def id_of(column: str, dtype: pl.DataType, where: str) -> pl.Expr:
    """Return the id in `column`: Int64 for integers and whole floats, trimmed text otherwise; empty is null.

    Whole floats (a pandas export of integers with gaps) keep their digits: 17850.0 is 17850. Other floats are null here
    and counted by `broken_ids`. Raises `InputError` for types that cannot be ids.
    """
    value = pl.col(column)
    # These may not fit Int64; as texts they keep all digits.
    if dtype in (pl.UInt64, pl.Int128, pl.UInt128):
        return value.cast(pl.String)
    if isinstance(dtype, pl.Decimal):
        return pl.when(is_whole(value, dtype)).then(value.cast(pl.Int128, strict=False)).cast(pl.String)
    if dtype.is_integer():
        return value.cast(pl.Int64)
    if dtype.is_float():
        return pl.when(is_whole(value, dtype)).then(value).cast(pl.Int64, strict=False)
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        text = value.cast(pl.String).str.strip_chars()
        return pl.when(text != "").then(text)
    raise InputError(f"{where}: column {column!r} is {dtype}, which cannot be an id", "use --map to name another")


def integer_of(text: pl.Expr) -> pl.Expr:
    """Return the integer in a text that has just its digits; null for all others: 007, +7, 7.0 and blanks around.

    >>> pl.select(integer_of(pl.Series(["42", "0", "007", "+7", " 7"]))).to_series().to_list()
    [42, 0, None, None, None]
    """
    # Of texts that can be read as integers, only those with a sign or a zero in front sort before "1".
    return pl.when((text >= "1") | (text == "0")).then(text.cast(pl.Int64, strict=False))


def is_whole(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return whether a decimal or float is a whole number that its type can tell from the next."""
    if isinstance(dtype, pl.Decimal):
        return value == value.floor()
    # Above this, neighboring integers are one float: two customers would become one.
    exact = 2**24 if dtype == pl.Float32 else 2**53
    return value.is_finite() & (value == value.floor()) & (value.abs() < exact)


def broken_ids(column: str, dtype: pl.DataType) -> pl.Expr:
    """Count values of `column` that no id can be: floats or decimals with a fraction, infinite or too large."""
    value = pl.col(column)
    if dtype.is_float():
        return (value.is_not_null() & value.is_not_nan() & ~is_whole(value, dtype)).sum()
    return (~is_whole(value, dtype)).sum() if isinstance(dtype, pl.Decimal) else pl.lit(0, pl.UInt32)


def refuse_broken(frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str) -> None:
    """Raise `InputError` where ids are numbers with a fraction, or floats too large to be exact."""
    if not (dtype.is_float() or isinstance(dtype, pl.Decimal)):
        return
    count = frame.select(broken_ids(column, dtype)).collect(engine="streaming").item()
    if count:
        raise InputError(
            f"{where}: column {column!r}: {count:,} values have a fraction, or are too large for a float to tell apart",
            "an id has to be an integer or a text",
        )


def same_type(dtypes: list[pl.DataType]) -> pl.DataType:
    """Return the type in which ids of several tables are compared: Int64 if all are integers, else text."""
    return pl.Int64() if all(dtype == pl.Int64 for dtype in dtypes) else pl.String()
