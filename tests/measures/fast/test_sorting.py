"""Places in order: as Python sorts the numbers, their decimal texts, and texts."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.measures.fast.sorting import ascending, by_digits, by_text, places_of
from tests.examples import examples

NUMBERS = st.lists(st.integers(0, 10**17 - 1) | st.integers(0, 120), max_size=40)


@settings(max_examples=examples(50, 500))
@given(NUMBERS, st.booleans())
def test_numbers_come_in_the_order_of_their_decimal_texts(numbers: list[int], is_sorted: bool) -> None:
    numbers = sorted(set(numbers)) if is_sorted else numbers
    places = by_digits(np.array(numbers, np.int64))
    assert places is not None
    assert [str(numbers[place]) for place in places] == sorted(map(str, numbers))


def test_numbers_without_such_a_key_have_no_places() -> None:
    assert by_digits(np.array([10**17], np.int64)) is None
    assert by_digits(np.array([-1, 5], np.int64)) is None


@settings(max_examples=examples(50, 500))
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=14), unique=True), st.text("ab", max_size=9))
def test_texts_come_in_the_order_of_their_letters(texts: list[str], start: str) -> None:
    common = [start + text for text in texts]
    places = by_text(pl.Series(common, dtype=pl.String))
    assert [common[place] for place in places] == sorted(common)


def test_keys_come_in_ascending_order() -> None:
    keys = np.array([3, 1, 2], np.int64)
    assert ascending(keys).tolist() == [1, 2, 3]
    assert places_of(keys).tolist() == [1, 2, 0]
