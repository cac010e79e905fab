from __future__ import annotations

import pytest

from rfm_cli.language.canonical import Style
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.remarks import patterns, reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A and B or C minus D", "read as ((A and B) or C) minus D"),
        ("A minus B or C", "read as A minus (B or C)"),
        ("A or B and not C", "read as A or (B and (not C))"),
        ("vip and (A and B or C)", "read as vip and ((A and B) or C)"),
        ("any orders(A or B and C)", "read as any orders(A or (B and C))"),
        ("(A and B) or C", ""),
        ("((A and B) or C) minus D", ""),
        ("A minus B minus C", ""),
        ("not A and B", ""),
        ("A or x between 1 and 2", ""),
    ],
)
def test_a_level_that_mixes_operators_is_read_aloud(text: str, expected: str) -> None:
    assert reading(parse_expression(text).expr) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "city != 'A' or city != 'B'",
            "city != 'A' or city != 'B' is true wherever city is not missing; city not in ('A', 'B') is neither",
        ),
        (
            "vip or any events(event = 'a' and x and event = 'b')",
            "event = 'a' and event = 'b' is never true; event in ('a', 'b') is one of them",
        ),
        ("x = 1 and x = 2", "x = 1 and x = 2 is never true; x in (1, 2) is one of them"),
        (
            "x = 2024-01 and x = 2025",
            "x = 2024-01 and x = 2025 is never true; x in (2024-01, 2025) is one of them",
        ),
        (
            "vip and birthday within 14 days",
            "birthday within 14 days is true on the day itself alone: birthday is the next one; "
            "write birthday within next 14 days",
        ),
        (
            "anniversary of registered_at older than 1 year",
            "anniversary of registered_at older than 1 year is never true: "
            "anniversary of registered_at is the next one",
        ),
        ("name like '%x%'", "% is an ordinary character in like; for any text write like '*x*'"),
    ],
)
def test_patterns_that_are_hardly_meant_are_remarked(text: str, expected: str) -> None:
    assert patterns(parse_expression(text).expr) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "city != 'A' or town != 'B'",
        "city != 'A' and city != 'B'",
        "city = 'A' or city = 'B'",
        "city != ' a' or city != 'A'",
        "x = 1 and x = 1.0",
        "x = 2024 and x = 2024-03",
        "x = 2024-03 and x = 2024",
        "x = y and x = z",
        "x = 'a' and x = 1",
        "name like '*%*'",
        "birthday within next 14 days",
        "birth_date within 14 days",
        "name like 'x*'",
    ],
)
def test_other_conditions_are_not_remarked(text: str) -> None:
    assert patterns(parse_expression(text).expr) == []


def test_a_remark_is_made_once_with_names_as_tables_have_them() -> None:
    text = "(city = 'A' and city = 'B') or (city = 'A' and city = 'B')"
    (remark,) = patterns(parse_expression(text).expr, Style(lambda name: ("Town",)))
    assert remark == "Town = 'A' and Town = 'B' is never true; Town in ('A', 'B') is one of them"
