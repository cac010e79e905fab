"""Expressions without rows: wrong names are found, and what only rows can tell is left for later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.language.parse import parse_expression
from rfm_cli.model import Shop, TablePaths
from rfm_cli.selection.choosing import Beside
from rfm_cli.selection.columns import further
from rfm_cli.selection.rehearsal import rehearse, without_rows
from rfm_cli.shop import open_shop
from rfm_cli.snapshots.metadata import CountingOptions
from rfm_cli.snapshots.store import keep
from rfm_cli.tables.event_days import name_days
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import QUESTION, texts
from tests.language.worked_shop import worked_shop

COUNTED = CountingOptions("UTC", None, "count", None, None, None, "folded")


@pytest.fixture(scope="module")
def shop() -> Shop:
    return worked_shop()[1].shop


def test_what_a_pass_without_rows_finds_is_not_kept_for_the_rows(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\na,2024-01-05,1\nb,2024-01-06,2\n")
    (tmp_path / "events.csv").write_text("customer_id,event,at\na,view,2024-01-03\nb,cart,2024-01-04\n")
    paths = TablePaths(orders=(str(tmp_path / "orders.csv"),), events=(str(tmp_path / "events.csv"),))
    shop = open_shop(paths, ReadOptions())
    rehearse({"": parse_expression("any events(event = 'view')")}, shop, Beside(QUESTION))
    assert shop.events is not None
    assert name_days(shop.events).rows() == [
        ("cart", date(2024, 1, 4), date(2024, 1, 4)),
        ("view", date(2024, 1, 3), date(2024, 1, 3)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "has phone and last_order older than 1 month or any events(event = 'view') within 4 weeks without orders later",
        "customer_id = 'x' and city like 'a*' and segment = 'Lost' and in 'At risk'",
        "any lines(category = 'Pets' and unit_price > 3) with orders by customer_id",
        "previous_segment = 'Lost' or segment_since within 30 days or engagement > 2 or last_event < 3",
        "birthday within next 8 days and age > 30 and reachable and reachable by email",
        "last orders.at > 2024-01-01 and sum orders.amount > 3 and count distinct lines.product_id > 1",
    ],
)
def test_what_can_be_asked_passes(shop: Shop, text: str) -> None:
    rehearse({"": parse_expression(text)}, shop, Beside(QUESTION), further(["n = count events"], "events"))


@pytest.mark.parametrize(
    "text",
    ["citty = 'x'", "any orders(amont > 3)", "any linex", "segment = 'Lots'", "in 'Lots'", "city > 'a'", "rfm = 545"],
)
def test_what_cannot_be_asked_is_an_error(shop: Shop, text: str) -> None:
    with pytest.raises(UsageError):
        rehearse({"": parse_expression(text)}, shop, Beside(QUESTION))


def test_sets_outside_of_the_rows_have_to_be_there(shop: Shop, tmp_path: Path) -> None:
    for text in ("vip or in file 'that is not there.csv'", "any orders(not in file 'that is not there.csv')"):
        with pytest.raises(InputError, match=r"that is not there\.csv"):
            rehearse({"": parse_expression(text)}, shop, Beside(QUESTION))
    for text in ("in snapshot 2024-03-01", "in snapshot as_of - 1 month"):
        for question in (QUESTION, replace(QUESTION, as_of=None)):
            with pytest.raises(InputError, match="no store of snapshots"):
                rehearse({"": parse_expression(text)}, shop, Beside(question, store=tmp_path / "none"))
    # Which day the date of the answer asks, only rows can tell.
    made = Beside(replace(QUESTION, as_of=None), store=tmp_path)
    rehearse({"": parse_expression("in snapshot as_of - 1 month")}, shop, made)


def test_columns_are_rehearsed_as_well(shop: Shop) -> None:
    everybody = {"": parse_expression("all")}
    with pytest.raises(UsageError, match="amont"):
        rehearse(everybody, shop, Beside(QUESTION), further(["n = sum orders.amont"]))
    with pytest.raises(UsageError, match="linex"):
        rehearse(everybody, shop, Beside(QUESTION), further([], "linex"))
    with pytest.raises(UsageError, match="no attribute is called 'citty'"):
        rehearse(everybody, shop, Beside(QUESTION), further(["email,citty"]))
    rehearse(
        everybody, shop, Beside(QUESTION), further(["email,recency_days,aov,engagement,segment_since,age"], "lines")
    )


def test_a_bare_shop_has_its_headings_alone(shop: Shop) -> None:
    bare = without_rows(shop)
    assert bare.orders is not None
    assert bare.events is not None
    assert [one.source.header for one in bare.orders.files] == [one.source.header for one in shop.orders.files]
    assert bare.orders.files[0].source.frame.collect().height == 0
    assert bare.events.frame.collect().height == 0
    assert bare.customers is shop.customers


def test_a_fixed_day_that_the_store_lacks_is_told_without_a_date(shop: Shop, tmp_path: Path) -> None:
    scored = worked_shop()[1]
    keep(tmp_path, scored, COUNTED, None, [], [])
    made = Beside(replace(QUESTION, as_of=None), store=tmp_path)

    with pytest.raises(InputError, match="no snapshot of 2024-02-29"):
        rehearse({"": parse_expression("vip or in snapshot 2024-02")}, shop, made)
    with pytest.raises(InputError, match="no snapshot of 2023-12-31"):
        rehearse({"": parse_expression("in snapshot as_of - 1 month or in snapshot 2023")}, shop, made)
    rehearse(
        {"": parse_expression(f"in snapshot {scored.as_of}(vip) and in snapshot as_of - 1 month(vip)")}, shop, made
    )
    with pytest.raises(UsageError, match="no column of snapshot 1999-12-01 is called vipp"):
        rehearse({"": parse_expression("in snapshot as_of - 1 month(vipp)")}, shop, made)


@pytest.mark.parametrize(
    "text", ["tenure_days > 3", "last_order within 30 days", "age > 3", "last_order = as_of - 1 day"]
)
def test_a_file_without_dates_lacks_them_before_it_is_scored(text: str) -> None:
    customers = texts("customer_id,birth_date", "a,1990-01-01")
    measured = {"customer_id": ["a", "b"], "frequency": [1, 2], "monetary": [5.0, 6.0]}
    by_days = open_shop(
        TablePaths(orders=pl.DataFrame({**measured, "recency_days": [3, 9]}), customers=customers), ReadOptions()
    )
    by_date = open_shop(
        TablePaths(orders=pl.DataFrame({**measured, "last_order": ["2024-01-01", "2024-02-01"]}), customers=customers),
        ReadOptions(),
    )

    with pytest.raises(UsageError, match="an expression needs a date"):
        rehearse({"": parse_expression(text)}, by_days, Beside(replace(QUESTION, as_of=None)))
    rehearse({"": parse_expression(text)}, by_days, Beside(replace(QUESTION, as_of=date(2024, 3, 31))))
    rehearse({"": parse_expression(text)}, by_date, Beside(replace(QUESTION, as_of=None)))
