"""Orders as a whole: files one below the other, and the customer with too many rows."""

from __future__ import annotations

import polars as pl
import pytest

from rfm_cli.tables.order_model import heavy_customer, heavy_place, stacked


@pytest.mark.parametrize(
    ("rows", "place"),
    [([], None), ([2000], 0), ([500, 600], None), ([1, 2000, 3], 1), ([300, 2000], None), ([20, 30, 500], None)],
)
def test_the_place_of_a_heavy_customer(rows: list[int], place: int | None) -> None:
    assert heavy_place(pl.Series(rows, dtype=pl.UInt32)) == place


def test_rows_of_a_customer_may_come_in_parts() -> None:
    counted = pl.DataFrame({"customer": [7, 8, 7], "rows": [900, 10, 900]})
    assert heavy_customer(counted) == ("7", 1800)
    assert heavy_customer(counted.clear()) is None


def test_ids_of_stacked_files_are_text_unless_all_are_integers() -> None:
    numbers, texts = pl.LazyFrame({"customer": [1]}), pl.LazyFrame({"customer": ["a"], "order": ["x"]})
    found = stacked([numbers, texts]).collect()
    assert found.to_dict(as_series=False) == {"customer": ["1", "a"], "order": [None, "x"]}
    assert stacked([numbers, numbers]).collect_schema()["customer"] == pl.Int64
