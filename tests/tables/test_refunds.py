"""Refunds in a column beside the order, and what they do to money, purchases and facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

HEADER = "customer,order,date,amount,refunded,refunded_at\n"


def lines(done: Any) -> list[str]:
    """The customers of a score as customer, first and last order, frequency and money."""
    rows = [line.split(",") for line in done.stdout.decode().splitlines()[1:]]
    return [",".join([row[0], row[1], row[2], row[4], row[5]]) for row in rows]


@pytest.fixture
def score(write: Any, rfm: Any) -> Any:
    """Score rows below HEADER: the customers, and the text on stderr."""

    def score(rows: str, *options: str, header: str = HEADER) -> tuple[list[str], str]:
        done = rfm("score", write("o.csv", header + rows), "--format", "csv", "--scheme", "none", *options)
        return (lines(done), done.stderr.decode())

    return score


def test_a_refund_lowers_money_on_its_day_and_undoes_no_purchase(score: Any) -> None:
    rows = "a,1,2024-01-01,100,20,2024-01-10\na,2,2024-01-02,50,,\nb,3,2024-01-20,7,7,\n"
    assert score(rows)[0] == ["a,2024-01-01,2024-01-02,2,130", "b,2024-01-20,2024-01-20,1,0"]
    # What lies after the as-of date is not seen.
    assert score(rows, "--as-of", "2024-01-09")[0] == ["a,2024-01-01,2024-01-02,2,150"]
    assert score(rows, "--as-of", "2024-01-10")[0] == ["a,2024-01-01,2024-01-02,2,130"]


def test_the_sign_of_a_refund_does_not_count(score: Any) -> None:
    assert score("a,1,2024-01-01,100,-20,\nb,2,2024-01-01,10,(2),\n")[0] == [
        "a,2024-01-01,2024-01-01,1,80",
        "b,2024-01-01,2024-01-01,1,8",
    ]


def test_a_refund_after_the_last_order_row_is_not_seen_by_default(score: Any) -> None:
    found, said = score("a,1,2024-01-01,100,20,2024-02-10\n")
    assert found == ["a,2024-01-01,2024-01-01,1,100"]
    assert "as of 2024-01-01, the day of the last order row" in said


def test_orders_without_an_id_are_refunded_row_by_row(score: Any) -> None:
    header = "customer,date,amount,refunded\n"
    assert score("a,2024-01-01,100,20\na,2024-01-01,10,10\n", header=header)[0] == ["a,2024-01-01,2024-01-01,2,80"]


def test_a_refund_of_more_than_the_order_was_is_a_warning(score: Any) -> None:
    rows = "a,1,2024-01-01,100,120.50,\na,2,2024-01-01,10,,\nb,3,2024-01-01,5,5,\n"
    found, said = score(rows)
    assert found == ["a,2024-01-01,2024-01-01,2,-10.5", "b,2024-01-01,2024-01-01,1,0.0"]
    assert "rfm: warning refund-above-order: 1 order was refunded by more than it was, by 20.5 in all" in said


def test_a_refund_that_cannot_be_read_rejects_its_row(write: Any, read: Any) -> None:
    rows = "a,1,2024-01-01,100,n/a,\nb,2,2024-01-01,10,5,soon\nc,3,2024-01-01,10,0,soon\nd,4,2024-01-01,8,,\n"
    seen = refunded(write("o.csv", HEADER + rows))
    assert seen.filter(pl.col("customer").is_in(["a", "b"])).is_empty()
    assert dict(seen.group_by("customer").agg(pl.col("minor").sum()).rows()) == {"c": 10, "d": 8}


def refunded(*paths: str, **options: Any) -> pl.DataFrame:
    """The accepted rows of files, with the refunds that columns name."""
    from rfm_cli.tables import orders as order_tables
    from rfm_cli.tables import sources
    from rfm_cli.tables.options import ReadOptions

    settings = ReadOptions(**options)
    opened = order_tables.orders_in(sources.open_all(paths, settings), settings)
    return order_tables.collect(opened, lambda _: lambda rows: rows)[0]


def test_decimals_of_a_refund_decide_the_scale(write: Any) -> None:
    many = "".join(f"a,{place},2024-01-01,5,,\n" for place in range(11_000))
    rows = refunded(write("o.csv", HEADER + many + "b,99999,2024-01-01,5,1.25,\n"))
    assert sorted(rows.filter(pl.col("customer") == "b")["minor"]) == [-125, 500]
    assert rows["lines"].sum() == 11_001


def test_refunds_of_typed_files_and_of_several_files(write: Any, rfm: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [1, 2],
            "order_id": [10, 11],
            "ordered_at": pl.Series(["2024-01-01", "2024-01-02"]).str.to_date(),
            "amount": [10.0, 20.0],
            "refunded_amount": [2.5, None],
            "refund_date": pl.Series(["2024-01-03", None]).str.to_date(),
        }
    )
    one, other = write("a.parquet", frame), write("b.csv", "customer_id,order_id,date,amount\n2,12,2024-01-05,1\n")
    done = rfm("score", one, other, "--format", "csv", "--scheme", "none")
    assert lines(done) == ["1,2024-01-01,2024-01-01,1,7.5", "2,2024-01-02,2024-01-05,2,21.0"]


def test_refunds_are_turned_into_one_currency_at_the_rate_of_their_day(write: Any, rfm: Any) -> None:
    rates = write("r.csv", "currency,rate,date\nEUR,2,2024-01-01\nEUR,3,2024-02-01\n")
    path = write(
        "o.csv", "customer,order,date,amount,refunded,refunded_at,currency\na,1,2024-01-01,100,10,2024-02-05,EUR\n"
    )
    options = ("--rates", rates, "--currency", "USD", "--as-of", "2024-03-01", "--format", "csv", "--scheme", "none")
    assert lines(rfm("score", path, *options)) == ["a,2024-01-01,2024-01-01,1,170.00"]


def test_orders_that_were_given_back_can_be_left_out(score: Any) -> None:
    rows = (
        "a,1,2024-01-01,100,100,2024-02-01\na,2,2024-01-05,50,,\nb,3,2024-01-03,70,20,\n"
        "c,4,2024-01-04,10,10,\nc,5,2024-02-05,10,,\nd,6,2024-02-05,0,,\n"
    )
    found, said = score(rows, "--returned-orders", "ignore")
    assert found == [
        "a,2024-01-05,2024-01-05,1,50",
        "b,2024-01-03,2024-01-03,1,50",
        "c,2024-02-05,2024-02-05,1,10",
        "d,2024-02-05,2024-02-05,1,0",
    ]
    assert "orders whose money was all given back are left out: 2 (--returned-orders count takes them in)" in said
    counted, said = score(rows)
    assert [line.split(",")[3] for line in counted] == ["2", "1", "2", "1"]
    assert "orders whose money was all given back are purchases as well: 2 (--returned-orders ignore leaves" in said
    # Before it is given back, the order is a purchase.
    assert score(rows, "--returned-orders", "ignore", "--as-of", "2024-01-31")[0][0] == "a,2024-01-01,2024-01-05,2,150"


def test_returned_orders_of_rows_and_without_ids(score: Any) -> None:
    assert score("a,1,2024-01-01,100,,\na,1,2024-01-03,-100,,\nb,2,2024-01-04,5,,\n", "--returned-orders", "ignore")[
        0
    ] == [
        "a,,,0,0",
        "b,2024-01-04,2024-01-04,1,5",
    ]
    header = "customer,date,amount,refunded,refunded_at\n"
    rows = "a,2024-01-01,100,100,2024-01-03\na,2024-01-02,7,,\nb,2024-01-04,5,,\n"
    assert score(rows, "--returned-orders", "ignore", header=header)[0][0] == "a,2024-01-02,2024-01-02,1,7"
    early = score(rows, "--returned-orders", "ignore", "--as-of", "2024-01-02", header=header)[0]
    assert early == ["a,2024-01-01,2024-01-02,2,107"]


def test_returned_orders_need_orders_and_single_dates(write: Any, rfm: Any, tmp_path: Path) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-01,100,100,2024-02-01\nb,2,2024-02-02,5,,\n")
    assert rfm("rollup", path, tmp_path / "r").returncode == 0
    for words in (
        ("score", tmp_path / "r"),
        ("migrate", path, "--speed"),
        ("score", path, "--history"),
        ("rollup", path, tmp_path / "q"),
    ):
        done = rfm(*words, "--returned-orders", "ignore")
        assert (done.returncode, b"--returned-orders" in done.stderr) == (2, True), words
    moves = rfm("migrate", path, "--moves", "--from", "2024-01-31", "--to", "2024-02-02", "--returned-orders", "ignore",
                "--format", "csv")  # fmt: skip
    assert moves.stdout.decode().splitlines()[1] == "a,New,No purchases,down"


def test_refunds_in_a_column_and_in_rows_are_asked_about(score: Any) -> None:
    header = "customer,order,date,type,amount,refunded\n"
    rows = "a,1,2024-01-01,sale,100,20\na,1,2024-01-05,refund,20,\nb,2,2024-01-05,sale,50,\n"
    found, said = score(rows, header=header)
    assert found == []
    assert (
        "order '1' has refunds in column 'refunded' and in rows: if they are the same refunds, the revenue is 130; "
        "if both were given, 110\n"
        "rfm: hint: say which: --map refunded=- leaves the column out, --map refunded='refunded' takes both"
    ) in said
    assert score(rows, "--map", "refunded=-", header=header)[0][0] == "a,2024-01-01,2024-01-01,1,80"
    assert score(rows, "--map", "refunded=refunded", header=header)[0][0] == "a,2024-01-01,2024-01-01,1,60"


def test_a_refund_row_is_never_a_purchase(score: Any) -> None:
    header = "customer,order,date,type,amount\n"
    rows = "a,1,2024-01-01,sale,100\na,2,2024-01-05,refund,0\nb,3,2024-01-05,refund,0\nb,4,2024-01-06,refund,30\n"
    assert score(rows, header=header)[0] == ["a,2024-01-01,2024-01-01,1,100", "b,,,0,-30"]


def test_a_roll_up_keeps_refunds_for_what_is_added(write: Any, rfm: Any, tmp_path: Path) -> None:
    one = write("a.csv", HEADER + "a,1,2024-01-01,100,20,2024-01-20\n")
    more = write("b.csv", "customer,order,date,amount\na,1,2024-01-10,5\nb,2,2024-01-25,5\n")
    assert rfm("rollup", one, tmp_path / "r").returncode == 0
    assert rfm("rollup", tmp_path / "r", "--add", more).returncode == 0
    assert rfm("rollup", one, more, tmp_path / "w").returncode == 0
    scores = [rfm("score", tmp_path / name, "--format", "csv").stdout for name in "rw"]
    assert scores[0] == scores[1]
    assert b"a,2024-01-01,2024-01-01,24,1,85," in scores[0]


def test_a_roll_up_has_refunds_after_the_last_row_on_their_day(write: Any, rfm: Any, tmp_path: Path) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-01,100,20,2024-02-10\nb,2,2024-01-05,7,,\n")
    for grain, days in (("day", ["last", "2024-02-09", "2024-02-10"]), ("month", ["2024-01-31", "2024-02-29"])):
        assert rfm("rollup", path, tmp_path / grain, "--grain", grain).returncode == 0
        for day in days:
            own, rolled = (rfm("score", place, "--as-of", day, "--format", "csv") for place in (path, tmp_path / grain))
            assert rolled.stdout == own.stdout != b"", (grain, day)
    refused = rfm("score", tmp_path / "month")
    assert b"it can answer for the last day of a month and any date from 2024-02-10 on" in refused.stderr


def test_nothing_beside_a_quantity_below_zero_is_no_purchase(score: Any) -> None:
    header = "customer,order,date,quantity,amount\n"
    rows = "a,1,2024-01-01,1,100\na,2,2024-01-05,-1,0\na,3,2024-01-06,-1,30\nb,4,2024-01-05,1,0\n"
    assert score(rows, header=header)[0] == ["a,2024-01-01,2024-01-01,1,70", "b,2024-01-05,2024-01-05,1,0"]


def test_a_refund_with_an_order_id_of_its_own_is_no_order_given_back(score: Any) -> None:
    header = "customer,order,date,type,amount\n"
    rows = "a,1,2024-01-01,sale,100\na,R1,2024-01-05,refund,100\nb,2,2024-01-05,sale,9\nb,2,2024-01-05,refund,9\n"
    assert "purchases as well: 1 (--returned-orders" in score(rows, header=header)[1]
    assert [line.split(",")[3] for line in score(rows, "--returned-orders", "ignore", header=header)[0]] == ["1", "0"]
