"""Days of the tables beside the orders, and short epoch numbers."""

from __future__ import annotations

import polars as pl

from rfm_cli.tables.days import read_days


def days_of(texts: list[str], date_format: str | None = None) -> list[str | None]:
    frame = pl.DataFrame({"at": texts})
    read = read_days(frame.lazy(), "at", pl.String(), "c.csv", date_format, "UTC")
    return [str(day) if day else None for day in frame.select(read).to_series().to_list()]


def test_a_date_format_that_reads_nothing_of_a_column_leaves_it_to_its_shapes() -> None:
    assert days_of(["2024-01-31", "2024-02-01"], "%d/%m/%Y") == ["2024-01-31", "2024-02-01"]
    assert days_of(["01/02/2024", "2024-02-01"], "%d/%m/%Y") == ["2024-02-01", None]


def test_seconds_and_milliseconds_before_september_2001() -> None:
    mixed = ["852076800", "999999999", "1000000000", "9999999999"]
    assert days_of(mixed) == ["1997-01-01", "2001-09-09", "2001-09-09", "2286-11-20"]
    assert days_of(["852076800"]) == ["1997-01-01"]
    assert days_of(["852076800000", "1000000000000"]) == ["1997-01-01", "2001-09-09"]
    assert days_of(["852076800000"]) == ["1997-01-01"]


def test_short_numbers_among_other_dates_are_slips_and_no_instants() -> None:
    assert days_of(["20240101", "202401011"]) == ["2024-01-01", None]
    assert days_of(["2024-01-01", "999999999"]) == ["2024-01-01", None]
    assert days_of(["202401151230"]) == [None]
