"""The kernel equals the exact expressions of measures and history, on Polars and on DuckDB alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, customers, settled_steps, steps
from rfm_cli.rollup import kernel
from rfm_cli.rollup.manifest import COLUMNS, Grain, Periods, Purchases
from rfm_cli.tables.options import REJECTED_STATUSES
from rfm_cli.tables.rules import is_rejected_status
from tests.examples import examples

START = date(2023, 12, 1)
LAST = date(2024, 12, 31)
STATUSES = [None, "", "paid", " Cancelled ", "TEST\u00a0", "\u2003отменён", "ОТКАЗ", "testing", "wc-failed"]  # noqa: RUF001
STATUSES += ["not cancelled", "OrderCancelled", "cancelled, paid", "Отменена клиентом", "payment held", "held"]
LISTED = (*REJECTED_STATUSES, "payment held")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from([None, None, "1", "2", "3"]),
        st.none() | st.integers(0, 95).map(lambda number: START + timedelta(days=number)),
        st.sampled_from([-5000, -1, 0, 0, 1, 250, 5000, None]),
        st.sampled_from(STATUSES),
    ),
    max_size=25,
)
PERIODS = st.one_of(
    st.sampled_from([Periods("day"), Periods("month")]),
    st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True).map(
        lambda numbers: Periods("edges", tuple(START + timedelta(days=number) for number in sorted(numbers)))
    ),
)
PURCHASES = st.builds(Purchases, free=st.sampled_from(["count", "ignore"]), one_a_day=st.booleans())
DUCKDB = duckdb.connect(config={"threads": 1})
checked = settings(max_examples=examples(40, 100))
Rows = list[tuple[str | None, str | None, date | None, int | None, str | None]]


def frame(rows: Rows) -> pl.DataFrame:
    schema = {"customer": pl.String, "order": pl.String, "day": pl.Date, "minor": pl.Int64, "status": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def on_engines(rows: pl.DataFrame) -> Iterator[kernel.Rows]:
    """The rows on each engine."""
    yield nw.from_native(rows.lazy())
    DUCKDB.register("orders", rows.to_arrow())
    yield nw.from_native(DUCKDB.table("orders"))


def taken(found: kernel.Rows, *order: str) -> pl.DataFrame:
    """What an engine answers, as Polars has it, in a fixed order."""
    return found.collect("polars").to_native().sort(*order)


def stretches_of(periods: Periods, days: pl.Series) -> Stretches:
    """The periods as the stretches of `measures.steps`; the last one ends with LAST."""
    if periods.grain == "day":
        return Stretches((), daily=True)
    return Stretches(tuple(days.dt.month_end().unique().sort()) if periods.grain == "month" else (*periods.edges, LAST))


def expected(rows: pl.DataFrame, periods: Periods, purchases: Purchases) -> pl.DataFrame:
    """The roll-up by way of `measures.steps`, and lines counted apart."""
    counting = Counting(free=purchases.free, one_a_day=purchases.one_a_day)
    stretches = stretches_of(periods, rows["day"])
    found = settled_steps(steps(rows.lazy(), counting, stretches).collect(), rows.lazy(), counting, stretches)
    lines = rows.group_by("customer", step=stretches.step_of(pl.col("day"))).agg(lines=pl.len().cast(pl.Int32))
    money = pl.col("monetary") if "monetary" in found.columns else pl.lit(None, pl.Int64)
    return (
        found.join(lines, on=["customer", "step"])
        .select(
            "first_order",
            "last_order",
            "lines",
            customer_id="customer",
            period="step",
            orders=pl.col("frequency"),
            revenue=money,
        )
        .select(COLUMNS)
        .sort("customer_id", "period")
    )


@checked
@given(ROWS, PERIODS, PURCHASES, st.sets(st.sampled_from(["order", "minor"])))
def test_a_roll_up_is_the_steps_of_history(rows: Rows, periods: Periods, purchases: Purchases, less: set[str]) -> None:
    sound = frame(rows).drop_nulls(["customer", "day", "minor"]).drop(less, "status")
    wanted = expected(sound, periods, purchases)
    for given_rows in on_engines(sound):
        found = taken(kernel.roll(given_rows, periods, purchases), "customer_id", "period")
        named = found.with_columns(pl.col("period").fill_null(LAST)).sort("customer_id", "period")
        if "minor" in less:  # history takes no step on a day that changes nothing
            named = named.filter(pl.col("orders") > 0)
        assert named.equals(wanted)
        assert named.schema == wanted.schema


@checked
@given(ROWS, PURCHASES)
def test_one_period_is_the_measures_of_customers(rows: Rows, purchases: Purchases) -> None:
    sound = frame(rows).drop_nulls(["customer", "day", "minor"]).drop("status")
    counting = Counting(free=purchases.free, one_a_day=purchases.one_a_day)
    wanted = customers(sound.lazy(), counting).collect().sort("customer")
    for given_rows in on_engines(sound):
        found = taken(kernel.count(given_rows, Periods("edges", (LAST,)), purchases), "customer")
        pairs = {"first_order": "first_order", "last_order": "last_order", "orders": "frequency"}
        for ours, theirs in {**pairs, "revenue": "monetary", "free_orders": "free_orders"}.items():
            assert found[ours].to_list() == wanted[theirs].to_list()


@checked
@given(ROWS)
def test_every_row_is_judged_by_the_first_rule_that_it_breaks(rows: Rows) -> None:
    given_frame = frame(rows)
    broken = {
        "customer": pl.col("customer").is_null(),
        "date": pl.col("day").is_null(),
        "amount": pl.col("minor").is_null(),
        "status": is_rejected_status(pl.col("status"), LISTED),
    }
    rule = pl.lit("accepted")
    for name, is_broken in reversed(broken.items()):
        rule = pl.when(is_broken).then(pl.lit(name)).otherwise(rule)
    judged = given_frame.with_columns(rule=rule)
    sound = judged.filter(pl.col("rule") == "accepted").select("customer", "order", "day", "minor")
    for given_rows in on_engines(given_frame):
        found = kernel.judge(given_rows, LISTED)
        assert taken(found.select("rule"), "rule").equals(judged.select("rule").sort("rule"))
        columns = sound.columns
        assert taken(kernel.keep_accepted(found), *columns).equals(sound.sort(columns))


def test_the_money_of_a_roll_up_is_the_accepted_money() -> None:
    rows = frame(
        [
            ("a", "1", date(2024, 1, 31), 1000, None),
            ("a", "1", date(2024, 2, 1), -1500, None),  # a refund of the order before
            ("b", None, date(2024, 2, 1), -20, None),
        ]
    )
    found = taken(kernel.roll(nw.from_native(rows.lazy()), Periods("month")), "customer_id", "period")
    assert found.rows() == [
        ("a", date(2024, 1, 31), date(2024, 1, 31), date(2024, 1, 31), 1, 1000, 1),
        ("a", date(2024, 2, 29), None, None, 0, -1500, 1),
        ("b", date(2024, 2, 29), None, None, 0, -20, 1),
    ]


def test_whole_number_ids_become_text() -> None:
    rows = pl.LazyFrame({"customer": [42, 7], "day": [date(2024, 1, 1)] * 2, "minor": [1, 2]})
    found = taken(kernel.roll(nw.from_native(rows), Periods()), "customer_id")
    assert found["customer_id"].to_list() == ["42", "7"]


@pytest.mark.parametrize("grain", ["day", "month"])
def test_without_rows_there_is_no_period(grain: Grain) -> None:
    for given_rows in on_engines(frame([]).drop("status")):
        found = taken(kernel.roll(given_rows, Periods(grain)), "customer_id")
        assert found.is_empty()
        assert tuple(found.columns) == COLUMNS


def test_other_engines_are_refused() -> None:
    rows = nw.from_native(pa.table({"customer": ["a"], "day": [date(2024, 1, 1)]}))
    with pytest.raises(UsageError, match="does not run on pyarrow"):
        kernel.judge(rows)  # type: ignore[arg-type]
