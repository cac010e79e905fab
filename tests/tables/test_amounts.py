# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

from typing import Any, Literal

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.amounts import Evidence, amount_format, evidence_columns, parse_amounts

Mark = Literal[".", ","]


def amounts(*texts: str | None, decimal: Mark | None = None) -> list[float | None]:
    frame = pl.DataFrame({"a": pl.Series(texts, dtype=pl.String)})
    found = Evidence(**frame.select(evidence_columns(pl.col("a"))).row(0, named=True))
    form = amount_format(found, "o.csv: column 'a'", decimal)
    return frame.select(parse_amounts(pl.col("a"), form)).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("-12.5", -12.5),
        ("+12.50", 12.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("0", 0.0),
        ("007", 7.0),
        (" 12.50 ", 12.5),
        ("1 234,50", 1234.5),
        ("1\u00a0234,50", 1234.5),
        ("1\u202f234,50", 1234.5),
        ("1\u2009234,50", 1234.5),
        ("1 234 567,5", 1234567.5),
        ("1'234.50", 1234.5),
        ("1’234.50", 1234.5),
        ("1 234", 1234.0),
        ("1,258.54", 1258.54),
        ("1,234,567", 1234567.0),
        ("1,234,567.89", 1234567.89),
        ("1.234.567", 1234567.0),
        ("1.258,54", 1258.54),
        ("1234,5", 1234.5),
        ("1234,567", 1234.567),
        ("0,500", 0.5),
        (",5", 0.5),
        ("$12.00", 12.0),
        ("-$12.00", -12.0),
        ("$-12.00", -12.0),
        ("$1,258.54", 1258.54),
        ("12.00 €", 12.0),
        ("€12,50", 12.5),
        ("12 ₽", 12.0),
        ("1 234,50 руб.", 1234.5),
        ("100 р.", 100.0),
        ("USD 12.00", 12.0),
        ("12,00 EUR", 12.0),
        ("(12.00)", -12.0),
        ("($12.00)", -12.0),
        ("$(12.00)", -12.0),
        ("(1,258.54)", -1258.54),
        ("12.00-", -12.0),
        ("12,00-", -12.0),
        ("1 234,50-", -1234.5),
        ("−12.00", -12.0),
    ],
)
def test_writings(text: str, value: float) -> None:
    assert amounts(text) == [value]


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "nan", "inf", "-inf", "Infinity", "1e999", "abc", "$", "-", "()", "(", "12.00)", "--12", "-12-",
     "(-12)", "1.2.3", "1,2,3", "12,34,56", "1.234,56.7", "12-34",
     "1_000", "0x10", "1e", "twelve", "NULL", "N/A", "1,,5"],
)  # fmt: skip
def test_what_is_no_amount_is_null(text: str) -> None:
    assert amounts("12.50", text) == [12.5, None]
    assert amounts("1 234.50", text) == [1234.5, None]


def test_nulls_stay() -> None:
    assert amounts(None, "12,5") == [None, 12.5]
    assert amounts(None) == [None]


def test_one_value_settles_the_mark_of_the_column() -> None:
    assert amounts("1,234", "12,5") == [1.234, 12.5]
    assert amounts("1,234", "12.5") == [1234.0, 12.5]
    assert amounts("1,234", "1,234.5") == [1234.0, 1234.5]
    assert amounts("1,234", "1,234,567") == [1234.0, 1234567.0]
    assert amounts("1,234", "0.500") == [1234.0, 0.5]
    assert amounts("1,234", "1234.567") == [1234.0, 1234.567]
    assert amounts("1,234", "1234,567") == [1.234, 1234.567]
    assert amounts("1.234", "12,5") == [1234.0, 12.5]
    assert amounts("1.234", "1.234,50") == [1234.0, 1234.5]


def test_three_digits_after_a_point_are_decimals() -> None:
    assert amounts("1.234") == [1.234]
    assert amounts("1.234", "15") == [1.234, 15.0]


@pytest.mark.parametrize("texts", [("1,234",), ("1,234", "15"), ("(1,234)", "$2,345"), ("-1,234", "999,000")])
def test_commas_and_three_digits_throughout_are_ambiguous(texts: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        amounts(*texts)
    assert error.value.message.startswith("o.csv: column 'a' could be read in two ways, for example ")
    assert "--decimal" in error.value.hint


def test_the_mark_that_the_user_says() -> None:
    assert amounts("1,234", decimal=",") == [1.234]
    assert amounts("1,234", decimal=".") == [1234.0]
    assert amounts("1.234", decimal=",") == [1234.0]
    assert amounts("1.234", decimal=".") == [1.234]
    assert amounts("12,50", "12.50", decimal=",") == [12.5, None]
    assert amounts("12,50", "12.50", decimal=".") == [None, 12.5]


@pytest.mark.parametrize("texts", [("12,5", "12.5"), ("1.234,50", "1,234.50"), ("0,5", "1234.567"), ("1,5", "0.500")])
def test_both_marks_are_an_error(texts: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="has decimal commas and decimal points") as error:
        amounts(*texts)
    assert "--decimal" in error.value.hint


HEAD = 10_001


def many(first: str, *late: str) -> str:
    rows = [first] * HEAD + list(late)
    return "customer_id;date;amount\n" + "".join(f"c;2024-01-01;{amount}\n" for amount in rows)


@pytest.mark.parametrize(
    ("first", "late", "minor"),
    [
        ("100", "12,5", (1000, 125)),
        ("100", "1 234,50", (10000, 123450)),
        ("100", "$1,258.54", (10000, 125854)),
        ("1.234", "12,5", (12340, 125)),
        ("1,234", "12,5", (1234, 12500)),
        ("1,234", "12.5", (12340, 125)),
        ("1,234", "1,234.50", (1234000, 1234500)),
        ("12.50", "(7.25)", (1250, -725)),
        ("12", "0.005", (12000, 5)),
    ],
)
def test_late_surprises(write: Any, read: Any, first: str, late: str, minor: tuple[int, int]) -> None:
    seen = read(write("o.csv", many(first, late)))
    scale = seen.orders.scale
    found = seen.table["minor"].to_list()
    expected = [value * 10**scale / 10 ** _scale(first, late) for value in minor]
    assert [found[0], found[-1]] == expected
    assert seen.facts.rejected == {}


def _scale(first: str, late: str) -> int:
    """The scale in which the cases above are written."""
    known = {("100", "12,5"): 1, ("1.234", "12,5"): 1, ("1,234", "12,5"): 3, ("1,234", "12.5"): 1, ("12", "0.005"): 3}
    return known.get((first, late), 3 if first == "1,234" else 2)


def test_late_contradiction(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="decimal commas and decimal points"):
        read(write("o.csv", many("12.50", "12,50")))
    with pytest.raises(InputError, match="could be read in two ways"):
        read(write("o.csv", many("12", "1,234")))


def test_a_late_row_that_is_no_amount(write: Any, read: Any) -> None:
    seen = read(write("o.csv", many("12.50", "n/a", "NaN", "inf")))
    assert seen.facts.rejected == {"amount": 3}
    assert seen.rejects() == [(HEAD + 1, "amount"), (HEAD + 2, "amount"), (HEAD + 3, "amount")]


def test_quantity_times_price_have_marks_of_their_own(write: Any, read: Any) -> None:
    text = "customer_id;date;quantity;unit_price\nc;2024-01-01;1,5;2.50\nc;2024-01-02;;3.00\nc;2024-01-03;x;1.00\n"
    seen = read(write("o.csv", text))
    assert (seen.minor(), seen.orders.scale) == ([375], 2)
    assert seen.facts.rejected == {"amount": 2}
