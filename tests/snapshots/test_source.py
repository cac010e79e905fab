"""Who slipped, and on which day: two snapshots tell it as all orders do, or say that they cannot."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.history.requests import read_past
from rfm_cli.measures.steps import Stretches
from rfm_cli.model import PastRequest, Question, Shop, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.snapshots.metadata import CountingOptions, metadata_of
from rfm_cli.snapshots.source import newest, open_store, question_of
from rfm_cli.snapshots.store import rows_of, write
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.watch import STAKE_DAYS, watch_list, watch_request

FIRST = date(2024, 1, 1)
SINCE, LAST = date(2024, 12, 31), date(2025, 6, 30)
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda days: FIRST + timedelta(days=days))
ORDERS = st.lists(st.tuples(st.sampled_from("abcdef"), DAYS, st.integers(-20, 200)), min_size=4, max_size=40)


def opened(orders: list[tuple[str, date, int]]) -> Shop:
    rows = pl.DataFrame(orders, schema=["customer_id", "ordered_at", "amount"], orient="row")
    return open_shop(TablePaths(orders=(rows,)), ReadOptions())


def keep(shop: Shop, question: Question, folder: Path) -> None:
    result = score(shop, question)
    assert question.as_of is not None
    ends = (question.as_of - timedelta(days=STAKE_DAYS), question.as_of)
    past = read_past(PastRequest(shop, question, Stretches(ends), question.as_of, question.as_of))
    year = past.steps.filter(pl.col("step") == question.as_of)
    write(folder, rows_of(result, year), metadata_of(result, CountingOptions(), []))


def slipped(shop: Shop, question: Question) -> pl.DataFrame:
    return watch_list(read_past(watch_request(shop, question, SINCE, LAST)), SINCE).rows


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS)
def test_the_watch_list_of_two_snapshots(
    tmp_path_factory: pytest.TempPathFactory, orders: list[tuple[str, date, int]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    shop = opened(orders)
    asked = Question(Fitting(load_scheme("rf12")))
    try:
        ruler = score(shop, Question(asked.fitting, as_of=SINCE)).cutoffs
    except InputError:  # nobody had bought yet
        return
    for day in (SINCE, LAST):
        keep(shop, Question(asked.fitting, as_of=day, cutoffs=ruler), folder)
    own = Question(asked.fitting, cutoffs=ruler)
    want = slipped(shop, own)
    try:
        told = slipped(open_store(folder), question_of(newest(folder)))
    except UsageError as error:
        assert "before their last purchase" in error.message
        return
    assert told.equals(want)
