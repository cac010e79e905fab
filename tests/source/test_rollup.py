"""A roll-up as a source: it counts order rows and measures customers as the orders do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UnansweredError, UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.model import OrderRows, Shop, Source, TablePaths
from rfm_cli.rollup.compatibility import StatedOptions
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.read import read_rollup
from rfm_cli.shop import open_shop
from rfm_cli.source.rollup import RollupSource
from rfm_cli.tables.options import ReadOptions
from tests.shops import DAYS, ROWS, Row, asked, day, shop_of

WHEN = st.integers(0, DAYS).map(day)
in_any_folder = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rolled(folder: Path, shop: Shop, periods: Periods | None = None) -> RollupSource:
    assert shop.orders is not None
    place = folder / f"{len(list(folder.iterdir()))}.rollup"
    made, _ = roll_up(shop.orders, periods or Periods(), Purchases())
    write_rollup(made, place)
    return RollupSource(read_rollup(str(place)))


def rows_of(source: Source) -> OrderRows:
    rows = source.rows
    assert rows is not None
    return rows


@in_any_folder
@given(rows=ROWS, when=WHEN)
def test_order_rows_are_counted_as_those_of_the_orders(tmp_path: Path, rows: list[Row], when: date) -> None:
    columns = {"customer_id": [row.customer for row in rows], "ordered_at": [day(row.day) for row in rows]}
    shop = open_shop(
        TablePaths((pl.DataFrame(columns | {"amount": [row.cents / 100 for row in rows]}),)), ReadOptions()
    )
    sources = (shop.source, rolled(tmp_path, shop))
    counts: list[Callable[[OrderRows], pl.LazyFrame | None]] = [
        lambda own: own.of_customers(["a", "b"], when),
        lambda own: own.by_customer_and_day(when),
        lambda own: own.by_day(),
    ]
    for count in counts:
        found = [count(rows_of(source)) for source in sources]
        tables = [frame.select(pl.exclude("day", "customer")).collect() for frame in found if frame is not None]
        sums = [table.sum().row(0) if table.height else () for table in tables]
        assert len(tables) == 2
        assert sums[0] == sums[1]


@in_any_folder
@given(rows=ROWS, when=WHEN, start=st.none() | WHEN)
def test_customers_are_measured_as_from_the_orders(
    tmp_path: Path, rows: list[Row], when: date, start: date | None
) -> None:
    shop = shop_of(rows)
    sources = (shop.source, rolled(tmp_path, shop))
    found = [source.measure(Counting(when), start, strict=False).frame for source in sources]
    columns = ["customer", "first_order", "last_order", "frequency", "monetary", "recency_days"]
    tables = [frame.select(columns).sort("customer") for frame in found]
    assert tables[0].equals(tables[1])


def test_a_question_takes_over_what_the_roll_up_counts(tmp_path: Path) -> None:
    shop = shop_of([Row("a", "1", 0, 100), Row("b", "2", 3, 0)])
    monthly = rolled(tmp_path, shop, Periods("month"))
    assert monthly.agree(asked()).free_orders == "count"
    with pytest.raises(UnansweredError, match="--new-subscriber needs single days"):
        monthly.agree(asked(new_subscriber=30))
    with pytest.raises(UnansweredError, match="cannot answer for"):
        monthly.require_dates([day(1)])
    assert rows_of(monthly).by_customer_and_day(None) is None


@in_any_folder
@given(rows=ROWS, when=WHEN)
def test_the_periods_of_a_customer_have_the_money_of_the_orders(tmp_path: Path, rows: list[Row], when: date) -> None:
    shop = shop_of(rows)
    orders, periods = (source.orders_of("first", when) for source in (shop.source, rolled(tmp_path, shop)))
    assert orders is not None
    assert periods is not None
    assert (orders.by_period, periods.by_period) == (False, True)
    assert periods.rows["minor"].sum() == orders.rows["minor"].sum()
    assert periods.rows["purchases"].to_list() == [1]
    assert orders.rows.select("when", "minor").rows() == [(day(0), 1234)]


def test_a_roll_up_tells_what_it_was_made_of_and_what_it_lacks(tmp_path: Path) -> None:
    source = rolled(tmp_path, shop_of([Row("a", "1", 0, 100)]), Periods("month"))
    found = {(one.topic, one.item): one.found for one in source.findings()}
    assert found["days", "covered"] == "2024-01-01 to 2024-01-01"
    assert "--customers FILE" in source.attribute_hint
    source.require_agreement(StatedOptions())
    with pytest.raises(UsageError, match="--drop-duplicates"):
        source.require_agreement(StatedOptions(drop_duplicates=True))
