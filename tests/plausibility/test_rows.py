"""Rows that are not the orders of their days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.plausibility.rows import stray_end
from tests.plausibility.conftest import Notes, called

HEAD = "customer_id,ordered_at,amount"


def spread(customers: int, per_day: int) -> list[str]:
    """Rows of customers with so many rows on one day, and one on another."""
    lines = []
    for place in range(customers):
        lines += [f"c{place},2024-01-05,1"] * per_day
        lines.append(f"c{place},2024-01-{10 + place % 10},1")
    return lines


def test_rows_that_share_customer_and_day_may_be_lines(notes_of: Callable[..., Notes]) -> None:
    told = called(notes_of([HEAD, *spread(100, 2)]), "same-day-rows")
    assert told == [
        "200 of 300 rows (66.7%) share customer and day with another, and none has an order id; "
        "if they are lines of one order: --one-order-per day"
    ]


def test_a_tenth_of_the_rows_may_share(notes_of: Callable[..., Notes]) -> None:
    plain = [f"c{place},2024-01-{1 + place % 28:02},1" for place in range(900)]
    shared = [f"s{place // 2},2024-01-05,1" for place in range(100)]
    assert called(notes_of([HEAD, *plain, *shared]), "same-day-rows") == []
    assert len(called(notes_of([HEAD, *plain[:-1], *shared]), "same-day-rows")) == 1


def test_who_says_it_or_has_order_ids_hears_nothing(notes_of: Callable[..., Notes]) -> None:
    lines = [HEAD, *spread(100, 2)]
    assert called(notes_of(lines, question={"one_a_day": True}), "same-day-rows") == []
    with_ids = [f"{HEAD},order_id", *(f"{line},{place}" for place, line in enumerate(lines[1:]))]
    assert called(notes_of(with_ids), "same-day-rows") == []
    assert called(notes_of([HEAD, *spread(99, 2)]), "same-day-rows") == []


def test_a_single_stray_date_is_named_with_both_days(notes_of: Callable[..., Notes]) -> None:
    rows = [f"c{place % 50},2024-01-{1 + place % 28:02},1" for place in range(99)]
    told = called(notes_of([HEAD, *rows, "x,2204-01-05,1"]), "stray-date")
    assert told == [
        "1 row after 2024-01-28, the last on 2204-01-05, 65,720 days later; if it is a stray: --as-of 2024-01-28"
    ]
    assert called(notes_of([HEAD, *rows[:-1], "x,2204-01-05,1"]), "stray-date") == []


def test_a_date_that_was_asked_for_is_no_stray(notes_of: Callable[..., Notes]) -> None:
    rows = [f"c{place % 50},2024-01-{1 + place % 28:02},1" for place in range(200)]
    told = notes_of([HEAD, *rows, "x,2204-01-05,1"], question={"as_of": date(2204, 1, 5)})
    assert called(told, "stray-date") == []


def days(*pairs: tuple[int, int]) -> pl.DataFrame:
    """Days after 2024-01-01, and rows."""
    first = date(2024, 1, 1)
    return pl.DataFrame({"day": [first + timedelta(days=day) for day, _ in pairs], "rows": [rows for _, rows in pairs]})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (days((0, 99), (61, 1)), (date(2024, 1, 1), 1)),
        (days((0, 98), (61, 1)), None),
        (days((0, 99), (60, 1)), None),
        (days((0, 1999), (61, 1), (200, 1)), (date(2024, 1, 1), 2)),
        (days((0, 1997), (61, 1), (200, 2)), (date(2024, 3, 2), 2)),
        (days((0, 5)), None),
        (days((0, 1), (100, 5000)), None),
    ],
)
def test_few_rows_behind_a_long_gap_are_strays(found: pl.DataFrame, expected: tuple[date, int] | None) -> None:
    assert stray_end(found) == expected


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 5)), min_size=1, max_size=12), st.integers(1, 3000))
def test_strays_are_what_a_loop_finds(gaps: list[tuple[int, int]], first: int) -> None:
    pairs, day = [(0, first)], 0
    for gap, rows in gaps:
        day += gap
        pairs.append((day, rows))
    total = sum(rows for _, rows in pairs)
    expected = None
    for place in range(len(pairs) - 1):
        behind = sum(rows for _, rows in pairs[place + 1 :])
        few = behind * 1000 <= total or (behind == 1 and total >= 100)
        if pairs[place + 1][0] - pairs[place][0] > 60 and few:
            expected = (date(2024, 1, 1) + timedelta(days=pairs[place][0]), behind)
            break
    assert stray_end(days(*pairs)) == expected


def test_times_near_midnight_are_counted_where_no_zone_is_given(notes_of: Callable[..., Notes]) -> None:
    lines = [HEAD, "a,2024-01-01T23:30:00Z,1", "b,2024-01-02T01:30:00Z,1", "c,2024-01-02T12:00:00Z,1"]
    moved = "1 row would count on another day in a time zone an hour off, 2 two hours off"
    text = f"{moved}: --timezone says which is meant"
    assert [one.level for one in notes_of(lines) if one.text == text] == ["note"]
    assert text not in [one.text for one in notes_of(lines, timezone="UTC")]
    naive = [line.replace("Z", "") for line in lines]
    assert not [one for one in notes_of(naive) if "time zone" in one.text]


def test_currencies_of_orders_without_amounts_play_no_part(notes_of: Callable[..., Notes]) -> None:
    lines = ["customer_id,ordered_at,currency", "a,2024-01-01,EUR", "b,2024-01-02,USD"]
    told = [one.text for one in notes_of(lines)]
    assert "orders.csv: several currencies (EUR, USD, ...) play no part, since there are no amounts" in told
