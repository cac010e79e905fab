"""Whatever is added day by day is what one roll-up over everything would have been, byte for byte."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.model import TablePaths
from rfm_cli.rollup import checkpoints, parquet, store
from rfm_cli.rollup.append import add_orders, write_added
from rfm_cli.rollup.checkpoints import scan_checkpoint, scan_latest
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases, from_text
from rfm_cli.rollup.read import read_rollup
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders
from tests.examples import examples

START = date(2024, 1, 1)
DAYS = 150
PLACES = itertools.count()
checked = settings(max_examples=examples(10, 40), suppress_health_check=[HealthCheck.function_scoped_fixture])


class Row(NamedTuple):
    """An order row: the day is counted from START, money in cents, and it becomes known `delay` days later."""

    customer: str
    order: str
    day: int
    cents: int
    status: str = "paid"
    delay: int = 0


AMOUNTS = st.sampled_from([-5000, -999, -1, 0, 0, 1, 250, 999, 1000, 5000])
APART = st.integers(0, 31) | st.integers(27, 31)
"""Days between the lines of an order, and until one is known: the last ones allowed are the delicate ones."""
LINES = st.lists(st.tuples(APART, AMOUNTS, APART), min_size=1, max_size=4)


@st.composite
def shops(draw: st.DrawFn) -> list[Row]:
    """Orders whose lines lie within 31 days, and rows without an order id; some have no customer or are cancelled."""
    rows: list[Row] = [Row("first", "", 0, 1234)]
    for number in range(draw(st.integers(3, 12))):
        customer = draw(st.sampled_from(["a", "b", "007", "Аня", ""]))
        begin = draw(st.integers(0, DAYS))
        named = draw(st.booleans())
        status = draw(st.sampled_from(["paid", "paid", "cancelled"]))
        for later, cents, delay in draw(LINES):
            # A row that lacks its customer would take that of its order, where they come in one file.
            rows.append(Row(customer, str(number) if named and customer else "", begin + later, cents, status, delay))
    return rows


PERIODS = st.sampled_from(
    [
        Periods("day"),
        Periods("day"),
        Periods("day"),
        Periods("month"),
        Periods("edges", (START + timedelta(days=40), START + timedelta(days=75), START + timedelta(days=140))),
        Periods("edges", (START + timedelta(days=1000),)),
        Periods("edges"),
    ]
)
PURCHASES = st.builds(Purchases, free=st.sampled_from(["count", "ignore"]), one_a_day=st.booleans())
FEW = st.sampled_from([0, 2, checkpoints.FEW])
"""How many changed customers stand apart: all of them, or fewer than one in so many."""
CUTS = st.sets(st.integers(1, DAYS + 31), min_size=2, max_size=9)


def orders_of(rows: list[Row]) -> Orders:
    frame = pl.DataFrame(
        {
            "customer_id": [row.customer or None for row in rows],
            "order_id": [row.order or None for row in rows],
            "ordered_at": [START + timedelta(days=row.day) for row in rows],
            "amount": [row.cents / 100 for row in rows],
            "status": [row.status for row in rows],
        },
        schema={
            "customer_id": pl.String,
            "order_id": pl.String,
            "ordered_at": pl.Date,
            "amount": pl.Float64,
            "status": pl.String,
        },
    )
    orders = open_shop(TablePaths(orders=(frame,)), ReadOptions(amount_per="row")).orders
    assert orders is not None
    return orders


def made(folder: Path, rows: list[Row], periods: Periods, purchases: Purchases) -> Path:
    out = folder / str(next(PLACES))
    rolled, _ = roll_up(orders_of(rows), periods, purchases)
    write_rollup(rolled, out)
    return out


def grown(folder: Path, parts: list[list[Row]], periods: Periods, purchases: Purchases) -> Path:
    first, *others = parts
    out = made(folder, first, periods, purchases)
    for part in others:
        rollup = read_rollup(str(out))
        write_added(add_orders(rollup, orders_of(part)), rollup)
    return out


def same(one: Path, other: Path) -> None:
    """Both folders hold the same roll-up; inputs aside, for these differ."""
    first, second = store.version_of(one), store.version_of(other)
    names = [sorted(str(path.relative_to(place)) for path in place.rglob("*")) for place in (first, second)]
    assert [name for name in names[0] if name != store.CHANGED] == names[1]
    for name in names[1]:
        if name not in (store.MANIFEST, store.LATEST) and (first / name).is_file():
            assert (first / name).read_bytes() == (second / name).read_bytes(), name
    if store.LATEST in names[1]:
        latest = [scan_latest(place).collect().sort("customer_id") for place in (first, second)]
        assert latest[0].equals(latest[1])
    manifests = [from_text((place / store.MANIFEST).read_text(), "OUT") for place in (first, second)]
    assert replace(manifests[0], inputs=()) == replace(manifests[1], inputs=())


def test_a_customer_without_a_purchase_leaves_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An Arrow file holds whatever lies in memory under a null, so a state has none."""
    monkeypatch.setattr(parquet, "MOST_IN_ONE", 1)
    rows = [Row("first", "", 0, 1234), *[Row("a", "", day, -5000) for day in (0, 1, 2)]]
    rows += [Row("Аня", "", 60, -5000), Row("first", "", 70, 1)]
    out = grown(tmp_path, [rows[:2], rows[2:4], rows[4:]], Periods("day"), Purchases())
    same(out, made(tmp_path, rows, Periods("day"), Purchases()))
    for name in (store.SETTLED, store.LATEST):
        place = store.version_of(out) / name
        assert not any(pl.read_ipc(place).null_count().row(0))
        assert scan_checkpoint(place).collect()["first_order"].null_count() == (1 if name == store.SETTLED else 2)


def accepted(row: Row) -> bool:
    return bool(row.customer) and row.status != "cancelled"


@pytest.mark.parametrize("most", [1_000_000, 3])
@checked
@given(rows=shops(), periods=PERIODS, purchases=PURCHASES, cuts=CUTS, few=FEW)
def test_daily_adds_equal_one_roll_up(
    tmp_path: Path, rows: list[Row], periods: Periods, purchases: Purchases, cuts: set[int], most: int, few: int
) -> None:
    ends = [*sorted(cuts), DAYS + 32]
    parts = [[row for row in rows if begin <= row.day < end] for begin, end in itertools.pairwise([0, *ends])]
    parts = [part for part in parts if any(map(accepted, part))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "MOST_IN_ONE", most)
        patch.setattr(checkpoints, "FEW", few)
        same(grown(tmp_path, parts, periods, purchases), made(tmp_path, [*itertools.chain(*parts)], periods, purchases))


def in_time(parts: list[list[Row]]) -> list[list[Row]]:
    """The parts less the rows that come too late, and without parts of which nothing is accepted."""
    seen, kept = 0, []
    for part in parts:
        own = [row for row in part if not accepted(row) or row.day >= seen - 31]
        if any(map(accepted, own)):
            seen = max(seen, *(row.day for row in own if accepted(row)))
            kept.append(own)
    return kept


@pytest.mark.parametrize("most", [1_000_000, 3])
@checked
@given(rows=shops(), periods=PERIODS, purchases=PURCHASES, cuts=CUTS, few=FEW)
def test_rows_that_come_late_but_not_too_late_change_nothing(
    tmp_path: Path, rows: list[Row], periods: Periods, purchases: Purchases, cuts: set[int], most: int, few: int
) -> None:
    ends = [*sorted(cuts), 10_000]
    parts = [
        [row for row in rows if begin <= row.day + row.delay < end] for begin, end in itertools.pairwise([0, *ends])
    ]
    parts = in_time(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "MOST_IN_ONE", most)
        patch.setattr(checkpoints, "FEW", few)
        same(grown(tmp_path, parts, periods, purchases), made(tmp_path, [*itertools.chain(*parts)], periods, purchases))
