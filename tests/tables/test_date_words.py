# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import re

import polars as pl
import pytest

from rfm_cli.tables.date_words import RULES, tidied, tidy
from tests.tables.test_days import days

ALL_RULES = tuple(range(len(RULES)))

JANUARY_25 = """
    Jan 25, 2024|JAN 25, 2024|january 25 2024|Jan. 25, 2024|January 25th, 2024|Jan 25,2024
    25 Jan 2024|25 January 2024|25th January 2024|25-Jan-2024|25/Jan/2024|25.Jan.2024|25JAN2024|2024-Jan-25|2024 Jan 25
    Thu, 25 Jan 2024|Thursday, January 25, 2024|Thu 25 January 2024|Thurs. Jan 25, 2024
    25 января 2024|25 Января 2024 г.|25 ЯНВАРЯ 2024 года|25 янв. 2024 г.|25 янв 2024|25-янв-2024|25 январь 2024
    чт, 25 янв. 2024 г.|четверг, 25 января 2024 г.|25-Jan-24|25 янв. 24|Jan 25, 24
    Jan 25, 2024 3:45 PM|January 25, 2024 3:45:00 PM|Jan 25, 2024, 3:45:00\u202fPM|January 25, 2024 at 3:45 p.m.
    25 Jan 2024 15:45|25-Jan-2024 15:45:00|25 янв. 2024 г., 15:45|25 января 2024 г. в 15:45:00|25-JAN-24 15:45
    25 Jan 2024 15:45:00.123|Thu Jan 25 15:45:00 2024|25 Jan 2024T15:45:00|Jan 25, 2024\u00a03:45\u00a0PM
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", [text.strip() for text in JANUARY_25 if text.strip()])
def test_a_day_in_words(text: str) -> None:
    assert days(text) == ["2024-01-25"]
    assert days("2024-02-01", f" {text} ", "31.12.2023") == ["2024-02-01", "2024-01-25", "2023-12-31"]


def test_every_month_in_both_languages() -> None:
    english = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    russian = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
    short = "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.".split()
    expected = [f"2024-{month:02}-07" for month in range(1, 13)]
    for names in (english, russian, short):
        assert days(*[f"7 {name} 2024" for name in names]) == expected
    assert days("September 7, 2024", "Sept. 7, 2024", "7 сен 2024") == ["2024-09-07"] * 3


@pytest.mark.parametrize(
    "text",
    ["Jan 2024", "25 Jan", "Jan 25 15:45", "25 foo 2024", "Marchand 25 2024", "Feb 30, 2024", "2 Jan 20245",
     "Jan 255, 2024", "25 Jan 2024 25:00", "25 JanJan 2024", "25 Jan 2024 junk", "Jan", "Foo, 25 Jan 2024",
     "25 Jan 202", "25-1-Jan-2024", "25 Jan 2024 15:45 PM", "x25 Jan 2024"],
)  # fmt: skip
def test_what_is_no_day_in_words_is_null(text: str) -> None:
    assert days("25 Jan 2024", "25 Jan 2024 15:45", text)[-1] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 25 Jan 2024 23:30:00 +0000", "2024-01-26"),
        ("Thu, 25 Jan 2024 23:30:00 GMT", "2024-01-26"),
        ("25 Jan 2024 23:30 +0200", "2024-01-26"),
        ("Thu, 25 Jan 2024 23:30:00 +0300 (MSK)", "2024-01-25"),
        ("Thu, 25 Jan 2024 17:30:00 EST", "2024-01-26"),
        ("Thu, 25 Jan 2024 14:59:00 CST", "2024-01-25"),
        ("Thu, 25 Jan 2024 15:00:00 CST", "2024-01-26"),
        ("Thu, 25 Jan 2024 12:59:00 PST (Pacific)", "2024-01-25"),
        ("Thu Jan 25 2024 23:30:00 GMT+0200 (Eastern European Standard Time)", "2024-01-26"),
        ("Thu Jan 25 2024 23:30:00 GMT+0300 (Москва, стандартное время)", "2024-01-25"),
        ("Thu Jan 25 23:30:00 UTC 2024", "2024-01-26"),
        ("Thu Jan 25 23:30:00 MSK 2024", "2024-01-25"),
        ("Thu Jan 25 23:30:00 +0000 2024", "2024-01-26"),
        ("25/Jan/2024:23:30:00 +0100", "2024-01-26"),
        ("2024-01-25T23:30:00+01:00[Europe/Berlin]", "2024-01-26"),
        ("2024-01-25T23:30Z[UTC]", "2024-01-26"),
        ("2024-01-25T23:30:00.5+03:00[Europe/Moscow]", "2024-01-25"),
        ("2024-01-25T23:30[Europe/Berlin]", "2024-01-26"),
        ("2024-01-25T23:30:00[Asia/Tokyo]", "2024-01-25"),
        ("2024-01-25 23:30:00 CET", "2024-01-26"),
        ("2024-01-25 23:30 (UTC)", "2024-01-26"),
        ("25.01.2024 23:30 МСК", "2024-01-25"),
        ("2024-01-25 23:30:00 GMT+3", "2024-01-25"),
        ("2024-01-25 23:30:00 UTC+02:00", "2024-01-26"),
        ("01/25/2024 17:30:00 EST", "2024-01-26"),
    ],
)
def test_zones_in_words_count_in_days_of_moscow(text: str, expected: str) -> None:
    assert days(text, timezone="Europe/Moscow") == [expected]


def test_writings_without_words() -> None:
    texts = ["Thu 2024-01-25", "Thu, 25.01.2024 15:45", "2024-01-25 15:45:00,123", "2024-01-25\u202f15:45"]
    assert days(*texts) == ["2024-01-25"] * 4


def test_rules_that_a_column_does_not_need_change_nothing() -> None:
    texts = [text.strip() for text in JANUARY_25 if text.strip()]
    frame = pl.DataFrame({"text": texts})
    for text in texts:
        _form, rules = tidied(re.sub(r"\d", "9", text.upper()))
        one = frame.filter(pl.col("text") == text)
        few, every = (one.select(tidy(pl.col("text"), places)).item() for places in (rules, ALL_RULES))
        assert few == every


def test_a_long_shape_is_left_alone() -> None:
    assert tidied("9 JAN " + "X" * 90) == ("9 jan " + "x" * 90, ())
