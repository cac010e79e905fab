"""Formats of dates in texts: counted by shape, left open where no text proves the day, chosen by all files."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.date_formats import asks, combined_shapes, date_formats, is_open, shape_table
from rfm_cli.tables.date_shapes import SERIAL_TIMES, Format


def shown(*texts: str) -> pl.DataFrame:
    return shape_table(pl.LazyFrame({"text": texts}), pl.col("text"))


def test_texts_are_counted_by_shape() -> None:
    table = shown("01/02/2024", "03/02/2024", " 2024-03-01", "31.12.2023 24:00", "").sort("shape")
    assert table.select("shape", "rows", "example", "midnight").rows() == [
        (" 9999-99-99", 1, " 2024-03-01", 0),
        ("99.99.9999 99:99", 1, "31.12.2023 24:00", 1),
        ("99/99/9999", 2, "01/02/2024", 0),
    ]


@pytest.mark.parametrize(
    ("texts", "is_left"),
    [
        (["01/02/2024"], True),
        (["01/02/2024", "13/02/2024"], False),
        (["2024-01-02"], False),
        (["01/02/24"], True),
        (["31/02/24", "01/02/24"], False),
        (["31/02/32", "01/13/24"], True),
    ],
)
def test_an_order_is_open_until_a_text_proves_it(texts: list[str], is_left: bool) -> None:
    assert is_open(shown(*texts), "orders.csv") == is_left


def test_shapes_ask_where_the_day_may_be_in_two_places() -> None:
    assert [asks(shape) for shape in ("99/99/9999", "99/99/99", "9999-99-99", "99.99.9999")] == [
        True,
        True,
        False,
        False,
    ]


def test_other_files_settle_a_doubt_which_is_an_error_without_them() -> None:
    own, other = shown("01/02/2024"), shown("13/02/2024")
    together = combined_shapes([own, other])
    assert date_formats(own, together, "orders.csv", None).formats == (Format("%d/%m/%Y"),)
    with pytest.raises(InputError, match=r"orders\.csv"):
        date_formats(own, own, "orders.csv", None)


def test_numbers_alone_are_those_of_a_spreadsheet() -> None:
    table = shown("45000", "45001.5")
    assert date_formats(table, table, "orders.csv", None).formats == (SERIAL_TIMES,)
