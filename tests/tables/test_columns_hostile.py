"""Headings that are patterns to a data engine, values of nested types, and doubts that come late."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.paths import find

ORDERS = "customer_id,ordered_at,amount,*,^a.*$\na,2024-01-01,1,s,t\n,2024-01-01,1,s,t\n"


def test_headings_that_are_patterns_are_names(write: Any, rfm: Any, tmp_path: Any) -> None:
    orders = write("o.csv", ORDERS)
    done = rfm("score", orders, "--rejects", tmp_path / "r.csv", "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines() == [
        "(file),(row),(rule),(why),customer_id,ordered_at,amount,* ,^a.*$ ",
        "o.csv,2,customer,no customer id,,2024-01-01,1,s,t",
    ]
    assert rfm("check", orders).returncode == 0
    assert rfm("score", orders, "--map", "amount=*").returncode == 3  # `s` is no amount


@pytest.mark.parametrize("heading", ["*", "^c.*$"])
def test_a_pattern_can_be_mapped(write: Any, rfm: Any, heading: str) -> None:
    orders = write("o.csv", f"customer_id,ordered_at,{heading}\na,2024-01-01,5\n")
    done = rfm("score", orders, "--map", f"amount={heading}", "-q")
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-01,2024-01-01,0,1,5,")


def test_rejects_can_be_read_again(write: Any, rfm: Any, tmp_path: Any) -> None:
    rfm("score", write("o.csv", ORDERS), "--rejects", tmp_path / "r.csv", "-q")
    assert rfm("check", tmp_path / "r.csv").returncode == 0
    again = rfm("check", tmp_path / "r.csv", "--rejects", tmp_path / "again.csv", "-q")
    assert again.returncode == 0
    assert "(row) of the file" in (tmp_path / "again.csv").read_text(encoding="utf-8")


def test_nested_values_are_json_and_bytes_are_digits(write: Any, rfm: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": ["a", "b"],
            "ordered_at": [date(2024, 1, 1)] * 2,
            "amount": [1.5, 2.5],
            "tags": [["x"], []],
            "raw": [b"\x00\xff", None],
        }
    )
    done = rfm("score", write("o.parquet", frame), "--with", "tags,raw", "--drop-duplicates", "-q")
    assert done.stdout.splitlines()[1].endswith(b',"[""x""]",00ff')
    assert rfm("check", write("o.parquet", frame)).returncode == 0


@pytest.mark.parametrize("values", [[date(2024, 1, 1)], [True]])
def test_an_amount_of_another_type_is_an_error(write: Any, read: Any, values: list[Any]) -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "ordered_at": [date(2024, 1, 1)], "amount": values})
    with pytest.raises(InputError, match="which is no amount"):
        read(write("o.parquet", frame))


@pytest.mark.parametrize("early", ["$10", "1 010", "$1.234"])
def test_a_late_doubt_is_the_same_error_as_an_early_one(write: Any, read: Any, early: str) -> None:
    head, row = "customer_id,ordered_at,amount\n", f"a,2024-01-01,{early}\n"
    for rows in ([*[row] * 10_500, 'b,2024-01-01,"1,234"\n'], ['b,2024-01-01,"1,234"\n', *[row] * 10_500]):
        with pytest.raises(InputError, match="could be read in two ways"):
            read(write("o.csv", head + "".join(rows)))


def test_one_file_by_two_names_is_given_twice(write: Any, tmp_path: Any) -> None:
    path = write("o.csv", "customer_id,ordered_at,amount\na,2024-01-01,5\n")
    (tmp_path / "link.csv").symlink_to(path)
    for other in (str(tmp_path / "." / "o.csv"), str(tmp_path / "link.csv"), str(tmp_path / "*.csv")):
        with pytest.raises(UsageError, match="given twice"):
            find([path, other])


def test_an_empty_path_is_no_folder() -> None:
    with pytest.raises(UsageError, match="an empty path"):
        find([""])


def test_utf8_stays_utf8_beside_another_encoding(write: Any, rfm: Any) -> None:
    orders = write("o.csv", "Клиент;Дата;Сумма\na;2024-01-01;1,5\n".encode("cp1251"))
    customers = write("c.csv", "customer_id,city\na,Москва\n")
    done = rfm("score", orders, "--customers", customers, "--encoding", "cp1251", "--with", "city", "-q")
    assert done.stdout.decode().splitlines()[1].endswith(",Москва")


def test_a_separator_need_not_part_every_table(write: Any, rfm: Any) -> None:
    orders = write("o.csv", "customer_id|ordered_at|amount\na|2024-01-01|1\n")
    done = rfm("score", orders, "--customers", write("c.csv", "customer_id,city\na,Bonn\n"), "--separator", "|", "-q")
    assert done.returncode == 0, done.stderr


def test_other_columns_of_one_row_a_customer_are_attributes(write: Any, rfm: Any) -> None:
    ready = write(
        "ready.csv", "customer_id,recency_days,frequency,City,monetary\n007,3,2,Bonn,5.50\n8,9,1,,1\n,1,1,Ulm,1\n"
    )
    done = rfm("score", ready, "--with", "city", "-q")
    assert [line.rsplit(b",", 1)[1] for line in done.stdout.splitlines()] == [b"city", b"Bonn", b""]
