from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables import footers
from rfm_cli.tables.footers import Bounds, Footer, footer_of
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import open_all


@pytest.fixture(autouse=True)
def every_footer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the footers of small files count as well."""
    monkeypatch.setattr(footers, "LARGE", 0)


def written(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_bounds_and_full_columns_are_those_of_all_parts(tmp_path: Path) -> None:
    columns = {
        "text": ["b", "a", None],
        "day": [date(2024, 1, 2), date(2024, 1, 1), date(2024, 1, 3)],
        "blank": pa.array([None, None, None], pa.string()),
        "number": [1, 2, 3],
        "^odd$": ["x", "y", "z"],
    }
    found = footer_of(written(tmp_path / "x.parquet", columns, row_group_size=1))
    assert found.bounds == {
        "text": Bounds("a", "b"),
        "day": Bounds(19_723, 19_725, "day"),
        "blank": Bounds(None, None),
        "^odd$ ": Bounds("x", "z"),
    }
    assert found.full == {"day", "number", "^odd$ "}
    assert found.without(["day", "text"]) == Footer(
        {"blank": Bounds(None, None), "^odd$ ": Bounds("x", "z")}, frozenset({"number", "^odd$ "})
    )


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_bounds_of_moments_have_the_unit_of_the_file(tmp_path: Path, unit: str, zone: str | None) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    column = pa.array([moment], pa.timestamp(unit, zone))
    found = footer_of(written(tmp_path / "x.parquet", {"at": column}))
    number = int(moment.timestamp()) * {"ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    assert found.bounds == {"at": Bounds(number, number, unit)}


def test_a_footer_without_statistics_proves_of_no_column_anything(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", {"text": ["a"], "number": [1]}, write_statistics=False)
    assert footer_of(path) == Footer()


def test_nested_columns_small_files_and_other_kinds_have_no_footer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "x.parquet", {"a": [{"b": "x"}], "a.b": ["y"]})
    assert footer_of(path).bounds in ({"a.b": Bounds("y", "y")}, {})
    (tmp_path / "x.csv").write_text("customer_id,amount\n")
    assert footer_of(tmp_path / "x.csv") == Footer()
    assert footer_of(None) == Footer()
    monkeypatch.setattr(footers, "LARGE", 1 << 20)
    assert footer_of(path) == Footer()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([date(1, 1, 1), date(9999, 12, 31)], True),
        ([-719_163, 0], False),
        ([0, 2_932_897], False),
    ],
    ids=["the calendar", "before it", "after it"],
)
def test_dates_of_the_calendar_are_filtered_as_they_are_read(tmp_path: Path, values: list[Any], kept: bool) -> None:
    days = pl.Series("at", values) if kept else pl.Series("at", values, pl.Int32).cast(pl.Date)
    path = tmp_path / "x.parquet"
    days.to_frame().write_parquet(path)
    (source,) = open_all([str(path)], ReadOptions())
    assert ("when" not in source.frame.explain()) is kept
    expected = [value if kept else (date(1970, 1, 1) if value == 0 else None) for value in values]
    assert source.frame.collect()["at"].to_list() == expected


def test_a_damaged_file_is_reported_by_the_scan(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", {"a": ["x"] * 100})
    path.write_bytes(path.read_bytes()[:-20])
    assert footer_of(path) == Footer()
    with pytest.raises(InputError, match=r"x\.parquet"):
        open_all([str(path)], ReadOptions())
