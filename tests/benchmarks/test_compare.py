"""A benchmark's comparison finds the one cell that differs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from compare import as_text, first_difference, main

SCORED = pl.DataFrame(
    {
        "customer_id": ["1", "10", "2"],
        "last_order": [date(2024, 1, 2), None, date(2024, 3, 4)],
        "frequency": pl.Series([3, 0, 1], dtype=pl.Int32),
        "monetary": pl.Series([Decimal("1.10"), Decimal("0.00"), Decimal("-2.50")], dtype=pl.Decimal(18, 2)),
    }
)


def changed(row: int, column: str, value: object) -> pl.DataFrame:
    there = pl.int_range(pl.len()) == row
    kind = SCORED.schema[column]
    return SCORED.with_columns(pl.when(there).then(pl.lit(value, kind)).otherwise(pl.col(column)).alias(column))


def test_equal_tables_do_not_differ() -> None:
    assert first_difference(SCORED, SCORED.clone()) is None


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (0, "customer_id", "01"),
        (1, "last_order", date(2024, 1, 2)),
        (2, "last_order", None),
        (2, "frequency", 2),
        (1, "monetary", Decimal("0.01")),
    ],
)
def test_a_changed_cell_is_named_with_its_row(row: int, column: str, value: object) -> None:
    said = first_difference(SCORED, changed(row, column, value))
    assert said is not None
    assert said.startswith(f"row {row}, {column}: ")
    assert said.endswith(f"(rows that differ: {column} 1)")


def test_the_order_of_rows_counts() -> None:
    assert first_difference(SCORED, SCORED.reverse()) is not None


def test_columns_types_and_lengths_count() -> None:
    assert "columns are" in str(first_difference(SCORED, SCORED.drop("monetary")))
    assert "column frequency is Int64" in str(first_difference(SCORED, SCORED.cast({"frequency": pl.Int64})))
    assert "2 rows, expected 3" in str(first_difference(SCORED, SCORED.head(2)))


def test_text_kept_as_a_dictionary_is_text() -> None:
    assert first_difference(SCORED, as_text(SCORED.cast({"customer_id": pl.Categorical}))) is None


def compared(tmp_path: Path, actual: pl.DataFrame, part: bool) -> int:
    SCORED.write_parquet(tmp_path / "expected.parquet")
    actual.write_parquet(tmp_path / "actual.parquet")
    return main(tmp_path / "expected.parquet", tmp_path / "actual.parquet", part)


def test_a_part_is_compared_by_its_own_columns_in_any_order_of_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = SCORED.select("customer_id", "monetary").reverse()
    assert compared(tmp_path, part, part=True) == 0
    assert compared(tmp_path, part, part=False) == 1
    assert compared(tmp_path, changed(2, "monetary", Decimal("2.50")).select("monetary", "customer_id"), part=True) == 1
    assert "row 2, monetary" in capsys.readouterr().out


def test_a_column_that_is_not_expected_differs_in_a_part_too(tmp_path: Path) -> None:
    assert compared(tmp_path, SCORED.select("customer_id", amount="monetary"), part=True) == 1
