"""The fast way over large files folds ids as the plain way does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.measures import collect as collecting
from rfm_cli.measures.collect import Collected, collect
from rfm_cli.measures.fast import steps_of
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.orders import orders_in
from rfm_cli.tables.sources import from_frame
from tests.examples import examples

SPELLINGS = ["Ann@x.org", "ann@x.org", "ANN@X.org", "7.0", "7", "7.00", "b", "B", "0", "0.0", "guest", "Guest", "GUEST"]
ROWS = st.lists(st.tuples(st.sampled_from(SPELLINGS), st.integers(0, 30), st.integers(0, 900)), min_size=1, max_size=40)


def collected(frame: pl.DataFrame, options: ReadOptions, ends: list[date], *, fast: bool) -> Collected:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "is_large", lambda _: fast)
        orders = orders_in([from_frame(frame)], options)
        return collect(orders, Counting(ends[-1]), Stretches(tuple(ends)))


@given(ROWS, st.sampled_from([(), ("0", "Guest"), ("ANN@x.org", "7")]), st.booleans(), st.sampled_from([5, 30]))
@settings(max_examples=examples(25, 150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_ways_give_the_same_customers(
    rows: list[tuple[str, int, int]], no_customer: tuple[str, ...], named: bool, last: int
) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [one for one, _, _ in rows],
            "ordered_at": [date(2024, 1, 1) + timedelta(day) for _, day, _ in rows],
            "amount": [cents / 100 for _, _, cents in rows],
            **({"order_id": range(len(rows))} if named else {}),
        }
    )
    options, ends = ReadOptions(no_customer=no_customer), [date(2024, 1, 1) + timedelta(last)]
    found = [collected(frame, options, ends, fast=fast) for fast in (False, True)]
    tables = [
        one.steps.select("customer", "frequency", "monetary").cast(pl.String).sort("customer").rows() for one in found
    ]
    assert tables[0] == tables[1]
    assert found[0].facts.rows == found[1].facts.rows
    left_out = (
        {"ANN@x.org": {"ann@x.org", "7"}, "0": {"0", "guest", "Guest", "GUEST"}}[no_customer[0]]
        if no_customer
        else set()
    )
    assert {customer for customer, _, _ in tables[0]} <= {
        "ann@x.org",
        "7",
        "b",
        "B",
        "0",
        "guest",
        "Guest",
        "GUEST",
    } - left_out


@pytest.mark.parametrize("ids", ["folded", "exact"])
def test_a_large_file_of_two_spellings(ids: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [f"{'C' if place % 3 else 'c'}{place % 7}@x.org" for place in range(30_000)],
            "ordered_at": [date(2024, 1, 1 + place % 28) for place in range(30_000)],
            "amount": [1.0] * 30_000,
            "order_id": range(30_000),
        }
    )
    options = ReadOptions(ids=ids)
    found = collected(frame, options, [date(2024, 2, 1)], fast=True)
    orders = orders_in([from_frame(frame)], options)
    given = orders.folding() if ids == "folded" else orders
    # The answer is that of the fast way itself, and no other had to step in.
    answer = steps_of(given, Counting(), Stretches((date(2024, 2, 1),)))
    assert answer is not None
    assert answer[0].sort("customer").select(found.steps.columns).equals(found.steps.sort("customer"))
    assert found.steps.height == (7 if ids == "folded" else 14)
    assert int(found.steps["frequency"].sum()) == 30_000


@pytest.mark.parametrize(("other", "upper"), [("b", 0), ("B", 1)])
def test_ids_in_upper_case_are_counted_for_the_warning(other: str, upper: int) -> None:
    frame = pl.DataFrame({"customer_id": ["a", "b", other], "ordered_at": [date(2024, 1, 1)] * 3, "amount": [1.0] * 3})
    found = collected(frame, ReadOptions(), [date(2024, 2, 1)], fast=True)
    assert found.facts.proof["upper_ids"] == upper
