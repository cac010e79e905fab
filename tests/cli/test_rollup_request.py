"""What `rfm rollup` is asked for: its periods and purchases, and what makes no sense before a file is read."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from rfm_cli.cli.rollup_request import RollupRequest, rollup_request
from rfm_cli.cli.session import Session
from rfm_cli.config import Settings, Value
from rfm_cli.errors import UsageError
from rfm_cli.rollup.manifest import Periods, Purchases


class Asked:
    """A session that has settings alone."""

    def __init__(self, values: dict[str, Value]) -> None:
        self.settings = Settings(values)


def requested(
    grain: str | None = None, ends: tuple[str, ...] = (), values: dict[str, Value] | None = None
) -> RollupRequest:
    return rollup_request(cast(Session, Asked(values or {})), "shop.rollup", (), grain, ends)


def test_periods_are_those_of_the_grain_or_end_at_dates() -> None:
    assert requested("month").periods == Periods("month")
    assert requested().periods is None
    found = requested(ends=("2024-06,2024-12",))
    assert (found.periods, found.option) == (Periods("edges", (date(2024, 6, 30), date(2024, 12, 31))), "--as-of")


def test_free_orders_and_orders_of_one_day_decide_on_purchases() -> None:
    assert requested().purchases() == Purchases("count", one_a_day=False)
    ignored = requested(values={"free_orders": "ignore", "one_order_per": "day"})
    assert ignored.purchases() == Purchases("ignore", one_a_day=True)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("free_orders", "cont", "--free-orders cont: not known"),
        ("one_order_per", "week", "--one-order-per week: not known"),
        ("returned_orders", "ignore", "--returned-orders ignore: a roll-up does not know orders by their ids"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, value: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        requested(values={name: value})
    assert error.value.message == message
