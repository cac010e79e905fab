"""Speeds for people: the days asked for, and moves that waiting alone makes."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.views.speed import HORIZONS, parse_horizons, without_falls


def test_horizons_are_days_in_the_order_given_and_named_once() -> None:
    assert parse_horizons(None) == HORIZONS == (30, 60, 90)
    assert parse_horizons("90, 7,90") == (90, 7)


@pytest.mark.parametrize("text", ["", "0", "30,", "-1", "1.5", "100000", "³"])
def test_other_horizons_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"--horizons {text}: not days"):
        parse_horizons(text)


def test_a_fall_by_waiting_has_no_quantiles() -> None:
    rows = pl.DataFrame(
        {
            "from_segment": ["Champions", "Champions"],
            "to_segment": ["Loyal", "At risk"],
            "p25_days": [30, 9],
            "median_days": [30, 10],
            "p75_days": [30, 11],
        }
    )
    falls = pl.DataFrame({"from_segment": ["Champions"], "to_segment": ["Loyal"], "days": [30]})
    assert without_falls(rows, falls).rows() == [
        ("Champions", "Loyal", None, None, None),
        ("Champions", "At risk", 9, 10, 11),
    ]
