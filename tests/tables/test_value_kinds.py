# ruff: noqa: RUF001 - texts of other scripts are what is looked for
"""What the values of columns read as, by all rows and in any order."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables.value_kinds import Values, counts_of, values_of
from tests.examples import examples


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["2024-01-31", "2024-01-31T10:00:00Z", " "], "dates"),
        (["31.01.2024", "1/2/24", "5 Jan 2024", "Jan 5, 2024 10:00"], "dates"),
        (["10.5", "-3"], "decimal point"),
        (["10,5", "-3"], "decimal comma"),
        (["10", "-3"], "whole numbers"),
        (["007", "12"], "decimal point"),
        (["$1,234.50", "12 руб."], "money"),
        (["ann@example.org"], "e-mails"),
        (["yes", "No"], "yes/no"),
        (["yes", "maybe"], "text"),
        (["", None], "none"),
    ],
)
def test_kinds(texts: list[str | None], kind: str) -> None:
    assert values_of(pl.LazyFrame({"a": texts}, {"a": pl.String}), {"a": pl.String()})["a"].kind == kind


def test_a_late_row_refutes_what_the_first_rows_suggest() -> None:
    frame = pl.LazyFrame({"a": [*["1"] * 3_000, "1.5"], "b": [*["2024-01-01"] * 3_000, "soon"]})
    assert {name: values.kind for name, values in values_of(frame, dict(frame.collect_schema())).items()} == {
        "a": "decimal point",
        "b": "text",
    }


def test_typed_columns_and_their_examples() -> None:
    frame = pl.LazyFrame({"d": [date(2024, 1, 2), date(2024, 1, 1), None], "n": [3, 1, 2], "t": [True, None, None]})
    assert values_of(frame, dict(frame.collect_schema())) == {
        "d": Values("dates", ("2024-01-01", "2024-01-02")),
        "n": Values("whole numbers", ("1", "3")),
        "t": Values("yes/no", ("true",)),
    }


def test_examples_are_short_and_plain() -> None:
    frame = pl.LazyFrame({"a": ["x" * 100, "\x1b[31mred", "b\nc"]})
    assert values_of(frame, {"a": pl.String()})["a"].examples == ("[31mred", "b c", "x" * 23 + "…")


def test_no_columns_have_no_values() -> None:
    assert values_of(pl.LazyFrame(), {}) == {}


def test_counts_of_kinds() -> None:
    found = counts_of(pl.DataFrame({"a": ["1", "2.5", " ", "20240131", "x"]}), ["a"])[0]
    assert (found.rows, found.different, found.numbered, found.worded, found.fractions) == (4, 4, 1, 1, 1)
    assert found.differ
    assert not found.are("decimal point")


@given(
    st.lists(st.one_of(st.none(), st.sampled_from("1 2 2.5 2024-01-31 yes x@y.org text 1,5".split())), max_size=8),
    st.randoms(),
)
@settings(max_examples=examples(50, 500), deadline=None)
def test_shuffled_rows_have_the_same_values(texts: list[str | None], random: object) -> None:
    shuffled = sorted(texts, key=lambda _text: random.random())  # type: ignore[attr-defined]
    first, second = (
        values_of(pl.LazyFrame({"a": one}, {"a": pl.String}), {"a": pl.String()}) for one in (texts, shuffled)
    )
    assert first == second
