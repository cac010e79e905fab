"""What migration promises: margins are grids, in less out is net, money is kept, moves sum to the matrix."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.clock import Window, chain
from rfm_cli.errors import InputError
from rfm_cli.history.requests import past_at
from rfm_cli.history.states import BYS, NOT_YET, By, Moves, moves_between, states_at
from rfm_cli.model import Past, Question
from rfm_cli.pipeline import score
from rfm_cli.schemes import NO_PURCHASES, load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.views.grid import grid_view
from rfm_cli.views.insights.moves import in_english, matrix_insights
from rfm_cli.views.migrate import customer_rows, directions, flow_rows, link_rows, matrix_rows, state_called
from rfm_cli.views.paths import paths_along
from rfm_cli.views.segments import segments_view
from tests.shops import DAYS, PEOPLE, ROWS, Person, Row, asked, day, shop_of

checked = settings(max_examples=35, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCHEMES = ["rf12", "rfm11", "klaviyo6", "r-rfm"]
QUESTIONS = st.builds(
    Question,
    fitting=st.builds(Fitting, scheme=st.sampled_from([load_scheme(name) for name in SCHEMES])),
    free_orders=st.sampled_from([None, "count", "ignore"]),
    new_subscriber=st.sampled_from([None, 10]),
)
DATES = st.tuples(st.integers(0, DAYS - 1), st.integers(1, DAYS)).filter(lambda pair: pair[0] < pair[1])


def moved(
    rows: list[Row],
    people: list[Person],
    question: Question,
    numbers: tuple[int, int],
    by: By = "segment",
    *,
    rescore: bool = False,
) -> tuple[Past, Moves] | None:
    """The moves between two numbered days, None where nobody has bought by the first."""
    dates = [day(number) for number in numbers]
    try:
        past = past_at(shop_of(rows, people), question, dates)
    except InputError:
        return None
    first, last = states_at(past, dates, by, rescore=rescore)
    return past, moves_between(first, last)


@checked
@given(ROWS, PEOPLE, QUESTIONS, DATES)
def test_margins_are_the_segments_at_both_dates_under_one_ruler(
    rows: list[Row], people: list[Person], question: Question, numbers: tuple[int, int]
) -> None:
    if not (found := moved(rows, people, question, numbers)):
        return
    table = matrix_rows(found[1])
    first = score(shop_of(rows, people), replace(question, as_of=day(numbers[0])))
    last = score(shop_of(rows, people), replace(question, as_of=day(numbers[1]), cutoffs=first.cutoffs))
    for side, money, scored in (("from_segment", "revenue_from", first), ("to_segment", "revenue_to", last)):
        sums = table.group_by(side).agg(pl.col("customers").sum(), pl.col(money).sum())
        sums = {name: (count, worth) for name, count, worth in sums.iter_rows()}
        sums.pop(NOT_YET, None)
        expected = segments_view(scored).rows.select("segment", "customers", "revenue")
        assert sums == {name: (count, worth) for name, count, worth in expected.iter_rows()}
    assert table.filter(pl.col("from_segment") == NOT_YET)["customers"].sum() == last.frame.height - first.frame.height


@checked
@given(ROWS, QUESTIONS, DATES)
def test_margins_of_codes_are_the_grid(rows: list[Row], question: Question, numbers: tuple[int, int]) -> None:
    if not (found := moved(rows, [], question, numbers, "rf")):
        return
    sums = matrix_rows(found[1]).group_by("to_segment").agg(pl.col("customers").sum())
    first = score(shop_of(rows), replace(question, as_of=day(numbers[0])))
    last = score(shop_of(rows), replace(question, as_of=day(numbers[1]), cutoffs=first.cutoffs))
    grid = grid_view(last).rows.select(
        name=pl.when(pl.col("r").is_not_null()).then(pl.format("{}{}", "r", "f")).otherwise("segment"),
        customers="customers",
    )
    expected = {name: count for name, count in grid.iter_rows() if count}
    assert {name: count for name, count in sums.iter_rows() if count} == expected


@checked
@given(ROWS, PEOPLE, QUESTIONS, DATES, st.sampled_from(BYS))
def test_flows_directions_and_moves_agree_with_the_matrix(
    rows: list[Row], people: list[Person], question: Question, numbers: tuple[int, int], by: By
) -> None:
    if not (found := moved(rows, people, question, numbers, by)):
        return
    table, flows, listed = matrix_rows(found[1]), flow_rows(found[1]), customer_rows(found[1])
    assert (flows["in"] - flows["out"]).to_list() == flows["net"].to_list()
    assert (flows["customers_to"] - flows["customers_from"]).to_list() == flows["net"].to_list()
    assert flows["revenue_to"].sum() == table["revenue_to"].sum()
    counted = listed.group_by("from_segment", "to_segment").len()
    assert {(a, b): n for a, b, n in counted.iter_rows()} == {
        (a, b): n for a, b, n in table.select("from_segment", "to_segment", "customers").iter_rows() if n
    }
    ways = directions(found[1])
    assert dict(listed["direction"].value_counts().iter_rows()) == {name: n for name, n in asdict(ways).items() if n}
    assert ways.new == table.filter(pl.col("from_segment") == NOT_YET)["customers"].sum()
    shares = table.group_by("from_segment").agg(pl.col("share_of_from").sum(), pl.col("customers").sum())
    for _, share, count in shares.iter_rows():
        assert share == (pytest.approx(1) if count else 0)
    assert listed["customer_id"].to_list() == sorted(listed["customer_id"])
    names = found[1].states.names
    found_most = in_english(matrix_insights(table, names, 1))
    assert set(found_most) <= {"fastest way up", "biggest leak", "most stay in"}


@checked
@given(ROWS, PEOPLE, QUESTIONS, DATES)
def test_money_is_that_of_each_date(
    rows: list[Row], people: list[Person], question: Question, numbers: tuple[int, int]
) -> None:
    if not (found := moved(rows, people, question, numbers)):
        return
    table = matrix_rows(found[1])
    for name, number in zip(("revenue_from", "revenue_to"), numbers, strict=True):
        assert table[name].sum() * 100 == sum(row.cents for row in rows if row.day <= number)


@checked
@given(ROWS, PEOPLE, QUESTIONS, DATES)
def test_rescoring_is_the_cross_table_of_two_scores(
    rows: list[Row], people: list[Person], question: Question, numbers: tuple[int, int]
) -> None:
    if not (found := moved(rows, people, question, numbers, rescore=True)):
        return
    first, last = (score(shop_of(rows, people), replace(question, as_of=day(number))).frame for number in numbers)
    crossed = last.select("customer", after="segment").join(
        first.select("customer", before="segment"), on="customer", how="left"
    )
    counted = crossed.with_columns(pl.col("before").fill_null(NOT_YET)).group_by("before", "after").len()
    expected = {(a, b): n for a, b, n in counted.iter_rows()}
    table = matrix_rows(found[1]).select("from_segment", "to_segment", "customers")
    assert {(a, b): n for a, b, n in table.iter_rows() if n} == expected


@checked
@given(ROWS, PEOPLE, QUESTIONS, DATES, st.integers(5, 30), st.sampled_from(BYS))
def test_every_link_of_a_chain_equals_the_single_run_under_the_same_cutoffs(
    rows: list[Row], people: list[Person], question: Question, numbers: tuple[int, int], step: int, by: By
) -> None:
    dates = chain(day(numbers[0]), day(numbers[1]), Window(days=step))
    shop = shop_of(rows, people)
    try:
        past = past_at(shop, question, dates)
    except InputError:
        return
    links = [moves_between(*pair) for pair in pairwise(states_at(past, dates, by))]
    ruler = replace(question, cutoffs=links[0].states.cutoffs)
    for link, (first, last) in zip(links, pairwise(dates), strict=True):
        single = moves_between(*states_at(past_at(shop, ruler, [first, last]), [first, last], by))
        assert link_rows(link).drop("from_date", "to_date").equals(matrix_rows(single))
        assert link_rows(link)["from_date"].unique().to_list() == [first]
    paths = paths_along(iter(links)).rows
    assert paths["customers"].sum() == links[-1].customers.height
    assert paths["customers_share"].sum() == pytest.approx(1)
    ends = (
        paths.with_columns(end=pl.col("path").str.split(" > ").list.last())
        .group_by("end")
        .agg(pl.col("customers").sum())
    )
    final = matrix_rows(links[-1]).group_by("to_segment").agg(pl.col("customers").sum())
    assert dict(ends.iter_rows()) == {name: count for name, count in final.iter_rows() if count}


def test_a_move_up_is_told_by_rank_and_leaving_no_purchases_is_one() -> None:
    rows = [Row("a", "", 0, 100), *(Row("b", "", number, 100) for number in range(20, 27)), Row("c", "", 30, 1)]
    people = [Person("b", 0), Person("x", 5)]
    found = moved(rows, people, asked(), (10, 30))
    assert found is not None
    listed = {row[0]: row[1:] for row in customer_rows(found[1]).iter_rows()}
    assert listed["b"] == (NO_PURCHASES, "Champions", "up")
    assert listed["x"] == (NO_PURCHASES, NO_PURCHASES, "same")
    assert listed["c"] == (NOT_YET, "New", "new")
    states = found[1].states
    assert state_called(" champions ", states) == 0
    assert state_called("not yet a CUSTOMER", states) is None
    with pytest.raises(KeyError):
        state_called("nobody", states)


def test_orders_without_money_have_moves_and_no_revenue() -> None:
    orders = pl.DataFrame({"customer_id": ["a", "b"], "ordered_at": [day(0), day(5)]})
    from rfm_cli.model import TablePaths
    from rfm_cli.shop import open_shop
    from rfm_cli.tables.options import ReadOptions

    shop = open_shop(TablePaths(orders=(orders,)), ReadOptions())
    dates = [day(0), day(9)]
    table = matrix_rows(moves_between(*states_at(past_at(shop, asked(), dates), dates, "segment")))
    assert table["revenue_to"].null_count() == table.height
    assert table["customers"].sum() == 2
