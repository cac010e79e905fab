"""Types of Parquet and Arrow that other programs write: taken by what they hold, or refused by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.column_types import plain
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import open_source

FIRST, SECOND = uuid.UUID("3F2504E0-4F89-11D3-9A0C-0305E82C3301"), uuid.UUID("00000000-0000-0000-0000-00000000000a")
NOON = datetime(2024, 1, 31, 18, 30)
Save = Callable[..., str]


@pytest.fixture(params=["parquet", "arrow"])
def save(request: pytest.FixtureRequest, tmp_path: Path) -> Save:
    """Write columns as pyarrow has them, in Parquet or Arrow; the path comes back."""

    def save(name: str = "orders", **columns: Any) -> str:
        path = tmp_path / f"{name}.{request.param}"
        table = pa.table(columns)
        if request.param == "parquet":
            pq.write_table(table, path)
        else:
            with pa.ipc.new_file(path, table.schema) as file:
                for batch in table.to_batches(max_chunksize=2):
                    file.write_batch(batch)
        return str(path)

    return save


def extension(kind: Any, storage: Any) -> Any:
    return pa.ExtensionArray.from_storage(kind, storage)


def orders(**columns: Any) -> dict[str, Any]:
    """Three orders of two customers, some columns under other types."""
    plain_ones = {
        "customer_id": pa.array(["a", "b", "a"]),
        "ordered_at": pa.array([date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]),
        "amount": pa.array([12.5, 7.0, 0.25]),
    }
    return plain_ones | columns


def uuids(*values: uuid.UUID | None) -> Any:
    return extension(pa.uuid(), pa.array([value and value.bytes for value in values], pa.binary(16)))


def test_money_of_postgres(save: Save, read: Any) -> None:
    numeric = pa.opaque(pa.string(), "numeric", "PostgreSQL")
    amounts = extension(numeric, pa.array(["12.50", "-7", None]))
    seen = read(save(**orders(amount=amounts)))
    assert (seen.minor(), seen.orders.scale, seen.facts.rejected) == ([-70, 125], 1, {"amount": 1})


@pytest.mark.parametrize(
    ("kind", "stored", "taken"),
    [
        (pa.opaque(pa.string(), "numeric", "PostgreSQL"), pa.array(["12.50", None]), ["12.50", None]),
        (pa.opaque(pa.binary(), "xml", "PostgreSQL"), pa.array([b"\0\xff", None]), ["00ff", None]),
        (pa.opaque(pa.list_(pa.int64()), "x", "y"), pa.array([[1], None]), ["[1]", None]),
        (pa.json_(), pa.array(['{"a":1}', None]), ['{"a":1}', None]),
        (pa.bool8(), pa.array([1, None], pa.int8()), [1, None]),
        (pa.uuid(), pa.array([FIRST.bytes, None], pa.binary(16)), ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", None]),
    ],
    ids=str,
)
def test_extension_types_are_what_they_store(save: Save, kind: Any, stored: Any, taken: list[Any]) -> None:
    source = open_source(save(x=extension(kind, stored)), ReadOptions())
    assert source.frame.collect()["x"].to_list() == taken
    assert source.frame.collect().schema == source.schema


def test_bytes_that_are_no_uuids_are_digits(save: Save) -> None:
    source = open_source(save(x=pa.array([FIRST.bytes, None], pa.binary(16))), ReadOptions())
    assert source.frame.collect()["x"].to_list() == ["3f2504e04f8911d39a0c0305e82c3301", None]


def test_uuids_of_programs_that_know_no_arrow(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "orders.parquet"
    duckdb.sql(f"COPY (SELECT '{FIRST}'::UUID AS id, '{FIRST}'::BLOB AS raw) TO '{path}'")
    [row] = open_source(str(path), ReadOptions()).frame.collect().rows()
    assert row == (str(FIRST), str(FIRST).encode().hex())


def test_uuids_join_with_what_a_crm_knows(save: Save, write: Any, rfm: Any) -> None:
    path = save(**orders(customer_id=uuids(FIRST, SECOND, FIRST), order_id=uuids(FIRST, SECOND, SECOND)))
    people = write("people.csv", f"customer_id,city\n{FIRST},Bonn\n{SECOND},Ulm\n")
    done = rfm("score", path, "--customers", people, "--with", "city")
    assert done.returncode == 0 and b" knows " not in done.stderr, done.stderr
    rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
    assert [(row[0], row[4], row[5], row[-1]) for row in rows] == [
        (str(SECOND), "1", "7.00", "Ulm"),
        (str(FIRST), "2", "12.75", "Bonn"),
    ]


def test_uuids_on_duckdb(save: Save, rfm: Any, tmp_path: Path) -> None:
    path = save(**orders(customer_id=uuids(FIRST, SECOND, FIRST), order_id=uuids(FIRST, SECOND, SECOND)))
    if path.endswith(".arrow"):
        return
    done = rfm("rollup", path, "duck.rollup", "--engine", "duckdb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert rfm("score", "duck.rollup", "-q", cwd=tmp_path).stdout == rfm("score", path, "-q").stdout


def test_frames_have_extension_types_too() -> None:
    frame = pl.from_arrow(pa.table({"x": extension(pa.opaque(pa.string(), "numeric", "p"), pa.array(["1.5"]))}))
    assert isinstance(frame, pl.DataFrame)
    assert plain(frame.lazy()).collect()["x"].to_list() == ["1.5"]


@pytest.mark.parametrize("zone", ["+05:30", "+05:45", "-03:30", "+0530", "UTC+5", "+24:30", "Mars/Phobos"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_offsets_of_every_kind_are_instants(save: Save, read: Any, zone: str, unit: str) -> None:
    path = save(**orders(ordered_at=pa.array([NOON, None, datetime(2024, 1, 31, 18, 29)], pa.timestamp(unit, zone))))
    assert read(path).days() == [date(2024, 1, 31)] * 2
    assert read(path, timezone="Asia/Kolkata").days() == [date(2024, 1, 31), date(2024, 2, 1)]
    assert read(path).facts.rejected == {"date": 1}


def test_offsets_are_read_without_a_word(save: Save, rfm: Any) -> None:
    path = save(**orders(ordered_at=pa.array([NOON] * 3, pa.timestamp("us", "+05:30"))))
    done = rfm("check", path, "--timezone", "Asia/Kolkata", "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"covered,2024-02-01 to 2024-02-01" in done.stdout
    done = rfm("score", path)
    assert b"times with an offset are counted in days of UTC" in done.stderr


def test_wide_decimals_that_fit(save: Save, read: Any) -> None:
    wide = pa.array([Decimal("12.50"), Decimal("-7.00"), None], pa.decimal256(50, 2))
    seen = read(save(**orders(amount=wide)))
    assert (seen.minor(), seen.orders.scale, seen.facts.rejected) == ([-70, 125], 1, {"amount": 1})


def test_wide_decimals_that_do_not_fit(save: Save, read: Any) -> None:
    wide = pa.array([Decimal("1" * 45 + ".50"), Decimal("7.00"), None], pa.decimal256(50, 2))
    with pytest.raises(InputError, match="too large to be added exactly"):
        read(save(**orders(amount=wide)))


def test_wide_decimals_as_ids(save: Save, read: Any) -> None:
    wide = pa.array([Decimal("1" * 45), Decimal("17850.00"), Decimal("1" * 45)], pa.decimal256(50, 2))
    assert read(save(**orders(customer_id=wide))).ids() == ["1" * 45, "1" * 45, "17850"]


def test_odd_columns_that_nothing_needs(save: Save, read: Any) -> None:
    batch_by_batch = pa.array(["x", "y", "z"]).dictionary_encode()
    views = pa.array([[1], None, [2, 3]], pa.list_view(pa.int64()))
    wide = pa.array([Decimal(1)] * 3, pa.decimal256(70, 0))
    assert read(save(**orders(note=batch_by_batch, views=views, wide=wide))).minor() == [25, 700, 1250]


def test_repeated_runs(tmp_path: Path, read: Any) -> None:
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", "b"]))
    table = pa.table(orders(customer_id=runs))
    with pa.ipc.new_file(tmp_path / "o.arrow", table.schema) as file:
        file.write_table(table)
    assert read(str(tmp_path / "o.arrow")).ids() == ["a", "a", "b"]


def test_a_file_of_no_rows(save: Save, rfm: Any) -> None:
    empty = {
        name: column.slice(0, 0)
        for name, column in orders(wide=pa.array([Decimal(1)] * 3, pa.decimal256(70, 0))).items()
    }
    done = rfm("score", save(**empty))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"no rows below the header" in done.stderr


@pytest.mark.parametrize(
    "column",
    [
        pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()),
        pa.UnionArray.from_sparse(pa.array([0, 0, 0], pa.int8()), [pa.array(["a", "b", "c"])]),
        pa.StructArray.from_arrays([pa.array([Decimal(1)] * 3, pa.decimal256(70, 0))], ["x"]),
    ],
    ids=["interval", "union", "nested"],
)
def test_types_that_nothing_can_be_made_of(tmp_path: Path, rfm: Any, column: Any) -> None:
    table = pa.table(orders(odd=column))
    with pa.ipc.new_file(tmp_path / "o.arrow", table.schema) as file:
        file.write_table(table)
    done = rfm("score", "o.arrow", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    first, second = done.stderr.decode().splitlines()
    assert first.startswith("rfm: error: o.arrow: ") and "cannot be read" in first
    assert second.startswith("rfm: hint: leave ")


def test_nested_bytes_and_offsets(save: Save) -> None:
    when = pa.array([NOON, None], pa.timestamp("us", "+05:30"))
    nested = pa.StructArray.from_arrays(
        [uuids(FIRST, None).storage, when, pa.array([[b"\0"], None])], ["id", "at", "raw"]
    )
    found = open_source(save(x=nested), ReadOptions()).frame.collect()["x"].to_list()
    assert found == [
        '{"id":"3f2504e04f8911d39a0c0305e82c3301","at":"2024-01-31T18:30:00+00:00","raw":["00"]}',
        '{"id":null,"at":null,"raw":null}',
    ]
