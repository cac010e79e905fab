from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.date_parsing import DateFormats, parse_moments
from rfm_cli.tables.date_shapes import Format, format_of, is_two_way
from rfm_cli.tables.days import read_days


def days(*texts: str | None, date_format: str | None = None, timezone: str = "UTC") -> list[str | None]:
    return typed(pl.Series(texts, dtype=pl.String), date_format, timezone)


def typed(values: pl.Series, date_format: str | None = None, timezone: str = "UTC") -> list[str | None]:
    frame = values.alias("d").to_frame().lazy()
    found = read_days(frame, "d", values.dtype, "o.csv: column 'd'", date_format, timezone)
    return frame.select(found.cast(pl.String)).collect().to_series().to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31",
        "2024-1-31",
        "2024/01/31",
        "2024.01.31",
        "20240131",
        "2024-01-31T23:30:00",
        "2024-01-31 23:30:00",
        "2024-01-31 23:30",
        "2024-01-31 9:05",
        "2024-01-31T23:30:00.5",
        "2024-01-31 23:30:00.123456",
        "2024-01-31 23:30:00.123456789",
        "2024-01-31 11:30:00 PM",
        "2024-01-31 11:30PM",
        "2024-01-31T23:30:00Z",
        "2024-01-31T23:30:00.123Z",
        "2024-01-31 23:30:00 UTC",
        "2024-01-31 23:30:00.25 UTC",
        "2024-01-31T23:30:00+00:00",
        "2024-01-31 23:30:00 +0000",
        "31.01.2024",
        "31.1.2024",
        "31.01.2024 23:30",
        "31.01.2024 23:30:59",
        "31.01.2024, 23:30:59",
        "31/01/2024",
        "31-01-2024",
        "01/31/2024",
        "1/31/2024 11:30 PM",
        "01-31-2024 23:30:00",
        "1706743800",
        "1706743800123",
        "1706743800123456",
        "  2024-01-31  ",
        "\t31.01.2024",
    ],
)
def test_one_day_in_many_writings(text: str) -> None:
    assert days(text) == ["2024-01-31"]


@pytest.mark.parametrize(
    ("text", "utc", "berlin", "new_york", "auckland"),
    [
        ("2024-01-31T23:30:00Z", "31", "01", "31", "01"),
        ("2024-01-31T23:30:00+02:00", "31", "31", "31", "01"),
        ("2024-01-31T00:30:00+02:00", "30", "30", "30", "31"),
        ("2024-01-31T00:30:00+0200", "30", "30", "30", "31"),
        ("2024-01-31 00:30:00 +02", "30", "30", "30", "31"),
        ("2024-01-31T20:00:00-05:00", "01", "01", "31", "01"),
        ("2024-01-31 23:30:00 UTC", "31", "01", "31", "01"),
        ("2024-01-31T04:59:59.999Z", "31", "31", "30", "31"),
    ],
)
def test_offsets_are_converted(text: str, utc: str, berlin: str, new_york: str, auckland: str) -> None:
    zones = {"UTC": utc, "Europe/Berlin": berlin, "America/New_York": new_york, "Pacific/Auckland": auckland}
    for zone, day in zones.items():
        assert days(text, timezone=zone) == [f"2024-{'02' if day == '01' else '01'}-{day}"]


def test_naive_times_are_taken_as_they_are() -> None:
    assert days("2024-01-31 23:59:59", timezone="Pacific/Auckland") == ["2024-01-31"]


def test_naive_times_that_a_zone_skips_or_repeats() -> None:
    skipped, repeated = "2024-03-31 02:30:00", "2024-10-27 02:30:00"
    assert days(skipped, repeated, timezone="Europe/Berlin") == ["2024-03-31", "2024-10-27"]


def test_epochs_are_instants() -> None:
    assert days("1706743800", timezone="Europe/Berlin") == ["2024-02-01"]
    assert days("1706743800999", timezone="Europe/Berlin") == ["2024-02-01"]


def test_a_column_may_mix_what_is_not_in_doubt() -> None:
    mixed = [
        "2024-01-31",
        "31.01.2024",
        "2024-01-31T10:00:00",
        "2024-01-31T23:30:00Z",
        "20240131",
        "1706743800",
        "1/31/2024",
    ]
    assert days(*mixed) == ["2024-01-31"] * 7


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29",
        "30.02.2024",
        "2024-13-01",
        "20241301",
        "2024-01-31 25:00:00",
        "2024-01-31 junk",
        "31 Januar 2024",
        "yesterday",
        "0",
        "45322",
        "2024",
        "2024-01",
        "NULL",
        "31.12.2024.",
        "2024-01/31",
        "12024-01-31",
    ],
)
def test_what_is_no_date_is_null(text: str) -> None:
    assert days("2024-01-31", "31.01.2024", text) == ["2024-01-31", "2024-01-31", None]


@pytest.mark.parametrize("text", ["240131", "-2024-01-05", "2024-1", "5/1/4", "124-01-05", "5/1/024"])
def test_a_year_has_four_digits_or_two(text: str) -> None:
    others = ["2024-01-05", "2024-01-05 10:00:00", "31.01.2024", "1/31/2024", "2024/01/31", "20240131"]
    assert days(*others, text)[-1] is None
    assert days("2024-01-05", text)[-1] is None
    assert days("2024-01-05 10:00:00", text)[-1] is None
    assert days(text) == [None]


def test_empty_dates_are_null() -> None:
    assert days("", "  ", None, "2024-01-31") == [None, None, None, "2024-01-31"]


def test_slashes_are_proven_by_one_value() -> None:
    assert days("03/04/2024", "13/04/2024") == ["2024-04-03", "2024-04-13"]
    assert days("03/04/2024", "04/13/2024") == ["2024-03-04", "2024-04-13"]
    assert days("03-04-2024 10:00", "13/04/2024") == ["2024-04-03", "2024-04-13"]


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("03/04/2024", "%d/%m/%Y"),
        ("3/4/2024 10:00", "%d/%m/%Y"),
        ("03-04-2024", "%d-%m-%Y"),
        ("12/12/2024", "%d/%m/%Y"),
    ],
)
def test_two_ways_are_an_error(text: str, format: str) -> None:
    with pytest.raises(InputError) as error:
        days(text, "2024-01-31")
    assert error.value.exit_code == 3
    assert text in error.value.message
    assert "o.csv: column 'd' could be read day first or month first" in error.value.message
    assert f"--date-format {format}" in error.value.hint


def test_both_ways_in_one_column_are_an_error() -> None:
    with pytest.raises(InputError, match="mixes day-first and month-first dates"):
        days("13/04/2024", "04/13/2024")


@pytest.mark.parametrize("nonsense", ["45/01/2024", "13/13/2024", "99/99/9999", "00/13/2024"])
def test_a_value_that_is_no_date_proves_nothing(nonsense: str) -> None:
    assert days("04/13/2024", "03/04/2024", nonsense) == ["2024-04-13", "2024-03-04", None]
    with pytest.raises(InputError, match="day first or month first"):
        days("03/04/2024", nonsense)


def test_the_format_that_the_user_says() -> None:
    assert days("03/04/2024", date_format="%d/%m/%Y") == ["2024-04-03"]
    assert days("03/04/2024", date_format="%m/%d/%Y") == ["2024-03-04"]
    assert days("03/04/24", "2024-01-01", date_format="%d/%m/%y") == ["2024-04-03", None]
    assert days("03/04/2024 10:20", date_format="%d/%m/%Y %H:%M") == ["2024-04-03"]
    assert days("31 Jan 2024", date_format="%d %b %Y") == ["2024-01-31"]
    zoned = "2024-01-31T23:30:00+0000"
    assert days(zoned, date_format="%Y-%m-%dT%H:%M:%S%z", timezone="Europe/Berlin") == ["2024-02-01"]


@pytest.mark.parametrize(
    "form",
    [
        Format("%Y-%m-%d %H:%M:%S"),
        Format("%Y-%m-%d %H:%M:%S%.f"),
        Format("%Y-%m-%d %H:%M:%S%#z", instant=True),
        Format("%Y-%m-%d %H:%M:%S UTC", instant=True),
        Format("%Y-%m-%d"),
    ],
    ids=lambda form: form.pattern,
)
def test_texts_are_read_alike_whether_or_not_those_read_before_are_looked_up(form: Format) -> None:
    texts = ["2024-01-31 23:30:00", "2024-02-30 00:00:00", "2024-01-31 24:00:00", "", None, "x", "5-01-31 01:01:01"]
    endings = ["", ".25", "Z", "+02:00", " UTC"]
    column = pl.Series([text and f"{text}{end}" for text in texts for end in endings] + ["2024-01-31", "2024-02-30"])
    frame = pl.concat([column] * 40).to_frame("d")
    looked_up, alone = (
        frame.select(parse_moments(pl.col("d"), DateFormats((form,), varied=varied), "Asia/Tokyo"))
        for varied in (False, True)
    )
    assert looked_up.to_series().drop_nulls().len() >= 40
    assert looked_up.equals(alone)


def test_typed_columns() -> None:
    moment = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)
    for unit in ("ms", "us", "ns"):
        aware = pl.Series([moment, None], dtype=pl.Datetime(unit, "UTC"))
        assert typed(aware, timezone="Europe/Berlin") == ["2024-02-01", None]
        in_new_york = aware.dt.convert_time_zone("America/New_York")
        assert typed(in_new_york) == ["2024-01-31", None]
        assert typed(in_new_york, timezone="Europe/Berlin") == ["2024-02-01", None]
        assert typed(aware.dt.replace_time_zone(None), timezone="Europe/Berlin") == ["2024-01-31", None]
    assert typed(pl.Series([date(2024, 1, 31)]), timezone="Europe/Berlin") == ["2024-01-31"]


def test_numbers_in_typed_columns() -> None:
    assert typed(pl.Series([1706743800, None])) == ["2024-01-31", None]
    assert typed(pl.Series([1706743800123])) == ["2024-01-31"]
    assert typed(pl.Series([20240131], dtype=pl.Int32)) == ["2024-01-31"]
    assert typed(pl.Series([1706743800.0, 1706743800.75, float("nan")])) == ["2024-01-31", "2024-01-31", None]
    assert typed(pl.Series(["31.01.2024"], dtype=pl.Categorical)) == ["2024-01-31"]


@pytest.mark.parametrize(
    ("shape", "order", "expected"),
    [
        ("9999-99-99T99:99:99.999999Z", None, Format("%Y-%m-%dT%H:%M:%S%.f%#z", instant=True)),
        ("99.99.9999 99:99", None, Format("%d.%m.%Y %H:%M")),
        ("9/9/9999", "month", Format("%m/%d/%Y")),
        ("9999999999999", None, Format("epoch ms", instant=True)),
        ("999999", None, None),
        ("99/99/99", "day", None),
        ("9999-99-99 99", None, None),
    ],
)
def test_formats_of_shapes(shape: str, order: str | None, expected: Format | None) -> None:
    assert format_of(shape, order) == expected


def test_only_slashes_and_dashes_with_the_year_last_are_in_doubt() -> None:
    assert is_two_way("99/99/9999") and is_two_way("9-9-9999")
    assert not is_two_way("99.99.9999") and not is_two_way("9999/99/99") and not is_two_way("99999999")


LATE = "c,{},9\n"
HEAD = 10_001


def many(first: str, *late: str) -> str:
    return "customer_id,date,amount\n" + LATE.format(first) * HEAD + "".join(LATE.format(day) for day in late)


def test_a_late_row_proves_slashes(write: Any, read: Any) -> None:
    assert read(write("o.csv", many("03/04/2024", "13/04/2024"))).days()[HEAD - 1 :] == [
        date(2024, 4, 3),
        date(2024, 4, 13),
    ]
    assert read(write("o.csv", many("03/04/2024", "04/13/2024"))).days()[HEAD - 1 :] == [
        date(2024, 3, 4),
        date(2024, 4, 13),
    ]


def test_nothing_proves_slashes(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="could be read day first or month first"):
        read(write("o.csv", many("03/04/2024", "2024-01-01")))


def test_a_late_row_contradicts_slashes(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="mixes day-first and month-first"):
        read(write("o.csv", many("13/04/2024", "04/13/2024")))


@pytest.mark.parametrize(
    ("late", "day"),
    [
        ("31.12.2024", date(2024, 12, 31)),
        ("2024-12-31 10:00:00", date(2024, 12, 31)),
        ("2024-12-31T23:30:00Z", date(2025, 1, 1)),
        ("1735687800", date(2025, 1, 1)),
        (" 2024-12-31 ", date(2024, 12, 31)),
        ("20241231", date(2024, 12, 31)),
    ],
)
def test_a_late_row_in_another_writing(write: Any, read: Any, late: str, day: date) -> None:
    seen = read(write("o.csv", many("2024-01-01", late)), timezone="Europe/Berlin")
    assert seen.days()[-1] == day
    assert len(seen.days()) == HEAD + 1


@pytest.mark.parametrize("late", ["2024-02-30", "24-01-05", "43102", "-2024-01-05", "soon"])
def test_a_late_row_that_is_no_date(write: Any, read: Any, late: str) -> None:
    seen = read(write("o.csv", many("2024-01-01", late)))
    assert (seen.facts.accepted, seen.facts.rejected) == (HEAD, {"date": 1})
    assert seen.rejects() == [(HEAD + 1, "date")]
