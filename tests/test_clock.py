from datetime import date

import pytest

from rfm_cli.clock import Window, chain, parse_as_of, parse_window, stepped
from rfm_cli.errors import UsageError


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-12-31", date(2024, 12, 31)),
        ("2024-2-9", date(2024, 2, 9)),
        ("2024", date(2024, 12, 31)),
        ("2024-Q1", date(2024, 3, 31)),
        ("2024-q2", date(2024, 6, 30)),
        ("2024-Q4", date(2024, 12, 31)),
        ("2024-04", date(2024, 4, 30)),
        ("2023-02", date(2023, 2, 28)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-W05", date(2024, 2, 4)),
        ("2024-W01", date(2024, 1, 7)),
        ("2020-W53", date(2021, 1, 3)),
        ("2024-W52", date(2024, 12, 29)),
        (" 2024-04 ", date(2024, 4, 30)),
    ],
)
def test_a_period_means_its_last_day(text: str, day: date) -> None:
    assert parse_as_of(text) == day


@pytest.mark.parametrize(
    "text",
    "2024-13 2024-00 2024-Q5 2024-Q0 2024-W54 2023-W53 2024-W00 2024-02-30 0000 24 2024-1-1-1 soon 31.12.2024".split(),
)
def test_what_is_no_day_is_a_usage_error_that_says_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="no such day") as caught:
        parse_as_of(text)
    assert "2024-Q1" in str(caught.value.hint)


def test_last_is_left_to_the_orders() -> None:
    assert parse_as_of("last") is None
    assert parse_as_of("LAST") is None


def test_today_and_yesterday_come_from_the_given_clock() -> None:
    assert parse_as_of("today", date(2024, 3, 1)) == date(2024, 3, 1)
    assert parse_as_of("Yesterday", date(2024, 3, 1)) == date(2024, 2, 29)
    with pytest.raises(UsageError, match="clock"):
        parse_as_of("today")


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("90d", Window(days=90)),
        ("8w", Window(days=56)),
        ("12mo", Window(months=12)),
        ("2y", Window(months=24)),
        (" 1 d ", Window(days=1)),
    ],
)
def test_a_window_is_days_or_calendar_months(text: str, window: Window) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize("text", ["", "0d", "12", "mo", "12m", "-3d", "1.5y", "99999d", "12mo2d"])
def test_what_is_no_length_of_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="length of time"):
        parse_window(text)


@pytest.mark.parametrize(
    ("window", "as_of", "start"),
    [
        (Window(days=1), date(2024, 3, 1), date(2024, 2, 29)),
        (Window(days=365), date(2024, 12, 31), date(2024, 1, 1)),
        (Window(months=12), date(2024, 12, 31), date(2023, 12, 31)),
        (Window(months=1), date(2024, 3, 31), date(2024, 2, 29)),
        (Window(months=1), date(2023, 3, 31), date(2023, 2, 28)),
        (Window(months=12), date(2024, 2, 29), date(2023, 2, 28)),
        (Window(months=48), date(2024, 2, 29), date(2020, 2, 29)),
        (Window(months=6), date(2024, 8, 31), date(2024, 2, 29)),
        (Window(months=1), date(2024, 1, 15), date(2023, 12, 15)),
        (Window(months=3), date(2024, 6, 30), date(2024, 3, 31)),
        (Window(months=1), date(2024, 2, 29), date(2024, 1, 31)),
        (Window(months=12), date(2025, 2, 28), date(2024, 2, 29)),
        (Window(months=1), date(2024, 3, 30), date(2024, 2, 29)),
        (Window(months=1), date(2024, 2, 28), date(2024, 1, 28)),
        (Window(months=1), date(1, 2, 28), date(1, 1, 31)),
        (Window(months=12 * 9998), date(9999, 12, 31), date(1, 12, 31)),
    ],
)
def test_a_window_starts_after_the_same_day_of_an_earlier_month_clamped_to_its_end(
    window: Window, as_of: date, start: date
) -> None:
    assert window.start(as_of) == start


@pytest.mark.parametrize("length", [Window(months=1), Window(months=3), Window(months=6), Window(months=12)])
def test_the_windows_of_the_periods_of_a_year_are_the_year(length: Window) -> None:
    ends = chain(date(2023, 12, 31), date(2024, 12, 31), length)
    assert [length.start(end) for end in ends[1:]] == ends[:-1]


def test_a_chain_of_dates_ends_where_the_calendar_does() -> None:
    assert chain(date(9999, 10, 31), date(9999, 12, 31), Window(months=1)) == [
        date(9999, 10, 31),
        date(9999, 11, 30),
        date(9999, 12, 31),
    ]
    assert chain(date(9999, 12, 30), date(9999, 12, 31), Window(months=12 * 9999))[1:] == [date(9999, 12, 31)]
    assert len(chain(date(2024, 1, 1), date(2034, 12, 13), Window(days=1))) == 4_000
    with pytest.raises(UsageError, match="more than 4,000 dates from 2024-01-01 to 9999-12-31"):
        chain(date(2024, 1, 1), date(9999, 12, 31), Window(days=1))


@pytest.mark.parametrize(
    ("day", "step", "count", "there"),
    [
        (date(1, 1, 1), Window(days=1), -1, date.min),
        (date(1, 2, 28), Window(months=3), -1, date.min),
        (date(9999, 12, 31), Window(days=1), 1, date.max),
        (date(9999, 10, 31), Window(months=3), 1, date.max),
        (date(9999, 9, 30), Window(months=3), 1, date.max),
    ],
)
def test_a_step_past_the_calendar_ends_at_its_end(day: date, step: Window, count: int, there: date) -> None:
    assert stepped(day, step, count) == there


@pytest.mark.parametrize("window", [Window(months=12), Window(days=400)])
def test_a_window_from_before_year_1_is_a_usage_error(window: Window) -> None:
    with pytest.raises(UsageError, match="year 1"):
        window.start(date(1, 6, 1))
