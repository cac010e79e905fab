"""Rows of totals, wherever they are, told from orders of customers who are called so."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.totals import Totals, is_word
from tests.examples import examples

HEADER = "customer,order_id,date,amount\n"
ROWS = "Ann,1,2024-01-05,10.00\nBob,2,2024-02-05,20.00\n"


def test_the_words() -> None:
    words = ["Total", "TOTAL:", " total ", "Grand Total", "grand total :", "GrandTotal", "Subtotal", "sub-total", "Sum",
             "Итого", "ИТОГО :", "всего:", "Total\u00a0:"]  # fmt: skip
    others = ["Totals", "Total Wine", "Summer", "Итого по магазину", "", None, "T", "total 5", "Сумма", "t" * 40]
    assert is_word(pl.Series(words)).all()
    assert not is_word(pl.Series(others)).any()
    assert is_word(pl.Series(["a long text that is no word at all"])).to_list() == [False]
    assert is_word(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize(
    "row",
    ["Total,,2024-02-29,30.00", "Total,,2024-02-29,7.00", "Total,3,,30.00", "Total,,,30.00", ",Total,2024-02-29,30.00",
     "Ann,Total,,30.00", ",,Total,30.00", "Ann,,Итого:,30.00", "ИТОГО :,,2024-02-29,", "Total,9,2024-02-29,30.00",
     "Ann,Subtotal,2024-02-29,30.00", "Ann,9,Sum,30.00", "Total,,2024-02-29,x"],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_of_totals_is_rejected_wherever_it_is(write: Any, read: Any, row: str, place: int) -> None:
    lines = ROWS.splitlines()
    lines.insert(place, row)
    seen = read(write("o.csv", HEADER + "\n".join(lines) + "\n"))
    assert seen.rows() == [("Ann", date(2024, 1, 5), 10), ("Bob", date(2024, 2, 5), 20)]
    assert seen.rejects() == [(place + 1, "total")]
    assert seen.facts.last_day == date(2024, 2, 5)


@pytest.mark.parametrize("row", ["Total,9,2024-02-29,31.00", "Ann,Total,2024-02-29,29.99", "Ann,9,2024-02-29,30.00"])
def test_one_sign_is_not_enough(write: Any, read: Any, row: str) -> None:
    seen = read(write("o.csv", HEADER + ROWS + row + "\n"))
    assert (seen.facts.accepted, seen.facts.rejected) == (3, {})


def test_a_date_that_is_the_word_without_a_second_sign_is_unreadable(write: Any, read: Any) -> None:
    assert read(write("o.csv", HEADER + ROWS + "Ann,9,Total,31\n")).facts.rejected == {"date": 1}


def test_subtotals_and_the_total_of_rows_without_the_word(write: Any, read: Any) -> None:
    rows = "Subtotal,a,2024-02-29,30.00\nTotal,b,2024-02-29,30.00\n"
    assert read(write("o.csv", HEADER + ROWS + rows)).facts.rejected == {"total": 2}
    # Half of all amounts of the file is the sum of the others.
    rows = "Sum,a,2024-02-29,12.00\nTotal,b,2024-02-29,42.00\n"
    assert read(write("o.csv", HEADER + ROWS + rows)).rejects() == [(4, "total")]


def test_a_total_counts_no_refund_twice(write: Any, read: Any) -> None:
    header = "customer,order_id,date,amount,type\n"
    rows = "Ann,1,2024-01-05,10.00,sale\nAnn,2,2024-01-06,4.00,refund\n"
    for amount in ("14.00", "6.00"):
        seen = read(write("o.csv", f"{header}{rows}Total,9,2024-01-31,{amount},\n"))
        assert (seen.minor(), seen.facts.rejected) == ([-4, 10], {"total": 1})


def test_a_total_spoils_neither_ids_nor_the_scale(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "007,1,2024-01-05,10\n7,2,2024-02-05,20\nTotal,,,30.125\n"))
    assert (seen.ids(), seen.minor(), seen.orders.scale) == (["007", "7"], [10, 20], 0)
    seen = read(write("o.csv", HEADER + "1,1,05.01.2024,10\n2,2,25.01.2024,20\n,,Total,30\n"))
    assert (seen.days(), seen.facts.rejected) == ([date(2024, 1, 5), date(2024, 1, 25)], {"total": 1})


def test_each_file_has_sums_of_its_own(write: Any, read: Any) -> None:
    first = write("a.csv", HEADER + ROWS + "Total,x,2024-02-29,30.00\n")
    second = write("b.csv", HEADER + "Eve,3,2024-03-05,5.00\nTotal,y,2024-03-31,35.00\n")
    assert read(first, second).rejects() == [(3, "total")]


def test_typed_files(write: Any, read: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer": pl.Series(["Ann", "Bob", "Total"], dtype=pl.Categorical),
            "order_id": [1, 2, None],
            "date": [date(2024, 1, 5), date(2024, 2, 5), date(2024, 2, 29)],
            "amount": [10.5, 20.0, 30.5],
        }
    )
    assert read(write("o.parquet", frame)).rejects() == [(3, "total")]
    numbers = frame.with_columns(customer=pl.Series([1, 2, None]))
    assert read(write("p.parquet", numbers)).facts.rejected == {"customer": 1}


def test_files_without_amounts_or_order_ids(write: Any, read: Any) -> None:
    assert read(write("o.csv", "customer,date\nAnn,2024-01-05\nTotal,\n")).facts.rejected == {"total": 1}
    assert read(write("o.csv", "customer,date\nAnn,2024-01-05\nTotal,2024-01-31\n")).facts.accepted == 2
    text = "customer,date,amount\nAnn,2024-01-05,5\nBob,2024-01-06,7\nTotal,2024-01-31,12\n"
    assert read(write("o.csv", text)).facts.rejected == {"total": 1}


def test_clean_files_are_not_searched(write: Any, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_file: OrderFile) -> None:
        raise AssertionError

    monkeypatch.setattr("rfm_cli.tables.assumptions._looked_at", never)
    seen = read(write("o.csv", HEADER + ROWS + ",3,2024-02-06,5\nBob,4,2024-02-07,x\n"))
    assert (seen.facts.rejected, seen.orders.files[0].totals) == ({"customer": 1, "amount": 1}, None)


def test_a_date_that_cannot_be_read_is_looked_at_once(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + ROWS + "Bob,4,soon,5\n"))
    assert (seen.facts.rejected, seen.orders.files[0].totals) == ({"date": 1}, Totals())


ORDERS = st.lists(
    st.tuples(st.sampled_from(["Ann", "Bob", "Total"]), st.integers(-50, 500), st.booleans()), min_size=2, max_size=8
)


@settings(max_examples=examples(30, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ORDERS, st.randoms(use_true_random=False))
def test_shuffled_rows_and_the_definition(write: Any, read: Any, orders: Any, draw: random.Random) -> None:
    rows = [(who, "" if blank else str(place), amount) for place, (who, amount, blank) in enumerate(orders)]
    whole, rest = sum(row[2] for row in rows), sum(row[2] for row in rows if row[0] != "Total")
    totals = [row for row in rows if row[0] == "Total" and (not row[1] or row[2] in (rest, whole - row[2]))]
    expected = sorted(row[2] for row in rows if row not in totals)
    for _ in range(2):
        draw.shuffle(rows)
        text = "".join(f"{who},{order},2024-01-05,{amount}\n" for who, order, amount in rows)
        seen = read(write("o.csv", HEADER + text))
        assert seen.minor() == expected
        assert seen.facts.rejected == ({"total": len(totals)} if totals else {})
