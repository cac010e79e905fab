"""Fields that one row of an order has for all of its rows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.rates import open_rates
from tests.examples import examples

HEADER = "customer,order,date,status,cancelled,amount\n"


def test_blank_fields_come_from_the_order(write: Any, read: Any) -> None:
    text = HEADER + "a,1,2024-01-02,paid,,30\n,1,,,,5\nb,2,2024-01-03,,,7\n,3,,,,8\n"
    seen = read(write("o.csv", text))
    assert [(c, str(d), m) for c, d, m in seen.rows()] == [
        ("a", "2024-01-02", 30),
        ("a", "2024-01-02", 5),
        ("b", "2024-01-03", 7),
    ]
    assert seen.rejects() == [(4, "customer")]
    whole = seen.orders.whole_orders
    assert (whole.continuing, whole.continued) == (1, 1)


def test_a_row_with_a_field_comes_below_its_others_and_far_away(write: Any, read: Any) -> None:
    filler = "".join(f"x{place},{place},2024-02-01,,,1\n" for place in range(100, 12_000))
    seen = read(write("o.csv", HEADER + ",1,,,,5\n" + filler + "a,1,2024-01-02,,,30\n"))
    assert seen.facts.rejected == {}
    assert [row for row in seen.rows() if row[0] == "a"] == [("a", seen.days()[0], 30), ("a", seen.days()[0], 5)]


def test_of_several_days_the_earliest_is_taken(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,,,1\na,1,2024-01-02,,,2\na,1,,,,4\n"))
    assert [(str(d), m) for _, d, m in seen.rows()] == [("2024-01-02", 2), ("2024-01-02", 4), ("2024-03-02", 1)]


def test_of_several_customers_none_is_taken(write: Any, read: Any, rfm: Any) -> None:
    path = write("o.csv", HEADER + "a,1,2024-03-02,,,1\nb,1,2024-01-02,,,2\n,1,,,,4\n")
    assert read(path).rejects() == [(3, "customer")]
    done = rfm("score", path, "--format", "csv")
    assert b"order '1' has several customers, so that rows without one are rejected" in done.stderr


def test_customers_are_compared_as_ids(write: Any, read: Any) -> None:
    assert read(write("o.csv", HEADER + "a,1,2024-03-02,,,1\n a ,1,2024-01-02,,,2\n,1,,,,4\n")).ids() == ["a", "a", "a"]


def test_of_several_statuses_none_is_taken(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,cancelled,,1\na,1,2024-01-02,paid,,2\na,1,,,,4\n"))
    assert seen.rejects() == [(1, "status")]
    assert seen.minor() == [2, 4]


def test_a_status_that_a_row_took_counts_as_its_givers(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,Voided,,1\na,1,,,,2\nb,2,2024-03-02,,2024-03-03,4\nb,2,,,,8\n"))
    assert seen.rejects() == [
        (1, "status"),
        (2, "status"),
        (3, "cancelled"),
        (4, "cancelled"),
    ]


def test_a_status_of_its_own_judges_that_row_alone(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,Voided,,1\na,1,2024-03-02,paid,,2\n"))
    assert seen.rejects() == [(1, "status")]


def test_rows_of_other_files_give_nothing(write: Any, read: Any) -> None:
    one, other = write("a.csv", HEADER + "a,1,2024-03-02,,,1\n"), write("b.csv", HEADER + ",1,2024-03-02,,,1\n")
    assert read(one, other, overlap="add").rejects() == [(1, "customer")]


def test_a_blank_amount_is_no_money_where_the_row_took_a_field(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,paid,,9\na,1,2024-03-02,,,\nb,2,2024-03-02,paid,,\n"))
    assert (seen.minor(), seen.rejects()) == ([0, 9], [(3, "amount")])


def test_a_blank_amount_is_no_money_where_each_order_has_one(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,sku\n"
    rows = "a,1,2024-03-02,9,x\na,1,2024-03-02,,y\nb,2,2024-03-02,,x\nb,2,2024-03-02,5,y\nc,3,2024-03-02,4,x\n"
    assert read(write("o.csv", header + rows)).minor() == [0, 0, 4, 5, 9]
    # One order of several rows with two amounts, or with none, leaves the others unreadable.
    for more in ("d,4,2024-03-02,1,x\nd,4,2024-03-02,2,y\n", "d,4,2024-03-02,,x\nd,4,2024-03-02,,y\n"):
        assert read(write("p.csv", header + rows + more)).rejects()[:2] == [(2, "amount"), (3, "amount")]


def test_a_blank_quantity_or_price_is_no_money_likewise(write: Any, read: Any) -> None:
    header = "customer,order,date,status,quantity,unit_price\n"
    assert read(write("o.csv", header + "a,1,2024-03-02,paid,2,4\na,1,2024-03-02,,1,\n")).minor() == [0, 8]


def test_an_order_of_one_row_takes_nothing(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,,,1\n,2,2024-03-02,,,1\nb,3,,,,1\nc,4,2024-03-02,,,\n"))
    assert seen.rejects() == [(2, "customer"), (3, "date"), (4, "amount")]
    assert seen.orders.whole_orders.continuing == 0


def test_typed_files_are_filled_too(write: Any, read: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [17850.0, None, float("nan")],
            "order_id": [1, 1, 2],
            "ordered_at": pl.Series(["2024-01-02", None, "2024-01-03"]).str.to_date(),
            "amount": [1.5, 2.25, 7.0],
        }
    )
    for name in ("o.parquet", "o.arrow"):
        seen = read(write(name, frame))
        assert [(c, str(d), m) for c, d, m in seen.rows()] == [
            ("17850", "2024-01-02", 150),
            ("17850", "2024-01-02", 225),
        ]
        assert seen.rejects() == [(3, "customer")]


def test_currencies_are_taken_and_several_leave_a_row_without(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,currency\n"
    assert read(write("o.csv", header + "a,1,2024-01-01,1,usd\na,1,,2,\n")).facts.rejected == {}
    rates = write("r.csv", "currency,rate\nEUR,2\n")
    path = write("p.csv", header + "a,1,2024-01-01,1,USD\na,1,2024-01-01,2,EUR\na,1,2024-01-01,4,\n")
    options = ReadOptions(currency="USD")
    seen = read(path, rates=open_rates((rates,), options), currency="USD")
    assert seen.rejects() == [(3, "currency")]


def test_rejected_rows_show_the_file_as_it_is(write: Any, rfm: Any, tmp_path: Path) -> None:
    path = write("o.csv", HEADER + "a,1,2024-03-02,Voided,,1\na,1,,,,2\nb,2,2024-03-02,,,4\n")
    assert rfm("score", path, "--rejects", tmp_path / "r.csv", "-o", tmp_path / "s.csv").returncode == 0
    lines = (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == [
        "o.csv,1,status,a status that is no order (--reject-status),a,1,2024-03-02,Voided,,1",
        "o.csv,2,status,a status that is no order (--reject-status),a,1,,,,2",
    ]


class Row(NamedTuple):
    """A row of a small export."""

    customer: str
    order: str
    day: str
    status: str
    amount: str


ROWS = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from(["", "", "a", "b"]),
        order=st.sampled_from(["", "1", "1", "2", "3"]),
        day=st.sampled_from(["", "2024-01-01", "2024-02-01"]),
        status=st.sampled_from(["", "", "paid", "cancelled"]),
        amount=st.sampled_from(["", "1", "2", "4"]),
    ).filter(any),  # a line without any value is no row
    min_size=1,
    max_size=12,
)


def expected(rows: list[Row]) -> list[tuple[str, str, int] | str]:
    """What each row is by the definition: its customer, day and money, or the rule that rejects it."""
    own = {row.order: [one for one in rows if one.order == row.order] for row in rows if row.order}
    several = [of for of in own.values() if len(of) > 1]
    one_each = all(sum(1 for row in of if row.amount) == 1 for of in several)
    found: list[tuple[str, str, int] | str] = []
    for row in rows:
        customer, day, status, amount, took = row.customer, row.day, row.status, row.amount, False
        of = own.get(row.order, [])
        customers, days = {one.customer for one in of} - {""}, {one.day for one in of} - {""}
        statuses = {one.status for one in of} - {""}
        if not customer and len(customers) == 1:
            customer, took = customers.pop(), True
        if not day and days:
            day, took = min(days), True
        if not status and len(statuses) == 1:
            status, took = statuses.pop(), True
        if not amount and (took or (len(of) > 1 and one_each)):
            amount = "0"
        broken = [
            ("customer", not customer),
            ("date", not day),
            ("amount", not amount),
            ("status", status == "cancelled"),
        ]
        rule = next((name for name, is_broken in broken if is_broken), None)
        found.append(rule or (customer, day, int(amount)))
    return found


@settings(max_examples=examples(60, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, seed=st.integers(0, 3))
def test_rows_are_filled_by_the_definition(write: Any, read: Any, rows: list[Row], seed: int) -> None:
    rows = random.Random(seed).sample(rows, len(rows))
    wanted = expected(rows)
    text = "customer_id,order_id,date,status,amount\n" + "".join(",".join(row) + "\n" for row in rows)
    seen = read(write("o.csv", text), amount_per="row")
    assert seen.rejects() == [(place, one) for place, one in enumerate(wanted, 1) if isinstance(one, str)]
    accepted = sorted(one for one in wanted if not isinstance(one, str))
    assert sorted((c, str(d), m) for c, d, m in seen.rows()) == accepted


def test_a_row_that_is_accepted_once_it_is_filled_counts_for_the_scale(write: Any, read: Any) -> None:
    rows = ["a,1,2024-02-01,paid,,7", ",1,,,,1.234", "a,1,2024-01-13,paid,,7"]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        text = HEADER + "".join(f"{rows[place]}\n" for place in order)
        seen = read(write("o.csv", text), amount_per="row")
        assert (seen.orders.scale, seen.minor()) == (3, [1234, 7000, 7000])


def test_a_refund_on_every_row_counts_once_where_the_amount_is_on_one(write: Any, rfm: Any) -> None:
    header = "customer,order,date,amount,refunded\n"
    path = write("o.csv", header + "a,1,2024-01-01,10,4\na,1,,,4\nb,2,2024-01-02,20,0\nb,2,2024-01-02,,0\n")
    done = rfm("score", path, "--format", "csv", "--scheme", "none")
    assert [line.split(",")[5] for line in done.stdout.decode().splitlines()[1:]] == ["6", "20"]


def test_rows_of_totals_are_no_order_of_several_amounts(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-09,10\na,1,2024-01-09,\n,Total,,10\n,Total,2024-01-31,10\n"
    seen = read(write("o.csv", "customer,order,date,amount\n" + rows))
    assert (seen.minor(), seen.rejects()) == ([0, 10], [(3, "total"), (4, "total")])


def test_a_cancellation_is_taken_before_a_denial_of_one(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-03-02,,no,1\na,1,2024-03-02,,yes,2\na,1,2024-03-02,,,4\n"))
    assert seen.rejects() == [(2, "cancelled"), (3, "cancelled")]
