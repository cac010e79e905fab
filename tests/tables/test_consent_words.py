# ruff: noqa: RUF001 - words of other scripts are what is looked for
"""What values of consents say, and what lets a message be sent in a column of either direction."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.tables.consent_words import OF_LISTS, WORDS, clearly_against, date_shapes, permits, sense_of, text_of


def sense(value: object, shapes: tuple[str, ...] = ()) -> str:
    return str(pl.DataFrame({"a": [value]}, strict=False).select(sense_of(text_of("a"), shapes)).item())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Yes", "yes"),
        (True, "yes"),
        (1, "yes"),
        (1.0, "yes"),
        (" ДА ", "yes"),
        ("no", "no"),
        (0, "no"),
        ("Нет", "no"),
        ("Opted-In", "subscribed"),
        ("Never subscribed", "refused"),
        ("NON_SUBSCRIBED", "refused"),
        ("Cleaned", "refused"),
        ("pending", "refused"),
        ("Не подписан", "refused"),
        ("Согласна", "agreed"),
        ("подтверждён", "agreed"),
        (None, "blank"),
        ("  ", "blank"),
        ("-", "blank"),
        ("N/A", "blank"),
        ("0000-00-00 00:00:00", "blank"),
        ("valid", "agreed"),
        ("Undeliverable", "refused"),
        ("Unsubscribed (2024-01-02)", "refused"),
        ("Unsubscribed (2 Jan 2024, 10:00)", "refused"),
        ("unsubscribed since 02.01.2024", "refused"),
        ("UNSUBSCRIBED: 2024-01-02T10:00:00Z", "refused"),
        ("Отписан с 01.02.2024", "refused"),
        ("Subscribed (2024-01-02)", "subscribed"),
        ("Yes, 1/2/2024", "yes"),
        ("Subscribed (unsubscribed 2024-01-02)", "unknown"),
        ("Yes (but no SMS)", "unknown"),
        ("plan 2024-01-02", "unknown"),
        ("maybe", "unknown"),
        ("3", "unknown"),
        (2, "unknown"),
        ("2024-05-01", "unknown"),
    ],
)
def test_what_a_value_says(value: object, expected: str) -> None:
    assert sense(value) == expected


@pytest.mark.parametrize(
    ("value", "timed", "is_date"),
    [
        ("2024-05-01", False, True),
        ("2024-05-01T10:00:00Z", False, True),
        ("2024-05-01 10:00:00.123456", False, True),
        ("01.05.2024 10:00", False, True),
        ("05/01/24", False, True),
        ("May 1, 2024", False, True),
        ("1 мая 2024", False, True),
        ("1714521600", True, True),
        ("1714521600", False, False),
        ("20240501", False, False),
        ("123", True, False),
        ("12.5", False, False),
        ("10.0.0.1", False, False),
        ("plan 9", False, False),
        ("yes", True, False),
    ],
)
def test_dates_are_those_of_orders(value: str, timed: bool, is_date: bool) -> None:
    shapes = date_shapes(pl.Series([value]), timed=timed)
    assert (sense(value, shapes) == "date") is is_date


def test_each_word_has_one_meaning() -> None:
    words = [word for own in WORDS.values() for word in own]
    assert len(words) == len(set(words))
    assert set(WORDS["subscribed"]) | set(WORDS["refused"]) >= OF_LISTS


@pytest.mark.parametrize(
    ("what", "plain", "turned"),
    [
        ("yes", True, False),
        ("no", False, True),
        ("subscribed", True, True),
        ("agreed", True, False),
        ("refused", False, False),
        ("blank", False, True),
        ("date", True, False),
        ("unknown", False, False),
    ],
)
def test_what_lets_a_message_be_sent(what: str, plain: bool, turned: bool) -> None:
    assert [pl.select(permits(pl.lit(what), against=against)).item() for against in (False, True)] == [plain, turned]


@pytest.mark.parametrize(
    ("value", "plain", "turned"),
    [
        ("no", True, False),
        ("unsubscribed", True, True),
        ("yes", False, True),
        ("0", False, False),
        ("1", False, False),
        ("n", False, False),
        ("", False, False),
        ("Premium", False, False),
        ("2024-05-01", False, True),
    ],
)
def test_only_clear_words_forbid_beside_others(value: str, plain: bool, turned: bool) -> None:
    text = pl.lit(value)
    made = [clearly_against(text, sense_of(text, ("9999-99-99",)), against=against) for against in (False, True)]
    assert [pl.select(one).item() for one in made] == [plain, turned]
