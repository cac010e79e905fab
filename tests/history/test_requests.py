"""Requests that share a pass: each is answered as if it had been read alone, and the orders are read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rfm_cli.clock import parse_window
from rfm_cli.errors import InputError
from rfm_cli.history.requests import Reader, Request, daily_request, read_past, request_at
from rfm_cli.model import PastRequest, Question, ScoreRequest, Shop, TablePaths
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


@st.composite
def requests(draw: st.DrawFn) -> list[tuple[Question, list[date], bool]]:
    """The questions of some outputs, their dates, and whether they want single days."""
    wanted = st.tuples(st.builds(asked, window=st.sampled_from([None, parse_window("10d")])), DATES, st.booleans())
    return draw(st.lists(wanted, min_size=2, max_size=4))


def of_shop(shop: Shop, wanted: list[tuple[Question, list[date], bool]]) -> Iterator[Request]:
    for question, dates, daily in wanted:
        if daily and question.window is None:
            yield daily_request(shop, question, dates[:1], dates[-1], ruler=dates[0])
        elif len(dates) > 1:
            yield request_at(shop, question, dates)
        else:
            yield ScoreRequest(shop, replace(question, as_of=dates[0]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, people=PEOPLE, wanted=requests())
def test_shared_answers_are_those_read_alone(
    rows: list[Row], people: list[Person], wanted: list[tuple[Question, list[date], bool]]
) -> None:
    shop, reader = shop_of(rows, people), Reader()
    own = list(of_shop(shop, wanted))
    reader.expect(own)
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
    assert_frame_equal(shared.steps, alone.steps, check_row_order=False, check_column_order=False)
    assert (shared.people is None) == (alone.people is None)
    if shared.people is not None and alone.people is not None:
        assert_frame_equal(shared.people, alone.people, check_row_order=False)
