"""A file of one row per customer as a source: what it lacks follows from the date, and it has no history."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rfm_cli.clock import parse_window
from rfm_cli.errors import InputError, UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.model import Shop, TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from tests.shops import asked

FRAME = pl.DataFrame(
    {"customer_id": ["a", "b"], "last_order": [date(2024, 1, 3), None], "frequency": [2, 0], "city": ["Omsk", "Ufa"]}
)


def opened(frame: pl.DataFrame = FRAME) -> Shop:
    return open_shop(TablePaths((frame,)), ReadOptions())


def test_recency_follows_from_the_date() -> None:
    found = opened().source.measure(Counting(date(2024, 1, 10)))
    assert found.frame.sort("customer").select("customer", "recency_days", "frequency").rows() == [
        ("a", 7, 2),
        ("b", None, 0),
    ]
    assert found.facts.last_day == date(2024, 1, 3)


def test_the_last_order_follows_from_recency() -> None:
    shop = opened(FRAME.drop("last_order").with_columns(recency_days=pl.Series([7, None])))
    dated = shop.source.measure(Counting(date(2024, 1, 10))).frame.sort("customer")
    assert dated["last_order"].to_list() == [date(2024, 1, 3), None]
    assert shop.source.measure(Counting()).frame["last_order"].null_count() == 2


def test_an_earlier_date_is_not_known() -> None:
    with pytest.raises(InputError, match="some customers ordered after 2024-01-02"):
        opened().source.measure(Counting(date(2024, 1, 2)))


def test_it_has_attributes_and_no_history() -> None:
    source = opened().source
    assert source.attributes is not None
    assert source.attributes.columns == ["city", "customer_id"]
    assert (source.has_history, source.rows, source.orders, source.buyers_after(date(2024, 1, 1))) == (
        False, None, None, None,
    )  # fmt: skip
    with pytest.raises(UsageError, match="moves need orders"):
        source.read()
    with pytest.raises(UsageError, match="--window needs orders"):
        source.agree(asked(window=parse_window("30d")))


def test_a_check_finds_the_columns_and_the_rows_by_rule() -> None:
    source = opened().source
    found = [(one.topic, one.item, one.rows) for one in source.findings()]
    assert found[0][0] == "file"
    assert ("rows", "accepted", 2) in found
    assert source.orders_of("a", None) is None
