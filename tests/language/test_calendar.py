from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from rfm_cli.language.calendar import days_of, end_of, period, shifted, shifted_time, unit, year
from rfm_cli.language.nodes import AsOf, Days, Duration, Number, Unit


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-W01", date(2024, 1, 1), date(2024, 1, 7)),
        ("2020-w53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2024-03-31", date(2024, 3, 31), date(2024, 3, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(written: str, first: date, last: date) -> None:
    assert period(written) == (first, last)


@pytest.mark.parametrize("written", ["2024-13", "2024-02-30", "2024-W54", "2024-Q5", "0000", "last", "today", "", "12"])
def test_other_texts_are_no_period(written: str) -> None:
    assert period(written) is None


def test_a_number_of_four_digits_is_a_year_beside_a_date() -> None:
    assert year(Number(Decimal(2024), "2024")) == Days("2024", date(2024, 1, 1), date(2024, 12, 31))
    for written in ("202", "20240", "2024.0", "2024%", "-2024", "0000"):
        assert year(Number(Decimal(written.rstrip("%")), written)) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("h hour hours Hour", "h"),
        ("d day DAYS", "d"),
        ("w week weeks", "w"),
        ("mo month months", "mo"),
        ("q quarter quarters", "q"),
        ("y year years", "y"),
    ],
)
def test_units_have_letters_and_words(words: str, expected: Unit) -> None:
    assert {unit(word) for word in words.split()} == {expected}


@pytest.mark.parametrize(
    ("day", "by", "sign", "expected"),
    [
        (date(2024, 3, 31), Duration(1, "mo"), -1, date(2024, 2, 29)),
        (date(2024, 2, 29), Duration(1, "mo"), 1, date(2024, 3, 31)),
        (date(2024, 3, 30), Duration(1, "mo"), -1, date(2024, 2, 29)),
        (date(2024, 3, 31), Duration(2, "q"), 1, date(2024, 9, 30)),
        (date(2024, 2, 29), Duration(1, "y"), -1, date(2023, 2, 28)),
        (date(2024, 3, 1), Duration(1, "d"), -1, date(2024, 2, 29)),
        (date(2024, 3, 1), Duration(2, "w"), 1, date(2024, 3, 15)),
        (date(2024, 3, 1), Duration(47, "h"), -1, date(2024, 2, 29)),
        (date(2024, 3, 1), Duration(10**30, "y"), -1, date.min),
        (date(2024, 3, 1), Duration(10**30, "d"), 1, date.max),
    ],
)
def test_days_are_moved_within_the_calendar(day: date, by: Duration, sign: int, expected: date) -> None:
    assert shifted(day, by, 1 if sign > 0 else -1) == expected


def test_times_are_moved_by_hours_and_by_days() -> None:
    noon = datetime(2024, 3, 31, 12)
    assert shifted_time(noon, Duration(36, "h"), -1) == datetime(2024, 3, 30)
    assert shifted_time(noon, Duration(1, "mo"), -1) == datetime(2024, 2, 29, 12)
    assert shifted_time(noon, Duration(10**30, "h"), -1) == datetime.min
    assert shifted_time(noon, Duration(10**30, "h"), 1) == datetime(9999, 12, 31, 23, 59, 59)


def test_a_day_ends_at_midnight() -> None:
    assert end_of(date(2024, 2, 29)) == datetime(2024, 3, 1)
    assert end_of(date.max) == datetime(9999, 12, 31, 23, 59, 59)


def test_date_literals_are_days_on_an_as_of_day() -> None:
    as_of = date(2024, 3, 31)
    assert days_of(AsOf(), as_of) == (as_of, as_of)
    assert days_of(AsOf(-1, Duration(1, "mo")), as_of) == (date(2024, 2, 29),) * 2
    assert days_of(Days("2024-02", date(2024, 2, 1), date(2024, 2, 29)), as_of) == (date(2024, 2, 1), date(2024, 2, 29))
