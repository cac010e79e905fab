"""Measures against plain Python: SPEC 2 Orders, 3 and 4, said in loops over dicts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.clock import Window
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, customers, measures_of, settled_steps, steps

JAN1 = date(2024, 1, 1)


class Row(NamedTuple):
    customer: str
    order: str | None
    day: date
    minor: int | None


class Measured(NamedTuple):
    first_order: date | None
    last_order: date | None
    frequency: int
    monetary: int | None
    free_orders: int | None
    first_row: date


def by_hand(
    rows: Iterable[Row], counting: Counting, start: date | None = None, *, money: bool = True
) -> dict[str, Measured]:
    seen = [row for row in rows if counting.as_of is None or row.day <= counting.as_of]
    orders: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for place, row in enumerate(seen):
        orders[row.customer][f"alone {place}" if row.order is None else f"named {row.order}"].append(row)

    def counts(day: date) -> bool:
        return start is None or day > start

    answer = {}
    for customer, own in orders.items():
        purchases, free = [], 0
        for lines in own.values():
            first_day = min(line.day for line in lines)
            first_sum = sum(line.minor or 0 for line in lines if line.day == first_day)
            free += first_sum == 0
            if not money or first_sum > 0 or (first_sum == 0 and counting.free == "count"):
                purchases.append(first_day)
        inside = [day for day in purchases if counts(day)]
        net = sum(line.minor or 0 for lines in own.values() for line in lines if counts(line.day))
        answer[customer] = Measured(
            min(purchases, default=None),
            max(purchases, default=None),
            len(set(inside)) if counting.one_a_day else len(inside),
            net if money else None,
            free if money else None,
            min(line.day for lines in own.values() for line in lines),
        )
    return answer


def as_frame(rows: list[Row]) -> pl.DataFrame:
    schema = {"customer": pl.String, "order": pl.String, "day": pl.Date, "minor": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def as_dict(frame: pl.DataFrame) -> dict[str, Measured]:
    return {
        row["customer"]: Measured(*(row.get(name) for name in Measured._fields)) for row in frame.iter_rows(named=True)
    }


def quickly(rows: pl.LazyFrame, counting: Counting, start: date | None = None) -> pl.DataFrame:
    """The measures by one grouping, settled."""
    stretches = Stretches.up_to(counting.as_of or (start and date.max), start)
    found = settled_steps(steps(rows, counting, stretches).collect(), rows, counting, stretches)
    return measures_of(found.lazy(), start).collect()


def measured(rows: list[Row], counting: Counting = Counting(), start: date | None = None) -> dict[str, Measured]:  # noqa: B008
    """The exact way and the quick one, which must agree."""
    frame = as_frame(rows).lazy()
    exact = as_dict(customers(frame, counting, start=start).collect())
    assert as_dict(quickly(frame, counting, start)) == exact
    return exact


def day(number: int) -> date:
    return JAN1 + timedelta(days=number)


def test_a_customer_with_two_orders() -> None:
    rows = [Row("a", "1", day(0), 1000), Row("a", "2", day(9), 250)]
    assert measured(rows) == {"a": Measured(day(0), day(9), 2, 1250, 0, day(0))}


def test_rows_of_one_order_are_one_purchase_on_its_first_day() -> None:
    rows = [Row("a", "1", day(3), 10), Row("a", "1", day(0), 20), Row("a", "1", day(0), 30)]
    assert measured(rows) == {"a": Measured(day(0), day(0), 1, 60, 0, day(0))}


def test_the_same_order_id_under_two_customers_is_two_orders() -> None:
    rows = [Row("a", "1", day(0), 10), Row("b", "1", day(1), 20)]
    assert {name: one.frequency for name, one in measured(rows).items()} == {"a": 1, "b": 1}


def test_a_row_without_an_order_id_is_an_order_of_its_own() -> None:
    rows = [Row("a", None, day(0), 10), Row("a", None, day(0), 10), Row("a", "1", day(0), 10)]
    assert measured(rows)["a"].frequency == 3


def test_a_later_refund_of_the_order_lowers_money_and_undoes_no_purchase() -> None:
    rows = [Row("a", "1", day(0), 1000), Row("a", "1", day(5), -1000)]
    assert measured(rows) == {"a": Measured(day(0), day(0), 1, 0, 0, day(0))}


def test_a_refund_of_its_own_is_no_purchase() -> None:
    rows = [Row("a", "1", day(0), 1000), Row("a", "2", day(5), -400), Row("b", None, day(2), -1)]
    assert measured(rows) == {
        "a": Measured(day(0), day(0), 1, 600, 0, day(0)),
        "b": Measured(None, None, 0, -1, 0, day(2)),
    }


def test_an_order_that_begins_as_a_refund_never_becomes_a_purchase() -> None:
    rows = [Row("a", "1", day(0), -5), Row("a", "1", day(1), 500)]
    assert measured(rows) == {"a": Measured(None, None, 0, 495, 0, day(0))}


def test_the_first_day_is_judged_by_its_sum_even_if_one_row_of_it_is_negative() -> None:
    assert measured([Row("a", "1", day(0), -5), Row("a", "1", day(0), 5)])["a"].frequency == 1
    assert measured([Row("a", "1", day(0), -6), Row("a", "1", day(0), 5)])["a"].frequency == 0


def test_free_orders_count_or_are_ignored() -> None:
    rows = [Row("a", "1", day(0), 0), Row("a", "2", day(1), 7), Row("b", "3", day(2), 0)]
    assert measured(rows) == {
        "a": Measured(day(0), day(1), 2, 7, 1, day(0)),
        "b": Measured(day(2), day(2), 1, 0, 1, day(2)),
    }
    assert measured(rows, Counting(free="ignore")) == {
        "a": Measured(day(1), day(1), 1, 7, 1, day(0)),
        "b": Measured(None, None, 0, 0, 1, day(2)),
    }


def test_an_order_that_was_free_on_its_first_day_stays_free() -> None:
    rows = [Row("a", "1", day(0), 0), Row("a", "1", day(3), 900)]
    assert measured(rows)["a"] == Measured(day(0), day(0), 1, 900, 1, day(0))
    assert measured(rows, Counting(free="ignore"))["a"] == Measured(None, None, 0, 900, 1, day(0))


def test_one_order_per_day_merges_purchases_and_not_refunds() -> None:
    rows = [
        Row("a", "1", day(0), 5),
        Row("a", "2", day(0), 5),
        Row("a", "3", day(0), -1),
        Row("a", "4", day(1), -1),
        Row("a", "5", day(2), 5),
    ]
    assert measured(rows, Counting(one_a_day=True))["a"] == Measured(day(0), day(2), 2, 13, 0, day(0))


def test_the_as_of_day_is_seen_and_later_rows_are_not() -> None:
    rows = [Row("a", "1", day(0), 10), Row("a", "1", day(5), -4), Row("a", "2", day(6), 10), Row("b", "3", day(6), 1)]
    assert measured(rows, Counting(as_of=day(5))) == {"a": Measured(day(0), day(0), 1, 6, 0, day(0))}
    assert measured(rows, Counting(as_of=day(4)))["a"].monetary == 10


def test_a_window_counts_f_and_m_in_it_while_first_and_last_order_see_everything() -> None:
    as_of, start = date(2024, 12, 31), Window(months=12).start(date(2024, 12, 31))
    rows = [
        Row("edge", "1", start, 10),
        Row("edge", "2", start + timedelta(days=1), 20),
        Row("old", "3", date(2020, 5, 5), 99),
        Row("old", "3", date(2024, 1, 1), -9),
    ]
    assert measured(rows, Counting(as_of), start) == {
        "edge": Measured(start, date(2024, 1, 1), 1, 20, 0, start),
        "old": Measured(date(2020, 5, 5), date(2020, 5, 5), 0, -9, 0, date(2020, 5, 5)),
    }


def test_without_amounts_every_order_is_a_purchase_and_there_is_no_money() -> None:
    rows = [Row("a", "1", day(0), None), Row("a", "1", day(1), None), Row("a", None, day(2), None)]
    frame = as_frame(rows).drop("minor").lazy()
    table = customers(frame, Counting()).collect()
    assert set(table.columns) == {"customer", "first_order", "last_order", "frequency", "first_row"}
    assert table.row(0, named=True)["frequency"] == 2
    assert quickly(frame, Counting()).equals(table.select(quickly(frame, Counting()).columns))


def test_a_promise_that_every_row_is_an_order_saves_looking_at_ids() -> None:
    rows = as_frame([Row("a", "1", day(0), 1), Row("a", "2", day(0), 2)]).lazy()
    promised = customers(rows, Counting(), each_row_an_order=True).collect()
    assert as_dict(promised) == as_dict(customers(rows, Counting()).collect())


@pytest.mark.parametrize("columns", [["customer", "day", "minor"], ["customer", "order", "day", "minor"]])
def test_whole_number_customers_are_counted_as_well(columns: list[str]) -> None:
    rows = pl.DataFrame([(7, 1, day(0), 5)], schema=["customer", "order", "day", "minor"], orient="row").lazy()
    assert customers(rows.select(columns), Counting()).collect()["monetary"].to_list() == [5]


ROWS = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from("abc"),
        order=st.sampled_from(["1", "2", "3", "4", None]),
        day=st.integers(0, 12).map(day),
        minor=st.sampled_from([-700, -300, -1, 0, 0, 1, 300, 700]),
    ),
    min_size=1,
    max_size=25,
)
STARTS = st.none() | st.integers(-1, 12).map(day)
COUNTINGS = st.builds(
    Counting,
    as_of=st.none() | st.integers(0, 13).map(day),
    free=st.sampled_from(["count", "ignore"]),
    one_a_day=st.booleans(),
)


@settings(max_examples=150)
@given(ROWS, COUNTINGS, STARTS)
def test_measures_equal_those_counted_by_hand(rows: list[Row], counting: Counting, start: date | None) -> None:
    assert measured(rows, counting, start) == by_hand(rows, counting, start)


@settings(max_examples=30)
@given(ROWS, COUNTINGS, STARTS)
def test_measures_without_money_equal_those_counted_by_hand(
    rows: list[Row], counting: Counting, start: date | None
) -> None:
    table = customers(as_frame(rows).drop("minor").lazy(), counting, start=start).collect()
    assert as_dict(table) == by_hand(rows, counting, start, money=False)
