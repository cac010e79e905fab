# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.column_types import broken_ids, id_of, is_whole, same_type

HEADER = "customer_id,order_id,date,amount\n"
BIG = 12345678901234567890


def texts(values: list[Any], dtype: pl.DataType | type[pl.DataType]) -> list[str | None]:
    frame = pl.DataFrame({"id": pl.Series(values, dtype=dtype)})
    found = frame.select(id_of("id", frame.schema["id"], "o.parquet").cast(pl.String))
    return found.to_series().to_list()


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (["00123", " 7 ", "", "  ", "NA", None], pl.String, ["00123", "7", None, None, "NA", None]),
        ([17850, -1, 0, None], pl.Int64, ["17850", "-1", "0", None]),
        ([5, None], pl.UInt8, ["5", None]),
        ([17850.0, None, float("nan")], pl.Float64, ["17850", None, None]),
        ([17850.0], pl.Float32, ["17850"]),
        ([BIG, 1], pl.UInt64, [str(BIG), "1"]),
        ([BIG * 10**10], pl.Int128, [str(BIG * 10**10)]),
        ([Decimal(BIG), None], pl.Decimal(38, 0), [str(BIG), None]),
        ([Decimal("17850.00")], pl.Decimal(10, 2), ["17850"]),
        (["007", None], pl.Categorical, ["007", None]),
        (["a"], pl.Enum(["a", "b"]), ["a"]),
        ([None], pl.Null, [None]),
    ],
)
def test_ids_of_many_types(values: list[Any], dtype: Any, expected: list[str | None]) -> None:
    assert texts(values, dtype) == expected


@pytest.mark.parametrize("values", [[True], [date(2024, 1, 1)], [[1]], [b"x"]])
def test_what_cannot_be_an_id(values: list[Any]) -> None:
    with pytest.raises(InputError, match=r"o\.parquet: column 'id' is .* which cannot be an id"):
        texts(values, pl.Series(values).dtype)


@pytest.mark.parametrize(
    ("values", "dtype", "broken"),
    [
        ([1.5, 2.0, None, float("nan")], pl.Float64, 1),
        ([float("inf"), 2.0**53], pl.Float64, 2),
        ([2.0**24, 2.0**24 - 1], pl.Float32, 1),
        ([Decimal("1.5"), Decimal(2), None], pl.Decimal(10, 1), 1),
        ([1, 2], pl.Int64, 0),
        (["1.5"], pl.String, 0),
    ],
)
def test_broken_ids_are_counted(values: list[Any], dtype: Any, broken: int) -> None:
    frame = pl.DataFrame({"id": pl.Series(values, dtype=dtype)})
    assert frame.select(broken_ids("id", frame.schema["id"])).item() == broken


def test_whole_numbers() -> None:
    values = pl.Series([1.0, 1.5, -3.0, float("inf")])
    assert pl.select(is_whole(pl.lit(values), pl.Float64())).to_series().to_list() == [True, False, True, False]


def test_the_type_under_which_ids_meet() -> None:
    assert same_type([pl.Int64(), pl.Int64()]) == pl.Int64
    assert same_type([pl.Int64(), pl.String()]) == pl.String


def test_text_ids_come_through(write: Any, read: Any) -> None:
    ids = ["00123", "123", "NA", "null", "12345678901234567890", "1e5", "1.5", "Ж-7", "+7", "-7", "0"]
    path = write("o.csv", HEADER + "".join(f"{one},{one},2024-01-01,1\n" for one in ids))
    assert read(path).ids() == sorted(ids)
    assert read(path).orders_ids() == sorted(ids)


def test_ids_are_trimmed_and_empty_ones_are_missing(write: Any, read: Any) -> None:
    seen = read(
        write("o.csv", HEADER + ' a ,1,2024-01-01,1\n"",2,2024-01-01,1\n  ,3,2024-01-01,1\na," ",2024-01-01,1\n')
    )
    assert seen.ids() == ["a", "a"]
    assert seen.orders_ids() == ["1", None]
    assert seen.rejects() == [(2, "customer"), (3, "customer")]


@pytest.mark.parametrize("late", ["00123", "A7", "+7", "7.5", "12345678901234567890", "٧"])
def test_a_late_id_that_is_no_plain_integer(write: Any, read: Any, late: str) -> None:
    many = "".join(f"{place % 9},{place},2024-01-01,1\n" for place in range(1, 10_002))
    seen = read(write("o.csv", HEADER + many + f"{late},{late},2024-01-01,1\n7,7,2024-01-01,1\n"))
    assert seen.facts.accepted == 10_003
    assert late in seen.ids() and late in seen.orders_ids()
    assert seen.ids().count("7") == 1112


def test_late_blanks_around_an_integer(write: Any, read: Any) -> None:
    many = "".join(f"{place % 9},{place},2024-01-01,1\n" for place in range(1, 10_002))
    seen = read(write("o.csv", HEADER + many + " 7 , 99999 ,2024-01-01,1\n"))
    assert seen.ids().count("7") == 1112
    assert "99999" in seen.orders_ids()


def table(ids: list[Any], dtype: Any, field: str = "customer_id") -> pl.DataFrame:
    made = {
        "customer_id": ["c"] * len(ids),
        "order_id": [f"o{place}" for place in range(len(ids))],
        "date": [date(2024, 1, 1)] * len(ids),
        "amount": [1] * len(ids),
    }
    return pl.DataFrame(made).with_columns(pl.Series(field, ids, dtype=dtype))


@pytest.mark.parametrize("field", ["customer_id", "order_id"])
@pytest.mark.parametrize(
    ("ids", "dtype"), [([1.5, 2.0], pl.Float64), ([Decimal("1.5"), Decimal(2)], pl.Decimal(10, 1))]
)
def test_ids_with_a_fraction_are_an_error(write: Any, read: Any, field: str, ids: list[Any], dtype: Any) -> None:
    with pytest.raises(InputError, match=f"{field}.*: 1 values have a fraction, or are too large") as error:
        read(write("o.parquet", table(ids, dtype, field)))
    assert error.value.exit_code == 3


def test_a_missing_float_id_is_no_customer(write: Any, read: Any) -> None:
    seen = read(write("o.parquet", table([17850.0, None, float("nan")], pl.Float64)))
    assert (seen.ids(), seen.facts.rejected) == (["17850"], {"customer": 2})


def test_files_with_ids_of_differing_types(write: Any, read: Any) -> None:
    whole = write("a.parquet", table([17850, 3], pl.Int64))
    floats = write("b.parquet", table([17850.0, None], pl.Float64))
    text = write("c.csv", HEADER + "17850,o,2024-01-01,1\n017850,p,2024-01-01,1\n")
    big = write("d.parquet", table([17850, BIG], pl.UInt64))
    assert read(whole, floats).ids() == ["17850", "17850", "3"]
    assert read(whole, floats, text, big).ids() == sorted(["17850"] * 4 + ["3", "017850", str(BIG)])


@pytest.mark.parametrize("value", [2.0**53, float("inf")])
def test_floats_past_their_whole_numbers_are_said_to_be_too_large(write: Any, read: Any, value: float) -> None:
    with pytest.raises(InputError, match="1 values have a fraction, or are too large for a float to tell apart"):
        read(write("o.parquet", table([value, 2.0], pl.Float64)))
