"""The segments that are measured, and SQL written by hand for them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import make_tables
import peer_select
import polars as pl
import pytest
from make_tables import Shop
from selects import AS_OF, SELECTS

from rfm_cli.model import Question, TablePaths
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.selection.select import select
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tables")
    make_tables.make(Shop(2_000), made)
    return made


def test_tables_have_the_rows_that_are_promised(folder: Path) -> None:
    rows = {name: pl.read_parquet(folder / f"{name}.parquet") for name in make_tables.TABLES}
    assert {name: frame.height for name, frame in rows.items()} == {
        "products": 2_000,
        "customers": 245,
        "orders": 2_000,
        "lines": 5_062,
        "events": 10_000,
    }
    assert rows["orders"]["ordered_at"].dt.date().max() == pl.select(pl.date(2025, 12, 31)).item()
    assert set(rows["lines"]["order_id"]) == set(rows["orders"]["order_id"])


@pytest.mark.parametrize("name", SELECTS)
def test_sql_answers_with_ids_in_order(name: str, folder: Path, tmp_path: Path) -> None:
    peer_select.main(name, folder, tmp_path / "answer.parquet")
    answer = pl.read_parquet(tmp_path / "answer.parquet")
    assert answer.schema == {"customer_id": pl.String}
    assert answer["customer_id"].is_sorted()
    assert answer["customer_id"].is_unique().all()


@pytest.mark.parametrize("name", SELECTS)
def test_figures_are_those_of_the_headline(name: str, folder: Path, tmp_path: Path) -> None:
    peer_select.main(name, folder, tmp_path / "answer.parquet", tmp_path / "figures.json")
    paths = {table: (str(folder / f"{table}.parquet"),) for table in peer_select.TABLES}
    question = Question(Fitting(load_scheme("rf12")), as_of=date.fromisoformat(AS_OF))
    found = select(open_shop(TablePaths(**paths), ReadOptions()), SELECTS[name].expression, question)
    assert pl.read_parquet(tmp_path / "answer.parquet").equals(found.rows.collect())
    counts = found.counts
    revenue = int(Decimal(counts["revenue"] or 0) * 100)
    mine = [counts["customers"], counts["undecided"], counts["of"], counts["reachable"], revenue]
    assert json.loads((tmp_path / "figures.json").read_text()) == mine
