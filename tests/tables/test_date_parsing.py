# ruff: noqa: RUF001 - letters of other scripts are what is tested
"""Numbers as dates, the hour 24, and the zone of times that name none, from texts to days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.days import day_reading
from rfm_cli.tables.options import ReadOptions
from tests.tables.test_days import days, typed


def read_in(*texts: str, heading: str = "at", **options: Any) -> list[str | None]:
    frame = pl.LazyFrame({heading: list(texts)})
    found = day_reading(frame, heading, pl.String(), "o.csv: column 'at'", ReadOptions(**options))
    return frame.select(found.day.cast(pl.String)).collect().to_series().to_list()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["43102", "43104"], ["2018-01-02", "2018-01-04"]),
        (["45322.5", "45322.99999", "45323"], ["2024-01-31", "2024-01-31", "2024-02-01"]),
        (["45322,75"], ["2024-01-31"]),
        (["20000", "80000"], ["1954-10-03", "2119-01-11"]),
        ([" 45322 ", "n/a"], ["2024-01-31", None]),
        (["45322", "19999"], [None]),
        (["45322", "80001"], [None]),
        (["45322", "1234"], [None]),
        (["45322", "2024-01-31"], [None, "2024-01-31"]),
        (["45322", "20240131"], [None, "2024-01-31"]),
    ],
)
def test_serial_numbers_of_excel(texts: list[str], expected: list[str | None]) -> None:
    assert days(*texts) == expected


def test_serial_numbers_in_typed_columns() -> None:
    assert typed(pl.Series([45322, None], dtype=pl.Int32)) == ["2024-01-31", None]
    assert typed(pl.Series([45322.0, 45322.75, None])) == ["2024-01-31", "2024-01-31", None]


@pytest.mark.parametrize("late", ["45323.5", "99999", "2024-02-01"])
def test_a_late_row_changes_how_numbers_are_read(write: Any, read: Any, late: str) -> None:
    rows = ["c,45322,1\n"] * 10_001 + [f"c,{late},1\n"]
    paths = [
        write(f"{name}.csv", "customer_id,date,amount\n" + "".join(rows[::step]))
        for name, step in (("a", 1), ("b", -1))
    ]
    if late == "45323.5":
        for path in paths:
            assert sorted(set(read(path).days())) == [date(2024, 1, 31), date(2024, 2, 1)]
    elif late == "99999":
        for path in paths:
            assert read(path).facts.rejected == {"date": 10_002}
    else:
        for path in paths:
            assert (read(path).days(), read(path).facts.rejected) == ([date(2024, 2, 1)], {"date": 10_001})


@pytest.mark.parametrize(
    "text",
    ["2024-01-30 24:00", "2024-01-30 24:00:00", "2024-01-30T24:00:00.000", "2024-01-30T24:00Z", "30.01.2024 24:00",
     "Jan 30, 2024 24:00", "30 янв. 2024 г., 24:00", "1/30/2024, 24:00", "2024-01-30 24:00 UTC",
     "2024-01-30 24:00:00 GMT"],
)  # fmt: skip
def test_the_hour_24_is_the_next_day(text: str) -> None:
    assert days(text) == ["2024-01-31"]
    assert days("2024-01-30 10:24:00", text) == ["2024-01-30", "2024-01-31"]


def test_the_hour_24_in_a_late_row_and_by_a_given_format(write: Any, read: Any) -> None:
    rows = "c,2024-01-30 10:00:00,1\n" * 10_001 + "c,2024-01-31 24:00:00,1\n"
    assert read(write("o.csv", "customer_id,date,amount\n" + rows)).days()[-1] == date(2024, 2, 1)
    assert days("2024/30/01 24:00", date_format="%Y/%d/%m %H:%M") == ["2024-01-31"]


@pytest.mark.parametrize("text", ["2024-01-30 24:01", "2024-01-30 24:00:01", "2024-01-30 25:00", "2024-01-30 24:00 PM"])
def test_other_times_past_the_end_of_the_day_are_unreadable(text: str) -> None:
    assert days("2024-01-30 24:00", text) == ["2024-01-31", None]


def test_epochs_with_a_fraction() -> None:
    assert days("1706743799.999", timezone="Europe/Berlin") == ["2024-02-01"]
    assert days("1706655599.999", "1706655600.001", timezone="Europe/Berlin") == ["2024-01-30", "2024-01-31"]
    assert days("1706743800123.75") == ["2024-01-31"]
    assert days("1706743800", "1706743800.5", "170674380.5") == ["2024-01-31", "2024-01-31", None]


def test_times_are_those_of_the_heading_or_of_the_option() -> None:
    texts = ["2024-02-01 02:00:00", "2024-02-01", "2024-02-01T02:00:00+09:00", "1 Feb 2024 02:00", "1706752800"]
    as_they_are = ["2024-02-01", "2024-02-01", "2024-01-31", "2024-02-01", "2024-01-31"]
    assert read_in(*texts, timezone="America/New_York") == as_they_are
    in_new_york = ["2024-01-31", "2024-02-01", "2024-01-31", "2024-01-31", "2024-01-31"]
    assert read_in(*texts, heading="at (UTC)", timezone="America/New_York") == in_new_york
    assert read_in(*texts, times_in="UTC", timezone="America/New_York") == in_new_york
    assert read_in(*texts, times_in="America/New_York", timezone="America/New_York") == as_they_are
    # A heading names the zone of its own column, and so goes before the option.
    assert read_in(*texts, heading="at (UTC)", times_in="Asia/Tokyo", timezone="America/New_York") == in_new_york


def test_words_that_the_option_makes_clear() -> None:
    texts = ["2024-02-01 02:00 IST", "Thu, 01 Feb 2024 02:00:00 CST", "2024-02-01 02:00 UTC"]
    assert read_in(*texts, times_in="Asia/Kolkata") == ["2024-01-31", "2024-02-01", "2024-02-01"]
    assert read_in("2024-02-01 20:00 CST", times_in="America/Chicago") == ["2024-02-02"]
    assert read_in("2024-02-01 02:00 CST", times_in="Asia/Shanghai") == ["2024-01-31"]
    mixed = ["Thu, 01 Feb 2024 18:00:00 CST", "2024-02-01 02:00 CST"]
    assert read_in(*mixed, times_in="Asia/Shanghai") == ["2024-02-02", "2024-01-31"]


def test_serial_times_of_a_zone() -> None:
    assert read_in("45323.05", "45323.5", times_in="UTC", timezone="America/New_York") == ["2024-01-31", "2024-02-01"]
    assert read_in("45323", "45324", times_in="UTC", timezone="America/New_York") == ["2024-02-01", "2024-02-02"]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_typed_times_of_a_zone(unit: Any) -> None:
    values = pl.Series("at (UTC)", [datetime(2024, 2, 1, 2), None], dtype=pl.Datetime(unit))
    frame = values.to_frame().lazy()
    for name, options in (("at (UTC)", ReadOptions()), ("at", ReadOptions(times_in="UTC"))):
        own = frame.rename({"at (UTC)": name})
        found = day_reading(own, name, values.dtype, "o.parquet", options)
        assert own.select(found.day).collect().to_series().to_list() == [date(2024, 2, 1), None]
        there = day_reading(
            own, name, values.dtype, "o.parquet", ReadOptions(timezone="America/New_York", times_in="UTC")
        )
        assert own.select(there.day).collect().to_series().to_list() == [date(2024, 1, 31), None]


def test_extreme_typed_times_of_a_zone_are_null() -> None:
    values = pl.Series("at", [2**63 - 1, -(2**63), 0], dtype=pl.Int64).cast(pl.Datetime("us"))
    found = day_reading(values.to_frame().lazy(), "at", values.dtype, "o", ReadOptions(times_in="Asia/Tokyo"))
    assert values.to_frame().select(found.day).to_series().to_list() == [None, None, date(1969, 12, 31)]


def test_orders_by_the_zone_of_their_heading(write: Any, rfm: Any, tmp_path: Any) -> None:
    text = "customer,Paid (UTC),amount\na,2024-02-01 02:00:00,5.00\nb,2024-02-10 15:00:00,7.00\n"
    options = ["--map", "ordered_at=Paid (UTC)", "--timezone", "America/New_York"]
    done = rfm("score", write("o.csv", text), *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-31,2024-01-31,10,1,5,")
    said = b"o.csv: column 'Paid (UTC)': times are in UTC, as its heading says, and counted in days of America/New_York"
    assert said in done.stderr
    rolled = rfm("rollup", "o.csv", "out", *options, cwd=tmp_path)
    assert rolled.returncode == 0, rolled.stderr
    assert b'"converted": true' in next((tmp_path / "out").rglob("manifest.json")).read_bytes()


def test_an_unclear_zone_stops_the_run(write: Any, rfm: Any, tmp_path: Any) -> None:
    path = write("o.csv", "customer,date,amount\na,2024-02-01 02:00 IST,5\na,2024-02-03 02:00 IST,5\n")
    done = rfm("score", path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert (
        b"column 'date': times of IST, which does not say the zone, for example '2024-02-01 02:00 IST'" in done.stderr
    )
    done = rfm("score", path, "--times-in", "Asia/Kolkata", cwd=tmp_path)
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-31,2024-02-02,0,2,10,")
    assert b"column 'date': times are in Asia/Kolkata, by --times-in, and counted in days of UTC" in done.stderr


def test_dates_of_all_tables(write: Any, rfm: Any, tmp_path: Any) -> None:
    orders = write("o.csv", "customer,date,amount,currency\na,43102,5,USD\nb,43104,7,EUR\n")
    people = write("p.csv", 'customer_id,registered_at\na,"Jan 1, 2018"\nb,25 дек. 2017 г.\n')
    events = write("e.csv", "customer_id,event,at (UTC)\na,open,1/25/18 3:45 PM\nb,open,1/3/18 11:00 AM\n")
    rates = write("r.csv", "currency,date,rate\nUSD,43101,0.5\n")
    tables = ["--customers", people, "--events", events, "--rates", rates, "--currency", "EUR"]
    mapped = ["--map", "events.at=at (UTC)", "--as-of", "2018-01-31"]
    done = rfm("score", orders, *tables, *mapped, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split(b",")[:6] for line in done.stdout.splitlines()[1:]] == [
        [b"a", b"2018-01-02", b"2018-01-02", b"29", b"1", b"2.50"],
        [b"b", b"2018-01-04", b"2018-01-04", b"27", b"1", b"7.00"],
    ]
    for said in (
        "o.csv: column 'date': numbers read as Excel's serial dates (1900 system), so that 43102 is 2018-01-02",
        "e.csv: column 'at (UTC)': years of two digits, read as 1970 to 2069, '1/25/18 3:45 PM' by %m/%d/%y %I:%M %p",
        "e.csv: column 'at (UTC)': times are in UTC, as its heading says, and counted in days of UTC (--timezone)",
        "r.csv: column 'date': numbers read as Excel's serial dates (1900 system), so that 43101 is 2018-01-01",
    ):
        assert said.encode() in done.stderr, done.stderr


def test_check_shows_how_a_column_is_read(write: Any, rfm: Any, tmp_path: Any) -> None:
    path = write("o.csv", 'customer,date,amount\na,"Jan 25, 2024 3:45 PM",5\na,43102,5\n')
    done = rfm("check", path, "--format", "csv", cwd=tmp_path)
    assert b"read as %d %b %Y %I:%M %p (month names)" in done.stdout
    assert b"rejected,date,no readable date,1" in done.stdout


def test_two_ways_name_both(write: Any, rfm: Any, tmp_path: Any) -> None:
    done = rfm("score", write("o.csv", "customer,date,amount\na,01/02/03,5\n"), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"could be read day first or month first or year first, for example '01/02/03'" in done.stderr
    done = rfm("score", "o.csv", "--date-format", "%y/%m/%d", cwd=tmp_path)
    assert done.stdout.splitlines()[1].startswith(b"a,2001-02-03,")


def test_what_no_format_reads_is_an_error_of_the_run_only_without_others() -> None:
    with pytest.raises(InputError):
        days("01/02/03", "04/05/06")
