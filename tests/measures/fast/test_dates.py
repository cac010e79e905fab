from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.measures.fast.block import UnprovenError
from rfm_cli.measures.fast.dates import ExactTexts

MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59)).map(
    lambda at: at.replace(microsecond=0)
)
NEAR = st.datetimes(datetime(2023, 12, 30), datetime(2024, 3, 1)).map(lambda at: at.replace(microsecond=0))


def days(texts: list[str | None], mark: str = " ") -> list[int | None]:
    plan = ExactTexts(mark)
    block = pl.DataFrame({"at": texts}, schema={"at": pl.String}).select(**plan.columns(pl.col("at")))
    return plan.days(block).to_list()


@settings(max_examples=80)
@given(st.lists(MOMENTS, max_size=20) | st.lists(NEAR, max_size=60).map(sorted), st.sampled_from(" T"))
def test_days_are_those_of_the_calendar(moments: list[datetime], mark: str) -> None:
    texts: list[str | None] = [moment.isoformat(mark) for moment in moments]
    assert days(texts, mark) == [(moment.date() - datetime(1970, 1, 1).date()).days for moment in moments]


def test_missing_dates_have_no_day() -> None:
    assert days(["2024-01-01 10:00:00", None, "", "2024-01-01 11:00:00"]) == [19723, None, None, 19723]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30 10:00:00",
        "2024-00-01 10:00:00",
        "2024-13-01 10:00:00",
        "2024-01-00 10:00:00",
        "0999-01-01 10:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 10:60:00",
        "2024-01-01 10:00:6x",
        "2024-01-01T10:00:00",
        "2024/01/01 10:00:00",
        "2024-01-01 10:00:0",
    ],
)
@pytest.mark.parametrize("others", [0, 9])
def test_anything_else_is_unproven_wherever_it_stands(text: str, others: int) -> None:
    good = ["2024-01-01 10:00:00"] * others
    with pytest.raises(UnprovenError):
        days([*good, text, *good])
