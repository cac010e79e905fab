from __future__ import annotations

import pytest

from tests.language.refusals import check


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        ("vip and", "", "write a condition such as has phone"),
        ("vip and or phone", "or", "write a condition such as has phone"),
        ("and vip", "and", "write a condition such as has phone"),
        ("not", "", "write a condition such as has phone"),
        ("has", "", "write a name"),
        ("has phone email", "email", "write and, or or minus"),
        ("any", "", "write the name of a table such as orders"),
        ("any orders(", "", "write a condition such as has phone"),
        ("count orders", "", "write a comparison such as = 'Moscow', > 3 or within 30 days"),
        ("last_order within", "", "write a time such as 4 weeks"),
        ("last_order within next", "", "write a time such as 4 weeks"),
        ("last_order wihtin 30 days", "wihtin", "did you mean within?"),
        ("last_order betwen 1 and 2", "betwen", "did you mean between?"),
        ("x like", "", "write a text such as 'Mo*'"),
        ("x in (", "", "write a text, number or date"),
        ("x in ('a' 'b')", "'b'", "write a comma or a closing bracket"),
        ("x between 1 and", "", "write a value such as 30 or 'Moscow'"),
        ("x = ", "", "write a value such as 30 or 'Moscow'"),
        ("in", "", "write a segment such as 'At risk', or file or snapshot"),
        ("in snapshot", "", "write a date such as 2024-03-31"),
        ("in snapshot vip", "vip", "write a date such as 2024-03-31"),
        ("anniversary", "", "write of"),
        ("anniversary of", "", "write a name"),
        ("any orders with", "", "write the name of a table such as orders"),
        ("any orders with lines by", "", "write a name"),
        ("vip vip", "vip", "write and, or or minus"),
        ("x = 1 2", "2", "write and, or or minus"),
        ("vip or has phone adn vip", "adn", "did you mean and?"),
        ("- vip", "vip", "write a number"),
        (".", ".", "write a condition such as has phone"),
    ],
)
def test_what_could_be_there_is_named(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)
