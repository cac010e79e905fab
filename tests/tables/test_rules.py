# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from rfm_cli.tables.options import REJECTED_STATUSES
from rfm_cli.tables.rules import NAMES, RULES, first_broken, fold_status, is_cancelled, is_rejected_status, rule_counts

HEADER = "customer_id,date,amount,status\n"


def test_the_first_rule_that_is_broken_counts() -> None:
    frame = pl.DataFrame({"a": [False, True, True, False], "b": [False, True, False, True]})
    judged = frame.select(rule=first_broken({"status": pl.col("a"), "date": pl.col("b")}))
    assert judged["rule"].to_list() == ["accepted", "date", "status", "date"]
    assert judged.select(rule_counts(pl.col("rule"))).row(0, named=True) == {
        **{f"rows_{name}": 0 for name in NAMES},
        "rows_accepted": 1,
        "rows_date": 2,
        "rows_status": 1,
    }


def test_the_rules() -> None:
    assert list(RULES) == [
        *[
            "fields",
            "repeated",
            "overlap",
            "total",
            "customer",
            "date",
            "amount",
            "status",
            "cancelled",
            "currency",
            "lines",
            "rate",
        ]
    ]


def test_statuses_are_compared_trimmed_and_without_case() -> None:
    statuses = pl.Series([" Cancelled ", "ОТМЕНЁН", "Тест", None])
    assert pl.select(fold_status(pl.lit(statuses))).to_series().to_list() == ["cancelled", "отменён", "тест", None]


@pytest.mark.parametrize(
    "status",
    ["cancelled", "canceled", "refused", "declined", "failed", "voided", "test", "draft", "expired",
     "отменён", "отменен", "отказ", "тест", "CANCELLED", " Voided ", "Отменён", "ОТКАЗ"],
)  # fmt: skip
def test_rejected_statuses(write: Any, read: Any, status: str) -> None:
    seen = read(write("o.csv", HEADER + f"a,2024-01-01,1,{status}\nb,2024-01-02,2,paid\n"))
    assert (seen.ids(), seen.rejects()) == (["b"], [(1, "status")])


@pytest.mark.parametrize(
    "status", ["", "paid", "returned", "refunded", "pending", "not cancelled", "оплачен", "0", "NA"]
)
def test_all_other_statuses_are_accepted(write: Any, read: Any, status: str) -> None:
    assert read(write("o.csv", HEADER + f"a,2024-01-01,1,{status}\n")).ids() == ["a"]


def test_statuses_of_ones_own(write: Any, read: Any) -> None:
    path = write("o.csv", HEADER + "a,2024-01-01,1,Cancelled\nb,2024-01-02,2,На складе\nc,2024-01-03,3,\n")
    assert read(path, reject_status=("на складе",)).ids() == ["a", "c"]
    assert read(path, reject_status=()).ids() == ["a", "b", "c"]
    assert read(path, reject_status=(*REJECTED_STATUSES, "На складе")).ids() == ["c"]


def test_statuses_of_the_command_line(write: Any, rfm: Any) -> None:
    path = write("o.csv", HEADER + "a,2024-01-01,1,Cancelled\nb,2024-01-02,2,Held\nc,2024-01-03,3,\n")

    def customers(*args: str) -> list[bytes]:
        done = rfm("score", path, *args)
        assert done.returncode == 0, done.stderr
        return [line.split(b",")[0] for line in done.stdout.splitlines()[1:]]

    assert customers() == [b"b", b"c"]
    assert customers("--reject-status", "+held") == [b"c"]
    assert customers("--reject-status", "held") == [b"a", b"c"]


def test_accepted_and_rejected_are_the_rows_read(write: Any, read: Any) -> None:
    rows = [
        "a,2024-01-01,1,",
        ",2024-01-01,1,",
        "a,soon,1,",
        "a,2024-01-01,x,",
        "a,2024-01-01,1,test",
        ",soon,x,test",
        "a,,x,",
    ]
    seen = read(write("o.csv", HEADER + "".join(f"{row}\n" for row in rows)))
    assert (seen.facts.read, seen.facts.accepted) == (7, 1)
    assert seen.facts.rejected == {"customer": 2, "date": 2, "amount": 1, "status": 1}


def test_a_status_is_rejected_whatever_its_case_and_blanks() -> None:
    status = pl.Series(["Cancelled", " cancelled ", "paid", "", None])
    found = pl.select(is_rejected_status(pl.lit(status), ["CANCELLED", "test"])).to_series()
    assert found.to_list() == [True, True, False, False, False]


def test_each_status_is_judged_by_its_words(write: Any, read: Any) -> None:
    statuses = ["wc-completed", "wc-cancelled", "Not cancelled", "Отменена клиентом", "cancelled / shipped", "Refunded"]
    rows = "".join(f"c{place},2024-01-01,1,{status}\n" for place, status in enumerate(statuses))
    seen = read(write("o.csv", HEADER + rows))
    assert (seen.ids(), seen.rejects()) == (["c0", "c2", "c4", "c5"], [(2, "status"), (4, "status")])
    assert seen.orders.files[0].met == {"cancelled / shipped", "Refunded"}


@pytest.mark.parametrize(
    ("amount", "met"),
    [("1", {"refunded"}), ("-1", set()), ("−1", set()), ("(1.00)", set()), ("1-", set()), ("", {"refunded"})],
)
def test_statuses_of_rows_that_lower_money_are_not_met(write: Any, read: Any, amount: str, met: set[str]) -> None:
    row = f'a,2024-01-01,"{amount}",refunded\n'
    assert read(write("o.csv", HEADER + row)).orders.files[0].met == met


def test_statuses_of_lines_and_of_orders_without_money(write: Any, read: Any) -> None:
    header = "customer_id,date,quantity,price,status\n"
    rows = "a,2024-01-01,-1,2,refunded\na,2024-01-01,-1,-2,returned\na,2024-01-01,0,2,chargeback\n"
    assert read(write("o.csv", header + rows)).orders.files[0].met == {"returned", "chargeback"}
    assert read(write("o.csv", "customer_id,date,status\na,2024-01-01,refunded\n")).orders.files[0].met == {"refunded"}


def test_many_different_statuses() -> None:
    texts = [f"{word} {number}" for number in range(20) for word in ("cancelled", "paid")]
    found = pl.select(is_rejected_status(pl.lit(pl.Series(texts)), REJECTED_STATUSES)).to_series()
    assert found.to_list() == [True, False] * 20


def test_statuses_of_other_types() -> None:
    for status in (pl.Series([5, 6, None]), pl.Series(["a", "cancelled", None], dtype=pl.Categorical)):
        found = pl.select(is_rejected_status(pl.lit(status), ["6", "cancelled"])).to_series()
        assert found.to_list() == [False, True, False]


@pytest.mark.parametrize(
    "flag",
    ["", " ", "0", "0.0", "0,00", "n", "No", "F", "false", "FALSE", "нет", "null", "None", "-", "—", "NaN", "NaT", "NA",
     "0000-00-00", "0000-00-00 00:00:00", "not cancelled"],
)  # fmt: skip
def test_flags_that_mean_not_cancelled(write: Any, read: Any, flag: str) -> None:
    header = "customer_id,date,amount,cancelled_at\n"
    assert read(write("o.csv", f'{header}a,2024-01-01,1,"{flag}"\n')).ids() == ["a"]


@pytest.mark.parametrize(
    "flag", ["1", "yes", "Y", "true", "да", "2024-01-05", "2031-12-31 10:00:00", "by customer", "10", "0.5", "x", "01"]
)
def test_any_other_flag_means_cancelled(write: Any, read: Any, flag: str) -> None:
    header = "customer_id,date,amount,cancelled_at\n"
    seen = read(write("o.csv", f"{header}a,2024-01-01,1,{flag}\nb,2024-01-02,2,\n"))
    assert (seen.ids(), seen.rejects()) == (["b"], [(1, "cancelled")])


@pytest.mark.parametrize(
    ("flags", "cancelled"),
    [
        (pl.Series([True, False, None]), [True, False, False]),
        (pl.Series([1, 0, None]), [True, False, False]),
        (pl.Series([2.0, 0.0, float("nan"), None]), [True, False, False, False]),
        (pl.Series([date(2024, 1, 5), None]), [True, False]),
        (pl.Series([datetime(2030, 1, 5), None]), [True, False]),
        (pl.Series(["yes", "no", None], dtype=pl.Categorical), [True, False, False]),
        (pl.Series([None, None]), [False, False]),
        (pl.Series(["1.00", "0.00"]).cast(pl.Decimal(10, 2)), [True, False]),
    ],
)
def test_flags_of_other_types(flags: pl.Series, cancelled: list[bool]) -> None:
    found = pl.select(is_cancelled(pl.lit(flags), flags.dtype)).to_series()
    assert found.to_list() == cancelled


def test_cancelled_orders_of_the_command_line(write: Any, rfm: Any) -> None:
    rows = "a,2024-01-01,10.00,wc-completed,\na,2024-01-02,99.00,wc-cancelled,\na,2024-01-03,50.00,done,2024-06-01\n"
    path = write("o.csv", "customer_id,date,amount,status,Cancelled at\n" + rows)
    done = rfm("score", path, "--as-of", "2024-01-31", "--format", "csv", "--cuts", "m=1,2,3,4")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == b"a,2024-01-01,2024-01-01,30,1,10,5,1,5,515,New,false"
    why = "2 of 3 rows rejected (66.7%): 1 a status that is no order (--reject-status); 1 an order that was cancelled"
    assert why in done.stderr.decode()
