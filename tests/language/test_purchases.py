"""Orders and refunds as an expression asks them."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables.options import ReadOptions
from tests.examples import examples
from tests.language.shops import frame_rows, linked, rows_of, texts
from tests.simulation.shop import shop

HEADS = "customer_id,order_id,ordered_at,amount,city"


def test_a_purchase_has_the_time_of_its_first_row_and_the_money_of_all() -> None:
    orders = texts(
        HEADS,
        "a,1,2024-01-01 09:00:00,10.00,Lyon",
        "a,1,2024-01-01 08:00:00,5.00,Nice",
        "a,1,2024-01-03 10:00:00,-4.50,Paris",
        "a,2,2024-01-02 12:00:00,3.00,",
        "b,3,2024-01-02 12:00:00,-2.00,Lyon",
        "b,3,2024-01-09 12:00:00,2.00,Lyon",
    )
    tables, _ = linked({"orders": orders}, date(2024, 1, 3))
    assert rows_of(tables, "orders", "customer_id", "order_id", "at", "day", "amount", "number", "city") == [
        ("a", "1", datetime(2024, 1, 1, 8), date(2024, 1, 1), 105, 1, "Nice"),
        ("a", "2", datetime(2024, 1, 2, 12), date(2024, 1, 2), 30, 2, None),
    ]
    later, _ = linked({"orders": orders}, date(2024, 1, 2))
    assert rows_of(later, "orders", "order_id", "amount") == [("1", 150), ("2", 30)]
    assert tables["orders"].columns["amount"].scale == 1


def test_refunds_are_rows_below_zero_and_those_of_a_column() -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,refunded,refunded_at,reason",
        "a,1,2024-01-01,10,,,",
        "a,2,2024-01-02,20,5,2024-01-09,torn",
        "a,3,2024-01-03,-7,,,late",
        "a,4,2024-01-04,30,1,,small",
    )
    tables, _ = linked({"orders": orders}, date(2024, 1, 8))
    columns = ("customer_id", "order_id", "at", "amount", "reason")
    late, small = ("a", "3", date(2024, 1, 3), 7, "late"), ("a", "4", date(2024, 1, 4), 1, "small")
    assert rows_of(tables, "refunds", *columns) == [late, small]
    assert rows_of(tables, "orders", "order_id", "amount") == [("1", 10), ("2", 20), ("4", 29)]
    tables, _ = linked({"orders": orders}, date(2024, 1, 9))
    assert rows_of(tables, "refunds", *columns) == [("a", "2", date(2024, 1, 9), 5, "torn"), late, small]
    assert rows_of(tables, "orders", "order_id", "amount") == [("1", 10), ("2", 15), ("4", 29)]


def test_a_refund_beside_an_order_without_an_id_lowers_that_order() -> None:
    orders = texts("customer_id,ordered_at,amount,refunded", "a,2024-01-01,10,4", "a,2024-01-01,10,", "b,2024-01-02,3,")
    tables, scored = linked({"orders": orders})
    assert rows_of(tables, "orders", "customer_id", "amount", "order_id") == [
        ("a", 6, None),
        ("a", 10, None),
        ("b", 3, None),
    ]
    money = {row["customer"]: row["monetary"] for row in scored.frame.iter_rows(named=True)}
    assert money == {"a": 16, "b": 3}


def test_orders_without_ids_are_told_apart_by_their_rows() -> None:
    orders = texts("customer_id,ordered_at,amount,city", "a,2024-01-01,2,x", "a,2024-01-01,1,y", "a,2024-01-01,1,b")
    tables, _ = linked({"orders": orders})
    assert rows_of(tables, "orders", "number", "amount", "city") == [(1, 1, "b"), (2, 1, "y"), (3, 2, "x")]
    assert tables["orders"].frame.select(pl.col("(order)").n_unique()).collect().item() == 3


def test_columns_answer_to_field_and_heading() -> None:
    orders = texts(
        "Client,InvoiceDate,InvoiceNo,Total,Channel,Qty,number,Shipping City",
        "a,2024-01-01,1,5,App,2,x,Lyon",
        "a,2024-01-02,2,6,,2,x,Lyon",
    )
    tables, _ = linked({"orders": orders})
    columns = tables["orders"].columns
    found = {key: (column.name, column.kind) for key, column in columns.items()}
    assert found == {
        "at": ("at", "day"),
        "orderedat": ("at", "day"),
        "invoicedate": ("at", "day"),
        "day": ("day", "day"),
        "number": ("number", "number"),
        "orderid": ("order_id", "exact"),
        "invoiceno": ("order_id", "exact"),
        "amount": ("amount", "money"),
        "total": ("amount", "money"),
        "channel": ("channel", "name"),
        "shippingcity": ("Shipping City", "text"),
    }


def test_free_orders_count_as_for_frequency() -> None:
    orders = texts(HEADS, "a,1,2024-01-01,0,", "a,2,2024-01-02,5,", "a,3,2024-01-01,-1,", "a,4,2024-01-01,-1,")
    counted, _ = linked({"orders": orders})
    assert rows_of(counted, "orders", "order_id", "number") == [("1", 1), ("2", 2)]
    ignored, _ = linked({"orders": orders}, free_orders="ignore")
    assert rows_of(ignored, "orders", "order_id", "number") == [("2", 1)]


@pytest.mark.parametrize("returned", [False, True])
def test_returned_orders_are_none_where_they_are_ignored(returned: bool) -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,refunded",
        "a,1,2024-01-01,10,10",
        "a,,2024-01-02,20,20",
        "a,,2024-01-03,30,5",
        "a,4,2024-01-04,1,",
    )
    tables, scored = linked({"orders": orders}, returned_ignored=returned)
    expected = [(1,), (25,)] if returned else [(0,), (0,), (1,), (25,)]
    assert rows_of(tables, "orders", "amount") == expected
    assert scored.frame["frequency"].to_list() == [len(expected)]


def test_orders_without_money_are_all_purchases_and_have_no_amount() -> None:
    orders = texts("customer_id,order_id,ordered_at", "a,2,2024-01-01", "a,2,2024-01-02", "b,1,2024-01-03")
    tables, _ = linked({"orders": orders})
    assert rows_of(tables, "orders", "customer_id", "order_id", "day") == [
        ("a", "2", date(2024, 1, 1)),
        ("b", "1", date(2024, 1, 3)),
    ]
    assert "amount" not in tables["orders"].columns
    missing = tables.missing("refunds")
    assert missing is not None and "the orders have no amounts" in missing.problem


def test_money_is_in_the_currency_that_is_asked_for() -> None:
    orders = texts("customer_id,order_id,ordered_at,amount,currency", "a,1,2024-01-01,10,EUR", "a,2,2024-01-02,10,USD")
    rates = texts("currency,rate", "USD,0.5")
    tables, _ = linked({"orders": orders, "rates": rates}, options=ReadOptions(currency="EUR"))
    assert rows_of(tables, "orders", "order_id", "amount", "currency") == [("1", 1000, "EUR"), ("2", 500, "USD")]


def test_rejected_rows_are_no_orders_and_blanks_are_filled_from_the_order() -> None:
    orders = texts(
        "customer_id,order_id,ordered_at,amount,status",
        "a,1,2024-01-01,10,paid",
        ",1,,5,",
        "a,2,2024-01-02,10,cancelled",
    )
    tables, _ = linked({"orders": orders})
    assert rows_of(tables, "orders", "customer_id", "order_id", "day") == [("a", "1", date(2024, 1, 1))]


def test_events_that_are_orders_are_both(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "user_id,event,time,value,page\na,purchase,2024-01-01 10:00:00,5.00,x\na,view,2024-01-02 10:00:00,,y\n"
    )
    tables, _ = linked({"orders": (str(log),)}, options=ReadOptions(purchase_events=("purchase",)))
    assert rows_of(tables, "orders", "customer_id", "at", "amount", "page") == [("a", datetime(2024, 1, 1, 10), 5, "x")]
    assert rows_of(tables, "events", "event", "page") == [("purchase", "x")]


@pytest.mark.parametrize("seed", range(12))
def test_orders_are_the_purchases_that_a_score_counts(seed: int, tmp_path: Path) -> None:
    made = shop(seed)
    made.write(tmp_path)
    given = {"orders": (str(tmp_path / "orders.csv"),)}
    tables, scored = linked(given, made.asked.last)
    added = (
        tables["orders"]
        .whole.group_by("customer_id")
        .agg(
            count=pl.len().cast(pl.Int32),
            last=pl.col("day").max(),
            numbers=pl.col("number").max(),
            money=pl.col("amount").sum(),
        )
    )
    people = scored.frame.lazy().select(
        "frequency", "last_order", "monetary", customer_id=pl.col("customer").cast(pl.String)
    )
    both = people.join(added, on="customer_id", how="full", coalesce=True).with_columns(
        pl.col("count", "numbers", "money").fill_null(0)
    )
    assert both.filter(pl.col("count") != pl.col("frequency")).collect().is_empty()
    assert both.filter(pl.col("count") != pl.col("numbers")).collect().is_empty()
    assert both.filter(~pl.col("last").eq_missing(pl.col("last_order"))).collect().is_empty()
    # A refund under an id of its own is money of no purchase.
    apart = tables["refunds"].frame.join(tables["orders"].frame, on=["customer_id", "order_id"], how="anti")
    money = both.join(apart, on="customer_id", how="anti").filter(pl.col("money") != pl.col("monetary"))
    assert money.collect().is_empty()


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_rows_give_the_same_orders(seed: int) -> None:
    made = shop(seed)
    heads = {
        "customer_id": pl.String,
        "order_id": pl.String,
        "ordered_at": pl.Date,
        "cents": pl.Int64,
        "city": pl.String,
    }
    rows = [
        (row.customer, row.order or None, row.day, row.cents, f"city {place % 5}")
        for place, row in enumerate(made.rows)
        if row.customer and row.status == "paid"
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))
    found = []
    for one in (rows, shuffled):
        frame = pl.DataFrame(one, heads, orient="row").with_columns(amount=pl.col("cents") / 100).drop("cents")
        tables, _ = linked({"orders": frame})
        columns = ("customer_id", "order_id", "day", "amount", "number", "city")
        found.append(frame_rows(tables["orders"].whole, columns))
    assert found[0] == found[1]
    assert len(found[0]) >= 10


TIMES = ("2024-01-01 08:00:00", "2024-01-01 09:00:00", "2024-01-02 07:00:00", "2024-02-01 07:00:00")
SALE = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(["1", "2", None]),
    st.sampled_from(TIMES),
    st.integers(-3, 3),
    st.sampled_from(["sale", "sale", "refund"]),
    st.sampled_from(["x", "y", None]),
)
Sale = tuple[str, str | None, str, int, str, str | None]


def plain_orders(rows: list[Sale], last: date) -> list[tuple[str, str | None, datetime, int, str | None]]:
    """The purchases among rows by the rule, row by row."""
    found: dict[tuple[object, ...], list[tuple[datetime, int, bool, str | None]]] = {}
    for place, (who, order, text, cents, kind, city) in enumerate(rows):
        at = datetime.fromisoformat(text)
        if at.date() <= last:
            refund = kind == "refund"
            key = (who, order) if order else (who, None, place)
            found.setdefault(key, []).append((at, -abs(cents) if refund else cents, refund, city))
    made = []
    for (who, order, *_), own in found.items():
        sold = [one for one in own if not one[2]]
        first = min((at for at, *_ in sold), default=None)
        if first is None or sum(cents for at, cents, *_ in sold if at.date() == first.date()) < 0:
            continue
        city = min((city for at, _, _, city in sold if at == first and city), default=None)
        made.append((str(who), order, first, sum(cents for _, cents, *_ in own), city))
    return sorted(made, key=str)


@given(st.lists(SALE, min_size=1, max_size=12), st.sampled_from([date(2024, 1, 1), date(2024, 2, 1)]), st.booleans())
@settings(max_examples=examples(60, 1_000))
def test_orders_are_those_of_the_plain_rule(rows: list[Sale], last: date, are_numbers: bool) -> None:
    rows = [*rows, ("c", "9", TIMES[0], 1, "sale", "z"), ("c", "9", TIMES[0], 1, "sale", "z")]
    heads = dict.fromkeys(("customer_id", "order_id", "ordered_at"), pl.String)
    frame = pl.DataFrame(rows, {**heads, "amount": pl.Int64, "type": pl.String, "city": pl.String}, orient="row")
    if are_numbers:
        frame = frame.with_columns(pl.col("order_id").cast(pl.Int64))
    tables, _ = linked({"orders": frame}, last, ReadOptions(amount_per="row"))
    found = rows_of(tables, "orders", "customer_id", "order_id", "at", "amount", "city")
    assert sorted(found, key=str) == plain_orders(rows, last)
    keys = tables["orders"].frame.select(rows=pl.len(), keys=pl.col("(order)").n_unique()).collect().row(0)
    assert keys[0] == keys[1] == len(found)


def test_orders_are_made_in_one_pass_and_of_the_columns_that_are_asked(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        f"{HEADS}\na,1,2024-01-01 09:00:00,10,Lyon\na,1,2024-01-01 08:00:00,5,Nice\na,,2024-01-02 09:00:00,1,\n"
    )
    tables, _ = linked({"orders": (str(file),)})
    plan = tables["orders"].frame.select("customer_id", "amount").explain()
    assert plan.count("Csv SCAN") == 1
    assert "= city" not in plan
