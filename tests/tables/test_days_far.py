"""Dates outside the years 1 to 9999, and the infinities of Postgres: rejected rows in every kind of file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

DAY = 86_400
YEAR_1, YEAR_10000 = -62_135_596_800, 253_402_300_800
NEW_YEAR = 1_704_067_200
"""The seconds from 1970 to 0001-01-01, 10000-01-01 and 2024-01-01."""
END = 2**63 - 1
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def save(column: Any, folder: Path, kind: str) -> str:
    """A file of a good row, and rows with these dates."""
    count = len(column)
    table = pa.table(
        {"customer_id": [f"c{place}" for place in range(count)], "ordered_at": column, "amount": [1] * count}
    )
    path = folder / f"orders.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    return str(path)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
@pytest.mark.parametrize("zone", [None, "UTC", "+05:30", "America/New_York"])
@pytest.mark.parametrize("unit", UNITS)
def test_timestamps(tmp_path: Path, read: Any, unit: str, zone: str | None, kind: str) -> None:
    scale = UNITS[unit]
    near = [] if unit == "ns" else [YEAR_1 * scale - 1, YEAR_10000 * scale]
    ends = [] if unit == "s" and kind == "parquet" else [END, -END, -END - 1]  # pyarrow writes no such Parquet
    column = pa.array([NEW_YEAR * scale, None, *near, *ends], pa.int64()).cast(pa.timestamp(unit, zone))
    seen = read(save(column, tmp_path, kind), timezone="Asia/Tokyo")
    assert seen.days() == [date(2024, 1, 1)]
    assert seen.facts.rejected == {"date": len(column) - 1}
    assert seen.rejects() == [(place, "date") for place in range(2, len(column) + 1)]


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize(("zone", "taken"), [("America/New_York", date(9999, 12, 31)), ("Asia/Tokyo", date(1, 1, 1))])
def test_a_zone_may_lead_out_of_the_calendar(
    tmp_path: Path, read: Any, unit: str, zone: str, taken: date, kind: str
) -> None:
    ends = [YEAR_1 * UNITS[unit], YEAR_10000 * UNITS[unit] - 1]
    path = save(pa.array(ends, pa.int64()).cast(pa.timestamp(unit, "UTC")), tmp_path, kind)
    assert read(path).days() == [date(1, 1, 1), date(9999, 12, 31)]
    assert (read(path, timezone=zone).days(), read(path, timezone=zone).facts.rejected) == ([taken], {"date": 1})


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_dates(tmp_path: Path, read: Any, kind: str) -> None:
    numbers = [NEW_YEAR // DAY, YEAR_1 // DAY, YEAR_10000 // DAY - 1]
    beyond = [None, YEAR_1 // DAY - 1, YEAR_10000 // DAY, 2**31 - 1, 1 - 2**31, -(2**31)]
    seen = read(save(pa.array(numbers + beyond, pa.int32()).cast(pa.date32()), tmp_path, kind))
    assert seen.days() == [date(1, 1, 1), date(2024, 1, 1), date(9999, 12, 31)]
    assert seen.rejects() == [(place, "date") for place in range(4, 10)]


@pytest.mark.parametrize(
    "text",
    [
        *["infinity", "-infinity", "Infinity", "inf", "10000-01-01", "+10000-01-01", "-0001-01-01", "0044-03-15 BC"],
        *[
            "0000-01-01",
            "99999-12-31T00:00:00Z",
            "294276-12-31 23:59:59",
            "9223372036854775807",
            "-9223372036854775808",
        ],
        *["9999-12-31T23:59:59-12:00", "NaT", "0000-00-00 00:00:00"],
    ],
)
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_texts(write: Any, read: Any, text: str, kind: str) -> None:
    if kind == "csv":
        path = write("o.csv", f"customer_id,ordered_at,amount\na,2024-01-01,1\na,2024-01-01T00:00:00Z,1\nb,{text},1\n")
    else:
        lines = [f'{{"customer_id":"c","ordered_at":"{day}","amount":1}}\n' for day in ("2024-01-01", text)]
        path = write("o.ndjson", "".join([lines[0], *lines]))
    seen = read(path)
    assert (seen.days(), seen.facts.rejected) == ([date(2024, 1, 1)] * 2, {"date": 1})


@pytest.mark.parametrize("given", ["%Y-%m-%dT%H:%M:%S%z", "%+"])
@pytest.mark.parametrize(
    "far", ["262142-12-31T23:59:59-01:00", "+262142-12-31T23:59:59-23:59", "-262143-01-01T00:00:00+23:59"]
)
def test_texts_by_a_given_format(write: Any, read: Any, given: str, far: str) -> None:
    path = write("o.csv", f"customer_id,ordered_at,amount\na,2024-01-01T00:00:00+00:00,1\nb,{far},1\n")
    seen = read(path, date_format=given, timezone="Asia/Tokyo")
    assert (seen.days(), seen.facts.rejected) == ([date(2024, 1, 1)], {"date": 1})


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_every_command_and_table(tmp_path: Path, rfm: Any, kind: str) -> None:
    ends = pa.array([NEW_YEAR * 10**6, END, -END - 1], pa.int64()).cast(pa.timestamp("us", "UTC"))
    path = save(ends, tmp_path, kind)
    done = rfm("check", path, "--rejects", "r.csv", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"covered,2024-01-01 to 2024-01-01" in done.stdout
    assert (tmp_path / "r.csv").read_text().splitlines()[1].startswith(f"orders.{kind},2,date,no readable date,c1,,1")
    for command in (["score"], ["segments"], ["score", "--drop-duplicates"], ["score", "--with", "ordered_at"]):
        done = rfm(*command, path, cwd=tmp_path)
        assert done.returncode == 0 and b"2 no readable date" in done.stderr, done.stderr


@pytest.mark.parametrize("table", ["--customers", "--events"])
def test_tables_beside_the_orders(tmp_path: Path, rfm: Any, write: Any, table: str) -> None:
    orders = write("o.csv", "customer_id,ordered_at,amount\nc0,2024-01-01,1\nc1,2024-01-01,1\nc2,2024-01-01,1\n")
    ends = pa.array([NEW_YEAR * 10**6, END, -END - 1], pa.int64()).cast(pa.timestamp("us"))
    name = "registered_at" if table == "--customers" else "at"
    columns = {"customer_id": ["c0", "c1", "c2"], name: ends}
    if table == "--events":
        columns["event"] = ["open"] * 3
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    done = rfm("score", orders, table, "t.parquet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    if table == "--events":
        assert b"t.parquet: 2 rows without a customer, event or readable time left out" in done.stderr


def test_rollups_by_duckdb(tmp_path: Path, rfm: Any) -> None:
    ends = pa.array([NEW_YEAR * 10**6, END, -END, YEAR_10000 * 10**6], pa.int64()).cast(pa.timestamp("us", "UTC"))
    path = save(ends, tmp_path, "parquet")
    for options in ([], ["--engine", "duckdb"]):
        done = rfm("rollup", path, "out.rollup", *options, "--timezone", "Asia/Tokyo", cwd=tmp_path)
        assert done.returncode == 0 and b"3 of 4 rows rejected" in done.stderr, done.stderr
