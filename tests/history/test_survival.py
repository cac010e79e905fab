"""Cumulative incidence against scikit-survival, and by hand where a hand can do it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator

from rfm_cli.history.survival import durations, incidence, mean_stays, speeds, survival

START, LAST = date(2024, 1, 1), date(2024, 3, 1)
SPAN = (LAST - START).days
SCHEMA = {"customer": pl.Int64, "state": pl.UInt16, "entered": pl.Date, "left": pl.Date, "next": pl.UInt16}

# (state, day entered, days stayed, next); a stay beyond the last day is open. Days tie often, on purpose.
STAYS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-5, SPAN), st.integers(1, 25), st.integers(0, 3)), min_size=1, max_size=60
)
checked = settings(max_examples=80)


def spells_of(stays: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    rows = []
    for number, (state, entered, stayed, following) in enumerate(stays):
        first, left = START + timedelta(days=entered), START + timedelta(days=entered + stayed)
        gone = left <= LAST
        to = following if following != state else 4
        rows.append((number, state, first, left if gone else None, to if gone else None))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def expanded(counted: pl.DataFrame, state: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Each spell's event (0: open, else the number of the way out) and days, and the ways out."""
    own = counted.filter(pl.col("state") == state)
    ways = sorted(own["next"].drop_nulls().unique())
    events, days = [], []
    for following, stayed, count in own.select("next", "days", "spells").iter_rows():
        events += [0 if following is None else ways.index(following) + 1] * count
        days += [stayed] * count
    return np.array(events), np.array(days, dtype=float), ways


@checked
@given(STAYS)
def test_shares_equal_scikit_survival(stays: list[tuple[int, int, int, int]]) -> None:
    counted = durations(spells_of(stays), START, LAST)
    made = incidence(counted)
    for state in counted["state"].unique():
        events, days, ways = expanded(counted, state)
        if not ways:
            assert made.filter(pl.col("state") == state).is_empty()
            continue
        if len(ways) == 1:
            times, left = kaplan_meier_estimator(events == 1, days)
            curves = [1 - left]
        else:
            times, both = cumulative_incidence_competing_risks(events, days)
            curves = list(both[1:])
        for way, curve in zip(ways, curves, strict=True):
            own = made.filter(pl.col("state") == state, pl.col("next") == way)
            at = np.searchsorted(times, own["days"].to_numpy().astype(float))
            np.testing.assert_allclose(own["share"].to_numpy(), curve[at], rtol=0, atol=1e-12)
            assert own["moves"][-1] == (events == ways.index(way) + 1).sum()


@checked
@given(STAYS, st.lists(st.integers(1, 80), min_size=1, max_size=3, unique=True))
def test_speeds_read_the_curves(stays: list[tuple[int, int, int, int]], horizons: list[int]) -> None:
    counted = durations(spells_of(stays), START, LAST)
    made, found = incidence(counted), speeds(counted, horizons)
    assert found["moves"].sum() == counted.drop_nulls("next")["spells"].sum()
    for row in found.iter_rows(named=True):
        curve = made.filter(pl.col("state") == row["state"], pl.col("next") == row["next"])
        own = counted.filter(pl.col("state") == row["state"])
        last = own["days"].max()
        open_ones = survival(counted).filter(pl.col("state") == row["state"])["after"][-1] > 1e-12
        for horizon in horizons:
            before = curve.filter(pl.col("days") <= horizon)["share"]
            expected = None if horizon > last and open_ones else (before[-1] if len(before) else 0.0)
            assert row[f"share_{horizon}d"] == expected
        for name, part in (("p25_days", 0.25), ("median_days", 0.5), ("p75_days", 0.75)):
            reached = curve.filter(pl.col("share") >= part * curve["share"][-1] - 1e-12)["days"]
            assert row[name] == reached[0]


@checked
@given(STAYS)
def test_shares_of_all_ways_and_of_those_who_stay_make_one(stays: list[tuple[int, int, int, int]]) -> None:
    counted = durations(spells_of(stays), START, LAST)
    ends = survival(counted).group_by("state", maintain_order=True).agg(pl.col("after").last())
    for state, after in ends.iter_rows():
        gone = incidence(counted).filter(pl.col("state") == state).group_by("next").agg(pl.col("share").last())
        assert gone["share"].sum() + after == pytest.approx(1, abs=1e-12)


def test_by_hand() -> None:
    """Four spells: two leave on day 10, one is open on day 10, one leaves on day 20 for elsewhere."""
    rows = [
        (1, 0, START, START + timedelta(days=10), 1),
        (2, 0, START, START + timedelta(days=10), 2),
        (3, 0, LAST - timedelta(days=10), None, None),
        (4, 0, START, START + timedelta(days=20), 2),
        (5, 0, START - timedelta(days=1), START + timedelta(days=5), 1),  # entered before: not looked at
    ]
    counted = durations(pl.DataFrame(rows, schema=SCHEMA, orient="row"), START, LAST)
    found = speeds(counted, [5, 10, 20, 30])
    assert found.select("state", "next", "moves").rows() == [(0, 1, 1), (0, 2, 2)]
    # At equal times the open spell is still there: 4 at risk on day 10, and only the last one on day 20.
    assert found["share_10d"].to_list() == [0.25, 0.25]
    assert found["share_20d"].to_list() == [0.25, 0.75]
    assert found["share_5d"].to_list() == [0.0, 0.0]
    assert found["share_30d"].to_list() == [0.25, 0.75]  # nobody is left, so nothing is unknown
    assert found["median_days"].to_list() == [10, 20]
    assert found["p25_days"].to_list() == [10, 10]
    assert mean_stays(counted, SPAN)["stay"].to_list() == [15.0]


def test_a_share_past_the_last_day_seen_is_unknown() -> None:
    rows = [(1, 0, START, START + timedelta(days=3), 1), (2, 0, LAST - timedelta(days=8), None, None)]
    found = speeds(durations(pl.DataFrame(rows, schema=SCHEMA, orient="row"), START, LAST), [3, 8, 9])
    assert found.select("share_3d", "share_8d", "share_9d").row(0) == (0.5, 0.5, None)


def test_a_stay_is_cut_at_the_span_and_waits_before_the_first_day() -> None:
    rows = [(1, 0, START, START + timedelta(days=4), 1), (2, 0, START, None, None)]
    counted = durations(pl.DataFrame(rows, schema=SCHEMA, orient="row"), START, LAST)
    assert mean_stays(counted, 10)["stay"].to_list() == [4 + 0.5 * 6]
    assert mean_stays(counted, 3)["stay"].to_list() == [3.0]


def test_no_spells_have_no_speeds() -> None:
    counted = durations(pl.DataFrame(schema=SCHEMA), START, LAST)
    assert speeds(counted, [30]).is_empty()
    assert speeds(counted, [30]).columns == [
        "state",
        "next",
        "moves",
        "share_30d",
        "p25_days",
        "median_days",
        "p75_days",
    ]
