"""Requests that share a pass: each is answered as if it had been read alone, and the orders are read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rfm_cli.clock import parse_window
from rfm_cli.errors import InputError
from rfm_cli.history.requests import Reader, Request, daily_request, read_past, request_at
from rfm_cli.measures import collect
from rfm_cli.model import Past, PastRequest, Question, ScoreRequest, Shop, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.source.orders import OrderSource
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.score import score_view
from tests.shops import DAYS, PEOPLE, ROWS, Person, Row, asked, day, shop_of

ROW = Row("a", "1", 0, 1234)
DATES = st.lists(st.integers(1, DAYS).map(day), min_size=1, max_size=3, unique=True).map(sorted)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passes over orders that are made: their sources' methods, by name."""
    made: list[str] = []
    steps, measure = OrderSource.steps, OrderSource.measure
    monkeypatch.setattr(OrderSource, "steps", lambda *given: made.append("steps") or steps(*given))
    monkeypatch.setattr(OrderSource, "measure", lambda *given: made.append("measure") or measure(*given))
    return made


def small_shop() -> Shop:
    return shop_of([ROW, Row("a", "2", 20, 500), Row("b", "3", 30, 900)])


def test_requests_of_one_source_share_a_pass(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    whole, later = ScoreRequest(shop, asked(as_of=day(40))), ScoreRequest(shop, asked(as_of=day(25)))
    past = request_at(shop, asked(), [day(10), day(40)])
    days = daily_request(shop, asked(), [day(10)], day(40))
    reader.expect([whole, later, past, days])
    assert passes == []
    reader.score(whole)
    reader.past(days)
    reader.past(past)
    reader.score(later)
    assert passes == ["steps"]


def test_a_request_that_was_not_expected_uses_a_pass_that_holds_its_steps(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    expected = [request_at(shop, asked(), [day(10), day(40)]), request_at(shop, asked(), [day(20), day(40)])]
    reader.expect(expected)
    proved = reader.past(expected[0]).shop
    reader.past(request_at(proved, asked(), [day(10), day(20)]))
    assert passes == ["steps"]
    reader.past(request_at(proved, asked(), [day(11), day(20)]))
    assert passes == ["steps", "steps"]


def test_a_request_alone_has_a_pass_of_its_own_kind(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    alone = ScoreRequest(shop, asked(as_of=day(40)))
    reader.expect([alone])
    assert reader.score(alone) is reader.score(ScoreRequest(shop, asked(as_of=day(40))))
    assert passes == ["measure"]


def test_purchases_counted_in_another_way_need_another_pass(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    questions = [asked(as_of=day(to), one_a_day=once) for to in (30, 40) for once in (False, True)]
    reader.expect([ScoreRequest(shop, question) for question in questions])
    for question in questions:
        reader.score(ScoreRequest(shop, question))
    assert passes == ["steps", "steps"]


def test_a_shop_is_opened_once_for_equal_options(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,2.00\n")
    paths, options = TablePaths((str(tmp_path / "orders.csv"),)), ReadOptions(maps={"orders": {"amount": "amount"}})
    reader = Reader()
    assert reader.open(paths, options) is reader.open(replace(paths), replace(options))
    assert reader.open(paths, options) is not reader.open(paths, ReadOptions())


def test_a_score_of_the_last_day_is_read_alone(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    request = ScoreRequest(shop, asked())
    reader.expect([request, request_at(shop, asked(), [day(10), day(30)])])
    assert reader.score(request).as_of == day(30)
    assert passes == ["measure"]


@pytest.fixture
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count orders of every size by the ways of large files, which leave out what is not needed."""
    monkeypatch.setattr(collect, "LARGE", 0)


@pytest.mark.usefixtures("shortcuts")
def test_a_pass_without_money_holds_no_request_that_needs_money(passes: list[str]) -> None:
    shop, reader = small_shop(), Reader()
    lean = [daily_request(shop, asked(), [], day(to), money=False) for to in (30, 40)]
    reader.expect(lean)
    same_past(reader, lean[0])
    passes.clear()
    reader.past(lean[1])
    assert passes == []
    same_past(reader, request_at(shop, asked(), [day(10), day(30)]))
    same_past(reader, daily_request(shop, asked(), [], day(30)))
    same_past(reader, daily_request(shop, asked(), [day(10)], day(30), money=False))


@pytest.mark.usefixtures("shortcuts")
@pytest.mark.parametrize("earlier", [[], [day(10)]], ids=["all days", "days after the first end"])
def test_a_pass_has_the_money_up_to_the_last_end_of_each_request(earlier: list[date]) -> None:
    shop, reader = small_shop(), Reader()
    lean = [daily_request(shop, asked(), starts, day(40), money=False) for starts in (earlier, [day(20)])]
    reader.expect(lean)
    for request in lean:
        same_past(reader, request)


@dataclass(frozen=True)
class Wanted:
    """What an output asks for: a question, its dates, single days, their money, and whether it is named first."""

    question: Question
    dates: list[date]
    daily: bool
    money: bool
    expected: bool


WANTED = st.lists(
    st.builds(
        Wanted,
        question=st.builds(asked, window=st.sampled_from([None, parse_window("10d")])),
        dates=DATES,
        daily=st.booleans(),
        money=st.booleans(),
        expected=st.sampled_from([True, True, False]),
    ),
    min_size=2,
    max_size=5,
)


def request_of(shop: Shop, wanted: Wanted) -> Request:
    """The request of an output."""
    question, dates = wanted.question, wanted.dates
    if wanted.daily and question.window is None:
        starts = dates[:-1]
        return daily_request(shop, question, starts, dates[-1], bought_by=dates[0], money=wanted.money)
    return (
        request_at(shop, question, dates) if len(dates) > 1 else ScoreRequest(shop, replace(question, as_of=dates[0]))
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, people=PEOPLE, wanted=WANTED, large=st.booleans())
def test_shared_answers_are_those_read_alone(
    rows: list[Row], people: list[Person], wanted: list[Wanted], large: bool
) -> None:
    shop, reader = shop_of(rows, people), Reader()
    own = [request_of(shop, one) for one in wanted]
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(collect, "LARGE", 0)
            patch.setattr(collect, "LARGE_REFUNDED", 0)
        reader.expect(request for request, one in zip(own, wanted, strict=True) if one.expected)
        for request in own:
            if isinstance(request, PastRequest):
                same_past(reader, request)
            else:
                same_score(reader, request)


def same_score(reader: Reader, request: ScoreRequest) -> None:
    """Hold a shared score to the one that is read alone, or to its error."""
    try:
        alone = score(request.shop, request.question)
    except InputError as error:
        with pytest.raises(InputError) as raised:
            reader.score(request)
        assert raised.value.message == error.message
        return
    shared = reader.score(request)
    assert score_view(shared).rows.equals(score_view(alone).rows)
    assert (shared.notes, shared.facts.rows, shared.cutoffs) == (alone.notes, alone.facts.rows, alone.cutoffs)


def same_past(reader: Reader, request: PastRequest) -> None:
    """Hold a shared past to the one that is read alone, or to its error."""
    try:
        alone = read_past(request)
    except InputError as error:
        with pytest.raises(InputError) as raised:
            reader.past(request)
        assert raised.value.message == error.message
        return
    shared = reader.past(request)
    steps, own = _needed(shared, request), _needed(alone, request)
    assert_frame_equal(steps, own, check_row_order=False, check_column_order=False)
    assert (shared.people is None) == (alone.people is None)
    if shared.people is not None and alone.people is not None:
        assert_frame_equal(shared.people, alone.people, check_row_order=False)


def _needed(past: Past, request: PastRequest) -> pl.DataFrame:
    """The steps without the money that the request does not need."""
    needed = pl.col("step") <= request.stretches.money_until
    return past.steps.with_columns(pl.when(needed).then("monetary"))
