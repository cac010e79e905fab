from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.clock import EVER
from rfm_cli.tables.persons import one_row_each

CUSTOMERS = """customer_id,customer_unique_id,city,email,registered_at
k1,P1,Perm,ann@x.yz,2023-05-01
k2,P1,Omsk,,2023-04-01
k3,P2,Lima,bob@x.yz,
k4,P3,,c@x.yz,2023-09-01
k5,P1,Ufa,a2@x.yz,
k6,,Kem,d@x.yz,
"""
ORDERS = """order_id,customer_id,order_date,amount
o1,k1,2024-01-01 10:00:00,10
o2,k2,2024-02-01 10:00:00,20
o3,k3,2024-02-02 10:00:00,30
o4,k9,2024-02-03 10:00:00,40
o5,k5,2024-03-05 10:00:00,50
o6,k6,2024-03-06 10:00:00,60
"""
PERSON = ("--map", "customer_id=customers.customer_unique_id")
ANSWER = [
    "P1,2024-01-01,2024-03-05,0,3,80,Ufa,a2@x.yz",
    "P2,2024-02-02,2024-02-02,32,1,30,Lima,bob@x.yz",
    "P3,,,,0,0,,c@x.yz",
]


@pytest.fixture
def shop(write: Any) -> Path:
    write("customers.csv", CUSTOMERS)
    return Path(write("orders.csv", ORDERS)).parent


def scores(rfm: Any, folder: Path, *args: str) -> list[str]:
    wanted = ("--with", "city,email", "-q", "--scheme", "none", *PERSON)
    done = rfm("score", "orders.csv", *args, *wanted, cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
    return [",".join(row[:6] + row[-2:]) for row in rows]


def test_orders_are_those_of_the_persons_behind_their_ids(shop: Path, rfm: Any) -> None:
    assert scores(rfm, shop, "--customers", "customers.csv") == ANSWER
    done = rfm("score", "orders.csv", "--customers", "customers.csv", *PERSON, "--rejects", "no.csv", cwd=shop)
    assert (
        b"customers.csv: one row a person: 3 persons by 'customer_unique_id' in 6 rows; each attribute is that of the "
        b"latest order whose row has it\n"
    ) in done.stderr
    assert b"2 of 6 rows rejected (33.3%): 2 no customer id" in done.stderr
    assert (shop / "no.csv").read_text().splitlines()[1:] == [
        "orders.csv,4,customer,no customer id,o4,k9,2024-02-03 10:00:00,40",
        "orders.csv,6,customer,no customer id,o6,k6,2024-03-06 10:00:00,60",
    ]


def test_later_orders_do_not_show_what_a_person_is_like(shop: Path, rfm: Any) -> None:
    found = scores(rfm, shop, "--customers", "customers.csv", "--as-of", "2024-02-28")
    assert found[0] == "P1,2024-01-01,2024-02-01,27,2,30,Omsk,ann@x.yz"


def test_shuffled_rows_and_parquet_give_the_same_bytes(shop: Path, rfm: Any) -> None:
    draw = random.Random(1)
    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        head, *rows = text.splitlines(keepends=True)
        draw.shuffle(rows)
        (shop / f"{name}.csv").write_text(head + "".join(rows))
        pl.read_csv(shop / f"{name}.csv").write_parquet(shop / f"{name}.parquet")
    assert scores(rfm, shop, "--customers", "customers.csv") == ANSWER
    wanted = ("--customers", "customers.parquet", "--with", "city,email", "-q", *PERSON)
    one, other = (rfm("score", name, *wanted, cwd=shop) for name in ("orders.csv", "orders.parquet"))
    assert one.stdout == other.stdout


def test_whom_a_message_reaches_is_the_person(shop: Path, rfm: Any) -> None:
    wanted = ("--list", "Reachable", "--with", "email", "-q", "--scheme", "none")
    done = rfm("reach", "orders.csv", "--customers", "customers.csv", *wanted, *PERSON, cwd=shop)
    assert [line.split(",")[-1] for line in done.stdout.decode().splitlines()[1:]] == ["a2@x.yz", "bob@x.yz", "c@x.yz"]


def test_a_roll_up_is_made_with_customers(shop: Path, rfm: Any) -> None:
    made = rfm("rollup", "orders.csv", "r.rollup", "--customers", "customers.csv", *PERSON, cwd=shop)
    assert made.returncode == 0, made.stderr
    direct = rfm("score", "orders.csv", *PERSON, "--customers", "customers.csv", "-q", cwd=shop).stdout.splitlines()
    assert rfm("score", "r.rollup", "-q", cwd=shop).stdout.splitlines() == direct[:3]
    done = rfm("rollup", "orders.csv", "r2.rollup", *PERSON, cwd=shop)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "rfm: error: --map customer_id=customers.customer_unique_id: no customers were given\n"
        "rfm: hint: give them: --customers FILE\n",
    )
    done = rfm("score", "r.rollup", "--customers", "customers.csv", "--with", "city", *PERSON, cwd=shop)
    assert done.returncode == 2
    assert done.stderr.decode().endswith(
        "the latest order of a person is asked, and no orders are read\n"
        "rfm: hint: give the orders, or a customers table of one row a person\n"
    )


def test_a_table_of_keys_is_no_table_of_the_persons_of_a_roll_up(shop: Path, rfm: Any) -> None:
    beside = ("--customers", "customers.csv")
    assert rfm("rollup", "orders.csv", "persons.rollup", *beside, *PERSON, cwd=shop).returncode == 0
    assert rfm("rollup", "orders.csv", "keys.rollup", cwd=shop).returncode == 0
    made = "persons.rollup: its customers are the persons of 'customers.customer_unique_id'"
    way = "--map customer_id=customers.customer_unique_id --customers FILE"
    for command in ("score", "reach", "check"):
        done = rfm(command, "persons.rollup", *beside, cwd=shop)
        error = f"rfm: error: {made}, and those of customers.csv are others\nrfm: hint: {way}\n"
        assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", error)
    done = rfm("score", "keys.rollup", *beside, *PERSON, cwd=shop)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "rfm: error: keys.rollup: its customers are those that the orders name, and those of customers.csv are "
        "others\nrfm: hint: leave out --map customer_id=customers....\n",
    )
    # The map in another spelling, a table of persons alone, and a map of the id to the person are all right.
    spelled = ("--map", "customer_id=customers.Customer Unique Id")
    direct = rfm("score", "persons.rollup", *beside, *PERSON, "-q", cwd=shop)
    assert direct.returncode == 0
    assert rfm("score", "persons.rollup", *beside, *spelled, "-q", cwd=shop).stdout == direct.stdout
    (shop / "persons.csv").write_text("customer_unique_id,city\nP1,Ufa\nP2,Lima\nP3,\n")
    own = ("--customers", "persons.csv", "--map", "customers.customer_id=customer_unique_id")
    assert rfm("score", "persons.rollup", *own, "-q", cwd=shop).stdout == direct.stdout
    (shop / "people.csv").write_text("customer_id,city\nP1,Ufa\nP2,Lima\nP3,\n")
    assert rfm("score", "persons.rollup", "--customers", "people.csv", "-q", cwd=shop).stdout == direct.stdout


def test_orders_are_added_to_a_roll_up_by_the_same_person(shop: Path, rfm: Any) -> None:
    lines = ORDERS.splitlines(keepends=True)
    (shop / "old.csv").write_text("".join(lines[:4]))
    (shop / "new.csv").write_text(lines[0] + "".join(lines[4:]))
    person = (*PERSON, "--customers", "customers.csv")
    for name, files in (("all", ["orders.csv"]), ("some", ["old.csv"])):
        assert rfm("rollup", *files, f"{name}.rollup", *person, cwd=shop).returncode == 0
    done = rfm("rollup", "some.rollup", "--add", "new.csv", cwd=shop)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "rfm: new.csv: customer_id, ordered_at = order_date, amount, order_id\n"
        "rfm: error: some.rollup: its customers are the persons of 'customers.customer_unique_id', and those of the "
        "new orders are others\nrfm: hint: --map customer_id=customers.customer_unique_id --customers FILE\n",
    )
    assert rfm("rollup", "some.rollup", "--add", "new.csv", *person, cwd=shop).returncode == 0
    scored = [rfm("score", f"{name}.rollup", "-q", cwd=shop).stdout for name in ("all", "some")]
    assert scored[0] == scored[1]
    assert scored[0].decode().splitlines()[1].startswith("P1,2024-01-01,2024-03-05")


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        ("customer_id=customers.unique_id", 3, "customers.csv: no column 'unique_id', which was given for customer_id"),
        ("amount=customers.city", 2, "--map amount=customers.city: only customer_id can come from another table"),
        ("customer_id=products.name", 2, "--map customer_id=products.name: only customer_id can come from another"),
    ],
)
def test_columns_that_do_not_name_a_person(shop: Path, rfm: Any, text: str, code: int, error: str) -> None:
    done = rfm("score", "orders.csv", "--customers", "customers.csv", "--map", text, cwd=shop)
    assert done.returncode == code
    assert error in done.stderr.decode()


def test_persons_of_purchase_events(write: Any, rfm: Any) -> None:
    folder = Path(write("customers.csv", CUSTOMERS)).parent
    write("log.csv", "customer_id,event,at,value\nk1,buy,2024-01-01,10\nk2,view,2024-02-01,\nk5,buy,2024-03-05,50\n")
    maps = ("--map", "events.customer_id=customers.customer_unique_id")
    wanted = ("--purchase-events", "buy", "--with", "city", "-q", "--scheme", "none")
    done = rfm("score", "--events", "log.csv", "--customers", "customers.csv", *maps, *wanted, cwd=folder)
    assert done.stdout.decode().splitlines()[1].split(",")[:6] == ["P1", "2024-01-01", "2024-03-05", "0", "2", "60"]


def test_persons_of_events_beside_orders(shop: Path, rfm: Any) -> None:
    (shop / "events.csv").write_text(
        "customer_id,event,at\nk2,open,2024-03-05\nk5,open,2024-03-06\nk3,open,2024-03-01\n"
    )
    maps = (*PERSON, "--map", "events.customer_id=customers.customer_unique_id")
    wanted = (
        "--customers",
        "customers.csv",
        "--events",
        "events.csv",
        "--with",
        "engagement",
        "-q",
        "--scheme",
        "none",
    )
    done = rfm("score", "orders.csv", *maps, *wanted, "--as-of", "2024-03-31", cwd=shop)
    rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
    assert [(row[0], row[-1]) for row in rows] == [("P1", "2"), ("P2", "1"), ("P3", "0")], done.stderr
    other = ("--map", "events.customer_id=customers.city")
    done = rfm("score", "orders.csv", *PERSON, *other, *wanted, cwd=shop)
    assert (done.returncode, b"two columns of persons" in done.stderr) == (2, True)


ROW = st.tuples(
    st.sampled_from(["p", "q", None]),
    st.sampled_from([None, "", "x", "y", "z"]),
    st.sampled_from([EVER, date(2023, 1, 1), date(2023, 6, 1)]),
    st.sampled_from([None, *(date(2024, 1, day) for day in range(1, 4))]),
)


@given(st.lists(ROW, max_size=8))
def test_each_attribute_is_that_of_the_latest_order_that_has_it(rows: list[Any]) -> None:
    table = pl.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "known_from": [row[2] for row in rows],
            "city": [row[1] for row in rows],
            "key": [str(place) for place in range(len(rows))],
        },
        schema={"customer_id": pl.String, "known_from": pl.Date, "city": pl.String, "key": pl.String},
    )
    moments = [(str(place), row[3]) for place, row in enumerate(rows) if row[3]]
    latest = pl.DataFrame(moments, schema={"key": pl.String, "moment": pl.Date}, orient="row")
    expected = []
    for person in sorted({row[0] for row in rows if row[0]}):
        own = [row for row in rows if row[0] == person]
        having = [row for row in own if row[1]]
        best = max((row[3] or EVER for row in having), default=EVER)
        cities = sorted(row[1] for row in having if (row[3] or EVER) == best)
        days = [row[2] for row in own if row[2] != EVER]
        expected.append((person, min(days, default=EVER), cities[0] if cities else None))
    found = one_row_each(table, latest.with_columns(pl.col("moment").cast(pl.Datetime("us"))))
    assert found.rows() == expected
