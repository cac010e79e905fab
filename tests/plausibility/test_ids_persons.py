"""Whether the customer id is the person."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from rfm_cli.plausibility.ids import tells_person
from tests.plausibility.conftest import Notes, called

HEAD = "customer_id,ordered_at,amount"


def buyers(count: int) -> list[str]:
    return [f"c{place},2024-01-{1 + place % 28:02},{place}" for place in range(count)]


def test_a_hundred_buyers_of_one_order_each(notes_of: Callable[..., Notes]) -> None:
    told = called(notes_of([HEAD, *buyers(100)]), "one-order")
    assert told == ["every one of 100 buyers has exactly one order: is this id the person?"]


def test_fewer_buyers_or_one_with_two_orders_are_nothing_special(notes_of: Callable[..., Notes]) -> None:
    assert called(notes_of([HEAD, *buyers(99)]), "one-order") == []
    assert called(notes_of([HEAD, *buyers(100), "c0,2024-02-01,5"]), "one-order") == []


def test_a_column_of_e_mails_with_fewer_values_is_named_at_any_size(notes_of: Callable[..., Notes]) -> None:
    lines = [f"{HEAD},Contact", "1,2024-01-01,5,a@x.de", "2,2024-01-02,5, A@x.de ", "3,2024-01-03,5,b@x.de"]
    lines.append("4,2024-01-04,5,")
    assert called(notes_of(lines), "one-order") == [
        "every one of 4 buyers has exactly one order: is this id the person? "
        "Contact has 2 values for 3 of them: --map customer_id=Contact"
    ]


def test_a_column_with_a_value_for_each_buyer_tells_nothing(notes_of: Callable[..., Notes]) -> None:
    lines = [f"{HEAD},email", "1,2024-01-01,5,a@x.de", "2,2024-01-02,5,b@x.de", "3,2024-01-03,5,"]
    assert called(notes_of(lines), "one-order") == []


def test_a_heading_with_blanks_is_quoted_for_the_shell(notes_of: Callable[..., Notes]) -> None:
    lines = [f"{HEAD},customer unique id", "1,2024-01-01,5,p", "2,2024-01-02,5,p"]
    (told,) = called(notes_of(lines), "one-order")
    assert told.endswith("--map customer_id='customer unique id'")


def test_the_customers_table_is_looked_at_too(notes_of: Callable[..., Notes]) -> None:
    customers = ["customer_id,customer_unique_id", "1,p", "2,p", "3,q", "9,z"]
    lines = [HEAD, "1,2024-01-01,5", "2,2024-01-02,5", "3,2024-01-03,5"]
    assert called(notes_of(lines, customers=customers), "one-order") == [
        "every one of 3 buyers has exactly one order: is this id the person? "
        "customer_unique_id of customers.csv has 2 values for 3 of them: "
        "--map customer_id=customers.customer_unique_id"
    ]


@pytest.mark.parametrize(
    ("heading", "values", "expected"),
    [
        ("Phone", [None], True),
        ("Телефон", ["x"], True),
        ("x", ["+7 900 123-45-67"], True),
        ("x", ["a@b.de"] * 9 + ["none"], True),
        ("x", ["a@b.de"] * 8 + ["none"] * 2, False),
        ("city", ["Bonn"], False),
        ("x", [], False),
    ],
)
def test_headings_and_values_tell_of_persons(heading: str, values: list[str | None], expected: bool) -> None:
    assert tells_person(heading, pl.Series(values, dtype=pl.String)) is expected


@pytest.mark.parametrize("heading", "hotel personal_code email_campaign mailing_list mobile_app telemetry".split())
def test_parts_of_other_words_tell_of_no_person(heading: str) -> None:
    assert not tells_person(heading, pl.Series([], dtype=pl.String))


@pytest.mark.parametrize(
    "heading", ["E-Mail", "customerEmail", "customer_unique_id", "Phone Number", "Эл. почта", "email_sha256"]
)
def test_words_of_a_heading_tell_of_a_person(heading: str) -> None:
    assert tells_person(heading, pl.Series([], dtype=pl.String))
