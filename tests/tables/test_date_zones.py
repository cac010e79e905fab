# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables.date_zones import as_instant, said_in_heading, zone_of_heading
from tests.examples import examples
from tests.tables.test_days import days

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]


def instants(walls: list[datetime], zone: str) -> list[datetime]:
    return pl.select(as_instant(pl.Series(walls, dtype=pl.Datetime("us")), zone)).to_series().to_list()


@settings(max_examples=examples(50, 300), deadline=None)
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)).map(lambda when: when.replace(microsecond=0)),
    st.sampled_from(ZONES),
)
def test_clocks_agree_with_those_of_python(wall: datetime, zone: str) -> None:
    # Of two instants Python takes the first; a time that is skipped counts on from before, too.
    expected = wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    assert instants([wall], zone)[0].astimezone(UTC) == expected


def test_offsets_and_times_that_clocks_skip() -> None:
    noon = datetime(2024, 1, 25, 12)
    assert instants([noon], "+05:30")[0] == datetime(2024, 1, 25, 6, 30, tzinfo=UTC)
    assert instants([noon], "-03:00")[0] == datetime(2024, 1, 25, 15, tzinfo=UTC)
    skipped = datetime(2024, 3, 31, 2, 30)
    assert instants([skipped], "Europe/Berlin")[0].astimezone(UTC) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert instants([datetime(2024, 10, 27, 2, 30)], "Europe/Berlin")[0].utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("heading", "zone"),
    [
        ("Date / Time (UTC)", "+00:00"),
        ("Created date (UTC) ", "+00:00"),
        ("created [GMT]", "+00:00"),
        ("created_at_utc", "+00:00"),
        ("date_created_gmt", "+00:00"),
        ("createdAtUtc", "+00:00"),
        ("Order time (UTC+3)", "+03:00"),
        ("Order time (GMT-05:30)", "-05:30"),
        ("Order time (+0530)", "+05:30"),
        ("Дата (МСК)", "Europe/Moscow"),
        ("Дата (MSK)", "Europe/Moscow"),
        ("Date (CET)", "+01:00"),
        ("Date (PST)", "-08:00"),
        ("Date (Europe/Berlin)", "Europe/Berlin"),
        ("Date (local)", None),
        ("Date (5)", None),
        ("Date", None),
        ("outcgmt", None),
        ("Date (UTC+99)", None),
    ],
)
def test_the_zone_of_a_heading(heading: str, zone: str | None) -> None:
    assert zone_of_heading(heading, None, "o.csv") == zone
    assert zone_of_heading(heading, "Asia/Tokyo", "o.csv") == (zone or "Asia/Tokyo")


def test_an_unclear_word_in_a_heading() -> None:
    with pytest.raises(InputError, match="times of IST, which does not say the zone") as error:
        zone_of_heading("Order Date (IST)", None, "o.csv")
    assert "--times-in ZONE, for example Asia/Kolkata" in error.value.hint
    assert zone_of_heading("Order Date (IST)", "Asia/Kolkata", "o.csv") == "Asia/Kolkata"
    assert said_in_heading("Order Date (IST)") == "IST"


@pytest.mark.parametrize("word", ["IST", "BST", "CST", "JST", "AEST"])
def test_unclear_words_are_refused(word: str) -> None:
    for text in (f"2024-01-25 20:00:00 {word}", f"25 Jan 2024 20:00 {word}", f"Thu Jan 25 20:00:00 {word} 2024"):
        with pytest.raises(InputError, match=f"times of {word}, which does not say the zone") as error:
            days("2024-01-25 10:00:00", text)
        assert repr(text) in error.value.message
        assert f"say which one {word} is: --times-in ZONE" in error.value.hint


def test_unknown_words_are_no_dates() -> None:
    assert days("2024-01-25 10:00:00", "2024-01-25 10:00:00 XYZ", "2024-01-25T10:00[Europe/Atlantis]") == [
        "2024-01-25",
        None,
        None,
    ]
