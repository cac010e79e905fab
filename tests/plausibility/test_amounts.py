"""Columns that look like money: named where no amount was found, by all rows and by nothing less."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from rfm_cli.model import Shop, TablePaths
from rfm_cli.plausibility.amounts import candidates, on_no_amount, unused_money
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import OrderFile

WITHOUT = "no amounts: customers are scored on recency and frequency alone"


def shop(content: str | pl.DataFrame, tmp_path: Path, **options: object) -> Shop:
    path = tmp_path / ("o.csv" if isinstance(content, str) else "o.parquet")
    path.write_text(content, encoding="utf-8") if isinstance(content, str) else content.write_parquet(path)
    return open_shop(TablePaths(orders=(str(path),)), ReadOptions(**options))  # type: ignore[arg-type]


def file_of(content: str | pl.DataFrame, tmp_path: Path) -> OrderFile:
    orders = shop(content, tmp_path).orders
    assert orders
    return orders.files[0]


def warned(content: str | pl.DataFrame, tmp_path: Path, **options: object) -> tuple[str, str]:
    orders = shop(content, tmp_path, **options).orders
    assert orders
    [one] = on_no_amount(orders)
    return one.name, one.text


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Basket Value", ["10", "20"]),
        ("BasketValue", ["10", "20"]),
        ("Net Sale Price", ["10.5", ""]),
        ("Gross", ["$1,240.00", "($30.00)"]),
        ("Чек, сумма", ["1 234,50", "-10"]),
        ("x", ["$10", "€5"]),
        ("x", ["10.00", "5.25"]),
        ("x", ["1.234,50 kr", "12,00 kr"]),
        ("Cost", ["0", "5"]),
    ],
)
def test_columns_that_look_like_money(tmp_path: Path, heading: str, values: list[str]) -> None:
    rows = "".join(f'a,2024-01-0{day},"{value}"\n' for day, value in enumerate(values, start=1))
    assert candidates(file_of(f'customer,date,"{heading}"\n{rows}', tmp_path)) == [heading]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Value", ["10", "many"]),
        ("Value", ["", ""]),
        ("Value", ["0.00", "0"]),
        ("Value ID", ["10", "20"]),
        ("Order Count", ["10", "20"]),
        ("Paid on", ["05.01.2024", "06.01.2024"]),
        ("Paid", ["2024-01-05", "2024-01-06"]),
        ("Payment Time", ["10:30:00", "11:00:00"]),
        ("x", ["10", "20"]),
        ("x", ["10.00", "5"]),
        ("lat", ["10.00", "5.25"]),
        ("Tip", ["10.00", "5.25"]),
        ("freight", ["10.00", "5.25"]),
    ],
)
def test_other_columns(tmp_path: Path, heading: str, values: list[str]) -> None:
    rows = "".join(f'a,2024-01-0{day},"{value}"\n' for day, value in enumerate(values, start=1))
    assert candidates(file_of(f'customer,date,"{heading}"\n{rows}', tmp_path)) == []
    assert warned(f'customer,date,"{heading}"\n{rows}', tmp_path) == ("", WITHOUT)


def test_the_warning_names_the_columns_and_the_option(tmp_path: Path) -> None:
    text = "customer,date,Tax Total,Net Value,Qty\na,2024-01-05,2.16,27.00,1\n"
    assert warned(text, tmp_path) == (
        "no-amount",
        f"{WITHOUT}, and refunds cannot be distinguished from purchases; 'Net Value', 'Tax Total' look like money: "
        "--map amount='Net Value'",
    )


def test_many_columns_are_counted(tmp_path: Path) -> None:
    names = [f"value {mark}" for mark in "abcdefg"]
    text = f"customer,date,{','.join(names)}\na,2024-01-05{',1' * 7}\n"
    assert warned(text, tmp_path)[1].endswith(
        "'value a', 'value b', 'value c', 'value d', 'value e' and 2 more look like money: --map amount='value a'"
    )


def test_a_unit_price_without_a_quantity_is_a_candidate(tmp_path: Path) -> None:
    assert candidates(file_of("customer,date,price\na,2024-01-05,5\n", tmp_path)) == ["price"]
    assert candidates(file_of("customer,date,line_total\na,2024-01-05,5\n", tmp_path)) == ["line_total"]


def test_a_late_row_refutes_a_column(tmp_path: Path) -> None:
    rows = ["a,2024-01-05,10.00\n"] * 12_000
    assert candidates(file_of("customer,date,value\n" + "".join(rows), tmp_path)) == ["value"]
    assert candidates(file_of("customer,date,value\n" + "".join([*rows, "a,2024-01-05,none\n"]), tmp_path)) == []
    assert candidates(file_of("customer,date,value\n" + "".join(["a,2024-01-05,none\n", *rows]), tmp_path)) == []


def test_signs_decide_in_any_order_of_the_rows(tmp_path: Path) -> None:
    """A column with a sign on every value is money; one with a plain whole number is not, wherever that is."""
    rows = ["a,2024-01-05,$10\n"] * 12_000
    assert candidates(file_of("customer,date,x\n" + "".join(rows), tmp_path)) == ["x"]
    for mixed in (["a,2024-01-05,10\n", *rows], [*rows, "a,2024-01-05,10\n"]):
        assert candidates(file_of("customer,date,x\n" + "".join(mixed), tmp_path)) == []


def test_late_rows_of_too_many_fields(tmp_path: Path) -> None:
    rows = "a,2024-01-05,10.00\n" * 12_000
    text = f"customer,date,value\n{rows}a,2024-01-05,1,2\n"
    assert candidates(file_of(text, tmp_path)) == ["value"]


def test_typed_columns(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"customer": ["a"], "date": ["2024-01-05"], "net value": [10.5], "x": [1.25], "paid": [True], "cost": [0]}
    )
    assert candidates(file_of(frame, tmp_path)) == ["net value"]


def test_the_warning_is_one_of_the_shop(tmp_path: Path) -> None:
    found = shop("customer,date,net value\na,2024-01-05,5\n", tmp_path)
    assert [one.name for one in found.notes if one.level == "warning"] == ["no-amount"]
    with_amount = shop("customer,date,net value,amount\na,2024-01-05,5,6\n", tmp_path)
    assert [one.name for one in with_amount.notes if one.level == "warning"] == []


SQUARE = (
    "Date,Customer ID,Gross Sales,Net Sales,Tax,Tip,Total Collected,Transaction ID,Payment ID,Note\n"
    '2024-09-13,C1,$30.00,$27.00,$2.16,$2.00,"$1,031.16",T1,P1,x\n'
    "2024-09-14,C1,($30.00),($27.00),($2.16),$0.00,($29.16),T3,P3,\n"
    "2024-09-15,C2,,$5.00,,$0.00,$5.10,T4,P4,y\n"
)


def test_money_that_is_not_taken_is_summed(tmp_path: Path) -> None:
    found = [(one.heading, one.total, one.rows) for one in unused_money(file_of(SQUARE, tmp_path))]
    assert found == [
        ("Gross Sales", "0", 2),
        ("Tax", "0.00", 2),
        ("Tip", "2", 3),
        ("Total Collected", "1,007.10", 3),
    ]


def test_a_doubtful_decimal_mark_is_not_summed(tmp_path: Path) -> None:
    text = SQUARE.replace("$2.00", "1,234").replace("$0.00", "2,345")
    lines = [line.replace("1,234", '"1,234"').replace("2,345", '"2,345"') for line in text.splitlines()]
    found = [one.heading for one in unused_money(file_of("\n".join(lines) + "\n", tmp_path))]
    assert found == ["Gross Sales", "Tax", "Total Collected"]
