from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.parse import parse_expression, parse_rows
from tests.language.refusals import check, pointed_at

A_DATE = "write a date such as 2024-03-31 or 2024-03"


@pytest.mark.parametrize(
    ("text", "letters", "hint"),
    [
        (
            "last_order > 30 days",
            "30 days",
            "for a date write last_order older than 30 days, for a number of days recency_days > 30",
        ),
        (
            "last_order <= 1mo and vip",
            "1mo",
            "for a date write last_order within 1 month, for a number of days recency_days <= 1",
        ),
        (
            "30d < tenure_days",
            "30d",
            "write the number alone: tenure_days > 30",
        ),
        ("x between 30 days and 60 days", "30 days", "write x within 60 days older than 30 days"),
        ("phone = ''", "''", "write no phone"),
        ("phone != '  '", "'  '", "write has phone"),
        ("phone = null", "null", "write no phone"),
        ("phone <> NULL", "NULL", "write has phone"),
        ("city in ('', 'a')", "''", "write no city"),
        ("any orders.amount", "amount", "write any orders(has amount)"),
        ("none orders.amount within 3 days", "amount", "write none orders(has amount)"),
        ("any orders without lines.category", "category", "write without lines(has category)"),
        ("sum orders > 5", "orders", "write sum orders.amount, with the column that is meant"),
        (
            "last events within 3 days",
            "events",
            "write last events.at, with the column that is meant; a column with blanks is written as [last events]",
        ),
        ("count distinct lines > 5", "lines", "write count distinct lines.product_id, with the column that is meant"),
        ("sum distinct orders.amount > 5", "sum distinct orders.amount", "write sum orders.amount"),
        ("within 30 days", "within 30 days", "write a date before it: last_order within 30 days"),
        ("vip and not before 2024", "before 2024", "write a date before it: last_order before 2024"),
        ("in snapshot 2024(within 3 d)", "within 3 d", "write a date before it: last_order within 3 days"),
        ("count orders with lines within 4 d", "within 4 d", "write within 4 days before with and without"),
        ("x before 5", "5", f"{A_DATE}; for a number of days, older than 5 days"),
        ("x after 1", "1", f"{A_DATE}; for a number of days, within 1 day"),
        ("any orders since 30", "30", f"{A_DATE}; for a number of days, within 30 days"),
        ("x on 5", "5", A_DATE),
        ("x before 2.5", "2.5", A_DATE),
        ("birthday before 10000", "10000", f"{A_DATE}; the last year is 9999"),
        ("last_order before 10000", "10000", f"{A_DATE}; the last year is 9999"),
        ("x since 20240101", "20240101", "write 2024-01-01"),
        ("x since 20249901", "20249901", f"{A_DATE}; the last year is 9999"),
        ("in snapshot 20240229", "20240229", "write 2024-02-29"),
        ("in snapshot 12", "12", "write a date such as 2024-03-31 or 2024-03"),
    ],
)
def test_what_no_table_can_answer(text: str, letters: str, hint: str) -> None:
    check(text, letters, hint)


def test_a_column_in_brackets_may_be_called_null() -> None:
    assert parse_expression("[null] = 'x' and x = [null]").expr is not None


def test_windows_are_those_of_rows_inside_of_tables() -> None:
    assert parse_expression(
        "any orders(within 3 days or any lines(before 2024)) and last orders.at(since 2023) on 2024"
    )


def test_rows_have_no_column_of_their_own() -> None:
    with pytest.raises(UsageError) as raised:
        parse_rows("events.product_id(vip)")
    hint = (
        "write events(vip): items are its product_id; "
        'a value of the last one is --with "x = last events.product_id(vip)"'
    )
    assert (pointed_at(raised.value), raised.value.hint) == ("product_id", hint)


def test_a_number_of_days_is_compared_with_a_number_alone() -> None:
    check("recency_days > 30 days", "30 days", "write the number alone: recency_days > 30")
    check("90 days > last_event", "90 days", "write the number alone: last_event < 90")
