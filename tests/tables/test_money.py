from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables.money import as_decimal, check_size, half_even, minor_units, misses, smallest_scale

NOISE = Fraction(1, 10**13)


def scale(*values: float) -> int:
    return int(pl.Series(values, dtype=pl.Float64).to_frame("x").select(smallest_scale(pl.col("x"))).item())


def minor(value: float, decimals: int) -> int:
    return int(pl.select(minor_units(pl.lit(value), decimals)).item())


def distance(value: Fraction, decimals: int) -> Fraction:
    """|x - round(x, d)| - 1e-9 max(1, |x|), exactly: over zero where x needs more decimals than d."""
    rounded = Fraction(round(value * 10**decimals), 10**decimals)
    return abs(value - rounded) - Fraction(1, 10**9) * max(Fraction(1), abs(value))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), 0),
        ((0.0,), 0),
        ((12.0, -7.0), 0),
        ((0.1 + 0.2,), 1),
        ((1.10, 2.0), 1),
        ((10.05,), 2),
        ((1.005,), 3),
        ((699.0982,), 4),
        ((0.12345,), 5),
        ((0.123456,), 6),
        ((0.1234567,), 6),
        ((1 / 3,), 6),
        ((1e-9,), 0),
        ((2e-9,), 6),
        ((2_000_000.001,), 0),
        ((999_999.01,), 2),
        ((123_456_789.01,), 0),
        ((123_456_789.4,), 1),
        ((1e12 + 0.5,), 0),
        ((-10.05, 3.0), 2),
    ],
)
def test_the_smallest_scale(values: tuple[float, ...], expected: int) -> None:
    assert scale(*values) == expected


VALUES = st.one_of(
    st.decimals(-10_000, 10_000, places=2),
    st.decimals(-100, 100, places=6),
    st.decimals(-10, 10, places=9),
    st.decimals(-(10**9), 10**9, places=3),
    st.integers(-(10**6), 10**6).map(Decimal),
)


@settings(max_examples=150)
@given(VALUES)
def test_the_scale_is_that_of_the_definition(value: Decimal) -> None:
    number = float(value)
    away = [distance(Fraction(number), decimals) for decimals in range(7)]
    assume(all(abs(gap) > NOISE * max(1, abs(Fraction(number))) for gap in away))
    frame = pl.DataFrame({"x": [number]})
    assert frame.select([misses(pl.col("x"), d).alias(str(d)) for d in range(7)]).row(0) == tuple(
        gap > 0 for gap in away
    )
    assert scale(number) == next((decimals for decimals in range(6) if away[decimals] <= 0), 6)


@settings(max_examples=150)
@given(st.decimals(-(10**8), 10**8, places=2), st.integers(2, 6))
def test_cents_come_through(value: Decimal, decimals: int) -> None:
    assert minor(float(value), decimals) == int(value.scaleb(decimals))


@settings(max_examples=100)
@example([Decimal("0.1")] * 10)
@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=50))
def test_sums_are_those_of_decimals(values: list[Decimal]) -> None:
    frame = pl.DataFrame({"x": [float(value) for value in values]})
    total = frame.select(as_decimal(minor_units(pl.col("x"), 2).sum(), 2)).item()
    assert total == sum(values)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.125, 2, 12),
        (0.375, 2, 38),
        (2.5, 0, 2),
        (3.5, 0, 4),
        (-2.5, 0, -2),
        (-0.125, 2, -12),
        (0.0078125, 6, 7812),
        (0.0234375, 6, 23438),
    ],
)
def test_what_is_left_is_rounded_half_even(value: float, decimals: int, expected: int) -> None:
    assert minor(value, decimals) == expected


@settings(max_examples=150)
@given(st.integers(-(10**18), 10**18), st.integers(1, 10**10))
def test_half_even_division(number: int, unit: int) -> None:
    found = pl.select(half_even(pl.lit(number, pl.Int128), unit)).item()
    assert found == round(Fraction(number, unit))


def test_half_even_without_a_float() -> None:
    assert pl.select(half_even(pl.lit(10**18 + 1, pl.Int128), 2)).item() == 5 * 10**17
    assert pl.select(half_even(pl.lit(10**18 + 3, pl.Int128), 2)).item() == 5 * 10**17 + 2


def test_money_as_it_is_shown() -> None:
    shown = pl.select(as_decimal(pl.Series([123450, -5, 0]), 2)).to_series()
    assert shown.to_list() == [Decimal("1234.50"), Decimal("-0.05"), Decimal("0.00")]
    assert shown.dtype == pl.Decimal(18, 2)


def test_amounts_too_large_to_be_exact() -> None:
    check_size(None, None, "o.csv")
    check_size(2**52 - 1, 10**18 - 1, "o.csv")
    for largest, total in ((2**52, 2**52), (5, 10**18)):
        with pytest.raises(InputError, match="too large to be added exactly"):
            check_size(largest, total, "o.csv")


HEADER = "customer_id,date,amount\n"


def test_one_scale_for_all_files(write: Any, read: Any) -> None:
    seen = read(write("a.csv", HEADER + "c,2024-01-01,7\n"), write("b.csv", HEADER + "c,2024-01-01,0.125\n"))
    assert (seen.orders.scale, seen.minor()) == (3, [125, 7000])


def test_only_accepted_values_make_the_scale(write: Any, read: Any) -> None:
    seen = read(write("a.csv", HEADER + "c,2024-01-01,7\n,2024-01-01,0.125\nc,never,0.25\n"))
    assert (seen.orders.scale, seen.minor()) == (0, [7])


def test_a_third_decimal_far_below(write: Any, read: Any) -> None:
    rows = "c,2024-01-01,1.25\n" * 20_000
    seen = read(write("a.csv", HEADER + rows + "c,2024-01-01,0.125\n"))
    assert (seen.orders.scale, seen.minor()[0], seen.minor()[-1]) == (3, 125, 1250)
    assert sum(seen.minor()) == 20_000 * 1250 + 125


def test_sums_of_a_file_are_exact(write: Any, read: Any) -> None:
    values = [Decimal(place * 7919 % 100_003).scaleb(-2) for place in range(5_000)]
    path = write("a.csv", HEADER + "".join(f"c,2024-01-01,{value}\n" for value in values))
    assert Decimal(sum(read(path).minor())).scaleb(-2) == sum(values)


def test_large_amounts_of_a_file(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="too large to be added exactly"):
        read(write("a.csv", HEADER + "c,2024-01-01,90071992547409.93\nc,2024-01-01,0.01\n"))


@pytest.mark.parametrize(
    ("values", "dtype", "decimals", "expected"),
    [
        ([10.05, 0.1], pl.Float64, 2, [10, 1005]),
        ([10.5, 0.25], pl.Float32, 2, [25, 1050]),
        ([10, -3], pl.Int32, 0, [-3, 10]),
        ([Decimal("10.0500"), Decimal("0.1000")], pl.Decimal(20, 4), 2, [10, 1005]),
        ([10.0, float("nan"), float("inf"), None], pl.Float64, 0, [10]),
        (["10,50", "1 000,25"], pl.String, 2, [1050, 100025]),
        (["10.50", "3"], pl.Categorical, 1, [30, 105]),
    ],
)
def test_typed_amounts(
    write: Any, read: Any, values: list[Any], dtype: pl.DataType, decimals: int, expected: list[int]
) -> None:
    frame = pl.DataFrame({"amount": pl.Series(values, dtype=dtype)}).with_columns(
        customer_id=pl.lit("c"), date=pl.lit(date(2024, 1, 1))
    )
    seen = read(write("o.parquet", frame))
    assert (seen.orders.scale, seen.minor()) == (decimals, expected)
    assert seen.facts.read == len(values)


@pytest.mark.parametrize("text", ["0.5", "1.5", "2.5", "-0.5", "-1.5", "7.499", "7.501"])
def test_half_even_of_decimals_agrees_with_python(text: str) -> None:
    assert minor(float(text), 0) == int(Decimal(text).quantize(Decimal(1), ROUND_HALF_EVEN))
