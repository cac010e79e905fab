"""Texts as they are compared, and patterns."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.language.texts import FOLDS, each_verdict, fits, fold_column, folded, name_folded, verdicts


def test_texts_are_folded_by_unicode() -> None:
    assert folded("  Čas\u00a0 nový\t") == "čas nový"
    assert folded("e\u0301") == folded("É")
    assert folded("ЁЛКА") == "ёлка" != folded("елка")
    assert name_folded("Add_to - Cart ") == "addtocart"


@pytest.mark.parametrize(
    ("pattern", "text", "is_fit"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*", "abc", True),
        ("a*", "ba", False),
        ("*c", "abc", True),
        ("*b*", "abc", True),
        ("a*c", "ac", True),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("?", "", False),
        ("??", "ab", True),
        ("*?b*?d", "xxbyyzd", True),
        ("*.?", "a.b", True),
        ("100%", "100%", True),
        ("a\nb*", "a\nbc", True),
        ("*a*b*c*", "axxbxxc", True),
        ("*a*b*c*", "acb", False),
    ],
)
def test_patterns(pattern: str, text: str, *, is_fit: bool) -> None:
    assert fits(pattern)(text) is is_fit


def test_hostile_patterns_take_no_time() -> None:
    assert fits("*a*a*a*a*a*b")("a" * 20_000) is False
    assert fits("*" + "?*" * 50)("a" * 49) is False


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_fits_what_its_letters_and_wildcards_say(pattern: str, text: str) -> None:
    by_hand = re.fullmatch("".join({"*": "[ab]*", "?": "[ab]"}.get(mark, mark) for mark in pattern), text)
    assert fits(pattern)(text) is (by_hand is not None)


def test_a_pattern_of_many_parts_is_looked_at_as_far_as_a_text_gets() -> None:
    assert fits("*".join("a" * 40_000) + "*b")("a" * 100) is False
    assert fits("*".join(["a?", "b"] * 10_000))("axb" * 10_000) is True


def test_columns_of_few_and_of_many_texts_give_the_same_verdicts() -> None:
    frame = pl.DataFrame({"x": ["Tea", " tea", "", " ", None, "Coffee"]})
    known = sorted(frame["x"].drop_nulls().unique())
    few = verdicts(pl.col("x"), known, FOLDS["text"], {"tea"}.__contains__)
    many = each_verdict(pl.col("x"), FOLDS["text"], {"tea"}.__contains__)

    assert frame.select(few).to_series().to_list() == [True, True, None, None, None, False]
    assert frame.select(many).to_series().to_list() == [True, True, None, None, None, False]
    assert frame.select(fold_column(pl.col("x"), "text")).to_series().to_list() == [
        "tea",
        "tea",
        None,
        None,
        None,
        "coffee",
    ]
    assert frame.select(fold_column(pl.col("x"), "exact")).to_series().to_list()[:3] == ["Tea", "tea", None]


@pytest.mark.parametrize("wanted", [{"tea"}, {"tea", "coffee"}, set()])
def test_a_column_without_blanks_is_compared_plainly(wanted: set[str]) -> None:
    frame = pl.DataFrame({"x": ["Tea", None, "Coffee"]})
    made = verdicts(pl.col("x"), ["Coffee", "Tea"], FOLDS["text"], wanted.__contains__)

    assert frame.select(made).to_series().to_list() == ["tea" in wanted, None, "coffee" in wanted]
