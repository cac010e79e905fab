"""Amounts that are the order's, on each of its rows, and amounts that are the row's."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables.amount_per import AmountCounts, may_repeat
from tests.examples import examples

HEADER = "customer,order,date,amount,sku\n"
LINES = "customer,order,date,amount,sku,quantity,unit_price\n"


def test_one_amount_throughout_is_asked_about(write: Any, read: Any, rfm: Any) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-05,100,x\na,1,2024-01-05,100,y\nb,2,2024-02-07,40,x\n")
    with pytest.raises(InputError) as error:
        read(path)
    assert error.value.message.endswith(
        "o.csv: the one order with several rows has one amount on all of them: "
        "if it is the order's, the revenue is 140; if it is the row's, 240"
    )
    assert error.value.hint == "say which: --amount-per order, or --amount-per row"
    assert read(path, amount_per="order").minor() == [0, 40, 100]
    assert read(path, amount_per="row").minor() == [40, 100, 100]
    assert rfm("score", path).returncode == 3


def test_lines_that_add_up_prove_the_order(write: Any, read: Any, rfm: Any) -> None:
    path = write("o.csv", LINES + "a,1,2024-01-05,100,x,1,40\na,1,2024-01-05,100,y,2,30\nb,2,2024-02-07,40,x,1,40\n")
    seen = read(path)
    assert (seen.minor(), seen.orders.whole_orders.amount_per) == ([0, 40, 100], "order")
    done = rfm("score", path, "--format", "csv")
    assert (
        b"the amount is the order's, since the lines of each of the 1 order with several rows add up to it"
        in done.stderr
    )


def test_lines_of_their_own_amount_prove_the_row(write: Any, read: Any) -> None:
    seen = read(
        write("o.csv", LINES + "a,1,2024-01-05,60,x,1,60\na,1,2024-01-05,60,y,2,30\nb,2,2024-02-07,40,x,1,40\n")
    )
    assert (seen.minor(), seen.orders.whole_orders.amount_per) == ([40, 60, 60], "row")


def test_shipping_is_added_where_there_is_a_column(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,sku,quantity,unit_price,shipping\n"
    rows = "a,1,2024-01-05,105.50,x,1,40,5.50\na,1,2024-01-05,105.50,y,2,30,5.50\n"
    assert read(write("o.csv", header + rows)).minor() == [0, 1055]
    # On one row of the order alone it counts as well.
    assert read(write("p.csv", header + rows.replace("x,1,40,5.50", "x,1,40,"))).minor() == [0, 1055]


def test_line_totals_prove_as_well(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,sku,line_total\n"
    assert read(write("o.csv", header + "a,1,2024-01-05,100,x,40\na,1,2024-01-05,100,y,60\n")).minor() == [0, 100]


def test_an_order_that_proves_nothing_leaves_the_question(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-05,100,x,1,40\na,1,2024-01-05,100,y,2,30\nb,2,2024-02-07,40,x,1,7\nb,2,2024-02-07,40,y,1,7\n"
    with pytest.raises(InputError, match="each of the 2 orders with several rows"):
        read(write("o.csv", LINES + rows))


def test_most_orders_of_one_amount_are_added_with_a_warning(write: Any, read: Any, rfm: Any) -> None:
    rows = "".join(f"a,{n},2024-01-05,10,x\na,{n},2024-01-05,10,y\n" for n in range(9))
    odd = "b,99,2024-01-06,1,x\nb,99,2024-01-06,2,y\n"
    path = write("o.csv", HEADER + rows + odd)
    assert sum(read(path).minor()) == 183
    done = rfm("score", path, "--format", "csv")
    warned = (
        b"rfm: warning repeated-amounts: 9 of the 10 orders with several rows have one amount on all of them: "
        b"amounts are added, to 183; if they are the orders', the revenue is 93; "
        b"say which: --amount-per row, or --amount-per order"
    )
    assert warned in done.stderr
    assert b"repeated-amounts" not in rfm("score", path, "--amount-per", "row").stderr
    # A tenth and a row more is no question any more.
    more = "b,98,2024-01-06,1,x\nb,98,2024-01-06,2,y\n"
    assert b"repeated-amounts" not in rfm("score", write("p.csv", HEADER + rows + odd + more)).stderr


def test_an_order_of_several_amounts_is_an_error_where_each_has_one(write: Any, read: Any) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-05,100,x\na,1,2024-01-05,30,y\n")
    with pytest.raises(InputError, match=r"order '1' has several values, .* \(1 such order\)"):
        read(path, amount_per="order")


def test_repeats_of_a_whole_row_ask_nothing(write: Any, read: Any) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-05,100,x\na,1,2024-01-05,100,x\n")
    assert read(path).minor() == [100, 100]
    assert read(path, amount_per="order").minor() == [0, 100]


def test_rows_below_zero_and_of_nothing_ask_nothing(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-05,100,x\na,1,2024-01-06,-100,y\na,1,2024-01-07,0,z\n"
    assert read(write("o.csv", HEADER + rows)).minor() == [-100, 0, 100]
    assert read(write("o.csv", HEADER + rows), amount_per="order").minor() == [-100, 0, 100]


def test_rejected_rows_ask_nothing(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,sku,status\n"
    rows = "a,1,2024-01-05,100,x,paid\na,1,2024-01-05,100,y,cancelled\n"
    assert read(write("o.csv", header + rows)).minor() == [100]


def test_quantity_times_price_and_orders_of_one_row_ask_nothing(write: Any, read: Any) -> None:
    header = "customer,order,date,sku,quantity,unit_price\n"
    assert read(write("o.csv", header + "a,1,2024-01-05,x,1,5\na,1,2024-01-05,y,1,5\n")).minor() == [5, 5]
    assert read(write("p.csv", HEADER + "a,1,2024-01-05,5,x\na,2,2024-01-05,5,y\n")).minor() == [5, 5]


def test_the_amount_counts_on_the_earliest_day(write: Any, read: Any) -> None:
    rows = "a,1,2024-03-05,100,x\na,1,2024-02-05,100,y\na,1,2024-01-05,0,z\n"
    seen = read(write("o.csv", HEADER + rows), amount_per="order")
    assert [(str(d), m) for _, d, m in seen.rows()] == [("2024-01-05", 0), ("2024-01-05", 100), ("2024-03-05", 0)]


def test_a_refund_counts_once_with_the_amount(write: Any, read: Any) -> None:
    header = "customer,order,date,amount,sku,refunded\n"
    rows = "a,1,2024-01-05,100,x,20\na,1,2024-01-05,100,y,20\n"
    for one in (rows, rows.replace("y,20", "y,"), rows.replace("x,20", "x,0")):
        seen = rows_of(write("o.csv", header + one), amount_per="order")
        assert sorted(seen) == [-20, 0, 100]
    assert sorted(rows_of(write("o.csv", header + rows), amount_per="row")) == [-20, -20, 100, 100]
    with pytest.raises(InputError, match="'refunded': order '1' has several values"):
        rows_of(write("o.csv", header + rows.replace("y,20", "y,30")), amount_per="order")


def rows_of(path: str, **options: Any) -> list[int]:
    """The money of all accepted rows of a file, with the refunds that a column names."""
    from rfm_cli.tables import orders as order_tables
    from rfm_cli.tables import sources
    from rfm_cli.tables.options import ReadOptions

    settings = ReadOptions(**options)
    opened = order_tables.orders_in(sources.open_all([path], settings), settings)
    table, _, _ = order_tables.collect(opened, lambda _: lambda rows: rows)
    return table["minor"].to_list()


def test_the_same_order_in_two_files_counts_once_a_file(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-05,100,x\na,1,2024-01-05,100,y\n"
    paths = [write(name, HEADER + rows) for name in ("a.csv", "b.csv")]
    assert read(*paths, amount_per="order", overlap="add").minor() == [0, 0, 100, 100]


def test_orders_of_two_customers_with_one_id_are_two(write: Any, read: Any) -> None:
    assert read(write("o.csv", HEADER + "a,1,2024-01-05,100,x\nb,1,2024-01-05,100,y\n")).minor() == [100, 100]


def test_counts_add_up_and_decide() -> None:
    one, other = AmountCounts(2, 2, 2, 0, 0, 3, 70), AmountCounts(1, 1, 0, 0, 0, 1, 5)
    both = one.with_others(other)
    assert both == AmountCounts(3, 3, 2, 0, 0, 4, 75)
    assert (one.proved, other.proved, both.proved) == ("order", None, None)
    assert (one.is_open, other.is_open, both.is_open) == (False, True, True)
    assert AmountCounts(10, 9).is_doubtful
    assert not AmountCounts(11, 9).is_doubtful
    assert (may_repeat(0, 0), may_repeat(10, 1), may_repeat(11, 2)) == (False, True, False)


class Line(NamedTuple):
    """A row of a small export."""

    order: str
    amount: int
    sku: str


ROWS = st.lists(
    st.builds(
        Line, order=st.sampled_from("1123"), amount=st.sampled_from([1, 1, 1, 2, -1, 0]), sku=st.sampled_from("xyz")
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=examples(60, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, seed=st.integers(0, 2))
def test_whose_an_amount_is_follows_the_definition(write: Any, read: Any, rows: list[Line], seed: int) -> None:
    rows = random.Random(seed).sample(rows, len(rows))
    path = write("o.csv", HEADER + "".join(f"a,{row.order},2024-01-05,{row.amount},{row.sku}\n" for row in rows))
    own = defaultdict(list)
    for row in rows:
        if row.amount > 0:
            own[row.order].append(row)
    asked = [of for of in own.values() if len(set(of)) > 1]
    alike = [of for of in asked if len({row.amount for row in of}) == 1]
    if asked and len(alike) == len(asked):
        with pytest.raises(InputError, match="one amount on all of them"):
            read(path)
        return
    assert read(path).minor() == sorted(row.amount for row in rows)
    whole = read(path).orders.whole_orders
    doubtful = bool(asked) and len(alike) * 10 >= len(asked) * 9
    assert doubtful == bool(whole and whole.amounts and whole.amounts.is_doubtful)


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("alike", [0.0, 0.85, 0.95, 1.0])
def test_large_files_ask_alike(write: Any, alike: float, shuffled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The accelerator counts the orders of one amount as the plain way does."""
    from rfm_cli.measures import collect as collecting
    from rfm_cli.measures.purchases import Counting
    from rfm_cli.measures.steps import Stretches
    from rfm_cli.model import TablePaths
    from rfm_cli.shop import open_shop
    from rfm_cli.tables.options import ReadOptions

    draw = np.random.default_rng(7)
    orders = np.repeat(np.arange(3_000), 3)
    amounts = draw.integers(1, 90, 9_000)
    same = np.repeat(draw.random(3_000) < alike, 3)
    frame = pl.DataFrame(
        {
            "customer_id": orders % 400,
            "order_id": orders + 10_000,
            "ordered_at": pl.Series(orders // 20).cast(pl.Int32).cast(pl.Date),
            "amount": np.where(same, orders % 50 + 1, amounts) * 1.0,
            "line": np.tile([1, 2, 3], 3_000),
        }
    )
    path = write("o.parquet", frame.sample(fraction=1.0, shuffle=True, seed=3) if shuffled else frame)
    found: list[object] = []
    for large in (0, 1 << 40):
        monkeypatch.setattr(collecting, "LARGE", large)
        monkeypatch.setattr(collecting, "LARGE_REFUNDED", large)
        source = open_shop(TablePaths(orders=(path,)), ReadOptions()).orders
        assert source is not None
        try:
            done = collecting.collect(source, Counting(), Stretches(()))
            whole = done.orders.whole_orders
            found.append(whole and whole.amounts and whole.amounts.is_doubtful and whole.amounts)
        except InputError as error:
            found.append(error.message)
    assert (found[0] or None) == (found[1] or None)
    assert ("one amount on all" in str(found[0])) == (alike == 1.0)
    assert bool(found[0]) == (alike > 0.9)
