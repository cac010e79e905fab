"""Apache Spark and Sail agree with the plain way row for row, and say what is wrong as everything else here does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.engines.sources import open_orders
from rfm_cli.tables.options import ReadOptions
from tests.rollup.engines.awkward import (
    FIXED,
    NAN,
    ROWS,
    ZONE,
    Types,
    assert_same,
    blank_texts,
    by_engine,
    plainly,
    table,
    written,
)
from tests.rollup.engines.servers import Server


@pytest.mark.parametrize("types", FIXED, ids=str)
def test_awkward_rows_of_every_type(tmp_path: Path, server: Server, types: Types) -> None:
    path, options = written(tmp_path, ROWS, types), ReadOptions(timezone=ZONE)
    if server.name == "sail" and "unsigned" in (types.customer, types.order):
        with pytest.raises(InputError) as caught:
            by_engine(server.engine, [path], options)
        assert caught.value.hint.startswith("Sail takes unsigned ids of 64 bits for signed ones")
        return
    assert_same(by_engine(server.engine, [path], options), plainly([path], options))


def test_files_in_folders_that_differ_in_columns(tmp_path: Path, server: Server) -> None:
    folder = tmp_path / "orders"
    (folder / "2024" / "02").mkdir(parents=True)
    written(folder, ROWS[:12], Types(status=False))
    written(folder / "2024" / "02", ROWS[12:], Types())
    assert_same(by_engine(server.engine, [folder], ReadOptions()), plainly([folder], ReadOptions()))


def test_folders_that_differ_in_types(tmp_path: Path, server: Server) -> None:
    paths = [
        written(tmp_path, ROWS[:8], Types(customer="integer", order="none", at="date", status=False), "2023"),
        written(tmp_path, ROWS[8:16], Types(customer="float64", order="text", at="berlin", money="decimal"), "2024"),
        written(tmp_path, ROWS[16:], Types(order="integer", money="product"), "2025"),
    ]
    assert_same(by_engine(server.engine, paths, ReadOptions()), plainly(paths, ReadOptions()))


def test_one_folder_of_two_types_is_an_error(tmp_path: Path, server: Server) -> None:
    written(tmp_path, ROWS[:8], Types(customer="integer"), "2023")
    written(tmp_path, ROWS[8:], Types(), "2024")
    with pytest.raises(InputError) as caught:
        by_engine(server.engine, [tmp_path], ReadOptions())
    assert "one column in two types" in caught.value.hint


def test_headings_are_no_patterns(tmp_path: Path, server: Server) -> None:
    names = {"customer_id": 'client "id".*', "amount": "a`b; --"}
    path = tmp_path / "orders.parquet"
    table(ROWS, Types()).rename(names).write_parquet(path)
    options = ReadOptions(maps={"orders": names})
    assert_same(by_engine(server.engine, [path], options), plainly([path], options))


def test_any_blank_around_ids_and_statuses(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "orders.parquet"
    blank_texts().write_parquet(path)
    assert_same(by_engine(server.engine, [path], ReadOptions()), plainly([path], ReadOptions()))


@pytest.mark.parametrize("decimals", [0, 1, 2, 3, 6, 8])
def test_the_scale_of_amounts(tmp_path: Path, server: Server, decimals: int) -> None:
    numbers = [number / 8 - 100 for number in range(4000)] + [10.05, 0.1 + 0.2, -0.5, -1e-9, 123456.5, 8_388_607.5]
    path = tmp_path / "orders.parquet"
    amounts = [round(number, decimals) for number in numbers]
    pl.DataFrame({"customer_id": 1, "ordered_at": datetime(2024, 1, 1), "amount": amounts}).write_parquet(path)
    assert_same(by_engine(server.engine, [path], ReadOptions()), plainly([path], ReadOptions()))


def test_amounts_that_are_too_large(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "orders.parquet"
    for amount in (1e17, 1e300):
        frame = {"customer_id": 1, "ordered_at": datetime(2024, 1, 1), "quantity": [amount], "unit_price": [amount]}
        pl.DataFrame(frame).write_parquet(path)
        with pytest.raises(InputError, match="too large to be added exactly"):
            by_engine(server.engine, [path], ReadOptions())


def test_ids_with_a_fraction_are_an_error(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "orders.parquet"
    pl.DataFrame({"customer_id": [1.0, 2.5, None, NAN], "ordered_at": datetime(2024, 1, 1)}).write_parquet(path)
    with pytest.raises(InputError, match="customer_id: 1 values have a fraction"):
        by_engine(server.engine, [path], ReadOptions())


def test_a_column_that_has_to_be_read_as_text(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "orders.parquet"
    pl.DataFrame({"customer_id": ["a"], "ordered_at": ["2024-01-01"]}).write_parquet(path)
    with pytest.raises(InputError, match="column 'ordered_at' is string, and an engine takes days from dates"):
        by_engine(server.engine, [path], ReadOptions())


def test_nanoseconds_are_told(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "orders.parquet"
    moments = pl.Series([datetime(2024, 1, 1)], dtype=pl.Datetime("ns"))
    pl.DataFrame({"customer_id": ["a"], "ordered_at": moments}).write_parquet(path)
    with pytest.raises(InputError) as caught:
        by_engine(server.engine, [path], ReadOptions())
    assert "write timestamps in microseconds" in caught.value.hint


@pytest.mark.parametrize("name", ["nothing", "nothing.parquet", "empty"])
def test_a_path_without_orders_is_an_error(tmp_path: Path, server: Server, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        by_engine(server.engine, [tmp_path / name], ReadOptions())
    assert name in caught.value.message


def test_a_path_of_this_machine_alone_is_refused(server: Server) -> None:
    paths = ["orders/"]
    with pytest.raises(UsageError, match="its workers see"), open_orders(server.engine, paths, ReadOptions()):
        pass
