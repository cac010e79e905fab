"""Exact numbers."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.language.numbers import FLOAT_SCALE, LARGEST, as_units, digits_of, exact_of_float, halves, literal, units
from tests.examples import examples


def exact(values: list[float | None]) -> list[int | None]:
    return pl.select(exact_of_float(pl.lit(pl.Series(values, dtype=pl.Float64)))).to_series().to_list()


@settings(max_examples=examples(30, 300), deadline=None)
@given(st.lists(st.decimals(-(10**11), 10**11, places=3, allow_nan=False), min_size=1, max_size=20))
def test_floats_are_their_shortest_decimals(numbers: list[Decimal]) -> None:
    assert exact([float(one) for one in numbers]) == [int(one.scaleb(FLOAT_SCALE)) for one in numbers]


def test_what_is_no_number_is_missing() -> None:
    assert exact([0.1, -0.1, float("nan"), float("inf"), None, 0.30000000000000004]) == [
        100_000_000,
        -100_000_000,
        None,
        None,
        None,
        300_000_000,
    ]


def test_columns_become_integers_with_a_scale() -> None:
    frame = pl.DataFrame({"d": [Decimal("1.50"), None], "i": [3, None]}, schema={"d": pl.Decimal(10, 2), "i": pl.Int16})
    made, scale = as_units(pl.col("d"), frame.schema["d"])
    whole, none = as_units(pl.col("i"), frame.schema["i"])

    assert (frame.select(made).to_series().to_list(), scale) == ([150, None], 2)
    assert (frame.select(whole).to_series().to_list(), none) == ([3, None], 0)


def test_literals_become_units_exactly() -> None:
    assert (digits_of(Decimal("12.30")), digits_of(Decimal("1E+3"))) == (1, 0)
    assert (units(Decimal("12.3"), 2), units(Decimal("1E+80"), 0), units(Decimal("-1.5"), 1)) == (1230, 10**80, -15)
    many = "12345678901234567890123456789012345678"
    assert units(Decimal(many), 9) == int(many) * 10**9


def test_a_literal_with_more_decimals_lies_between_two_units() -> None:
    assert (halves(Decimal("10.00"), 2), halves(Decimal("10.001"), 2), halves(Decimal("-10.001"), 2)) == (
        2000,
        2001,
        -2001,
    )


def test_a_literal_beyond_all_columns_is_the_largest() -> None:
    found = pl.select(a=literal(10**60), b=literal(-(10**60)), c=literal(5))
    assert found.row(0) == (LARGEST, -LARGEST, 5)
    assert found.schema["c"] == pl.Int64
