"""Headings that mean two things: the values of all rows settle them, whatever the order of the rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.columns import detect, in_doubt
from rfm_cli.tables.doubts import looks_like_statuses
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders
from tests.examples import examples

PLACES = "customer,date,amount,State\na,2024-01-05,5,Ohio\na,2024-01-06,6,New York\nb,2024-01-07,7,Utah\n"
STATUSES = "customer,date,amount,State\na,2024-01-05,5,Complete\na,2024-01-06,6,canceled\nb,2024-01-07,7,on_hold\n"
LINES = "customer,date,order,qty,item_price,bill\n"
BY_LINE = LINES + "a,2024-01-05,1,3,30.00,42.00\na,2024-01-05,1,1,12.00,42.00\nb,2024-02-05,2,2,20.50,20.50\n"
BY_UNIT = LINES + "a,2024-01-05,1,3,10.00,42.00\na,2024-01-05,1,1,12.00,42.00\nb,2024-02-05,2,2,10.25,20.50\n"

BY_UNIT_AND_AMOUNT = BY_UNIT.replace("bill", "amount")


def opened(*frames: pl.DataFrame | str, **options: Any) -> Orders:
    settings = ReadOptions(**options)
    return order_tables.orders_in(sources.open_all(frames, settings), settings)


@pytest.mark.parametrize(
    ("values", "are"),
    [
        (["complete", "pending"], True),
        (["wc-completed", "wc-on-hold", "my-own"], True),
        (["оплачен", "в обработке"], True),
        (["Ohio", "Texas"], False),
        (["New York", "New Jersey"], False),
        (["CA", "NY"], False),
        (["1", "2"], False),
        ([], False),
        (["complete", "x", "y"], False),
    ],
)
def test_what_looks_like_statuses(values: list[str], are: bool) -> None:
    assert looks_like_statuses(values) is are


def test_a_state_that_is_a_place(write: Any, read: Any) -> None:
    seen = read(write("o.csv", PLACES))
    assert "status" not in seen.orders.files[0].columns
    assert seen.orders.files[0].columns.settled == (
        "'State' holds no statuses and is not taken for one (--map status=State)",
    )
    assert seen.minor() == [5, 6, 7]


def test_a_state_that_is_a_status(write: Any, read: Any) -> None:
    seen = read(write("o.csv", STATUSES))
    assert seen.orders.files[0].columns["status"] == "State"
    assert seen.orders.files[0].columns.settled == ()
    assert seen.rejects() == [(2, "status")]


def test_a_state_beside_a_status_is_no_second_one() -> None:
    header = ["customer", "date", "amount", "State", "Order Status"]
    assert detect("orders", header, {}, "o.csv")["status"] == "Order Status"


def test_a_state_that_the_user_maps_is_a_status(write: Any, read: Any) -> None:
    seen = read(write("o.csv", PLACES), maps={"orders": {"status": "State"}}, reject_status=("ohio",))
    assert seen.rejects() == [(1, "status")]


def test_the_last_rows_count_as_much_as_the_first(write: Any, read: Any) -> None:
    rows = "".join(f"a,2024-01-05,1,{'canceled' if row < 12_000 else f'Place {row}'}\n" for row in range(24_000))
    seen = read(write("o.csv", "customer,date,amount,state\n" + rows))
    assert seen.facts.accepted == 24_000


def test_all_files_decide_together(write: Any, read: Any) -> None:
    first, second = write("a.csv", PLACES), write("b.csv", PLACES.replace("Ohio", "new"))
    seen = read(first, second)
    assert ["status" in file.columns for file in seen.orders.files] == [False, False]


def test_lines_that_add_up_to_the_total(write: Any, read: Any) -> None:
    seen = read(write("o.csv", BY_LINE))
    assert seen.minor() == [120, 205, 300]
    columns = seen.orders.files[0].columns
    assert columns["amount"] == "item_price"
    assert "unit_price" not in columns
    assert columns.settled == ("'item_price' is the total of its line: it adds up to 'bill' in 2 orders",)
    assert in_doubt(columns) == []


def test_units_that_add_up_to_the_total(write: Any, read: Any) -> None:
    seen = read(write("o.csv", BY_UNIT))
    assert seen.minor() == [120, 205, 300]
    columns = seen.orders.files[0].columns
    assert columns["unit_price"] == "item_price"
    assert columns.settled == ("'item_price' is the price of one unit: quantity x it adds up to 'bill' in 2 orders",)
    assert in_doubt(columns) == []


def test_cents_that_floats_miss(write: Any, read: Any) -> None:
    rows = LINES + "a,2024-01-05,1,3,0.10,0.60\na,2024-01-05,1,3,0.10,0.60\nb,2024-01-05,2,7,0.70,4.90\n"
    assert read(write("o.csv", rows)).minor() == [3, 3, 49]


def test_without_a_total_both_answers_are_named(write: Any, read: Any) -> None:
    rows = "customer,date,order,qty,item_price\na,2024-01-05,1,3,30.00\na,2024-01-05,1,1,12.00\n"
    with pytest.raises(InputError) as refused:
        read(write("o.csv", rows))
    assert refused.value.message.endswith(
        "o.csv: column 'item_price' may be the price of one unit (revenue 102.00) "
        "or the total of its line (revenue 42.00)"
    )
    assert refused.value.hint == "say which: --map unit_price=item_price or --map amount=item_price"
    assert read(write("o.csv", rows), maps={"orders": {"amount": "item_price"}}).minor() == [12, 30]
    assert read(write("o.csv", rows), maps={"orders": {"unit_price": "item_price"}}).minor() == [12, 90]


def test_one_order_that_does_not_add_up_leaves_the_doubt(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="may be the price of one unit"):
        read(write("o.csv", BY_LINE + "c,2024-02-05,3,2,5.00,99.00\n"))


def test_files_that_prove_both_are_refused(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="2 order files: column 'item_price' may be"):
        read(write("a.csv", BY_LINE), write("b.csv", BY_UNIT))


def test_a_file_that_proves_it_decides_for_the_others(write: Any, read: Any) -> None:
    plain = "customer,date,order,qty,item_price\nz,2024-03-05,9,2,8.00\n"
    seen = read(write("a.csv", BY_LINE), write("b.csv", plain))
    assert seen.minor() == [80, 120, 205, 300]
    assert seen.orders.files[1].columns.settled == ("'item_price' is the total of its line, as in the other files",)


def test_quantities_of_one_leave_no_doubt(write: Any, read: Any) -> None:
    rows = "customer,date,order,qty,item_price\na,2024-01-05,1,1,30.00\na,2024-01-05,1,1.0,12.00\n"
    assert read(write("o.csv", rows)).minor() == [12, 30]


def test_beside_an_amount_a_price_proves_whose_that_is(write: Any, read: Any) -> None:
    lines, units = read(write("a.csv", BY_LINE.replace("bill", "amount"))), read(write("b.csv", BY_UNIT_AND_AMOUNT))
    assert lines.orders.files[0].columns["line_total"] == "item_price"
    assert units.orders.files[0].columns["unit_price"] == "item_price"
    assert sum(lines.minor()) == sum(units.minor()) == 625


def test_beside_an_amount_a_price_in_doubt_is_no_error(write: Any, read: Any) -> None:
    rows = LINES.replace("bill", "amount") + "a,2024-01-05,1,3,30.00,17.00\nb,2024-02-05,2,2,20.50,20.50\n"
    assert read(write("o.csv", rows)).minor() == [170, 205]


@pytest.mark.parametrize("heading", ["unit_price", "price", "Цена"])
def test_other_prices_are_those_of_a_unit(write: Any, read: Any, heading: str) -> None:
    rows = f"customer,date,order,qty,{heading}\na,2024-01-05,1,3,30.00\n"
    assert read(write("o.csv", rows)).minor() == [90]


@pytest.mark.parametrize("heading", ["lines", "orders", "ones", "(row)", "total 0", "units lines"])
def test_any_heading_of_the_totals(write: Any, read: Any, heading: str) -> None:
    columns = read(write("o.csv", BY_LINE.replace("bill", heading))).orders.files[0].columns
    assert columns["amount"] == "item_price"
    assert columns.settled == (f"'item_price' is the total of its line: it adds up to {heading!r} in 2 orders",)


def test_typed_columns() -> None:
    frame = pl.read_csv(BY_LINE.encode())
    assert opened(frame).files[0].columns["amount"] == "item_price"


def test_rows_of_too_many_fields_are_repaired_first(write: Any, read: Any) -> None:
    seen = read(write("o.csv", BY_LINE + "c,2024-02-05,3,1,5.00,5.00,x\n"))
    assert seen.rejects() == [(4, "fields")]
    assert seen.orders.files[0].columns["amount"] == "item_price"


LINE = st.tuples(st.integers(1, 9), st.integers(1, 100_000))


@settings(max_examples=examples(40, 300), deadline=None)
@given(st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=8), st.booleans(), st.randoms())
def test_every_shop_is_read_as_it_writes(
    orders: list[list[tuple[int, int]]], by_unit: bool, chance: random.Random
) -> None:
    """Money of the rows is the sum of the orders' totals, in any order of the rows."""
    rows = [
        {
            "customer": "a",
            "date": "2024-01-05",
            "order": number,
            "qty": units,
            "item_price": (cents if by_unit else cents * units) / 100,
            "bill": sum(one * each for one, each in lines) / 100,
        }
        for number, lines in enumerate(orders)
        for units, cents in lines
    ]
    chance.shuffle(rows)
    columns = opened(pl.DataFrame(rows)).files[0].columns
    if all(units == 1 for lines in orders for units, _cents in lines):
        assert columns.get("unit_price") == "item_price"
    else:
        assert columns.get("unit_price" if by_unit else "amount") == "item_price"


@pytest.mark.parametrize("text", [BY_LINE, BY_UNIT, PLACES, STATUSES])
def test_what_is_decided_holds_for_rows_that_prove_nothing(write: Any, read: Any, text: str) -> None:
    """As for files that are added to a roll-up: they are read as the rows before them."""
    before = read(write("a.csv", text)).orders.files[0].columns
    header, first = text.splitlines()[:2]
    rows = f"{header}\n{first.replace('42.00', '99.00').replace('Ohio', 'X').replace('Complete', 'X')}\n"
    after = read(write("b.csv", rows), decided=before.decided).orders.files[0].columns
    assert (dict(after.headings), dict(after.decided)) == (dict(before.headings), dict(before.decided))


def test_what_is_decided_is_refused_where_rows_prove_the_other(write: Any, read: Any) -> None:
    with pytest.raises(InputError, match="column 'item_price' may be the price of one unit"):
        read(write("o.csv", BY_LINE), decided={"itemprice": "unit_price"})
    with pytest.raises(InputError, match="column 'State' holds statuses, and in the orders before it held none"):
        read(write("o.csv", STATUSES), decided={"state": ""})


def test_decisions_by_heading(write: Any, read: Any) -> None:
    found = [
        read(write("o.csv", text)).orders.files[0].columns.decided for text in (BY_LINE, BY_UNIT, PLACES, STATUSES)
    ]
    assert found == [{"itemprice": "amount"}, {"itemprice": "unit_price"}, {"state": ""}, {"state": "status"}]
