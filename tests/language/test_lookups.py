"""What names mean: measures, attributes, axes, segments; which of two wins; errors that help."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import Missing, World
from rfm_cli.tables.options import ReadOptions
from tests.language.asking import notes, refusal, who, world_of
from tests.language.shops import linked, texts

CUSTOMERS = texts(
    "customer_id,registered_at,birthday,phone,E-Mail,age,Total Spent,Город",
    "a,2024-01-02,1990-04-02,+331111111,a@x.org,7,5,Рим",
    "b,2024-03-30,,-,none,,50,",
    "c,2024-03-31,2000-02-29,123,,30,,Рим",
)
EVENTS = texts("customer_id,event,at,city", "a,view,2024-03-30 10:00,Paris", "b,open,2024-02-01,", "z,view,2024-03-31,")
SEGMENTS = {
    "old": parse_expression("last_order older than 1 month", "old"),
    "both": parse_expression("old and has phone", "both"),
    "seen": parse_expression("any events(old or event = 'view')", "seen"),
}


@pytest.fixture(scope="module")
def world() -> World:
    made = world_of(customers=CUSTOMERS, events=EVENTS)
    return replace(made, segments=SEGMENTS, axes={"plan": ("plan", ["both", "old"])})


@pytest.mark.parametrize(
    ("text", "selected", "undecided"),
    [
        ("recency_days <= 1", "a", "c z"),
        ("Recency_Days = 76", "b", "c z"),
        ("frequency = 1 and monetary = 20", "b", ""),
        ("aov = 10.00", "a", "c z"),
        ("tenure_days = 1", "a", "c z"),
        ("first_order = 2024-01", "b", "c z"),
        ("segment = ' no  purchases'", "c z", ""),
        ("in 'No purchases'", "c z", ""),
        ("in [No purchases]", "c z", ""),
        ("known_from = 2024-03", "c z", ""),
        ("engagement = 1", "a b z", ""),
        ("last_event < 2", "a z", "c"),
        ("customer_id in ('a', 'z')", "a z", ""),
        ("has phone", "a", ""),
        ("no email", "b c z", ""),
        ("email = 'none'", "b", "c z"),
        ("[Total Spent] > 6 or total_spent = 5", "a b", "c z"),
        ("город = 'рим'", "a c", "b z"),
        ("birthday within next 2 days", "", "b z"),
        ("birthday within next 3 days", "a", "b z"),
        ("age >= 10", "c", "b z"),
        ("customers.age < 10", "a", "b z"),
        ("anniversary of registered_at = 2025", "a b", "z"),
        ("old", "b", "c z"),
        ("in old", "b", ""),
        ("not in old", "a c z", ""),
        ("both", "", ""),
        ("not both", "a b c z", ""),
        ("seen", "a b z", ""),
        ("plan = 'old'", "b", ""),
        ("plan = 'Other'", "a c z", ""),
        ("any events(city = 'paris')", "a", ""),
        ("any events(last_order < at)", "b", ""),
        ("any events(customers.age = 7 and events.event = 'view')", "a", ""),
        ("any events(in old)", "b", ""),
        ("all", "a b c z", ""),
    ],
)
def test_names(world: World, text: str, selected: str, undecided: str) -> None:
    assert who(world, text) == (selected, undecided)


@pytest.mark.parametrize(
    ("text", "code", "problem", "hint"),
    [
        ("fhone = 1", 2, "no column or segment is called fhone", "phone"),
        ("old and ages > 1", 2, "no column or segment is called ages", "age"),
        ("Champions", 2, "Champions is a segment of the scheme", "in 'Champions'"),
        ("segment = 'Champion'", 2, "no segment is called 'Champion'", "did you mean Champions?"),
        ("segment != 'Чемпионы'", 2, "no segment is called 'Чемпионы'", "did you mean Champions?"),
        ("in olt", 2, "no segment is called 'olt'", "did you mean old?"),
        ("phone = Moscow", 2, "no column or segment is called Moscow", "'Moscow'"),
        ("email or phone", 2, "email is neither true nor false", "has email"),
        ("any evnts", 2, "no table is called evnts", "did you mean events?"),
        (
            "any lines",
            2,
            "there is no table lines: neither a file of lines, nor product_id or category in the orders",
            "--lines FILE",
        ),
        (
            "customers.frequency = 1",
            2,
            "no column or segment is called customers.frequency",
            "write frequency alone, without customers",
        ),
        ("any events(customers.Aov > 1)", 2, "no column of events is called customers.Aov", "write aov alone"),
        ("any events(evnt = 'x')", 2, "no column of events is called evnt", "event"),
        ("previous_segment = 'New'", 2, "previous_segment needs orders with their dates", ""),
        ("in snapshot 2024-01", 2, "in snapshot 2024-01-31: no store of snapshots is given", "--store DIR"),
        ("reachable by email", 2, "reachable by email needs customers with addresses", "--customers FILE"),
    ],
)
def test_errors_say_what_was_meant(world: World, text: str, code: int, problem: str, hint: str) -> None:
    found = refusal(world, text)

    assert found[:2] == (code, problem)
    assert hint in found[2]


def test_a_measure_and_a_column_of_one_name_are_an_error() -> None:
    world = world_of(customers=texts("customer_id,vip,engagement", "a,no,x", "b,yes,y"))

    assert refusal(world, "vip")[:2] == (2, "vip is a measure and a column of customers")
    assert who(world, "customers.vip") == ("b", "")


def test_a_segment_and_a_column_of_one_name_are_an_error() -> None:
    made = world_of(customers=texts("customer_id,old", "a,no", "b,yes"))
    world = replace(made, segments={"old": SEGMENTS["old"]})

    code, problem, hint = refusal(world, "old")

    assert (code, problem) == (2, "old is a segment and a column of customers")
    assert hint == "customers.old is the column, in old the segment"
    assert (who(world, "in old"), who(world, "customers.old")) == (("b", ""), ("b", ""))


def test_the_age_of_a_column_wins_and_this_is_said(world: World) -> None:
    assert notes(world, "age > 1") == ["age is the column of the customers, not the years since birth_date"]
    assert notes(world, "birthday within next 3 days") == []


def test_attributes_of_orders_are_those_of_the_latest_row_and_this_is_said() -> None:
    orders = texts(
        "customer_id,ordered_at,amount,shop", "a,2024-03-01,1.00,Rome", "a,2024-03-02,1.00,", "b,2024-03-03,1.00,Bonn"
    )
    world = world_of(orders=orders)

    assert who(world, "shop = 'rome'") == ("a", "")
    assert notes(world, "shop = 'rome'") == [
        "shop is that of each customer's latest order row that has one; any orders(shop = ...) asks all orders"
    ]


def test_an_error_in_a_named_segment_names_it(world: World) -> None:
    broken = replace(world, segments={"bad": parse_expression("agee > 1", "bad")})

    assert refusal(broken, "has phone and bad")[1] == "segment bad: no column or segment is called agee"


def test_undecided_customers_lack_what_a_segment_asks(world: World) -> None:
    found = evaluate({"it": parse_expression("both or total_spent > 1000")}, world)

    assert found.missing["it"] == [Missing("last_order", 2), Missing("total_spent", 2)]


def test_customers_without_money_have_no_monetary_and_no_vip_mark() -> None:
    world = world_of(orders=texts("customer_id,ordered_at", "a,2024-03-01", "b,2024-03-02"))

    assert who(world, "monetary > 0") == ("", "a b")
    assert who(world, "aov > 0 or vip") == ("", "a b")


def test_history_is_asked_where_the_command_gives_it(world: World) -> None:
    told = pl.DataFrame({"customer_id": ["b"], "segment_since": ["2024-02-01"], "previous_segment": ["New"]})
    given = replace(world, history=lambda: told.with_columns(pl.col("segment_since").str.to_date()))

    assert who(given, "previous_segment = 'new'") == ("b", "a c z")
    assert who(given, "segment_since = 2024-02") == ("b", "a c z")


def test_tables_that_are_asked_are_named(world: World) -> None:
    assert evaluate({"it": parse_expression("seen and has phone")}, world).tables == ["events"]
    assert isinstance(world.linked["events"], LinkedTable)


def test_a_dash_that_a_column_does_not_have_is_an_error_with_its_name() -> None:
    customers = texts("customer_id,total_spent,e-shop,birth_date", "a,3,yes,2000-01-01", "b,,,")
    world = world_of(customers=customers)
    for text in ("total-spent > 1", "has total-spent", "any orders(total-spent > 1)"):
        code, problem, hint = refusal(world, text)
        assert (code, "is called total-spent" in problem) == (2, True)
        assert hint == "did you mean total_spent? A difference has blanks around the sign"
    assert who(world, "total_spent > 1") == who(world, "[total-spent] > 1") == ("a", "b")
    assert who(world, "e-shop") == who(world, "e_shop") == ("a", "b")
    # A field may have a dash in its heading.
    assert who(world, "has birth-date") == ("a", "")
    assert refusal(world, "a-b = 1")[2] == "write blanks around the sign: a - b"


def test_the_id_of_one_row_per_customer_is_no_column_of_its_own() -> None:
    measures = texts("customer_id,recency_days,frequency,monetary", "a,3,2,30", "b,10,1,20")
    found, scored = linked({"orders": measures}, options=ReadOptions(one_row_per_customer=True))
    world = World(scored, found)
    assert who(world, "customer_id = 'a'") == ("a", "")
    assert who(world, "frequency >= 2") == ("a", "")
