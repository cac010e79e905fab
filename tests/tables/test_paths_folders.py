"""Folders, patterns and the working directory: one rule says which file is which table, and what is left is noted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.kind_of_file import kind_in_a_cloud
from rfm_cli.tables.names import discover, left_beside
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import find, tables_at, taken_and_left
from rfm_cli.tables.sources import open_source, repaired, without_surplus

HEAD = "customer_id,date,amount\n"
ROWS = {"a": f"{HEAD}a,2024-01-01,5\n", "b": f"{HEAD}b,2024-01-02,5\n"}
PEOPLE = "customer_id,city\na,Bonn\nb,Ulm\n"


def scored(done: Any) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [f"{line.split(',')[0]}:{line.split(',')[-1]}" for line in done.stdout.decode().splitlines()[1:]]


@pytest.mark.parametrize(
    "given", [[], ["."], ["exports"], ["exports/"], ["exports/*"], ["exports/*.*"], "each", "toml"]
)
def test_one_rule_however_the_tables_are_given(write: Any, rfm: Any, tmp_path: Path, given: Any) -> None:
    place = "" if given in ([], ["."]) else "exports/"
    for name, text in {"Orders-1.csv": ROWS["a"], "orders-2.CSV": ROWS["b"], "CUSTOMERS.Csv": PEOPLE}.items():
        write(f"{place}{name}", text)
    if given == "each":
        given = ["exports/Orders-1.csv", "exports/orders-2.CSV", "exports/CUSTOMERS.Csv"]
    if given == "toml":
        write("rfm.toml", '[tables]\norders = "exports"\ncustomers = "exports"\n')
        given = []
    assert scored(rfm("score", *given, "--with", "city", "-q", cwd=tmp_path)) == ["a:Bonn", "b:Ulm"]


def test_what_was_taken_and_what_was_left(write: Any, rfm: Any, tmp_path: Path) -> None:
    for name in ("orders.csv", "customers.csv", "scores.csv", "notes.md", ".hidden.csv", "_SUCCESS", "~$orders.xlsx"):
        write(f"x/{name}", ROWS["a"] if name == "orders.csv" else PEOPLE)
    done = rfm("score", "x", "--with", "city", cwd=tmp_path)
    assert scored(done) == ["a:Bonn", "b:Ulm"]
    assert (
        "rfm: x: taken: orders = orders.csv; customers = customers.csv; left: notes.md, scores.csv"
        in done.stderr.decode().splitlines()
    )


def test_a_folder_of_parts_is_orders(write: Any, rfm: Any, tmp_path: Path) -> None:
    for name, text in {"jan.csv": ROWS["a"], "sub/feb.csv": ROWS["b"], "customers.csv": PEOPLE}.items():
        write(f"x/{name}", text)
    done = rfm("score", "x", "--with", "city", cwd=tmp_path)
    assert scored(done) == ["a:Bonn", "b:Ulm"]
    assert b"x: taken: orders = jan.csv, sub/feb.csv; customers = customers.csv\n" in done.stderr
    assert b"taken" not in rfm("score", "x/sub", cwd=tmp_path).stderr


def test_a_table_that_is_named_takes_no_file_of_another(write: Any, tmp_path: Path) -> None:
    for name in ("orders.csv", "people.csv"):
        write(f"x/{name}", "a\n")
    at = str(tmp_path / "x")
    assert find([at], "customers") == [f"{at}/people.csv"]
    assert find([at], "orders") == find([f"{at}/ord*"], "customers") == [f"{at}/orders.csv"]
    assert find([f"{at}/*"], "customers") == [f"{at}/people.csv"]
    (tmp_path / "x" / "people.csv").unlink()
    with pytest.raises(InputError, match="no customers in this folder, by their names"):
        find([at], "customers")


@pytest.mark.parametrize("given", [[], ["."]])
def test_places_that_exclude_each_other(write: Any, rfm: Any, tmp_path: Path, given: list[str]) -> None:
    write("orders.csv", ROWS["a"])
    write("orders-2024.csv", ROWS["b"])
    done = rfm("score", *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.splitlines() == [
        b"rfm: error: 2 places could be the orders: orders-2024.csv, orders.csv",
        b"rfm: hint: name the one that is meant",
    ]


def test_the_working_directory(write: Any, rfm: Any, tmp_path: Path) -> None:
    write("orders.csv", ROWS["a"])
    write("orders_old.csv", ROWS["b"])
    write("orders.md", "x")
    assert discover(tmp_path) == {"orders": (str(tmp_path / "orders.csv"),)}
    assert left_beside(tmp_path, discover(tmp_path)) == ["orders_old.csv"]
    assert b"taken by name: orders = orders.csv; left: orders_old.csv\n" in rfm("score", cwd=tmp_path).stderr


def test_tables_of_a_path(write: Any, tmp_path: Path) -> None:
    for name in ("x/Customers.csv", "x/events/1.csv", "y/rates.csv", "y/may.csv", "customers/1.csv"):
        write(name, "a\n")
    at = str(tmp_path)
    assert tables_at("-") == tables_at("") == tables_at(f"{at}/none.csv") == ["orders"]
    assert tables_at("https://x.org/Customers.csv?sig=a/b.c") == ["customers"]
    assert tables_at(f"{at}/x") == ["events", "customers"]
    assert tables_at(f"{at}/y") == ["orders"]
    assert tables_at(f"{at}/customers") == ["customers"]
    assert tables_at(f"{at}/x/*.csv") == ["customers"]
    assert taken_and_left(f"{at}/y", ["orders"]) == "taken: orders = may.csv; left: rates.csv"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("given", ["x", "x/*/*", "x/**/*.*"])
def test_folders_with_values_give_columns(write: Any, rfm: Any, tmp_path: Path, kind: str, given: str) -> None:
    for shop, customer in (("north", "a"), ("K%C3%B6ln", "b"), ("__HIVE_DEFAULT_PARTITION__", "c")):
        frame = pl.DataFrame({"customer_id": [customer], "date": ["2024-01-01"], "amount": [5]})
        write(f"x/shop={shop}/part-0.{kind}", frame.write_csv() if kind == "csv" else frame)
    assert scored(rfm("score", given, "--with", "shop", "-q", cwd=tmp_path)) == ["a:north", "b:Köln", "c:"]


def test_folders_with_values_may_hold_fields(write: Any, rfm: Any, tmp_path: Path) -> None:
    write("x/date=2024-01-05/1.csv", "customer_id,amount\na,5\n")
    write("x/date=2024-02-05/1.csv", "customer_id,amount\na,5\n")
    done = rfm("score", "x", "-q", cwd=tmp_path)
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-05,2024-02-05,0,2,10,")


def test_a_column_of_the_file_comes_before_its_folder(write: Any, tmp_path: Path) -> None:
    source = open_source(write("Shop=x/year=2024/o.csv", "shop,n\ny,1\nz,2,3\n"), ReadOptions())
    assert source.header == ("shop", "n", "year")
    assert without_surplus(source).frame.collect().rows() == [("y", "1", "2024")]
    assert repaired(source).frame.collect().columns == ["shop", "n", "(too many fields)", "year"]


def test_rates_of_a_folder_only_on_request(write: Any, rfm: Any, tmp_path: Path) -> None:
    write("x/orders.csv", "customer_id,date,amount,currency\na,2024-01-01,5,USD\n")
    write("x/rates.csv", "currency,rate\nUSD,0.5\n")
    write("x/customers.csv", PEOPLE)
    assert rfm("score", "x", "-q", cwd=tmp_path).stdout.splitlines()[1].startswith(b"a,2024-01-01,2024-01-01,0,1,5,")
    done = rfm("score", "x", "--rates", "x", "--currency", "EUR", "-q", cwd=tmp_path)
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-01,2024-01-01,0,1,2.50,"), done.stderr


def test_an_engine_takes_the_orders_of_a_folder(write: Any, rfm: Any, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    write("x/orders.parquet", pl.DataFrame({"customer_id": ["a"], "ordered_at": [date(2024, 1, 1)], "amount": [1.0]}))
    write("x/customers.parquet", pl.DataFrame({"customer_id": ["a"], "city": ["Ulm"]}))
    done = rfm("rollup", "x", "r", "--engine", "duckdb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_an_engine_refuses_folders_with_values(write: Any, rfm: Any, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    write("x/k=1/o.parquet", pl.DataFrame({"customer_id": ["a"], "ordered_at": ["2024-01-01"], "amount": [1.0]}))
    done = rfm("rollup", "x", "r", "--engine", "duckdb", cwd=tmp_path)
    assert (done.returncode, b"in a folder key=value" in done.stderr) == (2, True)


@pytest.mark.parametrize(("name", "content"), [("o.CSV?sig=a.b/c.d", None), ("o", ROWS["a"]), ("o.ndjson?x.csv", None)])
def test_what_a_file_behind_a_url_is(write: Any, name: str, content: str | None, tmp_path: Path) -> None:
    """Its suffix is before the query; without one, its first line decides."""
    if content:
        write(name, content)
    kind = kind_in_a_cloud(f"file://{tmp_path}/{name}")
    assert kind == ("ndjson" if "ndjson" in name else "csv")


def test_a_url_without_a_suffix(write: Any, rfm: Any, tmp_path: Path) -> None:
    write("text", ROWS["a"])
    Path(write("t.parquet", pl.read_csv(ROWS["a"].encode()))).rename(tmp_path / "typed")
    wanted = rfm("score", str(tmp_path / "text"), "-q").stdout
    for name in ("text", "typed"):
        done = rfm("score", f"file://{tmp_path}/{name}", "-q")
        assert (done.returncode, done.stdout) == (0, wanted), done.stderr
    done = rfm("score", "https://example.org/orders.xlsx?sig=1")
    assert done.returncode == 3
    assert b"workbooks and zip archives are not read from URLs" in done.stderr
