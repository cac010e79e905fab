from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("phone is null", "is null", "write no phone"),
        ("phone is not null", "is not null", "write has phone"),
        ("phone is empty", "is empty", "write no phone"),
        ("phone is missing", "is missing", "write no phone"),
        ("phone not null", "not null", "write has phone"),
        ("phone = none", "= none", "write no phone"),
        ("city is 'x'", "is", "write city = 'x'"),
        ("city is Moscow", "is", "write city = 'Moscow'"),
        ("segment is At risk or vip", "is", "write segment = 'At risk'"),
        ("city is not 'x'", "is not", "write city != 'x'"),
        ("city not 'x'", "not", "write city != 'x'"),
        ("city not = 'x'", "not =", "write city != 'x'"),
        ("vip is not true", "is not", "write vip != true"),
        ("city contains 'x'", "contains", "write like '*x*'"),
        ("city contains x", "contains", "write like '*x*'"),
        ("city not contains 'x'", "contains", "write not like '*x*'"),
        ("city starts with 'x'", "starts", "write like 'x*'"),
        ("city startswith 'x'", "startswith", "write like 'x*'"),
        ("city ends with 'x'", "ends", "write like '*x'"),
        ("city ~ 'x'", "~", "write like '*x*'"),
        ("city ilike '%x%'", "ilike", "write like '*x*'"),
        ("city like *x*", "*", "write like '*x*'"),
        ("city like x", "x", "write like 'x'"),
        ("vip и has phone", "и", "write and"),
        ("vip или has phone", "или", "write or"),
        ("не vip", "не", "write not"),
        ("vip минус has phone", "минус", "write minus"),
        ("есть телефон", "есть", "write has"),
        ("нет телефона", "нет", "write no"),
        ("vip but not has phone", "but not", "write minus to take customers away, or and not"),
        ("vip except has phone", "except", "write minus to take customers away, or and not"),
        ("vip exclude has phone", "exclude", "write minus to take customers away, or and not"),
        ("vip excluding has phone", "excluding", "write minus to take customers away, or and not"),
        ("has phone without city = 'x'", "without", "write minus to take customers away"),
        ("has phone - vip", "-", "write minus to take customers away"),
        ("has phone, vip", ",", "write and, or or minus between them"),
        ("vip; has phone", ";", "write and, or or minus between them"),
        ("vip;", ";", "write and, or or minus between them"),
        ("has not phone", "has not", "write no phone"),
        ("has no phone", "has no", "write no phone"),
        ("has phone = true", "=", "write phone = true"),
        ("no phone in ('a')", "in", "write phone in ('a')"),
        ("reachable email", "email", "write reachable by email"),
        ("reachable via email", "via", "write reachable by email"),
        ("where vip", "where", "write the condition alone, such as has phone and vip"),
        ("select vip", "select", "write the condition alone, such as has phone and vip"),
        ("last = 'x'", "last", "a column of this name is written as [last]"),
        ("has last", "last", "a column of this name is written as [last]"),
        ("orders.first = 3", "first", "a column of this name is written as [first]"),
        ("count > 3", "count", "a column of this name is written as [count]"),
        ("any on", "on", "a column of this name is written as [on]"),
        ("next within 3 days", "next", "a column of this name is written as [next]"),
    ],
)
def test_words_of_elsewhere(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


def test_a_word_of_the_language_in_russian_may_be_part_of_a_name() -> None:
    check("новые без заказа", "без", "write minus; a name with blanks is written as [новые без заказа]")
