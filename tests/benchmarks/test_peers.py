"""The peers, written by hand, answer as `rfm score` does; the orders are what the case says."""

from __future__ import annotations

from pathlib import Path

import make_orders
import peer_duckdb
import peer_polars
import polars as pl
import pytest
from cases import Case
from compare import as_text, first_difference
from peer_input import PeerInput, parse_words

import rfm_cli as rfm

CASES = {
    "small whole ids": Case(3_000),
    "64-bit ids": Case(3_000, ids="sparse"),
    "text ids, several lines, shuffled": Case(3_000, ids="email", lines=5, shuffled=True),
    "no order ids": Case(3_000, order_id=False),
    "CSV": Case(3_000, format="csv"),
    "dirt": Case(3_000, dirt=True),
    "dirt, text ids, several lines": Case(3_000, ids="text", lines=3, dirt=True),
    "dirt, no order ids": Case(3_000, order_id=False, dirt=True),
}


def scored_by_rfm(source: Path) -> pl.DataFrame:
    shop = rfm.open_shop(rfm.TablePaths(orders=(str(source),)), rfm.ReadOptions())
    question = rfm.Question(rfm.Fitting(rfm.load_scheme("rf12")), as_of=rfm.parse_as_of("last"))
    return rfm.score_view(rfm.score(shop, question)).rows


@pytest.fixture(params=CASES.values(), ids=CASES)
def facts(request: pytest.FixtureRequest, tmp_path: Path) -> PeerInput:
    case: Case = request.param
    source = tmp_path / case.file_name()
    make_orders.make(case, source)
    return PeerInput(source, tmp_path / "answer.parquet", case.dirt, case.kind_of_ids())


def same_as_rfm(facts: PeerInput) -> None:
    expected, actual = as_text(scored_by_rfm(facts.source)), as_text(pl.read_parquet(facts.target))
    assert first_difference(expected, actual) is None


def test_polars_answers_as_rfm_does(facts: PeerInput) -> None:
    peer_polars.main(facts)
    same_as_rfm(facts)


def test_duckdb_answers_as_rfm_does(facts: PeerInput) -> None:
    peer_duckdb.main(facts)
    same_as_rfm(facts)


def test_pandas_answers_as_rfm_does(facts: PeerInput) -> None:
    pytest.importorskip("pandas", reason="the pandas peer needs pandas, which rfm does not")
    import peer_pandas

    peer_pandas.main(facts)
    same_as_rfm(facts)


def test_the_words_of_a_peer_are_parsed() -> None:
    words = ["orders.csv", "out.parquet", "--refunds", "--ids=small"]
    assert parse_words(words) == PeerInput(Path("orders.csv"), Path("out.parquet"), refunds=True, ids="small")
    assert parse_words(words[:2]).ids == "text"


def test_the_last_day_is_cut_off_and_nothing_is_lost(tmp_path: Path) -> None:
    case = Case(5_000)
    whole, before, last_day = (tmp_path / name for name in ("whole.parquet", "before.parquet", "last.parquet"))
    make_orders.make(case, whole)
    make_orders.make(case, before, last_day)
    parts = pl.read_parquet(before), pl.read_parquet(last_day)
    assert pl.concat(parts).equals(pl.read_parquet(whole))
    assert parts[1]["ordered_at"].dt.date().unique().to_list() == [pl.date(2025, 12, 31).pipe(pl.select).item()]
    assert parts[0]["ordered_at"].dt.date().max() < parts[1]["ordered_at"].dt.date().min()
