"""The shortcuts against the plain way: the same measures and the same facts, of every shape of file."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.measures.fast import plan, steps_of
from rfm_cli.measures.fast.ledger import Ledger
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, customers, measures_of, settled_steps
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_shop
from rfm_cli.tables import ids, whole_orders
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts, Orders
from tests.examples import examples

START = datetime(2024, 1, 1)
CUSTOMERS = {
    "dense": lambda number: number,
    "sparse": lambda number: number * 0x9E3779B1 % (1 << 40),
    "below zero": lambda number: number - 20,
    "whole floats": float,
    "digits": str,
    "zeros": lambda number: f"{number:05}",
    "numbered": lambda number: f"C{number:06}",
    "email": lambda number: f"customer.{number * 7919 % 1009}@mail{number % 3}.example.org",
    "accents": lambda number: f"Ñandú {number}",
}
ORDERS = {
    "rising": lambda number: 1_000 + 3 * number,
    "far apart": lambda number: number * 0x9E3779B97F4A7 % (1 << 60),
    "digits": lambda number: str(500 + number),
    "numbered": lambda number: f"A-{number:07}",
    "mixed": lambda number: f"{'C' if number % 3 else ''}{number:06}",
}
PLACES = itertools.count()


@dataclass(frozen=True)
class File:
    """A kind of file of orders."""

    customers: str = "dense"
    orders: str | None = "rising"
    lines: int = 1
    shuffled: bool = False
    dirt: bool = False
    zeros: bool = False
    late: bool = False
    money: bool = True
    kind: str = "parquet"
    rows: int = 300
    seed: int = 1


def rows_of(file: File) -> pl.DataFrame:
    """The rows of such a file."""
    draw = random.Random(file.seed)
    rows: list[dict[str, Any]] = []
    moment = START
    for number in range(file.rows // file.lines):
        moment += timedelta(minutes=draw.randrange(0, 3_000))
        customer = CUSTOMERS[file.customers](draw.randrange(1, 40))
        order = ORDERS[file.orders](number) if file.orders else None
        for _ in range(file.lines):
            late = timedelta(days=1) if file.late and draw.random() < 0.05 else timedelta()
            cents = draw.choice([0, 1, 250, 999, 12_345])
            rows.append({"customer": customer, "order": order, "at": moment + late, "cents": cents, "status": "paid"})
    if file.dirt:
        rows = sorted([*rows, *dirt_of(rows, draw, zeros=file.zeros)], key=lambda row: row["at"])
    if file.shuffled:
        draw.shuffle(rows)
    columns = {
        "customer_id": pl.Series([row["customer"] for row in rows]),
        "ordered_at": pl.Series([row["at"] for row in rows]),
        **({"amount": pl.Series([row["cents"] / 100 for row in rows])} if file.money else {}),
        **({"order_id": pl.Series([row["order"] for row in rows])} if file.orders else {}),
        **({"status": pl.Series([row["status"] for row in rows])} if file.dirt else {}),
    }
    return pl.DataFrame(columns)


def dirt_of(rows: list[dict[str, Any]], draw: random.Random, *, zeros: bool) -> Iterator[dict[str, Any]]:
    """Refunds (some of nothing where `zeros`) on the same day and later, orders of nobody, cancelled ones, and rows
    without an order id."""
    for row in rows:
        if draw.random() < 0.1:
            delay = timedelta(days=draw.choice([0, 1, 30]), seconds=1)
            yield row | {"at": row["at"] + delay, "cents": -draw.choice([0 if zeros else 1, row["cents"] or 7, 99_999])}
        if draw.random() < 0.05:
            row |= {"customer": None, "order": None}  # with an order, the row would take its customer
        if draw.random() < 0.05:
            row["status"] = draw.choice(["cancelled", " Refused "])
        if draw.random() < 0.05:
            row["order"] = None


def opened(file: File, folder: Path) -> Orders:
    """The file, written and opened."""
    path = folder / f"orders-{next(PLACES)}.{file.kind}"
    if file.kind == "csv":
        rows_of(file).write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S", float_precision=2)
    else:
        rows_of(file).write_parquet(path)
    orders = open_shop(TablePaths(orders=(str(path),)), ReadOptions()).orders
    assert orders is not None
    return orders


def plainly(orders: Orders, counting: Counting, start: date | None) -> tuple[pl.DataFrame, Facts]:
    """The measures by the plain way."""
    found, facts, orders = order_tables.collect(orders, lambda _: lambda rows: customers(rows, counting, start=start))
    return by_text(found), facts


def by_text(customers: pl.DataFrame) -> pl.DataFrame:
    """The customers, ids as text, in one order."""
    return customers.with_columns(pl.col("customer").cast(pl.String)).sort("customer")


def compared(orders: Orders, counting: Counting, start: date | None = None) -> bool:
    """Whether a shortcut answered; what it answered equals the plain way's answer."""
    stretches = Stretches.up_to(counting.as_of, start)
    found = steps_of(orders, counting, stretches)
    if found is not None and len(ids.odd_ones(found[0]["customer"])):
        # As every count does that meets ids which have to be folded.
        orders = orders.folding()
        found = steps_of(orders, counting, stretches)
    if found is None:
        return False
    quick, facts = found
    # Where rows take fields from others of their order, the plain way answers for both.
    decided = whole_orders.decided(orders, facts)
    if any(one is not file for one, file in zip(decided.files, orders.files, strict=True)):
        return False
    rows = order_tables.accepted(order_tables.rows(orders))
    expected, plain_facts = plainly(orders, counting, start)
    settled = settled_steps(quick, rows, counting, stretches)
    assert by_text(measures_of(settled.lazy(), start).collect()).select(expected.columns).equals(expected)
    assert (facts.rows, facts.first_day, facts.last_day) == (
        plain_facts.rows,
        plain_facts.first_day,
        plain_facts.last_day,
    )
    return True


CLEAN = [
    *(File(customers=name) for name in CUSTOMERS),
    *(File(customers=name, kind="csv") for name in CUSTOMERS if name != "whole floats"),
    *(File(orders=name) for name in ORDERS),
    *(File(orders=name, shuffled=True) for name in ORDERS),
    *(File(orders=name, kind="csv") for name in ORDERS),
    *(File(orders=name, lines=5) for name in ("rising", "digits", "numbered")),
    *(File(orders=name, lines=5, late=True) for name in ("rising", "digits", "numbered")),
    File(orders="rising", lines=5, kind="csv"),
    File(orders="rising", lines=5, shuffled=True),
    File(orders="numbered", lines=5, shuffled=True, late=True),
    File(orders=None),
    File(orders=None, shuffled=True, customers="email"),
    File(orders=None, money=False),
    File(money=False),
    File(money=False, lines=5),
    File(orders=None, dirt=True),
    File(dirt=True),
    File(dirt=True, kind="csv"),
    File(dirt=True, customers="numbered"),
    File(dirt=True, customers="email", kind="csv"),
    File(dirt=True, shuffled=True),
    File(dirt=True, zeros=True),
    File(dirt=True, zeros=True, orders=None),
    File(dirt=True, lines=5),
    File(dirt=True, lines=5, shuffled=True),
]


@pytest.mark.parametrize("file", CLEAN, ids=str)
@pytest.mark.parametrize(
    ("counting", "start"),
    [
        (Counting(), None),
        (Counting(as_of=date(2024, 6, 1)), None),
        (Counting(as_of=date(2024, 8, 1)), date(2024, 4, 1)),
        (Counting(free="ignore"), None),
    ],
    ids=["all", "as of", "window", "free ignored"],
)
def test_a_shortcut_answers_as_the_plain_way_does(
    file: File, counting: Counting, start: date | None, tmp_path: Path
) -> None:
    assert compared(opened(file, tmp_path), counting, start)


@settings(max_examples=examples(30, 80), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.builds(
        File,
        customers=st.sampled_from(sorted(CUSTOMERS)),
        orders=st.sampled_from([None, *sorted(ORDERS)]),
        lines=st.sampled_from([1, 1, 2, 5]),
        shuffled=st.booleans(),
        dirt=st.booleans(),
        zeros=st.booleans(),
        late=st.booleans(),
        money=st.booleans(),
        kind=st.sampled_from(["parquet", "csv"]),
        rows=st.integers(1, 60),
        seed=st.integers(0, 10_000),
    ).filter(lambda file: file.money or not file.dirt),
    counting=st.builds(
        Counting,
        as_of=st.none() | st.dates(date(2024, 1, 1), date(2024, 3, 1)),
        free=st.sampled_from(["count", "ignore"]),
    ),
    rows_at_once=st.sampled_from([1, 7, 1 << 18]),
)
def test_whatever_the_file(file: File, counting: Counting, rows_at_once: int, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "ROWS", rows_at_once)
        patch.setattr(plan, "TEXT_ROWS", rows_at_once)
        compared(opened(file, tmp_path), counting)


def ways_tried(orders: Orders, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ways of making orders that were tried, the last of which answered."""
    tried: list[str] = []

    def noted(*args: Any) -> Ledger:
        ledger = original(*args)
        tried.append(f"{type(ledger.slots).__name__} {type(ledger.grouping).__name__}")
        return ledger

    original: Callable[..., Ledger] = plan.read_rows
    monkeypatch.setattr(plan, "read_rows", noted)
    assert steps_of(orders, Counting(), Stretches(())) is not None
    return tried


@pytest.mark.parametrize(
    ("file", "way"),
    [
        (File(), "Dense Rising"),
        (File(customers="sparse"), "Table Rising"),
        (File(customers="email"), "Table Rising"),
        (File(lines=5), "Dense Runs"),
        (File(shuffled=True), "Dense Scattered"),
        (File(orders="mixed"), "Dense Distinct"),
        (File(orders="far apart", shuffled=True), "Dense Distinct"),
        (File(lines=5, shuffled=True), "Dense Summed"),
        (File(orders=None), "Dense EachRow"),
        (File(dirt=True), "Dense Rising"),
        (File(kind="csv", customers="digits"), "Dense Rising"),
    ],
    ids=str,
)
def test_which_way_answers(file: File, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ways_tried(opened(file, tmp_path), monkeypatch) == [way]
