"""What is remarked on tables as they are opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

BOTH = "some files have dates with the day first, some with the month first: each proves its own order"


@pytest.mark.parametrize(
    ("first", "second", "is_remarked"),
    [("31/01/2024", "01/31/2024", True), ("31/01/2024", "30/01/2024", False), ("31.01.2024", "01/31/2024", False)],
)
def test_files_that_prove_two_orders_of_day_and_month(
    tmp_path: Path, first: str, second: str, is_remarked: bool
) -> None:
    for name, day in (("a", first), ("b", second)):
        (tmp_path / f"{name}.csv").write_text(f"customer_id,date,amount\n1,{day},5\n")
    shop = open_shop(TablePaths(orders=(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))), ReadOptions())
    assert (BOTH in [one.text for one in shop.notes]) == is_remarked
