from __future__ import annotations

import random

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.date_formats import date_formats, shape_table
from tests.tables.test_days import days


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["25.01.24"], ["2024-01-25"]),
        (["01.02.03"], ["2003-02-01"]),
        (["25.01.99", "25.01.70", "25.01.69"], ["1999-01-25", "1970-01-25", "2069-01-25"]),
        (["1/25/24"], ["2024-01-25"]),
        (["1/25/24 3:45 PM", "1/2/24 12:00 AM"], ["2024-01-25", "2024-01-02"]),
        (["25/01/24", "03/02/24", "28/02/24"], ["2024-01-25", "2024-02-03", "2024-02-28"]),
        (["24-01-25", "24-02-13", "24-02-03"], ["2024-01-25", "2024-02-13", "2024-02-03"]),
        (["99/1/25"], ["1999-01-25"]),
        (["24/1/5"], ["2024-01-05"]),
        (["1/5/99", "1/25/99"], ["1999-01-05", "1999-01-25"]),
        (["03/04/24", "13/04/2024"], ["2024-04-03", "2024-04-13"]),
        (["03/04/24", "04/13/2024"], ["2024-03-04", "2024-04-13"]),
        (["2024-01-25", "2024-01-26", "03/04/24"], ["2024-01-25", "2024-01-26", None]),
    ],
)
def test_years_of_two_digits(texts: list[str], expected: list[str | None]) -> None:
    assert days(*texts) == expected
    assert days(*reversed(texts)) == expected[::-1]


@pytest.mark.parametrize(
    ("texts", "ways"),
    [
        (["03/04/24"], "day first or month first or year first"),
        (["01/02/03", "04/05/06"], "day first or month first or year first"),
        (["25/01/24"], "day first or year first"),
        (["24-01-25", "25-01-24"], "day first or year first"),
        (["03/04/32"], "day first or month first"),
    ],
)
def test_years_of_two_digits_that_could_be_read_in_several_ways(texts: list[str], ways: str) -> None:
    with pytest.raises(InputError) as error:
        days(*texts)
    assert error.value.message == f"o.csv: column 'd' could be read {ways}, for example {min(texts)!r}"
    mark = texts[0][2]
    formats = {"day": f"%d{mark}%m{mark}%y", "month": f"%m{mark}%d{mark}%y", "year": f"%y{mark}%m{mark}%d"}
    said = " or ".join(f"--date-format {formats[way]}" for way in formats if f"{way} first" in ways)
    assert error.value.hint.startswith(f"say which: {said} (")


def test_years_of_two_digits_in_no_one_order() -> None:
    with pytest.raises(InputError, match="mixes dates with the day, month or year first"):
        days("25/01/32", "01/25/32")


def test_evidence_is_counted() -> None:
    texts = ["03/04/2024", "13/04/2024", "45/01/2024", "14/05/2024 10:00", "2024-01-01"]
    table = shape_table(pl.LazyFrame({"d": texts}), pl.col("d"))
    found = date_formats(table, table, "o.csv", None).evidence.counts()
    assert found == {"two_way": 4, "not_month_first": 2, "not_year_first": 3}
    table = shape_table(pl.LazyFrame({"d": ["25.01.24", "26.01.24"]}), pl.col("d"))
    assert date_formats(table, table, "o.csv", None).evidence.counts() == {"two_digit_years": 2}
    table = shape_table(pl.LazyFrame({"d": ["43102", "43103.5", "n/a"]}), pl.col("d"))
    assert date_formats(table, table, "o.csv", None).evidence.counts() == {"serial_numbers": 2}


def test_the_order_of_rows_does_not_matter(write: object, read: object) -> None:
    rows = [f"c{day},{day:02}/01/24,1\n" for day in range(1, 29)] * 500
    for seed in (None, 1):
        if seed:
            random.Random(seed).shuffle(rows)
        seen = read(write(f"o{seed}.csv", "customer_id,date,amount\n" + "".join(rows)))  # type: ignore[operator]
        assert sorted({day.isoformat() for day in seen.days()}) == [f"2024-01-{day:02}" for day in range(1, 29)]


def test_a_late_row_leaves_years_of_two_digits_in_doubt(write: object, read: object) -> None:
    # The first rows look day first; all rows show as many different first numbers as last ones.
    rows = ["c,25/01/24,1\n", "c,26/01/24,1\n"] * 6000 + ["c,26/01/23,1\n"]
    with pytest.raises(InputError, match="could be read day first or year first"):
        read(write("o.csv", "customer_id,date,amount\n" + "".join(rows)))  # type: ignore[operator]
