from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.plausibility.overlap import Overlap, find_overlap, on_overlap
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.lines import open_lines
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders

HEADER = "order_id,customer_id,date,amount,status\n"
LEFT = "1,ann,2024-01-30,12.25,paid\n2,bob,2024-01-31,7.50,pending\n"


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    def opened(*texts: str, lines: str | None = None, **options: Any) -> Orders:
        paths = []
        for place, text in enumerate(texts):
            paths.append(str(tmp_path / f"{place}.csv"))
            Path(paths[-1]).write_text(text)
        settings, sums = ReadOptions(**options), None
        if lines is not None:
            (tmp_path / "lines.csv").write_text(lines)
            sums = open_lines([str(tmp_path / "lines.csv")], settings)
        orders = order_tables.orders_in(sources.open_all(paths, settings), settings, sums)
        return order_tables.collect(orders, lambda _: lambda rows: rows.select(pl.len()))[2]

    return opened


def texts(orders: Orders) -> list[str]:
    return [one.text for one in on_overlap(orders)]


def test_rows_that_differ(opened: Any) -> None:
    orders = opened(HEADER + LEFT, HEADER + "2,bob,2024-01-31,7.50,paid\n3,cid,2024-02-05,1000,paid\n")
    assert find_overlap(orders) == Overlap(1, 1500, 750)
    (warning,) = on_overlap(orders)
    assert (warning.level, warning.name) == ("warning", "orders-in-several-files")
    assert warning.text == (
        "2 order files: 1 order is in several files, and all of its rows are added, 15.00; the rows differ: "
        "--overlap last counts those of the last file alone, 7.50; --overlap add where all are meant"
    )


def test_equal_rows(opened: Any) -> None:
    orders = opened(HEADER + LEFT, HEADER + "".join(LEFT.splitlines(keepends=True)[::-1]), HEADER + LEFT)
    assert texts(orders) == [
        "3 order files: 2 orders are in several files, and all of their rows are added, 59.25; the rows are equal: "
        "--overlap once counts them once, 19.75; --overlap add where all are meant"
    ]


def test_one_order_that_differs_makes_all_of_them_differ(opened: Any) -> None:
    found = find_overlap(opened(HEADER + LEFT, HEADER + LEFT.replace("pending", "paid")))
    assert found == Overlap(2, 3950, 1975)
    assert find_overlap(opened(HEADER + LEFT, HEADER + LEFT + LEFT)) == Overlap(2, 5925, 3950)


def test_an_order_that_the_last_file_cancels(opened: Any) -> None:
    orders = opened(HEADER + LEFT, HEADER + LEFT.replace("pending", "cancelled").replace("1,ann", "9,ann"))
    assert find_overlap(orders) == Overlap(1, 750, 0)
    # An order that counts in no file is none.
    assert find_overlap(opened(HEADER + LEFT, HEADER + LEFT, reject_status=("paid", "pending"))) == Overlap(0)


def test_refunds_that_come_in_a_later_file(opened: Any) -> None:
    orders = opened(HEADER + LEFT, HEADER + "1,ann,2024-02-03,-2.25,paid\n")
    assert find_overlap(orders) == Overlap(0, apart=1)
    assert texts(orders) == ["2 order files: 1 order with refunds alone in another file, which are added"]
    # A refund that comes twice may be one.
    again = opened(HEADER + LEFT, HEADER + "1,ann,2024-02-03,-2.25,paid\n", HEADER + "1,ann,2024-02-03,-2.25,paid\n")
    assert find_overlap(again) == Overlap(1, 775, -225)


def test_options_that_settle_it(opened: Any) -> None:
    both = HEADER + LEFT, HEADER + LEFT
    assert texts(opened(*both, overlap="add")) == []
    for how, place in (("last", 0), ("once", 1)):
        (text,) = texts(opened(*both, overlap=how))
        assert text.startswith(f"--overlap {how} leaves out 2 rows of ") and text.endswith(f"{place}.csv")
    # What `once` leaves still counts twice.
    left = opened(HEADER + LEFT, HEADER + LEFT.replace("pending", "paid"), overlap="once")
    assert find_overlap(left) == Overlap(1, 1500, 750)


def test_one_file_and_files_without_shared_orders(opened: Any) -> None:
    assert texts(opened(HEADER + LEFT + LEFT)) == []
    assert texts(opened(HEADER + LEFT, HEADER + "3,ann,2024-01-30,12.25,paid\n")) == []
    assert texts(opened(*[text.replace("order_id", "note") for text in (HEADER + LEFT, HEADER + LEFT)])) == []
    assert list(on_overlap(None)) == []


def test_orders_without_money_count_once_whatever_their_files(opened: Any) -> None:
    both = [text.replace("amount", "size") for text in (HEADER + LEFT, HEADER + LEFT.replace("pending", "on hold"))]
    assert texts(opened(*both)) == []
    assert texts(opened(*both, reject_status=("on hold",))) == [
        "2 order files: 1 order is in several files; the rows differ: --overlap last counts those of the last file "
        "alone; --overlap add where all rows are meant"
    ]
    # The money of lines counts once an order.
    lines = "order_id,amount\n1,5\n2,6\n"
    assert texts(opened(*both, lines=lines)) == []


def test_a_row_of_totals_is_no_order(opened: Any) -> None:
    total = "Total,,,19.75,\n"
    assert texts(opened(HEADER + LEFT + total, HEADER + "3,cid,2024-02-01,1,paid\n" + total)) == []
