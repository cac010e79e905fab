"""What is remarked on tables as they are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def test_rows_that_are_rejected_at_the_users_word_are_no_warning(tmp_path: Path, rfm: Any) -> None:
    kinds = [("guest", "paid"), ("a", "hold"), ("a", "paid"), ("a", "paid"), ("b", "paid"), ("b", "cancelled")]
    rows = [f"{kind[0]},{place},2024-01-02,1,{kind[1]}\n" for place, kind in enumerate(kinds)]
    (tmp_path / "o.csv").write_text("customer_id,order_id,ordered_at,amount,status\n" + "".join(rows) + rows[2])
    for options, share, is_warned in (
        ((), "14.3%", True),
        (("--no-customer", "GUEST"), "14.3% without --no-customer", True),
        (("--reject-status", "+hold"), "0.0% without --reject-status", False),
        (("--drop-duplicates",), "14.3% without --drop-duplicates", True),
        (("--no-customer", "x"), "14.3%", True),
        (
            ("--reject-status", "cancelled,hold", "--no-customer", "guest"),
            "0.0% without --no-customer, --reject-status",
            False,
        ),
    ):
        done = rfm("score", "o.csv", *options, cwd=tmp_path)
        assert f"rows rejected ({share}): " in done.stderr.decode()
        assert ("warning many-rejects" in done.stderr.decode()) is is_warned
        place = str(tmp_path / f"{len(options)}{share}.rollup")
        rolled = rfm("rollup", "o.csv", place, *options, cwd=tmp_path)
        assert ("warning many-rejects" in rolled.stderr.decode()) is is_warned
        again = rfm("score", place, cwd=tmp_path).stderr.decode()
        assert f"rows rejected ({share}): " in again
        assert ("warning many-rejects" in again) is is_warned
