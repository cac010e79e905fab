"""Steps by a shortcut against the plain way's: by stretch and day by day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.measures.fast import steps_of
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, settled_steps, steps
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.order_model import Orders
from tests.measures.fast.test_plan import File, opened

LAST = date(2024, 10, 1)
ENDS = (date(2024, 3, 31), date(2024, 6, 30), LAST)
FILES = [
    File(),
    File(customers="email"),
    File(customers="numbered", lines=5, late=True),
    File(shuffled=True),
    File(lines=5, shuffled=True, late=True),
    File(orders=None, dirt=True),
    File(dirt=True, zeros=True),
    File(money=False),
]


def plain_steps(orders: Orders, counting: Counting, stretches: Stretches) -> pl.DataFrame:
    """The steps by the plain way, settled."""
    found, _, orders = order_tables.collect(orders, lambda _: lambda rows: steps(rows, counting, stretches))
    return in_order(settled(found, orders, counting, stretches))


def settled(found: pl.DataFrame, orders: Orders, counting: Counting, stretches: Stretches) -> pl.DataFrame:
    rows = order_tables.accepted(order_tables.rows(orders))
    return settled_steps(found, rows, counting, stretches)


def in_order(found: pl.DataFrame) -> pl.DataFrame:
    """Steps in one order, whatever made them."""
    counts = [pl.col(name).cast(pl.UInt32) for name in ("frequency", "free_orders") if name in found.columns]
    return found.with_columns(pl.col("customer").cast(pl.String), *counts).sort("customer", "step")


def quick_steps(orders: Orders, counting: Counting, stretches: Stretches) -> pl.DataFrame:
    quick = steps_of(orders, counting, stretches)
    assert quick is not None
    return in_order(settled(quick[0], orders, counting, stretches))


@pytest.mark.parametrize("file", FILES, ids=str)
@pytest.mark.parametrize("free", ["count", "ignore"])
def test_stretches_add_up_as_the_plain_way_has_them(file: File, free: str, tmp_path: Path) -> None:
    orders, counting = opened(file, tmp_path), Counting(as_of=LAST, free=free)  # type: ignore[arg-type]
    stretches = Stretches(ENDS)
    expected = plain_steps(orders, counting, stretches)
    assert quick_steps(orders, counting, stretches).select(expected.columns).equals(expected)


@pytest.mark.parametrize("file", FILES, ids=str)
@pytest.mark.parametrize("starts", [(), ENDS[:1], ENDS[:2]], ids=len)
def test_days_after_a_stretch_add_up_too(file: File, starts: tuple[date, ...], tmp_path: Path) -> None:
    orders, counting = opened(file, tmp_path), Counting(as_of=LAST)
    stretches = Stretches(starts, daily=True)
    expected = plain_steps(orders, counting, stretches)
    assert quick_steps(orders, counting, stretches).select(expected.columns).equals(expected)


def test_without_money_only_single_days_lack_it(tmp_path: Path) -> None:
    orders, counting = opened(File(dirt=True, orders=None), tmp_path), Counting(as_of=LAST)
    with_money = quick_steps(orders, counting, Stretches(ENDS[:1], daily=True))
    without = quick_steps(orders, counting, Stretches(ENDS[:1], daily=True, money=False))
    assert without.drop("monetary").equals(with_money.drop("monetary"))
    is_stretch = pl.col("step") == ENDS[0]
    assert without.filter(is_stretch).equals(with_money.filter(is_stretch))
    assert without.filter(~is_stretch)["monetary"].null_count() == without.filter(~is_stretch).height
