"""True, false and unknown."""

from __future__ import annotations

from itertools import product

import polars as pl

from rfm_cli.language.logic import all_of, any_of, known, without
from tests.language.meaning import all3, not3

VALUES = (True, False, None)


def test_conditions_are_joined_in_three_valued_logic() -> None:
    rows = list(product(VALUES, repeat=3))
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Boolean), orient="row")
    columns = [pl.col(name) for name in "abc"]
    found = frame.select(all=all_of(columns), any=any_of(columns), known=known(columns[0]), without=without(columns))

    assert found["all"].to_list() == [all3(row) for row in rows]
    assert found["any"].to_list() == [not3(all3([not3(one) for one in row])) for row in rows]
    assert found["known"].to_list() == [row[0] is True for row in rows]
    assert found["without"].to_list() == [False if True in row[1:] else row[0] for row in rows]


def test_thousands_of_conditions_are_a_shallow_tree() -> None:
    many = [pl.lit(value=True)] * 5_000

    assert pl.select(all_of(many)).item() is True
