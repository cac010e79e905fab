"""The rules of SPEC 5 against plain Python over lists of values."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.schemes import Axis
from rfm_cli.scores import cutoffs
from rfm_cli.scores.cutoffs import Bounds, score_of

MEASURE = {"r": "recency_days", "f": "frequency", "m": "monetary"}
VALUES = st.lists(st.integers(-20, 60), min_size=1, max_size=40)


def scores(axis: Axis, values: list[int], bounds: Bounds) -> list[int]:
    frame = pl.DataFrame({MEASURE[axis]: values})
    return frame.select(score_of(axis, {(): bounds}).alias(axis)).to_series().to_list()


def quantile_by_hand(values: list[int], k: int, *, low_is_best: bool) -> list[int]:
    def worse(one: int) -> int:
        return sum(other > one if low_is_best else other < one for other in values)

    return [1 + k * worse(one) // len(values) for one in values]


def type7_by_hand(values: list[int], k: int, *, low_is_best: bool) -> list[int]:
    ranked, last = sorted(values), len(values) - 1
    edges = []
    for i in range(1, k):
        place = Fraction(last * i, k)
        low, high = ranked[math.floor(place)], ranked[math.ceil(place)]
        edges.append(low + (place - math.floor(place)) * (high - low) + 1)
    bins = [1 + sum(one >= edge for edge in edges) for one in values]
    return [k + 1 - one for one in bins] if low_is_best else bins


@settings(max_examples=120)
@given(VALUES, st.integers(2, 12), st.booleans())
def test_quantile_scores_equal_the_definition(values: list[int], k: int, low_is_best: bool) -> None:
    axis: Axis = "r" if low_is_best else "f"
    bounds = cutoffs.quantile(cutoffs.value_counts(pl.Series(values)), k, low_is_best=low_is_best)
    assert scores(axis, values, bounds) == quantile_by_hand(values, k, low_is_best=low_is_best)
    assert {bound for _, bound in bounds.at} <= set(values)
    assert sorted({*range(2, k + 1)} - set(scores(axis, values, bounds))) == bounds.unused()


@settings(max_examples=80)
@given(VALUES, st.integers(2, 7), st.booleans())
def test_type7_scores_equal_the_definition(values: list[int], k: int, low_is_best: bool) -> None:
    bounds = cutoffs.type7(cutoffs.value_counts(pl.Series(values)), k, 1, low_is_best=low_is_best)
    found = scores("r" if low_is_best else "f", values, bounds)
    assert found == type7_by_hand(values, k, low_is_best=low_is_best)


def test_ten_different_values_fill_five_scores_evenly() -> None:
    bounds = cutoffs.quantile(cutoffs.value_counts(pl.Series(range(10))), 5, low_is_best=False)
    assert bounds == Bounds(5, ((5, 8), (4, 6), (3, 4), (2, 2)), "quantile")


def test_small_recency_is_a_high_score() -> None:
    bounds = cutoffs.quantile(cutoffs.value_counts(pl.Series(range(10))), 5, low_is_best=True)
    assert bounds == Bounds(5, ((5, 1), (4, 3), (3, 5), (2, 7)), "quantile")


def test_a_tie_takes_the_score_of_its_worst_place_and_leaves_others_unused() -> None:
    bounds = cutoffs.quantile(cutoffs.value_counts(pl.Series([1, 1, 1, 1, 1, 1, 1, 2, 3, 4])), 5, low_is_best=False)
    assert bounds.at == ((5, 3), (4, 2))
    assert bounds.unused() == [2, 3]


def test_one_buyer_gets_score_1_on_every_axis() -> None:
    assert cutoffs.quantile(cutoffs.value_counts(pl.Series([7])), 5, low_is_best=True).at == ()
    assert scores("r", [7], Bounds(5, (), "quantile")) == [1]


def test_k_times_a_million_buyers_does_not_overflow() -> None:
    counts = pl.DataFrame({"value": [1, 2], "rows": [3_000_000_000, 1_000_000_000]})
    assert cutoffs.quantile(counts, 100, low_is_best=False).at == ((76, 2),)


@pytest.mark.parametrize(("days", "score"), [(0, 5), (30, 5), (31, 4), (90, 4), (91, 3), (180, 3), (365, 2), (366, 1)])
def test_fixed_recency(days: int, score: int) -> None:
    assert scores("r", [days], cutoffs.fixed(5, low_is_best=True)) == [score]


@pytest.mark.parametrize(("orders", "score"), [(0, 1), (1, 1), (2, 2), (3, 3), (4, 4), (6, 4), (7, 5), (99, 5)])
def test_fixed_frequency(orders: int, score: int) -> None:
    assert scores("f", [orders], cutoffs.fixed(5, low_is_best=False)) == [score]


@pytest.mark.parametrize("k", [2, 3, 4, 7])
def test_fixed_frequency_of_other_bins_is_1_2_up_to_k_and_more(k: int) -> None:
    assert scores("f", [1, k - 1, k, k + 1], cutoffs.fixed(k, low_is_best=False)) == [1, k - 1, k, k]


def test_there_is_no_fixed_recency_of_other_bins() -> None:
    assert cutoffs.fixed(4, low_is_best=True) is None


def test_type7_of_money_adds_one_unit_and_not_one_minor_unit() -> None:
    counts = cutoffs.value_counts(pl.Series([100, 200, 300]))
    assert cutoffs.type7(counts, 2, 100, low_is_best=False).at == ((2, 300),)
