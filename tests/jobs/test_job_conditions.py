"""What a run may fail on."""

from __future__ import annotations

from datetime import date

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.jobs.job import condition_of, holds

TODAY = date(2024, 12, 31)
FIGURES: dict[str, int | date] = {
    "rows": 200,
    "accepted": 190,
    "rejected": 10,
    "rejected_status": 10,
    "customers": 999,
    "buyers": 900,
    "vips": 100,
    "first_order": date(2024, 1, 1),
    "last_order": date(2024, 12, 29),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rejected>5%", False),
        ("rejected>=5%", True),
        ("rejected > 4.999%", True),
        ("rejected_status=10", True),
        ("customers<1000", True),
        ("customers<999", False),
        ("customers<1,000", True),
        ("buyers!=900", False),
        ("vips<=100", True),
        ("accepted<95%", False),
        ("last_order<yesterday", True),
        ("last_order<2024-12-29", False),
        ("last_order<2024-W52", False),
        ("first_order>2023", True),
    ],
)
def test_what_holds(text: str, expected: bool) -> None:
    assert holds(condition_of(text, TODAY), FIGURES) is expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rejected", "write it as"),
        ("rejcted>5", "did you mean rejected"),
        ("customers>5%", "leave the % out"),
        ("customers>many", "write it as"),
        ("customers>nan", ""),
        ("last_order<soon", "write it as"),
        ("last_order<last", "yesterday"),
    ],
)
def test_what_is_not_understood(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        condition_of(text, TODAY)
    assert text in error.value.message
    assert told in error.value.hint


def test_a_figure_that_is_not_there_meets_no_condition() -> None:
    assert not holds(condition_of("last_order<2025", TODAY), {})
