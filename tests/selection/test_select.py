"""`rfm.select` from Python: the answers of the command, and its errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rfm_cli as rfm
from tests.language import worked_shop

AUTUMN = "bought or browsed minus city = 'Moscow'"
TOML = """\
[segments]
bought = "has phone and last_order older than 1 month"
browsed = "any events(event = 'view') within 4 weeks without orders later"
"""


@pytest.fixture(scope="module")
def shop() -> rfm.Shop:
    paths = rfm.TablePaths(
        orders=(worked_shop.ORDERS,),
        lines=(worked_shop.LINES,),
        events=(worked_shop.EVENTS,),
        customers=(worked_shop.CUSTOMERS,),
        products=(worked_shop.PRODUCTS,),
    )
    return rfm.open_shop(paths, rfm.ReadOptions())


QUESTION = rfm.Question(rfm.Fitting(rfm.load_scheme("rf12")), as_of=date(2024, 3, 31))


def test_the_customers_the_undecided_the_counts_and_the_text(shop: rfm.Shop, tmp_path: Path) -> None:
    file = tmp_path / "rfm.toml"
    file.write_text(TOML)
    found = rfm.select(shop, AUTUMN, QUESTION, extra=("email", "n = count orders"), segments=rfm.named_segments(file))
    assert found.rows.collect().to_dict(as_series=False) == {
        "customer_id": ["dan", "eva"],
        "email": ["dan@x.org", "eva@x.org"],
        "n": [1, 1],
    }
    assert found.undecided.collect()["customer_id"].to_list() == ["bob"]
    assert found.text == "(bought or browsed) minus city = 'Moscow'"
    assert found.counts == {
        "customers": 2, "undecided": 1, "of": 10, "share": 0.2, "reachable": 2, "revenue": Decimal(20)
    }  # fmt: skip
    assert found.notes[0].text == "read as (bought or browsed) minus city = 'Moscow'"


def test_without_a_question_it_is_rf12_on_the_last_day(shop: rfm.Shop) -> None:
    found = rfm.select(shop, "last_order within 1 day")
    assert found.rows.collect()["customer_id"].to_list() == ["ira"]


def test_errors_show_the_place(shop: rfm.Shop) -> None:
    with pytest.raises(rfm.UsageError) as error:
        rfm.select(shop, "citty = 'x'", QUESTION)
    assert error.value.message.split("\n")[1:] == ["  citty = 'x'", "  ^^^^^"]
    with pytest.raises(rfm.UsageError, match="in file 'x' and"):
        rfm.select(shop, "in file 'x' and", QUESTION)


def test_without_a_store_a_snapshot_is_refused(shop: rfm.Shop, tmp_path: Path) -> None:
    with pytest.raises(rfm.UsageError, match="no store of snapshots is given"):
        rfm.select(shop, "in snapshot 2024-01", QUESTION)
    with pytest.raises(rfm.InputError):
        rfm.select(shop, "in snapshot 2024-01", QUESTION, store=tmp_path)
