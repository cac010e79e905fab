"""Exact numbers: integers in units of 10^-scale, whatever a column holds; floats by their shortest decimal."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

FLOAT_SCALE = 9
"""The decimals that floats keep in sums and where they meet other numbers."""
STEPS = ((4e6, 9), (4e9, 6), (4e12, 3))
"""Up to which size a float tells how many decimals apart."""
LARGEST = 2**127 - 1
"""The largest integer of a column. Results that could be larger are computed as floats."""
INTEGERS, FLOATS, SUMS = 2**63, 10**27, 10**30
"""What integers of a column, floats in units of 10^-9, and sums of such floats do not exceed."""


def digits_of(number: Decimal) -> int:
    """Return the number of decimals that a number needs.

    >>> digits_of(Decimal("1.50")), digits_of(Decimal("100"))
    (1, 0)
    """
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def units(number: Decimal, scale: int) -> int:
    """Return a number in units of 10^-scale, which it has no more decimals than."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    whole = int("".join(map(str, digits)))
    shift = exponent + scale
    made: int = whole * 10**shift if shift >= 0 else whole // 10**-shift
    return -made if sign else made


def halves(number: Decimal, scale: int) -> int:
    """Return a number in halves of 10^-scale: exactly, or as the odd half between the two integers that it is between.

    >>> halves(Decimal("1.5"), 1), halves(Decimal("1.57"), 1), halves(Decimal("-1.57"), 1)
    (30, 31, -31)
    """
    more = max(scale, digits_of(number))
    whole, rest = divmod(units(number, more), 10 ** (more - scale))
    return 2 * int(whole) + int(rest > 0)


def literal(wanted: int) -> pl.Expr:
    """Return an integer as an expression; one that no column holds as the largest or the smallest."""
    held = max(-LARGEST, min(LARGEST, wanted))
    return pl.lit(held, pl.Int64 if abs(held) < INTEGERS else pl.Int128)


def rescaled(value: pl.Expr, scale: int, wanted: int) -> pl.Expr:
    """Return integers in units of 10^-scale in smaller units."""
    # 128 bits, since money is multiplied.
    return value if wanted == scale else value.cast(pl.Int128) * 10 ** (wanted - scale)


def exact_of_float(value: pl.Expr) -> pl.Expr:
    """Return floats in units of 10^-9, each as its shortest decimal has it; null for infinities and NaN.

    A float has about 15 digits, so that large ones are rounded to fewer decimals first.
    """
    whole = value.floor()
    rest = value - whole
    part = rest.round(0) * 10.0**FLOAT_SCALE
    for size, decimals in reversed(STEPS):
        rounded = (rest * 10.0**decimals).round(0) * 10.0 ** (FLOAT_SCALE - decimals)
        part = pl.when(value.abs() < size).then(rounded).otherwise(part)
    units_of_whole = pl.when(value.is_finite() & (value.abs() < 1e28)).then(whole).cast(pl.Int128, strict=False)
    whole_units: pl.Expr = units_of_whole * 10**FLOAT_SCALE
    return whole_units + part.cast(pl.Int128, strict=False)


def as_units(value: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, int]:
    """Return a column of numbers as integers, and their scale."""
    if isinstance(dtype, pl.Decimal):
        made: pl.Expr = value.reinterpret(dtype=pl.Int128)
        return made, dtype.scale
    if dtype.is_float():
        return exact_of_float(value), FLOAT_SCALE
    return value.cast(pl.Int64) if dtype not in (pl.Int64, pl.Int128) else value, 0
