"""A roll-up is the same whichever engine makes it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.rollup import make, store
from rfm_cli.rollup.engines import build
from rfm_cli.rollup.engines.build import Task, first_pass, roll_up
from rfm_cli.rollup.engines.session import Engine
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples
from tests.rollup.engines.awkward import FIXED, ROWS, ZONE, Row, Types, written
from tests.rollup.engines.rolled import PERIODS, PURCHASES, check
from tests.rollup.engines.servers import Server

DUCKDB = Engine("duckdb")
PLACES = itertools.count()
LATE = st.lists(
    st.builds(
        Row,
        customer=st.sampled_from([7, 8, 9, 17850]),
        order=st.sampled_from([None, 1, 2, 3, 4]),
        at=st.integers(0, 150).map(lambda day: datetime(2024, 8, 1) + timedelta(days=day)),
        cents=st.sampled_from([-5000.0, 0.0, 100.0, 250.0]),
        status=st.none(),
    ),
    min_size=1,
    max_size=14,
)
checked = settings(max_examples=examples(6, 15), suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("types", FIXED, ids=str)
def test_awkward_rows_on_duckdb(tmp_path: Path, types: Types) -> None:
    path = written(tmp_path, ROWS, types)
    check(tmp_path, DUCKDB, [path], ReadOptions(timezone=ZONE), Periods(), Purchases())


@pytest.mark.parametrize("periods", PERIODS, ids=str)
@pytest.mark.parametrize("purchases", PURCHASES, ids=str)
def test_periods_and_purchases_on_duckdb(tmp_path: Path, periods: Periods, purchases: Purchases) -> None:
    check(tmp_path, DUCKDB, [written(tmp_path, ROWS, Types())], ReadOptions(), periods, purchases)


@checked
@given(LATE, st.sampled_from(PERIODS), st.sampled_from(PURCHASES), st.sampled_from(["text", "integer", "none"]))
def test_random_late_rows_on_duckdb(
    tmp_path: Path, rows: list[Row], periods: Periods, purchases: Purchases, order: str
) -> None:
    folder = tmp_path / str(next(PLACES))
    folder.mkdir()
    path = written(folder, rows, Types(customer="integer", order=order))
    check(folder, DUCKDB, [path], ReadOptions(amount_per="row"), periods, purchases)


@pytest.mark.parametrize("periods", PERIODS, ids=str)
def test_periods_on_servers(tmp_path: Path, server: Server, periods: Periods) -> None:
    path = written(tmp_path, ROWS, Types(customer="integer", at="berlin"))
    check(tmp_path, server.engine, [path], ReadOptions(timezone=ZONE), periods, Purchases())


def test_purchases_on_servers(tmp_path: Path, server: Server) -> None:
    path = written(tmp_path, ROWS, Types(order="none"))
    check(tmp_path, server.engine, [path], ReadOptions(), PERIODS[1], PURCHASES[1])


def test_a_large_roll_up_is_not_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MOST_COLLECTED", 9)
    task = Task(DUCKDB, (str(written(tmp_path, ROWS, Types())),), ReadOptions(), Periods(), Purchases())
    with first_pass(task) as given, pytest.raises(InputError, match="has 11 rows, and at most 9 are collected here"):
        roll_up(given)


def test_too_many_recent_rows_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row(number % 3, number, datetime(2024, 5, 1), 100, None) for number in range(12)]
    task = Task(DUCKDB, (str(written(tmp_path, rows, Types())),), ReadOptions(), Periods(), Purchases())
    monkeypatch.setattr(build, "MOST_COLLECTED", 9)
    with first_pass(task) as given:
        rolled = roll_up(given)
    assert rolled.recent is None
    make.write_rollup(rolled, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")) == [
        store.MANIFEST,
        store.ROLLUP,
    ]
