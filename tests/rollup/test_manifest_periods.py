"""Which period a day is in, and which dates periods can answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.rollup.manifest import Periods

FIRST, LAST = date(2024, 1, 10), date(2024, 6, 20)
EDGES = Periods("edges", (date(2024, 2, 29), date(2024, 5, 15)))
DAYS = st.dates(date(2023, 12, 1), date(2024, 8, 1))


@pytest.mark.parametrize(
    ("periods", "day", "answers"),
    [
        (Periods(), date(2024, 3, 3), True),
        (Periods("month"), date(2024, 3, 3), False),
        (Periods("month"), date(2024, 2, 29), True),
        (EDGES, date(2024, 2, 29), True),
        (EDGES, date(2024, 3, 31), False),
        (EDGES, LAST - timedelta(days=1), False),
        (EDGES, LAST, True),
        (EDGES, date(2025, 1, 1), True),
        (EDGES, FIRST - timedelta(days=1), True),
        (EDGES, FIRST, False),
        (Periods("edges"), date(2024, 3, 3), False),
        (Periods("edges"), LAST, True),
    ],
)
def test_dates_that_can_be_answered(periods: Periods, day: date, answers: bool) -> None:
    assert periods.answers(day, FIRST, LAST) is answers


@given(DAYS, st.sampled_from([Periods(), Periods("month"), EDGES]))
def test_a_period_ends_on_a_day_of_its_own(day: date, periods: Periods) -> None:
    end = periods.end(day)
    if end is None:
        assert day > EDGES.edges[-1]
    else:
        assert end >= day
        assert periods.end(end) == end
        assert periods.answers(end, date.min, date.max)


def test_dates_in_words() -> None:
    assert Periods().dates() == "any date"
    assert Periods("month").dates() == "the last day of a month"
    assert EDGES.dates() == "2024-02-29, 2024-05-15"
    assert Periods("edges").dates() == ""
    many = Periods("edges", tuple(date(2024, month, 1) for month in range(1, 11)))
    assert many.dates().endswith("2024-06-01 and 4 more")
