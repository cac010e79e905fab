# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from rfm_cli.tables.options import REJECTED_STATUSES
from rfm_cli.tables.rules import NAMES, RULES, first_broken, fold_status, is_rejected_status, rule_counts

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
