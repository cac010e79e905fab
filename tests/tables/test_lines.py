from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables import footers
from rfm_cli.tables.lines import (
    OrderSums,
    count_rejected,
    line_files,
    open_lines,
    rejected_in_words,
    with_formats,
)
from rfm_cli.tables.options import ReadOptions

ORDERS = "customer_id,order_id,date\na,1,2024-01-01\nb,2,2024-01-02\n"


def sums(*paths: str, **options: Any) -> OrderSums:
    return open_lines(paths, ReadOptions(**options))


def by_order(found: OrderSums) -> dict[str, int]:
    return dict(found.table.sort("order").select("order", "minor").iter_rows())


def test_quantity_price_and_discounts(write: Any) -> None:
    text = (
        "order_id,quantity,unit_price,discount,discount_amount\n"
        "1,2,10.00,0.15,\n"
        "1,1,5.00,,1.50\n"
        "2,3,1.10,0.1,0.20\n"
        "2,-1,1.10,0,0\n"
    )
    found = sums(write("l.csv", text))
    assert found.scale == 2
    assert by_order(found) == {"1": 1700 + 350, "2": 277 - 110}
    assert (found.accepted, dict(found.rejected)) == (4, {})


def test_amount_beats_quantity_times_price(write: Any) -> None:
    found = sums(write("l.csv", "order_id,quantity,unit_price,amount\n1,2,10,15\n1,1,1,4.5\n"))
    assert by_order(found) == {"1": 195}


def test_lines_that_cannot_be_read(write: Any) -> None:
    text = "order_id,quantity,unit_price,discount\n1,2,10,\n,1,1,\n1,x,1,\n1,1,,\n1,1,1,half\n2,1,1, \n"
    found = sums(write("l.csv", text))
    assert by_order(found) == {"1": 20, "2": 1}
    assert (found.accepted, dict(found.rejected)) == (2, {"order": 1, "amount": 3})


def test_a_discount_that_is_no_fraction(write: Any) -> None:
    text = "order_id,quantity,unit_price,discount\n1,2,10,15\n1,1,5,1\n1,1,5,-0.1\n1,1,5,0.2\n"
    found = sums(write("l.csv", text))
    assert by_order(found) == {"1": 4}
    assert (found.accepted, dict(found.rejected)) == (2, {"discount": 2})
    unused = sums(write("m.csv", "order_id,amount,discount\n1,20,15\n"))
    assert (by_order(unused), dict(unused.rejected)) == ({"1": 20}, {})


def test_typed_lines(write: Any) -> None:
    frame = pl.DataFrame(
        {
            "order_id": [1.0, 1.0, 2.0],
            "quantity": [2, 1, 1],
            "unit_price": [10.05, 0.1, 7.0],
            "discount": pl.Series([0.5, None, float("nan")]),
        }
    )
    found = sums(write("l.parquet", frame))
    assert by_order(found) == {"1": 1015}
    assert dict(found.rejected) == {"amount": 1}


def test_lines_need_an_order_and_money(write: Any) -> None:
    with pytest.raises(InputError, match="no column for order_id"):
        sums(write("l.csv", "quantity,unit_price\n1,1\n"))
    with pytest.raises(InputError, match="no column for quantity, unit_price"):
        sums(write("l.csv", "order_id\n1\n"))
    with pytest.raises(InputError, match="no line can be read"):
        sums(write("l.csv", "order_id,amount\n,1\n1,x\n"))
    with pytest.raises(InputError, match="1 values have a fraction"):
        sums(write("l.parquet", pl.DataFrame({"order_id": [1.5, 2.0], "amount": [1, 1]})))
    with pytest.raises(InputError, match="too large to be added exactly"):
        sums(write("l.csv", "order_id,amount\n1,90071992547409.93\n2,0.01\n"))


def test_lines_in_several_files(write: Any) -> None:
    one = write("a.csv", "order_id;amount\n1;1.234\n2;5\n")
    proof = write("b.csv", "order_id;amount\n1;0,5\n3;1 000,25\n")
    assert by_order(sums(one, proof)) == {"1": 123450, "2": 500, "3": 100025}
    assert by_order(sums(write("c.csv", "order_id;amount\n1;1,234\n"), proof)) == {"1": 1734, "3": 1000250}


def test_lines_with_too_many_fields_are_left_out(write: Any) -> None:
    assert by_order(sums(write("l.csv", "order_id,amount\n1,5\n1,5,6\n"))) == {"1": 5}


def test_money_from_lines(write: Any, read: Any) -> None:
    lines = sums(write("l.csv", "order_id,amount\n1,1.50\n1,2\n2,7.25\n99,1\n"))
    seen = read(write("o.csv", ORDERS + "c,3,2024-01-03\nd,,2024-01-04\n"), lines=lines)
    assert [(c, m) for c, _, m in seen.rows()] == [("a", 350), ("b", 725)]
    assert seen.rejects() == [(3, "lines"), (4, "lines")]


def test_order_ids_of_differing_types_meet(write: Any, read: Any) -> None:
    lines = sums(write("l.parquet", pl.DataFrame({"order_id": [1.0, 2.0], "amount": [1, 2]})))
    assert read(write("o.csv", ORDERS), lines=lines).minor() == [1, 2]
    zeros = sums(write("l.csv", "order_id,amount\n01,1\n2,2\n"))
    seen = read(write("o.csv", ORDERS), lines=zeros)
    assert (seen.minor(), seen.facts.rejected) == ([2], {"lines": 1})


ROWS = ["a,1,2024-01-02,ok", "a,1,2024-01-01,ok", "a,1,2024-01-01,ok", "a,1,2023-12-31,test", "b,2,2024-01-03,"]


@pytest.mark.parametrize("seed", range(5))
def test_an_order_of_several_rows_counts_its_money_once(write: Any, read: Any, seed: int) -> None:
    lines = sums(write("l.csv", "order_id,amount\n1,10\n2,3\n"))
    shuffled = random.Random(seed).sample(ROWS, len(ROWS))
    text = "customer_id,order_id,date,status\n" + "".join(f"{row}\n" for row in shuffled)
    seen = read(write("o.csv", text), lines=lines)
    assert [(c, str(d), m) for c, d, m in seen.rows()] == [
        ("a", "2024-01-01", 0),
        ("a", "2024-01-01", 10),
        ("a", "2024-01-02", 0),
        ("b", "2024-01-03", 3),
    ]
    assert seen.facts.rejected == {"status": 1}


def test_lines_and_rates(write: Any, rfm: Any) -> None:
    orders = write("o.csv", "customer_id,order_id,date,currency\na,1,2024-01-01,EUR\na,2,2024-01-02,USD\n")
    lines, rates = write("l.csv", "order_id,amount\n1,10\n2,10\n"), write("rates.csv", "currency,rate\nUSD,0.5\n")
    done = rfm("score", orders, "--lines", lines, "--rates", rates, "--currency", "EUR")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-01,2024-01-02,0,2,15.00,")


def test_lines_in_two_currencies_cannot_be_added(write: Any, rfm: Any) -> None:
    orders = write("o.csv", "customer_id,order_id,date,currency\na,1,2024-01-01,EUR\na,2,2024-01-02,USD\n")
    done = rfm("score", orders, "--lines", write("l.csv", "order_id,amount\n1,10\n2,10\n"))
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"more than one currency" in done.stderr


@pytest.mark.realdata
def test_northwind(shared_dir: Path, read: Any) -> None:
    found = sums(str(shared_dir / "data/northwind/order_lines.csv"))
    assert (found.accepted, found.scale) == (2_155, 4)
    assert found.table["minor"].sum() == 12_657_930_395
    seen = read(str(shared_dir / "data/northwind/orders.csv"), lines=found)
    assert (seen.facts.accepted, sum(seen.minor())) == (830, 12_657_930_395)


@pytest.mark.realdata
def test_chinook(shared_dir: Path, read: Any) -> None:
    found = sums(str(shared_dir / "data/chinook/invoice_lines.csv"))
    seen = read(str(shared_dir / "data/chinook/invoices.csv"), lines=found)
    assert (sum(seen.minor()), seen.facts.accepted) == (232_860, 412)


def rejected(path: str) -> dict[str, int]:
    """The lines of a file that break each rule, as expressions count them."""
    lines = with_formats(line_files([path], ReadOptions()))
    count_rejected(lines)
    return dict(lines.rejected)


def test_lines_beside_orders_with_money_are_counted_by_rule(write: Any) -> None:
    text = "order_id,quantity,unit_price,discount\n1,2,10,\n,1,1,\n1,x,1,\n1,1,,\n1,1,1,half\n2,1,1,15\n"
    assert rejected(write("l.csv", text)) == {"order": 1, "amount": 3, "discount": 1}
    assert rejected(write("m.csv", "order_id,amount\n1,1\n2,5\n")) == {"order": 0, "amount": 0, "discount": 0}


@pytest.mark.parametrize("large", [0, 1 << 30])
def test_a_footer_spares_the_columns_that_it_proves(tmp_path: Path, monkeypatch: Any, large: int) -> None:
    monkeypatch.setattr(footers, "LARGE", large)
    whole = pl.DataFrame({"order_id": [1, 2, 3], "quantity": [1, 1, 2], "unit_price": [1, 2, 3]})
    odd = whole.with_columns(unit_price=pl.Series([1.5, float("nan"), float("inf")]))
    missing = whole.with_columns(order_id=pl.Series([1, None, 3]))
    for table, orders, amounts in ((whole, 0, 0), (odd, 0, 2), (missing, 1, 0)):
        table.write_parquet(tmp_path / "lines.parquet")
        found = rejected(str(tmp_path / "lines.parquet"))
        assert found == {"order": orders, "amount": amounts, "discount": 0}


def test_rejected_lines_in_words() -> None:
    assert rejected_in_words("l.csv", {"order": 0, "amount": 0}) is None
    assert rejected_in_words("l.csv", {"order": 0, "amount": 1}) == "l.csv: 1 line rejected: 1 no readable amount"
    assert rejected_in_words("l.csv", {"order": 2, "amount": 1200}) == (
        "l.csv: 1,202 lines rejected: 2 no order id; 1,200 no readable amount"
    )
