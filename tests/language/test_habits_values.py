from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("city = 'A' or 'B'", "'B'", "write city in ('A', 'B')"),
        ("city = 'A' or 'B' or 'C' and vip", "'B'", "write city in ('A', 'B', 'C')"),
        ("city != 'A' or 'B'", "'B'", "write city not in ('A', 'B')"),
        ("(city = 'A' and 'B')", "'B'", "write city in ('A', 'B')"),
        ("frequency > 1 or 2", "2", "write it again: frequency > 2"),
        ("frequency = 1 or 2", "2", "write frequency in (1, 2)"),
        ("segment = At risk", "At risk", "write a text in straight quotes: 'At risk'"),
        ("segment = At risk and vip", "At risk", "write a text in straight quotes: 'At risk'"),
        ("segment in At risk", "At risk", "write a text in straight quotes: in ('At risk')"),
        ("in At risk", "At risk", "write a text in straight quotes: in 'At risk'"),
        ("city = no phone", "no phone", "write a text in straight quotes: 'no phone'"),
        ("city = New York or vip", "New York", "write a text in straight quotes: 'New York'"),
        ("segment in 'At risk'", "'At risk'", "write in ('At risk')"),
        ("city in 'A', 'B'", "'A', 'B'", "write in ('A', 'B')"),
        ("city not in 'A'", "'A'", "write in ('A')"),
        ("city in [A, B]", "[A, B]", "write in ('A', 'B')"),
        ("in ('A', 'B')", "(", "write segment in ('A', 'B'), or a column in place of segment"),
        ("city 'Moscow'", "'Moscow'", "write city = 'Moscow'"),
        ("age 18", "18", "write age = 18"),
    ],
)
def test_values_of_elsewhere(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
