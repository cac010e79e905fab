from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.overlap import shared_orders, shared_stretches
from rfm_cli.tables.rejected import rejected_rows
from tests.examples import examples

HEADER = "order_id,customer_id,date,amount,status\n"
JANUARY = HEADER + "1,ann,2024-01-30,12.00,paid\n2,bob,2024-01-31,7.25,pending\n"
FEBRUARY = HEADER + "2,bob,2024-01-31,7.25,paid\n3,cid,2024-02-05,30.00,paid\n"


def shared(*paths: str, **options: Any) -> list[tuple[Any, ...]]:
    """The file, order and customer of each shared order."""
    settings = ReadOptions(**options)
    files = order_tables.orders_in(sources.open_all(paths, settings), settings).files
    return shared_orders(files).select("file", "order", "customer").rows()


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([], []),
        ([(1, 10)], []),
        ([(1, 10), (11, 20)], []),
        ([(1, 10), (10, 20)], [(10, 10)]),
        ([(5, 6), (1, 10), (8, 9)], [(5, 6), (8, 9)]),
        ([(1, 10), (2, 9), (3, 12)], [(2, 10)]),
        ([("b", "f"), ("a", "c"), ("e", "z")], [("b", "c"), ("e", "f")]),
    ],
)
def test_stretches_of_two_ranges(ranges: list[Any], found: list[Any]) -> None:
    assert shared_stretches(ranges) == found
    assert shared_stretches(ranges[::-1]) == found


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: tuple(sorted(pair))), max_size=6))
@settings(deadline=None)
def test_an_id_is_in_a_stretch_if_two_ranges_hold_it(ranges: list[Any]) -> None:
    found = shared_stretches(ranges)
    for one in range(31):
        twice = sum(low <= one <= high for low, high in ranges) > 1
        inside = sum(low <= one <= high for low, high in found)
        # A stretch may run on over a gap, but misses no shared id, and no two stretches meet.
        assert inside == 1 if twice else inside <= 1


def test_the_orders_of_two_files(write: Any) -> None:
    january, february = write("jan.csv", JANUARY), write("feb.csv", FEBRUARY)
    assert shared(january, february) == [(0, 2, "bob"), (1, 2, "bob")]
    assert shared(january) == []


def test_whole_numbers_and_texts_are_one_id(write: Any) -> None:
    frame = pl.DataFrame(
        {"order_id": [2.0, 9.0], "customer_id": ["bob"] * 2, "date": [date(2024, 1, 31)] * 2, "amount": [1] * 2}
    )
    assert shared(write("jan.csv", JANUARY.replace("1,ann", "A1,ann")), write("feb.parquet", frame)) == [
        (0, "2", "bob"),
        (1, "2", "bob"),
    ]


def test_one_id_of_two_customers_is_two_orders(write: Any) -> None:
    till = write("a.csv", HEADER + "1,ann,2024-01-01,5,\n"), write("b.csv", HEADER + "1,bob,2024-01-02,5,\n")
    assert shared(*till) == []


def test_a_row_without_a_customer_is_of_the_customer_of_its_order(write: Any) -> None:
    one = write("a.csv", HEADER + "1,ann,2024-01-01,5,\n1,,,6,\n")
    two = write("b.csv", HEADER + "1,bob,2024-01-01,5,\n1,,,6,\n")
    three = write("c.csv", HEADER + "1,,2024-01-01,5,\n")
    assert shared(one, two) == []
    # Where no row has one, the order id alone is the order.
    assert sorted(shared(one, three), key=str) == [(0, 1, "ann"), (0, 1, None), (1, 1, None)]


def test_rows_without_an_order_id_are_no_order(write: Any) -> None:
    text = "order_id,customer_id,date,amount\n,ann,2024-01-30,12.00\n"
    assert shared(write("a.csv", text), write("b.csv", text)) == []
    assert shared(write("c.csv", text.replace("order_id", "note")), write("d.csv", text)) == []


def test_last_takes_the_rows_of_the_last_file(write: Any, read: Any) -> None:
    january, february = write("jan.csv", JANUARY), write("feb.csv", FEBRUARY)
    seen = read(january, february, overlap="last")
    assert seen.rows() == [
        ("ann", date(2024, 1, 30), 1200),
        ("bob", date(2024, 1, 31), 725),
        ("cid", date(2024, 2, 5), 3000),
    ]
    assert seen.rejects() == [(2, "overlap")]
    # The last file is the one that is named last.
    assert read(february, january, overlap="last", reject_status=("pending",)).ids() == ["ann", "cid"]


def test_last_of_a_folder_is_last_by_name(write: Any, read: Any, tmp_path: Path) -> None:
    write("orders/b.csv", FEBRUARY.replace("7.25", "8.00"))
    write("orders/a.csv", JANUARY)
    assert read(str(tmp_path / "orders"), overlap="last").minor() == [8, 12, 30]


def test_once_counts_equal_rows_as_often_as_the_file_that_has_them_most_often(write: Any, read: Any) -> None:
    row, other = "1,ann,2024-01-30,12.00,paid\n", "1,ann,2024-01-30,3.00,paid\n"
    one, two = write("a.csv", HEADER + row * 2), write("b.csv", HEADER + row * 3 + other)
    three = write("c.csv", HEADER + row + other * 2)
    seen = read(one, two, three, overlap="once")
    assert seen.minor() == [3, 3, 12, 12, 12]
    assert seen.facts.rejected == {"overlap": 4}


def test_once_compares_the_columns_that_both_files_have(write: Any, read: Any) -> None:
    one = write(
        "a.csv", "order_id,customer_id,date,amount,city\n1,ann,2024-01-30, 12.00 ,Riga\n2,bob,2024-01-30,1.00,\n"
    )
    two = write(
        "b.csv", "Order ID;Client;Date;Total;City;note\n1;ann;2024-01-30;12.00;Riga;x\n2;bob;2024-01-30;1.00;Oslo;\n"
    )
    assert read(one, two, overlap="once").minor() == [1, 1, 12]


def test_once_compares_typed_columns_with_texts(write: Any, read: Any) -> None:
    typed = pl.DataFrame({"order_id": [1], "customer_id": ["ann"], "date": [date(2024, 1, 30)], "amount": [12.5]})
    text = write("a.csv", "order_id,customer_id,date,amount\n1,ann,2024-01-30,12.50\n")
    moment = typed.with_columns(pl.col("date").cast(pl.Datetime("ms")), amount=pl.lit("12.50"))
    assert read(text, write("b.parquet", typed), overlap="once").minor() == [125]
    assert read(write("c.parquet", moment), write("b.parquet", typed), overlap="once").minor() == [125]


def test_repeats_inside_one_file_stay(write: Any, read: Any) -> None:
    text = HEADER + "1,ann,2024-01-30,12.00,paid\n" * 2
    for how in ("add", "once", "last"):
        assert read(write("a.csv", text), write("b.csv", JANUARY.replace("1,ann", "9,ann")), overlap=how).minor() == [
            *[725, 1200, 1200, 1200]
        ]


def test_repeated_rows_are_left_out_first(write: Any, read: Any) -> None:
    one, two = write("a.csv", JANUARY), write("b.csv", JANUARY)
    assert read(one, two, drop_duplicates=True, overlap="last").facts.rejected == {"repeated": 2}


def test_events_as_orders(write: Any) -> None:
    header = "user_id,event,timestamp,value,order_id\n"
    one = write("a.csv", header + "ann,view,2024-01-01,,1\nann,purchase,2024-01-01,5,1\n")
    two = write("b.csv", header + "ann,purchase,2024-01-01,6,1\nann,view,2024-01-01,,1\n")
    options = ReadOptions(purchase_events=("purchase",), overlap="last")
    orders = order_tables.purchase_events_in(sources.open_all([one, two], options), options)
    table, facts, _ = order_tables.collect(orders, lambda _: lambda rows: rows)
    assert (table["minor"].to_list(), facts.rejected) == ([6], {"overlap": 1})
    assert rejected_rows(orders).select("(file)", "(row)").rows() == [("a.csv", 2)]


def test_a_file_with_long_rows_is_repaired_first(write: Any, read: Any) -> None:
    one, two = write("a.csv", JANUARY + "4,dan,2024-02-01,1.00,paid,what,is,this\n"), write("b.csv", FEBRUARY)
    seen = read(one, two, overlap="last")
    assert seen.facts.rejected == {"fields": 1, "overlap": 1}
    assert seen.minor() == [725, 1200, 3000]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", ""]),
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["2024-01-01", "2024-01-02", "soon"]),
        st.sampled_from(["1", "2", "-1"]),
        st.sampled_from(["paid", "cancelled"]),
    ),
    max_size=6,
)


def expected(files: list[list[tuple[str, ...]]], how: str) -> Counter[tuple[str, ...]]:
    """The rows that count under `--overlap`, by plain counting, before any other rule."""
    found: Counter[tuple[str, ...]] = Counter()
    for row in {row for rows in files for row in rows}:
        times = [rows.count(row) for rows in files]
        holding = [place for place, rows in enumerate(files) if any(other[:2] == row[:2] for other in rows)]
        if not row[0] or how == "add":
            found[row] = sum(times)
        else:
            found[row] = max(times) if how == "once" else times[holding[-1]]
    return found


@given(st.lists(ROWS, min_size=2, max_size=4), st.sampled_from(["add", "once", "last"]), st.randoms())
@settings(max_examples=examples(60, 400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_accepted_rows_are_those_that_count(
    tmp_path: Path, files: list[list[tuple[str, ...]]], how: Any, shuffle: random.Random
) -> None:
    files = [[*rows, ("", "zoe", "2024-01-01", "0", "paid")] for rows in files]
    options, paths = ReadOptions(overlap=how, amount_per="row"), []
    for place, rows in enumerate(files):
        path = tmp_path / f"{place}.csv"
        shuffled = shuffle.sample(rows, len(rows))
        path.write_text(HEADER + "".join(",".join(row) + "\n" for row in shuffled))
        paths.append(str(path))
    orders = order_tables.orders_in(sources.open_all(paths, options), options)
    table, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
    counting = expected(files, how)
    good: Counter[tuple[object, ...]] = Counter()
    for (order, customer, day, amount, status), count in counting.items():
        if day != "soon" and status == "paid" and count:
            good[order, customer, day, int(amount)] += count
    ids = [pl.col("order").cast(pl.String).fill_null(""), "customer", pl.col("day").cast(pl.String)]
    assert Counter(table.select(*ids, "minor").rows()) == good
    assert facts.read == sum(map(len, files))
    assert facts.rejected.get("overlap", 0) == facts.read - counting.total()
    assert rejected_rows(orders).height == facts.read - facts.accepted
