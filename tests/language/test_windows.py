"""Windows of days and hours, periods and anniversaries, at their edges."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from rfm_cli.language.nodes import Duration, OlderThan, Within
from rfm_cli.language.typed import Typed
from rfm_cli.language.windows import compared, full_years, inside, moved, next_anniversary, shifted
from tests.language.asking import who, world_of
from tests.language.shops import texts

AS_OF = date(2024, 3, 31)
DAYS = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 1)]
TIMES = [
    datetime(2024, 3, 30, 11, 59),
    datetime(2024, 3, 30, 12, 0),
    datetime(2024, 3, 30, 12, 1),
    datetime(2024, 3, 31, 23, 59),
    datetime(2024, 4, 1),
]


def held(values: list[date], kind: str, made: pl.Expr) -> list[bool]:
    del kind
    return pl.DataFrame({"x": values}).select(made).to_series().to_list()


DAY, MOMENT = Typed(pl.col("x"), "day"), Typed(pl.col("x"), "moment")


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Within(Duration(1, "mo")), "..++."),
        (OlderThan(Duration(1, "mo")), "++..."),
        (Within(Duration(30, "d")), "...+."),
        (Within(Duration(31, "d")), "..++."),
        (OlderThan(Duration(30, "d")), "+++.."),
        (Within(Duration(1, "d"), ahead=True), "...+."),
        (Within(Duration(2, "d"), ahead=True), "...++"),
        (Within(Duration(24, "h")), "....."),
        (Within(Duration(25, "h")), "...+."),
        (OlderThan(Duration(24, "h")), "++++."),
        (Within(Duration(9999, "y")), "++++."),
        (OlderThan(Duration(9999, "y")), "....."),
    ],
)
def test_windows_of_days_end_with_the_as_of_day(window: Within | OlderThan, expected: str) -> None:
    found = held(DAYS, "day", inside(DAY, window, AS_OF))

    assert "".join("+" if one else "." for one in found) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Within(Duration(36, "h")), "..++."),
        (OlderThan(Duration(36, "h")), "++..."),
        (Within(Duration(1, "d")), "...+."),
        (Within(Duration(24, "h"), ahead=True), "....+"),
        (Within(Duration(1, "d"), ahead=True), "...+."),
    ],
)
def test_hours_count_from_the_end_of_the_as_of_day(window: Within | OlderThan, expected: str) -> None:
    found = held(TIMES, "moment", inside(MOMENT, window, AS_OF))

    assert "".join("+" if one else "." for one in found) == expected


@pytest.mark.parametrize(
    ("op", "expected"),
    [("=", "..++."), ("!=", "++..+"), ("<", "++..."), ("<=", "++++."), (">", "....+"), (">=", "..+++")],
)
def test_a_date_beside_a_period_compares_with_its_first_and_last_day(op, expected: str) -> None:
    found = held(DAYS, "day", compared(op, DAY, date(2024, 3, 1), date(2024, 3, 31)))

    assert "".join("+" if one else "." for one in found) == expected


def test_dates_move_by_months_as_windows_do() -> None:
    there = [moved(DAY, Duration(1, "mo"), sign).expr for sign in (1, -1)]
    rows = pl.DataFrame({"x": [*DAYS, date(2024, 1, 31), date(2023, 12, 30)]}).select(later=there[0], earlier=there[1])

    assert rows["later"].to_list() == [
        shifted(one, Duration(1, "mo"), 1) for one in [*DAYS, date(2024, 1, 31), date(2023, 12, 30)]
    ]
    assert rows["earlier"][1] == date(2024, 1, 31)


def test_anniversaries_and_full_years() -> None:
    born = pl.DataFrame({"x": [date(2000, 2, 29), date(1990, 4, 3), date(1985, 3, 31), date(2024, 4, 1), None]})
    made = born.select(next=next_anniversary(DAY, AS_OF), years=full_years(DAY, AS_OF))

    assert made["next"].to_list() == [date(2025, 2, 28), date(2024, 4, 3), date(2024, 3, 31), date(2024, 4, 1), None]
    assert made["years"].to_list() == [24, 33, 39, None, None]


def test_the_ends_of_the_calendar_are_no_error() -> None:
    customers = texts("customer_id,born", "a,0999-01-01", "b,2024-01-01").with_columns(
        born=pl.Series([date(1, 1, 1), date(9999, 12, 31)])
    )
    world = world_of(customers=customers)

    assert who(world, "born within 9000 years") == ("", "")
    assert who(world, "born older than 2023 years") == ("a", "")
    assert who(world, "born = 9999") == ("b", "")
    assert who(world, "born > 9999-12-30") == ("b", "")


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("last_order + 99999999999999999999999999 >= 9999-12-31", "a b"),
        ("last_order - 99999999999999999999999999 < 2000", "a b"),
        ("last_order + 9999999999 * frequency = 9999-12-31", "a b"),
        ("last_order - 99999999999 years < 2000", "a b"),
        ("last_order + 99999999999 weeks = 9999-12-31", "a b"),
        ("last_order + 999999999999 hours > 2024", "a b"),
        ("last_order + 1.5 * frequency = 2024-04-01", "a"),
        ("last_order - 1.5 * frequency = 2024-03-28", "a"),
    ],
)
def test_dates_that_are_moved_stop_at_the_ends_of_the_calendar(text: str, true: str) -> None:
    assert who(world_of(), text) == (true, "")
