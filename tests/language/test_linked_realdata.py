"""Linked tables of real and realistic sets: the promises about them, and counts that are added up a second time."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.language.linked import LinkedTables
from rfm_cli.model import Scored
from rfm_cli.tables.map_option import parse_maps
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import linked

pytestmark = pytest.mark.realdata

SETS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "retail": ({"orders": "online_retail/online_retail.parquet"}, {}),
    "retail, returned orders ignored": (
        {"orders": "online_retail/online_retail.parquet"},
        {"returned_ignored": True},
    ),
    "retail, free orders ignored": ({"orders": "online_retail/online_retail.parquet"}, {"free_orders": "ignore"}),
    "retail, in summer": ({"orders": "online_retail/online_retail.parquet"}, {"as_of": date(2011, 7, 31)}),
    "cdnow": ({"orders": "cdnow/cdnow_full.csv"}, {}),
    "adventureworks": ({"orders": "adventureworks/sales.csv", "customers": "adventureworks/customers.csv"}, {}),
    "chinook": ({"orders": "chinook/invoices.csv", "lines": "chinook/invoice_lines.csv"}, {}),
    "northwind": ({"orders": "northwind/orders.csv", "lines": "northwind/order_lines.csv"}, {}),
    "northwind, malformed": (
        {"orders": "northwind/orders_raw_malformed.csv", "lines": "northwind/order_lines.csv"},
        {},
    ),
    "sakila": ({"orders": "sakila/payments.csv", "customers": "sakila/customers.csv"}, {}),
    "rfm_orders": ({"orders": "rfm_orders/rfm_orders.csv"}, {}),
    "complete journey": ({"orders": "completejourney_sample/transactions.parquet"}, {}),
    "without amounts": (
        {"orders": "transactions_no_amount/example_transactions.csv"},
        {"maps": ("customer_id=id",)},
    ),
    "events": ({"events": "ecom_events/events.csv"}, {"purchases": ("purchase",)}),
}


@pytest.fixture
def data(shared_dir: Path) -> Path:
    return shared_dir / "data"


def opened(
    data: Path, tables: Mapping[str, str], maps: tuple[str, ...] = (), purchases: tuple[str, ...] = (), **asked: Any
) -> tuple[LinkedTables, Scored]:
    paths = {name: (str(data / path),) for name, path in tables.items()}
    options = ReadOptions(maps=parse_maps(maps), purchase_events=purchases)
    return linked(paths, asked.pop("as_of", None), options, **asked)


@pytest.mark.parametrize("name", SETS)
def test_orders_are_the_purchases_of_the_score(data: Path, name: str) -> None:
    tables, asked = SETS[name]
    found, scored = opened(data, tables, **asked)
    has_money = scored.scale is not None
    money = {"money": pl.col("amount").sum()} if has_money else {}
    added = (
        found["orders"]
        .frame.group_by("customer_id")
        .agg(count=pl.len(), last=pl.col("day").max(), numbers=pl.col("number").max(), **money)
    )
    people = scored.frame.lazy().with_columns(customer_id=pl.col("customer").cast(pl.String))
    both = people.join(added, on="customer_id", how="full", coalesce=True).with_columns(
        pl.col("count", "numbers", *money).fill_null(0)
    )
    wrong = (
        pl.col("count") != pl.col("frequency"),
        pl.col("numbers") != pl.col("frequency"),
        ~pl.col("last").eq_missing(pl.col("last_order")),
    )
    assert both.filter(pl.any_horizontal(wrong)).collect().is_empty()
    if has_money:
        apart = found["refunds"].frame.join(found["orders"].frame, on=["customer_id", "order_id"], how="anti")
        left = both.join(apart, on="customer_id", how="anti").filter(pl.col("money") != pl.col("monetary"))
        assert left.collect().is_empty()


def test_lines_and_refunds_of_online_retail(data: Path) -> None:
    found, _ = opened(data, SETS["retail"][0])
    rows = pl.read_parquet(data / "online_retail/online_retail.parquet").drop_nulls("CustomerID")
    amounts = [Decimal(str(price)) * count for count, price in rows.select("Quantity", "UnitPrice").rows()]
    for name, expected in (
        ("lines", [amount for amount in amounts if amount >= 0]),
        ("refunds", [-amount for amount in amounts if amount < 0]),
    ):
        count, money = found[name].frame.select(pl.len(), pl.col("amount").sum()).collect().row(0)
        scale = found[name].columns["amount"].scale
        assert (count, Decimal(money).scaleb(-scale)) == (len(expected), sum(expected))


def test_lines_of_northwind_cost_what_their_orders_do(data: Path) -> None:
    found, _ = opened(data, SETS["northwind"][0])
    lines, orders = found["lines"], found["orders"]
    by_order = lines.frame.group_by("order_id").agg(pl.col("amount").sum())
    both = orders.frame.join(by_order, on="order_id", how="full", suffix=" of lines", coalesce=True)
    assert both.filter(pl.col("amount").ne_missing(pl.col("amount of lines"))).collect().is_empty()
    assert lines.columns["amount"].scale == orders.columns["amount"].scale == 4
    assert lines.frame.select(pl.len()).collect().item() == 2_155


def test_events_up_to_the_day(data: Path) -> None:
    found, scored = opened(data, {"events": "ecom_events/events.csv"}, purchases=("purchase",))
    last = scored.as_of
    with (data / "ecom_events/events.csv").open(encoding="utf-8", newline="") as file:
        events = [
            row for row in csv.DictReader(file) if date.fromisoformat(row["timestamp"][:10]) <= (last or date.max)
        ]
    counted = found["events"].frame.group_by("event").len().collect()
    expected: dict[str, int] = {}
    for row in events:
        expected[row["event"]] = expected.get(row["event"], 0) + 1
    assert dict(counted.iter_rows()) == expected
