"""A roll-up keeps its contract whatever it is made of: columns, types, order, and the accepted money."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.model import TablePaths
from rfm_cli.rollup import parquet, store
from rfm_cli.rollup.append import add_orders, write_added
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Manifest, Periods, Purchases, from_text
from rfm_cli.rollup.read import read_rollup
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders
from tests.examples import examples
from tests.shops import ROWS, Row, day, shop_of

checked = settings(max_examples=examples(15, 40), suppress_health_check=[HealthCheck.function_scoped_fixture])
PERIODS = st.sampled_from([Periods(), Periods("month"), Periods("edges", (day(20),))])
HEAD = "customer_id,ordered_at,amount\n"


def orders_in(folder: Path, name: str, text: str, options: ReadOptions | None = None, **tables: str) -> Orders:
    """A CSV file as orders."""
    (folder / name).write_text(text)
    orders = open_shop(TablePaths((str(folder / name),), **tables), options or ReadOptions()).orders  # type: ignore[arg-type]
    assert orders is not None
    return orders


def made(folder: Path, orders: Orders, periods: Periods | None = None) -> tuple[pl.DataFrame, Manifest]:
    rolled, _ = roll_up(orders, periods or Periods(), Purchases())
    write_rollup(rolled, folder / "out")
    version = store.version_of(folder / "out")
    found = parquet.scan_rows(version).collect()
    return found, from_text((version / store.MANIFEST).read_text(), "out")


def grown(folder: Path, orders: Orders) -> pl.DataFrame:
    rollup = read_rollup(str(folder / "out"))
    write_added(add_orders(rollup, orders), rollup)
    return read_rollup(str(folder / "out")).frame().collect()


@pytest.mark.parametrize("most", [10**6, 2])
@checked
@given(rows=ROWS, periods=PERIODS)
def test_the_contract(tmp_path: Path, rows: list[Row], periods: Periods, most: int) -> None:
    orders = shop_of(rows).orders
    assert orders is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "MOST_IN_ONE", most)
        found, manifest = made(tmp_path, orders, periods)
    assert found.schema == parquet.SCHEMA
    keys = found.select("customer_id", "period").rows()
    assert len(set(keys)) == len(keys)
    is_parted = store.version_of(tmp_path / "out").joinpath(store.ROLLUP).is_dir()
    assert is_parted == (found.height > most)
    parts = [pl.read_parquet(part) for part in (tmp_path / "out" / store.ROLLUP).glob("*")] if is_parted else [found]
    assert all(
        part.select("customer_id", "period").rows() == sorted(part.select("customer_id", "period").rows())
        for part in parts
    )
    scale = 10 ** (2 - (manifest.scale or 0))
    assert found["revenue"].sum() * scale == sum(row.cents for row in rows)
    assert found["lines"].sum() == len(rows) == manifest.rows["accepted"]
    bought = found.filter(pl.col("orders") > 0)
    assert bought["first_order"].null_count() == bought["last_order"].null_count() == 0
    assert found.filter(pl.col("orders") == 0)["first_order"].count() == 0
    assert (bought["first_order"] <= bought["last_order"]).all()
    assert (found["period"] >= found["last_order"].fill_null(date.min)).all()


def test_ids_are_sorted_as_text(tmp_path: Path) -> None:
    orders = orders_in(
        tmp_path, "o.csv", "customer_id,ordered_at,amount\n9,2024-01-01,1\n10,2024-01-01,1\n1,2024-01-02,1\n"
    )
    found, manifest = made(tmp_path, orders)
    assert found["customer_id"].to_list() == ["1", "10", "9"]
    assert manifest.whole_ids


def test_without_money(tmp_path: Path) -> None:
    text = "customer_id,ordered_at,order_id\na,2024-01-01,1\na,2024-01-09,1\nb,2024-02-02,2\n"
    found, manifest = made(tmp_path, orders_in(tmp_path, "o.csv", text), Periods("month"))
    assert found.select("customer_id", "orders", "revenue", "lines").rows() == [("a", 1, None, 2), ("b", 1, None, 1)]
    assert (manifest.scale, manifest.largest, manifest.free_orders) == (None, None, {})
    more = grown(tmp_path, orders_in(tmp_path, "n.csv", "customer_id,ordered_at,order_id\nb,2024-02-03,2\n"))
    assert more.select("customer_id", "orders", "revenue", "lines").rows() == [("a", 1, None, 2), ("b", 1, None, 2)]


def test_money_in_another_currency(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("currency,rate\nEUR,1.1\nUSD,1\n")
    options = ReadOptions(currency="usd")
    text = "customer_id,ordered_at,amount,currency\na,2024-01-01,10,EUR\nb,2024-01-02,5,USD\n"
    orders = orders_in(tmp_path, "o.csv", text, options, rates=str(tmp_path / "rates.csv"))
    found, manifest = made(tmp_path, orders)
    assert found["revenue"].to_list() == [1100, 500]
    assert (manifest.currency, manifest.scale) == ("USD", 2)
    euros = orders_in(tmp_path, "n.csv", "customer_id,ordered_at,amount,currency\na,2024-01-03,1,EUR\n")
    with pytest.raises(InputError, match=r"money in EUR, and .*out is in USD"):
        add_orders(read_rollup(str(tmp_path / "out")), euros)


def test_times_with_a_zone_are_told(tmp_path: Path) -> None:
    options = ReadOptions(timezone="Asia/Almaty")
    text = "customer_id,ordered_at,amount\na,2024-01-01T23:00:00Z,1\n"
    found, manifest = made(tmp_path, orders_in(tmp_path, "o.csv", text, options))
    assert found["period"].to_list() == [date(2024, 1, 2)]
    assert (manifest.converted, manifest.timezone) == (True, "Asia/Almaty")


def test_lines_of_orders_are_taken_once(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text("order_id,quantity,unit_price\n1,2,1.50\n1,1,4\n2,1,7\n3,1,1\n")
    lines = {"lines": str(tmp_path / "lines.csv")}
    head = "customer_id,ordered_at,order_id\n"
    found, _ = made(tmp_path, orders_in(tmp_path, "o.csv", head + "a,2024-01-01,1\nb,2024-01-02,2\n", **lines))
    assert found["revenue"].to_list() == [7, 7]
    with pytest.raises(InputError, match="1 order with lines is in the roll-up already"):
        add_orders(read_rollup(str(tmp_path / "out")), orders_in(tmp_path, "n.csv", head + "a,2024-01-03,1\n", **lines))
    more = grown(tmp_path, orders_in(tmp_path, "n.csv", head + "a,2024-01-03,3\n", **lines))
    assert more["revenue"].to_list() == [7, 1, 7]


def test_a_finer_scale_rescales_what_is_there(tmp_path: Path) -> None:
    made(tmp_path, orders_in(tmp_path, "o.csv", HEAD + "a,2024-01-01,10\nb,2024-03-01,5\n"))
    more = grown(tmp_path, orders_in(tmp_path, "n.csv", HEAD + "a,2024-03-02,0.125\n"))
    assert more["revenue"].to_list() == [10000, 125, 5000]
    coarse = grown(tmp_path, orders_in(tmp_path, "m.csv", HEAD + "a,2024-03-03,2\n"))
    assert coarse["revenue"].to_list() == [10000, 125, 2000, 5000]


def test_an_order_that_began_before_the_last_days_is_not_bought_again(tmp_path: Path) -> None:
    head = "customer_id,order_id,ordered_at,amount\n"
    text = head + "a,1,2024-01-30,10\na,1,2024-02-28,5\nb,2,2024-03-31,1\n"
    made(tmp_path, orders_in(tmp_path, "o.csv", text))
    more = grown(tmp_path, orders_in(tmp_path, "n.csv", head + "a,1,2024-02-29,5\n"))
    assert more.filter(pl.col("customer_id") == "a")["orders"].to_list() == [1, 0, 0]


def test_a_roll_up_of_rows_alone_takes_nothing_in(tmp_path: Path) -> None:
    made(tmp_path, orders_in(tmp_path, "o.csv", HEAD + "a,2024-01-01,1\n"))
    (store.version_of(tmp_path / "out") / store.RECENT).unlink()
    with pytest.raises(InputError, match="no rows are kept beside this roll-up"):
        add_orders(read_rollup(str(tmp_path / "out")), orders_in(tmp_path, "n.csv", HEAD + "a,2024-01-02,1\n"))


def test_no_order_is_no_roll_up(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no order accepted of 1 rows"):
        roll_up(orders_in(tmp_path, "o.csv", HEAD + ",2024-01-01,1\n"), Periods(), Purchases())
