from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("city in (Köln)", "Köln", "write a text in straight quotes: 'Köln'"),
        ("city in ('Köln', New York)", "New York", "write a text in straight quotes: 'New York'"),
        ("segment in (At risk)", "At risk", "write a text in straight quotes: 'At risk'"),
        (
            "count orders > 3 within 30 days",
            "within 30 days",
            "write it before the comparison: count orders within 30 days > 3",
        ),
        (
            "count orders >= 2 since 2024-01 and vip",
            "since 2024-01",
            "write it before the comparison: count orders since 2024-01 >= 2",
        ),
        ("never ordered", "ordered", "write and, or or minus"),
        ("in file ids.csv", "ids", "write in file 'ids.csv'"),
        ("in file data/ids.csv by email", "data", "write in file 'data/ids.csv'"),
        ("in file", "", "write in file 'ids.csv'"),
        ("in snapshot '2024-09'", "'2024-09'", "write 2024-09"),
        ("in snapshot September", "September", "write 2024-09"),
        ("last_order before '2024-03-01'", "'2024-03-01'", "write 2024-03-01"),
        ("last_order after 'x'", "'x'", "write 2024-03-31"),
        ("vip limit 5", "limit", "write the condition alone, such as has phone and vip"),
        ("monetary > 10k", "10k", "write 10000"),
        ("city = “Köln and vip", "“", "write a text in straight quotes: 'Köln'"),
        ("email ends with gmail.com", "ends", "write like '*gmail.com'"),
        ("email contains @gmail.com", "contains", "write like '*@gmail.com*'"),
        ("email contains 'x y'", "contains", "write like '*x y*'"),
        ("last_order is older than 90 days", "is", "leave it out: last_order older than 90 days"),
        ("frequency is > 3", "is", "leave it out: frequency > 3"),
        ("city is in ('A', 'B')", "is", "leave it out: city in ('A', 'B')"),
        ("customers who have phone", "who", "write and, or or minus"),
        ("have phone", "have", "write has phone"),
        ("has a phone", "a", "write has phone"),
        ("no an email", "an", "write no email"),
        ("phone exists", "exists", "write has phone"),
        ("not exists phone", "exists", "write has phone"),
        ("with phone", "with", "write has phone"),
        ("vip and without phone", "without", "write no phone"),
        ("is vip", "is", "leave it out: vip"),
        ("vip and is active", "is", "leave it out: active"),
        ("minus vip", "minus", "write all minus ... for everybody else"),
        ("(minus vip)", "minus", "write all minus ... for everybody else"),
        ("last_order is within 3 days and vip", "is", "leave it out: last_order within 3 days"),
    ],
)
def test_conditions_in_plain_english(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("city in file 'c.csv' and vip", "city in file 'c.csv'", "write in file 'c.csv' by city"),
        ("city not in file 'c.csv'", "city not in file 'c.csv'", "write not in file 'c.csv' by city"),
    ],
)
def test_a_column_of_a_file_is_named_behind_it(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
