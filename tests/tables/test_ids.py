"""Ids of customers, folded value by value, and the ids that are no customer."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import ids
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples

HEADER = "customer_id,order_id,ordered_at,amount\n"
PARTS = st.text(st.sampled_from("aAbßÉéİiI0.-1@ "), max_size=9)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ann@X.org", "ann@x.org"),
        ("ÉVA@x.fr", "éva@x.fr"),
        ("STRAẞE@x.de", "straße@x.de"),
        ("straSSe@x.de", "strasse@x.de"),
        ("A@B", "A@B"),
        ("A@@B.c", "A@@B.c"),
        ("A B@c.de", "A B@c.de"),
        ("Ann", "Ann"),
        ("17850.0", "17850"),
        ("17850.00", "17850"),
        ("-5.0", "-5"),
        ("0.0", "0"),
        ("-0.0", "-0.0"),
        ("0017850.0", "0017850.0"),
        ("17850.", "17850."),
        ("17850.5", "17850.5"),
        ("+7.0", "+7.0"),
        ("1.785e4", "1.785e4"),
        ("12345678901234567890.0", "12345678901234567890"),
    ],
)
def test_what_becomes_of_an_id(written: str, read: str) -> None:
    assert pl.select(ids.folded(pl.lit(written))).item() == read
    assert ids.odd_ones(pl.Series([written, None])).to_list() == ([written] if written != read else [])
    assert ids.one_folded(written, "folded") == read
    assert ids.one_folded(written, "exact") == written


@given(st.lists(PARTS, max_size=8))
@settings(max_examples=examples(50, 400), deadline=None)
def test_a_fold_is_final_and_odd_are_those_that_change(texts: list[str]) -> None:
    series = pl.Series(texts, dtype=pl.String)
    once = pl.DataFrame({"a": series}).select(ids.folded(pl.col("a"))).to_series()
    again = pl.DataFrame({"a": once}).select(ids.folded(pl.col("a"))).to_series()
    assert again.to_list() == once.to_list()
    assert sorted(ids.odd_ones(series)) == sorted(
        text for text, made in zip(texts, once.to_list(), strict=True) if text != made
    )


def test_integers_are_never_odd() -> None:
    assert ids.odd_ones(pl.Series([1, 2])).to_list() == []
    assert not ids.must_fold(pl.Series([1, 2]), ReadOptions())


def test_ids_that_differ_in_case_alone_are_counted_once_each() -> None:
    assert ids.by_case(pl.Series(["b", "B", "a", "B", "Ab", "aB", "AB", None])) == (5, ("AB", "Ab"))
    assert ids.by_case(pl.Series(["A", "b"])) == (0, None)
    assert ids.by_case(pl.Series([1, 2])) == (0, None)


def shop(folder: Path, rows: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return folder


ROWS = [
    "Ann@X.org,1,2024-01-02,10.00",
    "ann@x.org,2,2024-01-03,20.00",
    "17850.0,3,2024-01-04,5.00",
    "17850,4,2024-01-05,5.00",
    "ABC,5,2024-01-06,7.00",
    " ann@X.ORG ,6,2024-01-07,1.00",
]
FOLDED = (
    b"17850,2024-01-04,2024-01-05,2,2,10\nABC,2024-01-06,2024-01-06,1,1,7\nann@x.org,2024-01-02,2024-01-07,0,3,31\n"
)
SCORE = ("score", "orders.csv", "--scheme", "none", "--columns", "customer_id")


def measures(done: Any) -> bytes:
    lines = done.stdout.splitlines()[1:]
    return b"".join(b",".join(line.split(b",")[:6]) + b"\n" for line in lines)


def test_spellings_of_one_id_are_one_customer_and_said(tmp_path: Path, rfm: Any) -> None:
    done = rfm("score", "orders.csv", cwd=shop(tmp_path, ROWS))
    assert (done.returncode, measures(done)) == (0, FOLDED)
    said = "3 ids folded (addresses in lower case, 17850.0 as 17850; --ids exact keeps all as written): 6 ids became 3"
    assert f"rfm: orders.csv: {said}\n" in done.stderr.decode()


def test_exact_ids_are_kept(tmp_path: Path, rfm: Any) -> None:
    done = rfm("score", "orders.csv", "--ids", "exact", cwd=shop(tmp_path, ROWS))
    names = [line.split(b",")[0] for line in done.stdout.splitlines()[1:]]
    assert names == [b"17850", b"17850.0", b"ABC", b"Ann@X.org", b"ann@X.ORG", b"ann@x.org"]
    assert b"folded" not in done.stderr


def test_a_file_without_such_ids_says_none(tmp_path: Path, rfm: Any) -> None:
    done = rfm("score", "orders.csv", cwd=shop(tmp_path, [row for row in ROWS if row.startswith(("ann", "ABC"))]))
    assert b"folded" not in done.stderr


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_rows_and_rows_far_below_give_the_same_bytes(tmp_path: Path, rfm: Any, seed: int) -> None:
    rows = [f"{place % 50},{place},2024-01-{1 + place % 9:02},1.00" for place in range(10, 10_050)] + ROWS
    expected = rfm("score", "orders.csv", cwd=shop(tmp_path / "a", rows))
    random.Random(seed).shuffle(rows)
    done = rfm("score", "orders.csv", cwd=shop(tmp_path / "b", rows))
    assert (done.returncode, done.stdout, done.stderr) == (0, expected.stdout, expected.stderr)
    assert b"\n17850,2024-01-04,2024-01-05," in done.stdout


def test_two_files_of_two_spellings_are_one(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "2023.csv").write_text(HEADER + "17850.0,1,2023-01-05,10\n13047.0,2,2023-02-06,5\n")
    (tmp_path / "2024.csv").write_text(HEADER + "17850,3,2024-03-05,10\n13047,4,2024-03-06,20\n")
    done = rfm("score", "2023.csv", "2024.csv", cwd=tmp_path)
    assert measures(done) == b"13047,2023-02-06,2024-03-06,0,2,25\n17850,2023-01-05,2024-03-05,1,2,20\n"


@pytest.mark.parametrize("made", ["csv", "parquet", "floats"])
def test_the_form_of_the_file_changes_no_byte(tmp_path: Path, rfm: Any, made: str) -> None:
    rows = ["9.0,1,2024-01-02,10.00", "10.0,2,2024-01-03,20.00"]
    plain = rfm("score", "orders.csv", "-q", cwd=shop(tmp_path / "a", [row.replace(".0,", ",", 1) for row in rows]))
    folder = shop(tmp_path / "b", rows)
    if made != "csv":
        frame = pl.read_csv(folder / "orders.csv", schema_overrides={"customer_id": pl.String})
        kind = pl.Float64 if made == "floats" else pl.String
        frame.with_columns(pl.col("customer_id").cast(kind)).write_parquet(folder / "orders.parquet")
        (folder / "orders.csv").unlink()
    done = rfm("score", f"orders.{'csv' if made == 'csv' else 'parquet'}", "-q", cwd=folder)
    assert (done.returncode, done.stdout) == (0, plain.stdout)


NONE = ["0", "0.0", "Guest", "GUEST", "17850", "a@b.cd"]


def test_ids_that_are_no_customer_are_rejected(tmp_path: Path, rfm: Any) -> None:
    rows = [f"{name},{place},2024-01-02,1.00" for place, name in enumerate(NONE)]
    folder = shop(tmp_path, rows)
    (folder / "customers.csv").write_text("customer_id,town\n0,Ulm\n17850,Bonn\n")
    (folder / "events.csv").write_text("customer_id,event,at\n0.0,open,2024-01-02\n17850,open,2024-01-02\n")
    done = rfm("score", "--no-customer", "0,Guest,A@B.cd", "--rejects", "r.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert [line.split(b",")[0] for line in done.stdout.splitlines()[1:]] == [b"17850"]
    # At the user's word, and so without a warning.
    assert b"rfm: 5 of 6 rows rejected (0.0% without --no-customer): 5 no customer id\n" in done.stderr
    assert b"rfm: ids that are no customer, whatever their case: 0, Guest, A@B.cd (--no-customer)\n" in done.stderr
    assert b"customers.csv: 1 row without an id left out\n" in done.stderr
    assert b"events.csv: 1 row without a customer, event or readable time left out\n" in done.stderr
    assert pl.read_csv(folder / "r.csv")["(rule)"].to_list() == ["customer"] * 5


def test_ids_that_are_no_customer_as_they_are_written(tmp_path: Path, rfm: Any) -> None:
    folder = shop(tmp_path, [f"{name},{place},2024-01-02,1.00" for place, name in enumerate(NONE)])
    done = rfm("score", "--ids", "exact", "--no-customer", "0,Guest,A@B.cd", cwd=folder)
    left = [line.split(b",")[0] for line in done.stdout.splitlines()[1:]]
    assert sorted(left) == [b"0.0", b"17850", b"GUEST", b"a@b.cd"]
    assert b"rfm: ids that are no customer, as written: 0, Guest, A@B.cd (--no-customer)\n" in done.stderr


def test_a_number_that_is_no_customer(tmp_path: Path, rfm: Any) -> None:
    frame = pl.DataFrame({"customer_id": [0, 7, -1], "ordered_at": ["2024-01-02"] * 3, "amount": [1.0, 2.0, 3.0]})
    for kind in (pl.Int64, pl.Float64, pl.UInt64, pl.String):
        typed = frame if kind != pl.UInt64 else frame.filter(pl.col("customer_id") >= 0)
        typed.with_columns(pl.col("customer_id").cast(kind)).write_parquet(tmp_path / "o.parquet")
        done = rfm("score", "o.parquet", "-q", "--no-customer", "0,-1,NULL", cwd=tmp_path)
        assert measures(done) == b"7,2024-01-02,2024-01-02,0,1,2\n", kind


def test_a_row_of_no_customer_takes_that_of_its_order(tmp_path: Path, rfm: Any) -> None:
    done = rfm(
        "score", "orders.csv", "-q", "--no-customer", "0", cwd=shop(tmp_path, ["0,1,2024-01-02,1", "a,1,2024-01-02,2"])
    )
    assert measures(done) == b"a,2024-01-02,2024-01-02,0,1,3\n"


def test_customers_that_become_one(tmp_path: Path, rfm: Any) -> None:
    folder = shop(tmp_path, ROWS)
    (folder / "customers.csv").write_text("customer_id,town\nAnn@x.org,Ulm\nann@x.org,Ulm\n")
    done = rfm("score", "--with", "town", cwd=folder)
    assert b"customers.csv: 1 row repeats another one exactly\n" in done.stderr
    assert (
        b"customers.csv: 1 id folded (addresses in lower case, 17850.0 as 17850; --ids exact keeps all as written)"
        in (done.stderr)
    )
    (folder / "customers.csv").write_text("customer_id,town\nAnn@x.org,Ulm\nann@x.org,Bonn\n")
    done = rfm("score", "--with", "town", cwd=folder)
    assert (done.returncode, done.stderr.decode()) == (
        3,
        "rfm: error: customers.csv: 1 customer has rows that differ, for example 'ann@x.org', written 'Ann@x.org' and "
        "'ann@x.org'\n"
        "rfm: hint: keep one row per customer; or keep ids as they are written, for all tables: --ids exact\n",
    )
    assert rfm("score", "--with", "town", "--ids", "exact", "-q", cwd=folder).returncode == 0


def test_an_address_that_is_id_and_e_mail_at_once_is_folded_in_both(tmp_path: Path, rfm: Any) -> None:
    folder = shop(tmp_path, ROWS)
    (folder / "customers.csv").write_text("mail,town\nANN@x.org,Ulm\nann@x.org,Ulm\n")
    both = ("--map", "customers.customer_id=mail", "--map", "customers.email=mail")
    done = rfm("score", "--with", "email", *both, "-q", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.decode().splitlines() if line.endswith(",ann@x.org")] != []


def test_events_count_for_the_folded_id(tmp_path: Path, rfm: Any) -> None:
    folder = shop(tmp_path, ROWS)
    (folder / "events.csv").write_text("customer_id,event,at\nANN@x.org,open,2024-01-06\nann@x.org,click,2024-01-07\n")
    done = rfm("score", "--with", "engagement", cwd=folder)
    assert b"events.csv: 1 id folded (" in done.stderr and b"): 2 ids became 1\n" in done.stderr
    ann = [line for line in done.stdout.decode().splitlines() if line.startswith("ann@x.org,")]
    assert len(ann) == 1 and ann[0].endswith(",2")


def test_one_row_per_customer(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "c.csv").write_text(
        "customer_id,recency_days,frequency,monetary\nANN@x.org,1,2,3\n5.0,2,2,3\n0,1,1,1\n"
    )
    done = rfm("score", "c.csv", "-q", "--no-customer", "0", cwd=tmp_path)
    assert [line.split(b",")[0] for line in done.stdout.splitlines()[1:]] == [b"5", b"ann@x.org"]


def test_one_customer_is_found_by_any_spelling(tmp_path: Path, rfm: Any) -> None:
    folder = shop(tmp_path, ROWS)
    found = [
        rfm("explain", name, "orders.csv", "-q", "--format", "csv", cwd=folder) for name in ("ANN@x.org", "ann@x.org")
    ]
    assert found[0].stdout == found[1].stdout
    assert found[0].returncode == 0, found[0].stderr


@given(
    st.lists(st.sampled_from(["7", "8", "007", "-5", "x", "9"]), unique=True),
    st.lists(st.sampled_from(["7", "8", "-5", "x"])),
)
def test_places_of_ids_are_those_of_equal_texts(among: list[str], wanted: list[str]) -> None:
    found = ids.places_in(pl.Series(among, dtype=pl.String), pl.Series(wanted, dtype=pl.String))
    assert found.to_list() == [among.index(one) if one in among else None for one in wanted]
