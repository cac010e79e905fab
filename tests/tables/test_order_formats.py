"""How the texts of order files are read: what one file leaves in doubt, the others settle."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.order_formats import is_varied
from tests.tables.test_amounts import many as many_amounts
from tests.tables.test_days import many


@pytest.mark.parametrize(("copies", "expected"), [(1, True), (2, False), (5, False)])
def test_whether_most_texts_differ(copies: int, expected: bool) -> None:
    frame = pl.LazyFrame({"d": [f"2024-01-31 12:{minute:02}" for minute in range(60)] * copies})
    assert is_varied(frame, pl.col("d")) is expected


def test_files_settle_each_others_doubts(write: Any, read: Any) -> None:
    doubtful, proof = write("a.csv", many("03/04/2024")), write("b.csv", "customer_id,date,amount\nc,13/04/2024,1\n")
    assert read(doubtful, proof).days()[0] == date(2024, 4, 3)
    late_proof = write("c.csv", many("03/04/2024", "13/04/2024"))
    assert read(write("d.csv", "customer_id,date,amount\nc,05/06/2024,1\n"), late_proof).days()[-1] == date(2024, 6, 5)


def test_slashes_that_files_order_differently_leave_a_third_in_doubt(write: Any, read: Any) -> None:
    files = [write(f"{day[:2]}.csv", f"customer_id,date,amount\nc,{day},1\n") for day in ("13/04/2024", "04/13/2024")]
    assert read(*files).days() == [date(2024, 4, 13)] * 2
    with pytest.raises(InputError, match="mixes day-first and month-first"):
        read(*files, write("x.csv", "customer_id,date,amount\nc,03/04/2024,1\n"))


def test_files_settle_each_others_marks(write: Any, read: Any) -> None:
    header = "customer_id;date;amount\n"
    proof = write("b.csv", header + "c;2024-01-01;12,5\n")
    assert read(write("a.csv", header + "c;2024-01-01;1,234\n"), proof).minor() == [1234, 12500]
    assert read(write("c.csv", header + "c;2024-01-01;1.234\n"), proof).minor() == [125, 12340]
    assert (
        read(write("d.csv", header + "c;2024-01-01;1.234\n"), write("e.csv", many_amounts("1", "2,5"))).minor()[-1]
        == 12340
    )
