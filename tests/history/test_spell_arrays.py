"""Spells by arithmetic against those by expressions, on random shops and for every way to tell states."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.clock import EVER
from rfm_cli.history import spell_arrays as quick
from rfm_cli.history import spells as plain
from rfm_cli.history.requests import daily_past
from rfm_cli.history.states import By, states_at
from rfm_cli.history.survival import durations
from tests.shops import DAYS, ROWS, Row, asked, day, shop_of

assert day(0) > EVER


def with_numbers(rows: list[Row]) -> list[Row]:
    """The rows with whole numbers for ids, which the shortcut needs."""
    names = sorted({row.customer for row in rows})
    return [row._replace(customer=str(7 * names.index(row.customer))) for row in rows]


@settings(max_examples=150)
@given(
    rows=ROWS.map(with_numbers),
    by=st.sampled_from(["segment", "rf", "r", "f"]),
    first=st.integers(0, DAYS - 1),
    scheme=st.sampled_from(["rf12", "klaviyo6"]),
    at_once=st.sampled_from([1, 3, 1 << 16]),
)
def test_the_stays_are_the_same(rows: list[Row], by: By, first: int, scheme: str, at_once: int) -> None:
    if scheme == "klaviyo6" and by == "segment":
        by = "rf"  # its segments are told by money too
    shop, question = shop_of(rows), asked(scheme)
    ruler, last = day(first), day(DAYS)
    past = daily_past(shop, question, [ruler - timedelta(days=1), ruler], last, bought_by=ruler, money=False)
    (stand,) = states_at(past, [ruler], by)
    expected = durations(plain.spells(past, stand.states), ruler, last)
    numbered = past.steps.with_columns(pl.col("customer").cast(pl.Int64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "MANY", 0)
        patch.setattr(quick, "AT_ONCE", at_once)
        object.__setattr__(past, "steps", numbered)
        found = plain.stays(past, stand.states, ruler)
    assert found.equals(expected)
