"""Columns of files: their kinds, their one type over several files, and how their texts are read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.language.columns import Column
from rfm_cli.language.file_columns import FileColumns, Part, file_columns
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import texts


def part(frame: pl.DataFrame, **fields: str) -> Part:
    """A frame as a file of a table."""
    return Part(frame.lazy(), "t.csv", frame.schema, frame.columns, fields)


def read(found: FileColumns, frame: pl.DataFrame, name: str, how: str) -> list[object]:
    """The values of a column of the only file, read as numbers or days."""
    column = found.columns[name]
    reading = column.numbers if how == "numbers" else column.days
    assert reading is not None
    return frame.lazy().select(**found.values[0]).select(reading()).collect().to_series().to_list()


def test_kinds_follow_names_and_types() -> None:
    frame = pl.DataFrame(
        {
            "campaign id": ["a"],
            "Code": [7],
            "status": ["x"],
            "text": ["x"],
            "whole": [1],
            "float": [float("nan")],
            "exact": [Decimal("1.50")],
            "flag": [True],
            "born": [date(2024, 1, 1)],
            "seen": [datetime(2024, 1, 1, 5)],
        }
    )
    found = file_columns([part(frame)], ReadOptions())
    kinds = {column.name: column.kind for column in found.columns.values()}
    assert kinds == {
        "campaign id": "exact",
        "Code": "exact",
        "status": "name",
        "text": "text",
        "whole": "number",
        "float": "number",
        "exact": "number",
        "flag": "truth",
        "born": "day",
        "seen": "moment",
    }
    row = frame.select(**found.values[0]).row(0, named=True)
    assert (row["Code"], row["float"], row["seen"]) == ("7", None, datetime(2024, 1, 1, 5))
    typed = [column for column in found.columns.values() if column.dtype != pl.String]
    assert all(column.numbers is None and column.days is None for column in typed)


def test_a_column_has_one_type_over_all_files() -> None:
    first = pl.DataFrame({"a": [1], "b": [1], "c": ["x"], "d": [date(2024, 1, 1)]})
    second = pl.DataFrame({"A": [1.5], "b": ["7"], "d": [datetime(2024, 1, 2, 3)]})
    found = file_columns([part(first), part(second)], ReadOptions())
    frames = [one.select(**values) for one, values in zip((first, second), found.values, strict=True)]
    assert pl.concat(frames).rows() == [
        (1.0, "1", "x", datetime(2024, 1, 1)),
        (1.5, "7", None, datetime(2024, 1, 2, 3)),
    ]
    assert {key: column.kind for key, column in found.columns.items()} == {
        "a": "number",
        "b": "text",
        "c": "text",
        "d": "moment",
    }


def test_a_field_answers_to_its_heading_and_keeps_its_name() -> None:
    frame = texts("Kanal,channel,Klient", "x,y,z")
    found = file_columns([part(frame, channel="Kanal", customer_id="Klient")], ReadOptions(), ["customer_id"])
    channel = Column("channel", "name", pl.String())
    assert found.columns == {"channel": channel, "kanal": channel}
    assert frame.select(**found.values[0]).rows() == [("x",)]


def test_the_literal_decides_how_texts_are_read() -> None:
    frame = texts("price,seen,both", "1 234;50,31.12.2024 10:00,5".replace(";", "."), " 7 ,01.02.2024,x", "x,never,")
    found = file_columns([part(frame)], ReadOptions())
    assert read(found, frame, "price", "numbers") == [1234.5, 7.0, None]
    assert read(found, frame, "seen", "days") == [datetime(2024, 12, 31, 10), datetime(2024, 2, 1), None]
    assert read(found, frame, "both", "numbers") == [5.0, None, None]


def test_options_say_how_texts_are_read() -> None:
    frame = texts("price|seen".replace("|", ","), "1.234,02/03/2024")
    found = file_columns([part(frame)], ReadOptions(decimal=",", date_format="%d/%m/%Y"))
    assert read(found, frame, "price", "numbers") == [1234.0]
    assert read(found, frame, "seen", "days") == [date(2024, 3, 2)]


def test_texts_that_could_be_read_in_two_ways_are_an_error_when_they_are_asked() -> None:
    frame = pl.DataFrame({"price": ["1,234"], "seen": ["02/03/2024"], "at (IST)": ["2024-01-01 10:00"]})
    found = file_columns([part(frame)], ReadOptions())
    for name, how, why in (
        ("price", "numbers", "t.csv: column 'price' could be read in two ways"),
        ("seen", "days", "t.csv: column 'seen'"),
        ("at(ist)", "days", "times of IST, which does not say the zone"),
    ):
        with pytest.raises(InputError, match=why.replace("(", r"\(")):
            read(found, frame, name, how)


def test_a_column_without_any_number_or_date_is_an_error_and_an_empty_one_is_not() -> None:
    frame = texts("word,none", "b,", "a,")
    found = file_columns([part(frame)], ReadOptions())
    with pytest.raises(InputError, match="column 'word': no value is a number, for example 'a'"):
        read(found, frame, "word", "numbers")
    with pytest.raises(InputError, match="column 'word': no value is a date, for example 'a'"):
        read(found, frame, "word", "days")
    assert read(found, frame, "none", "numbers") == read(found, frame, "none", "days") == [None, None]


def test_files_settle_together_what_one_leaves_open() -> None:
    first, second = texts("seen,price", "02/03/2024,1.234"), texts("seen,price", "13/01/2024,2.50")
    found = file_columns([part(first), part(second)], ReadOptions())
    assert read(found, first, "seen", "days") == [date(2024, 3, 2)]
    assert read(found, first, "price", "numbers") == [1.234]
