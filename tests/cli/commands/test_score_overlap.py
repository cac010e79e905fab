"""`rfm score` of exports that have some orders twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
HEADER = "order_id,customer_id,order_date,amount,status\n"
MARCH = HEADER + "71,ann,2024-03-28,12.25,paid\n72,bob,2024-03-30,7.50,pending\n72,bob,2024-03-30,1.00,pending\n"
APRIL = HEADER + "72,bob,2024-03-30,7.50,paid\n73,cid,2024-04-02,30.00,paid\n"


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "2024-03.csv").write_text(MARCH)
    (tmp_path / "2024-04.csv").write_text(APRIL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def money(out: bytes) -> list[tuple[str, str]]:
    return [(row["customer_id"], row["monetary"]) for row in csv.DictReader(io.StringIO(out.decode()))]


def test_an_order_in_two_files_is_a_warning(exports: Path, here: Here) -> None:
    ended = here("score", "2024-03.csv", "2024-04.csv")
    assert (ended.code, money(ended.out)) == (0, [("ann", "12.25"), ("bob", "16.00"), ("cid", "30.00")])
    assert (
        "rfm: warning orders-in-several-files: 2 order files: 1 order is in several files, and all of its rows are "
        "added, 16.00; the rows differ: --overlap last counts those of the last file alone, 7.50; --overlap add "
        "where all are meant\n"
    ) in ended.err
    strict = here("score", "2024-03.csv", "2024-04.csv", "--strict", "--known", "unused-score")
    assert (strict.code, strict.out) == (1, b"")


@pytest.mark.parametrize(("how", "bob"), [("last", "7.50"), ("once", "16.00"), ("add", "16.00")])
def test_each_choice(exports: Path, here: Here, how: str, bob: str) -> None:
    ended = here("score", "2024-0*.csv", "--overlap", how)
    assert money(ended.out) == [("ann", "12.25"), ("bob", bob), ("cid", "30.00")]
    assert ("orders-in-several-files" in ended.err) == (how == "once")
    assert ("2 of 5 rows rejected (0.0% without --overlap): 2 of an order that another file has" in ended.err) == (
        how == "last"
    )
    assert "many-rejects" not in ended.err


def test_last_as_a_key_of_rfm_toml_and_its_rejected_rows(exports: Path, here: Here) -> None:
    (exports / "rfm.toml").write_text('[reading]\noverlap = "last"\n')
    ended = here("score", "2024-04.csv", "2024-03.csv", "--rejects", "rejects.csv")
    assert money(ended.out) == [("ann", "12.25"), ("bob", "8.50"), ("cid", "30.00")]
    assert (exports / "rejects.csv").read_text() == (
        "(file),(row),(rule),(why),order_id,customer_id,order_date,amount,status\n"
        "2024-04.csv,1,overlap,of an order that another file has (--overlap),72,bob,2024-03-30,7.50,paid\n"
    )


def test_once_takes_rows_of_exports_that_overlap_once(exports: Path, here: Here) -> None:
    (exports / "2024-04.csv").write_text(MARCH.replace("71,ann", "74,ann"))
    warned = here("score", "2024-0*.csv")
    assert "1 order is in several files, and all of its rows are added, 17.00; the rows are equal: --overlap once" in (
        warned.err
    )
    ended = here("score", "2024-0*.csv", "--overlap", "once")
    assert money(ended.out) == [("ann", "24.50"), ("bob", "8.50")]
    assert "orders-in-several-files" not in ended.err


def test_once_is_content_where_only_the_number_of_equal_rows_differs(exports: Path, here: Here) -> None:
    (exports / "2024-04.csv").write_text(MARCH + "72,bob,2024-03-30,1.00,pending\n")
    done = here("score", "2024-03.csv", "2024-04.csv", "--overlap", "once", "--format", "csv")
    assert money(done.out) == [("ann", "12.25"), ("bob", "9.50")]
    assert "orders-in-several-files" not in done.err
    assert "--overlap once leaves out 3 rows of 2024-04.csv" in done.err
