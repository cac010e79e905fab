from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("last_order before today", "today", "write as_of"),
        ("last_order since yesterday", "yesterday", "write as_of - 1 day"),
        ("last_order after now", "now", "write as_of"),
        ("last_order on tomorrow", "tomorrow", "write as_of + 1 day"),
        ("last_order after вчера", "вчера", "write as_of - 1 day"),
        (
            "last_order > -7d",
            "-7d",
            "for the days up to the as-of day write within 7d, for the time before them older than 7d",
        ),
        (
            "last_order > 7 days ago",
            "7 days ago",
            "for the days up to the as-of day write within 7 days, for the time before them older than 7 days",
        ),
        (
            "last_order 7 days ago",
            "7 days ago",
            "for the days up to the as-of day write within 7 days, for the time before them older than 7 days",
        ),
        (
            "last_order since 7 days ago",
            "since 7 days",
            "for the days up to the as-of day write within 7 days, for the time before them older than 7 days",
        ),
        ("last_order in last 30 days", "in last 30 days", "write within 30 days"),
        ("last_order in the last 30 days", "in the last 30 days", "write within 30 days"),
        ("last_order not in last 30 days", "in last 30 days", "write within 30 days"),
        ("last_order last 30 days", "last 30 days", "write within 30 days"),
        ("last 30 days", "last 30 days", "write within 30 days"),
        ("any orders last 30 days", "last 30 days", "write within 30 days"),
        ("count orders in last 30 days > 2", "in last 30 days", "write within 30 days"),
        ("last_order in past 2 weeks", "in past 2 weeks", "write within 2 weeks"),
        ("last_order during 30 days", "during 30 days", "write within 30 days"),
        ("last_order within last 30 days", "last 30 days", "write within 30 days"),
        ("last_order older 1 month", "older 1 month", "write older than 1 month"),
        ("last_order older then 1 month", "older then", "write older than 1 month"),
        ("last_order older", "older", "write older than 1 month"),
        ("last_order newer than 1 month", "newer", "write within 1 month"),
        ("last_order more than 30 days", "more", "write older than 30 days"),
        ("last_order within 30", "30", "write within 30 days"),
        ("last_order older than 30", "30", "write older than 30 days"),
        ("last_order within 2024", "2024", "write on 2024, or since 2024"),
        ("last_order within 2024-01", "2024-01", "write on 2024-01, or since 2024-01"),
        ("last_order within a week", "a", "write within 1 week"),
        ("last_order older than month", "month", "write older than 1 month"),
        (
            "last_order since 30 days",
            "since 30 days",
            "for the days up to the as-of day write within 30 days, for the time before them older than 30 days",
        ),
        (
            "last_order before 2 weeks",
            "before 2 weeks",
            "for the days up to the as-of day write within 2 weeks, for the time before them older than 2 weeks",
        ),
        (
            "any orders without lines within 4 weeks",
            "within",
            "write the window before without, or in its brackets; without ... later within 4 weeks counts from the row",
        ),
        (
            "any orders with lines(a) between 2023 and 2024",
            "between",
            "write the window before with, or in its brackets; with ... later within 4 weeks counts from the row",
        ),
        (
            "any orders without lines by order_id since 2024",
            "since",
            "write the window before without, or in its brackets; without ... later within 4 weeks counts from the row",
        ),
    ],
)
def test_times_in_words_of_elsewhere(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("birthday within last 14 days", "last 14 days", "write within next 14 days"),
        ("anniversary of registered_at in last 14 days", "in last 14 days", "write within next 14 days"),
        (
            "last events.value(kind = 'feedback') within 90 days <= 2",
            "within 90 days",
            "write last events.value(kind = 'feedback' and within 90 days) <= 2",
        ),
        (
            "vip and last events.value since 2024 > 2 or vip",
            "since 2024",
            "write last events.value(since 2024) > 2",
        ),
        ("any orders(channel = 'a') in 2024", "in 2024", "write on 2024"),
        ("count orders in 2024-03 >= 2", "in 2024-03", "write on 2024-03"),
    ],
)
def test_rows_are_picked_inside_their_brackets_and_by_periods(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
