"""Money: numbers become integers of minor units, and these become decimals and texts.

The scale of minor units is the smallest that holds every accepted value.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from rfm_cli.errors import InputError

MOST_DECIMALS = 6
LARGEST = 2**52
"""From this many minor units on, a 64-bit float no longer tells one from the next."""
LARGEST_TOTAL = 10**18
"""Sums are kept as Decimal(18, scale)."""


def minor_units(value: pl.Expr, scale: int) -> pl.Expr:
    """Return integers of 10^-scale, the remainder rounded half to even.

    Values past 64 bits are null; `check_size` refuses them.

    >>> pl.select(minor_units(pl.Series([10.05, 0.125]), 2)).to_series().to_list()
    [1005, 12]
    """
    return (value * 10.0**scale).round(mode="half_to_even").cast(pl.Int64, strict=False)


def misses(value: pl.Expr, scale: int) -> pl.Expr:
    """Return whether a value needs more decimals than `scale`: |x - round(x, scale)| > 1e-9 max(1, |x|)."""
    scaled = value * 10.0**scale
    # 10.05 as a float is not exactly 1005 cents; the room is far above such errors and far below a cent.
    room = pl.max_horizontal(value.abs(), pl.lit(1.0)) * (1e-9 * 10.0**scale)
    return (scaled - scaled.round(mode="half_to_even")).abs() > room


def smallest_scale(value: pl.Expr) -> pl.Expr:
    """Return the smallest scale of at most six decimals that no value misses; six where values miss all."""
    # From the largest scale down, so that the smallest that fits is the last to be set.
    scale = pl.lit(MOST_DECIMALS)
    for decimals in reversed(range(MOST_DECIMALS)):
        scale = pl.when(~misses(value, decimals).any()).then(pl.lit(decimals)).otherwise(scale)
    return scale


def check_size(largest: float | None, total: float | None, where: str) -> None:
    """Raise `InputError` where amounts are too large to be added to the cent."""
    if (largest or 0) >= LARGEST or (total or 0) >= LARGEST_TOTAL:
        raise InputError(
            f"{where}: amounts of {largest:,.0f} minor units are too large to be added exactly",
            "give money in a larger unit, for example thousands",
        )


def too_large(message: str) -> InputError | None:
    """Return the error for averages with too many digits if `message` is Polars' error for them, else None.

    Sums fit into 18 digits, because `check_size` refuses larger ones; averages have two more decimals than sums.
    """
    if "decimal precision" not in message:
        return None
    return InputError(
        "amounts are too large to be averaged exactly", "give money in a larger unit, for example thousands"
    )


def as_decimal(minor: pl.Expr, scale: int) -> pl.Expr:
    """Return minor units as money: Decimal(18, scale), the same digits."""
    # A cast to Decimal would take minor units for whole ones; Polars stores decimals as integers of 128 bits.
    return minor.cast(pl.Int128).reinterpret(dtype=pl.Decimal(18, scale))


def decimal_of(minor: int, scale: int) -> Decimal:
    """Return minor units as a decimal with exactly `scale` places.

    >>> decimal_of(-1050, 2), decimal_of(7, 0)
    (Decimal('-10.50'), Decimal('7'))
    """
    return Decimal(minor).scaleb(-scale).quantize(Decimal(1).scaleb(-scale))


def money_text(minor: int, scale: int, *, grouped: bool = False) -> str:
    """Return minor units as text in the unit of the money, with all decimals; `grouped` sets thousands apart.

    >>> money_text(-1050, 2), money_text(7, 0), money_text(-123456789, 2, grouped=True)
    ('-10.50', '7', '-1,234,567.89')
    """
    return f"{decimal_of(minor, scale):{',' if grouped else ''}f}"


def half_even(product: pl.Expr, unit: int | pl.Expr) -> pl.Expr:
    """Divide an integer by `unit` (positive) and round half to even, without a float.

    >>> pl.select(half_even(pl.Series([15, 25, -15, 26]), 10)).to_series().to_list()
    [2, 2, -2, 3]
    """
    # Integer division rounds down, also below 0, so that the rest is never negative.
    quotient, rest = product // unit, product % unit
    up = (rest * 2 > unit) | ((rest * 2 == unit) & (quotient % 2 == 1))
    return quotient + up.cast(pl.Int8)
