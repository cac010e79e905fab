from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.parse import parse_column
from tests.language.refusals import check, pointed_at


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("monetary > = 5", "> =", "write >="),
        ("monetary < > 5", "< >", "write <>"),
        ("monetary ! = 5", "! =", "write !="),
        ("monetary >> 5", ">>", "write >"),
        ('"vip"', '"vip"', "write it without quotes: vip"),
        ("'has phone'", "'has phone'", "write it without quotes: has phone"),
        ("city = ('A', 'B')", "=", "write city in ('A', 'B')"),
        ("city != ('A', 'B') and vip", "!=", "write city not in ('A', 'B')"),
        ("city != in ('A')", "!=", "write city not in ('A')"),
        ("city = like 'A*'", "=", "write city like 'A*'"),
        ("last_order = within 3 days", "=", "write last_order within 3 days"),
        ("in 'At risk', 'Lost'", ",", "write in 'At risk' or in 'Lost'"),
        ("in ('At risk', 'Lost')", "(", "write segment in ('At risk', 'Lost'), or a column in place of segment"),
        ("last_order from 2024-01 to 2024-03", "from 2024-01 to 2024-03", "write between 2024-01 and 2024-03"),
        ("frequency = 2 to 5", "to", "write between 2 and 5"),
        ("frequency between 2 - 5", "-", "write between 2 and 5"),
        ("last_order between 2024-01-01 - 2024-03-31", "-", "write between 2024-01-01 and 2024-03-31"),
        ("last_order since january", "january", "write 2024-01"),
        ("last_order since March 2024", "March", "write 2024-03"),
        ("last_order > 1 Jan 2024", "Jan", "write 2024-01-01"),
        ("total spent > 5", "total spent", "a column with blanks is written as [total spent]"),
        (
            "vip and Вероятность звонка клиента > 0.5",
            "Вероятность звонка клиента",
            "a column with blanks is written as [Вероятность звонка клиента]",
        ),
        (
            "vip minus новые клиенты",
            "клиенты",
            "write and, or or minus between conditions; a name with blanks is written as [новые клиенты]",
        ),
        ("order status like 'x*' and vip", "order", "write the condition alone, such as has phone and vip"),
        ("count event = 'open' > 2", "event = 'open'", "write count events(event = 'open') > 2"),
        ("count status = 'paid' >= 1", "status = 'paid'", "write count orders(status = 'paid') >= 1"),
        ("sum orders amount > 5", "amount", "write sum orders.amount"),
        ("last orders at within 3 days", "at", "write last orders.at"),
        ("any events with no orders later", "with no", "write without orders"),
        ("any events without any orders later", "without any", "write without orders"),
        ("any events and without orders later", "and without", "leave and out: without orders"),
        ("any events and no orders later", "later", "write without orders later behind the rows, and leave and out"),
        ("any events without orders after", "after", "write later"),
        ("any events without orders afterwards and vip", "afterwards", "write later"),
        ("has any orders", "has any", "write any orders"),
        ("has no orders", "has no", "write none orders"),
        ("no any orders", "no any", "write none orders"),
        ("has orders within 30 days", "has", "write any orders within 30 days"),
        ("no orders since 2024 and vip", "no", "write none orders since 2024"),
        ("any lines with category = 'Tea'", "with category = 'Tea'", "write any lines(category = 'Tea')"),
        (
            "none lines without category = 'Tea' and vip",
            "without category = 'Tea'",
            "write none lines(category = 'Tea')",
        ),
        ("reachable by 'email'", "'email'", "write by email"),
    ],
)
def test_phrases_that_nearly_are_of_the_language(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


@pytest.mark.parametrize(
    ("text", "name"),
    [("в корзине = count orders", "в корзине"), ("in the cart = count orders", "in the cart")],
)
def test_the_name_of_a_column_with_blanks_is_in_brackets(text: str, name: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_column(text)
    assert (pointed_at(raised.value), raised.value.hint) == (name, f"a name with blanks is written as [{name}]")
    assert parse_column(f"[{name}] = count orders")[0] == name


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("n = count orders,m = 2", 'write --with "n = count orders" --with "m = 2"'),
        ("n = count orders, email", 'write --with "n = count orders" --with "email"'),
        ("email, n = count orders", 'write --with "email" --with "n = count orders"'),
    ],
)
def test_a_value_has_an_option_of_its_own(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_column(text)
    assert (pointed_at(raised.value), raised.value.hint) == (",", hint)
