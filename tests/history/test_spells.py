"""Spells equal a simulation of every day, and a look-up in them equals scoring at any date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.history.requests import daily_past, measured_at, past_at
from rfm_cli.history.spells import spells, waits
from rfm_cli.history.states import BYS, By, States, states_at, states_by
from rfm_cli.model import Question, Shop
from rfm_cli.pipeline import cutoffs_at, score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from tests.shops import DAYS, PEOPLE, ROWS, Person, Row, day, shop_of, simulated, state_by_hand

SCHEMES = ["rf12", "rfm11", "klaviyo6", "r-rfm"]
checked = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
QUESTIONS = st.builds(
    Question,
    fitting=st.builds(Fitting, scheme=st.sampled_from([load_scheme(name) for name in SCHEMES])),
    one_a_day=st.booleans(),
    free_orders=st.sampled_from(["count", "ignore"]),
    new_subscriber=st.sampled_from([None, 7, 30]),
)


def ruler(rows: list[Row], people: list[Person], question: Question, by: By) -> States:
    """The states under the cutoffs of the last day."""
    scored = score(shop_of(rows, people), replace(question, as_of=day(DAYS)))
    return states_by(by, question.scheme, scored.cutoffs, question.new_subscriber)


def look_up(found: pl.DataFrame, customer: str, when: date) -> int | None:
    own = found.filter(
        pl.col("customer") == customer,
        pl.col("entered") <= when,
        pl.col("left").is_null() | (pl.col("left") > when),
    )
    assert own.height <= 1
    return own["state"][0] if own.height else None


@checked
@given(ROWS, PEOPLE, QUESTIONS, st.sampled_from(BYS))
def test_spells_equal_a_simulation_of_every_day(
    rows: list[Row], people: list[Person], question: Question, by: By
) -> None:
    states = ruler(rows, people, question, by)
    past = daily_past(shop_of(rows, people), question, [], day(DAYS))
    found = spells(past, states)
    axes = tuple(question.scheme.axes) if by == "segment" else tuple(by)
    free, one_a_day = question.free_orders == "count", question.one_a_day
    for customer in {row.customer for row in rows} | {person.customer for person in people}:
        daily = simulated(rows, people, customer, free=free, one_a_day=one_a_day)
        names = [state_by_hand(state, states, question.scheme.segment_by_cell(), axes) for _, state in daily]
        days = [when for when, _ in simulated(rows, people, customer, free=free, one_a_day=one_a_day)]
        numbers = [look_up(found, customer, day(when)) for when in days]
        assert [states.names[number] if number is not None else None for number in numbers] == names
        if days and days[0]:
            assert look_up(found, customer, day(days[0] - 1)) is None
    follows = found.with_columns(
        then=pl.col("entered").shift(-1).over("customer"), later=pl.col("state").shift(-1).over("customer")
    )
    assert follows["then"].equals(follows["left"].alias("then"))
    assert follows["later"].equals(follows["next"].alias("later"))
    assert follows.filter(pl.col("state") == pl.col("next")).is_empty()
    assert all(when is None or when <= day(DAYS) for name in ("entered", "left") for when in found[name])
    assert found.filter(pl.col("left").is_null())["customer"].is_unique().all()


@checked
@given(ROWS, PEOPLE, QUESTIONS, st.sampled_from(BYS), st.integers(0, DAYS - 1))
def test_a_collapsed_beginning_changes_no_spell_that_is_entered_later(
    rows: list[Row], people: list[Person], question: Question, by: By, start: int
) -> None:
    states = ruler(rows, people, question, by)
    whole = spells(daily_past(shop_of(rows, people), question, [], day(DAYS)), states)
    try:
        short = spells(daily_past(shop_of(rows, people), question, [day(start)], day(DAYS)), states)
    except InputError:
        return  # nobody has bought by then, as where free orders are ignored
    after = pl.col("entered") > day(start)
    key = ["customer", "entered"]
    assert short.filter(after).sort(key).equals(whole.filter(after).sort(key))
    at_start = pl.col("entered") <= day(start), pl.col("left").is_null() | (pl.col("left") > day(start))
    columns = ["customer", "state", "left", "next"]
    assert (
        short.filter(at_start).select(columns).sort(key[0]).equals(whole.filter(at_start).select(columns).sort(key[0]))
    )


@checked
@given(ROWS, PEOPLE, QUESTIONS, st.lists(st.integers(0, DAYS), min_size=1, max_size=4, unique=True))
def test_measures_at_dates_equal_single_scores(
    rows: list[Row], people: list[Person], question: Question, numbers: list[int]
) -> None:
    dates = sorted(day(number) for number in numbers)
    try:
        past = past_at(shop_of(rows, people), question, dates)
    except InputError:
        return
    for when, measured in measured_at(past, dates):
        single = score(shop_of(rows, people), replace(question, as_of=when))
        columns = ["customer", "first_order", "last_order", "recency_days", "frequency", "monetary"]
        assert measured.select(columns).sort("customer").equals(single.frame.select(columns).sort("customer"))


@checked
@given(ROWS, QUESTIONS, st.sampled_from(["10d", "1mo"]), st.integers(0, DAYS), st.integers(0, DAYS))
def test_windows_too(rows: list[Row], question: Question, length: str, one: int, other: int) -> None:
    from rfm_cli.clock import parse_window

    asked = replace(question, window=parse_window(length))
    dates = sorted({day(one), day(other)})
    try:
        past = past_at(shop_of(rows), asked, dates)
    except InputError:
        return
    for when, measured in measured_at(past, dates):
        single = score(shop_of(rows), replace(asked, as_of=when))
        columns = ["customer", "last_order", "recency_days", "frequency", "monetary"]
        assert measured.select(columns).sort("customer").equals(single.frame.select(columns).sort("customer"))


@checked
@given(ROWS, PEOPLE, QUESTIONS, st.sampled_from(BYS), st.integers(0, DAYS), st.booleans())
def test_where_customers_stand_is_what_score_says(
    rows: list[Row], people: list[Person], question: Question, by: By, number: int, rescore: bool
) -> None:
    dates = sorted({day(number), day(DAYS)})
    try:
        past = past_at(shop_of(rows, people), question, dates)
    except InputError:
        return
    cutoffs = None
    for stand in states_at(past, dates, by, rescore=rescore):
        asked = replace(question, as_of=stand.day, cutoffs=None if rescore else cutoffs)
        single = score(shop_of(rows, people), asked)
        cutoffs = cutoffs or single.cutoffs
        assert stand.states.cutoffs == single.cutoffs
        named = {
            "segment": pl.col("segment"),
            "rf": pl.col("rfm").str.slice(0, 2),
            "vip": pl.when("vip").then(pl.lit("VIP")).otherwise(pl.lit("Not VIP")),
        }.get(by, pl.col(by).cast(pl.String) if by in "rfm" else pl.lit(""))
        bought = pl.col("recency_days").is_not_null()
        told = single.frame.select("customer", name=pl.when(bought).then(named).otherwise("segment")).sort("customer")
        here = stand.customers.sort("customer")
        assert [stand.states.names[state] for state in here["state"]] == told["name"].to_list()
        assert here["customer"].to_list() == told["customer"].to_list()


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_waits_are_the_moves_of_those_who_never_buy_again(scheme: str, by: By) -> None:
    """Customers of every frequency and amount who buy on one day, and are watched until nothing more happens."""
    question = Question(Fitting(load_scheme(scheme)), as_of=day(DAYS))
    rows = [
        Row(f"{n}x{cents}", f"{n}x{cents}x{k}", 0, cents)
        for n in range(1, 9)
        for cents in (1, 50, 900)
        for k in range(n)
    ]
    spread = [Row(f"s{number}", "", number, 100) for number in range(DAYS)]
    states = states_by(by, question.scheme, score(shop_of([*rows, *spread]), question).cutoffs)
    found = spells(daily_past(shop_of(rows), question, [], day(600)), states).drop_nulls("left")
    days = (pl.col("left") - pl.col("entered")).dt.total_days().cast(pl.Int32)
    made = found.select("state", "next", days=days).unique().sort("state", "next", "days")
    known = {*waits(states).rows()}
    assert set(made.rows()) <= known
    if "m" not in states.axes:
        assert set(made.rows()) == known


def test_spells_need_orders_and_all_of_history() -> None:
    from rfm_cli.clock import parse_window

    shop = shop_of([Row("a", "", 0, 100)])
    question = Question(Fitting(load_scheme("rf12")))
    with pytest.raises(UsageError, match="spells are of all of history"):
        daily_past(shop, replace(question, window=parse_window("30d")), [], day(5))
    with pytest.raises(UsageError, match="moves need orders"):
        daily_past(Shop(), question, [], day(5))


def test_nested_cutoffs_move_customers_too() -> None:
    rows = [Row(f"c{number}", "", number % 30, 100 * number) for number in range(40)]
    rows += [Row(f"c{number}", "", 30 + number % 20, 50) for number in range(0, 40, 3)]
    question = Question(Fitting(load_scheme("rfm11"), nested=True), as_of=day(DAYS))
    scored = score(shop_of(rows), question)
    states = states_by("segment", question.scheme, scored.cutoffs)
    found = spells(daily_past(shop_of(rows), question, [], day(DAYS)), states)
    for number in (15, 31, 45, DAYS):
        at = score(shop_of(rows), replace(question, as_of=day(number), cutoffs=scored.cutoffs)).frame
        for customer, segment in at.select("customer", "segment").iter_rows():
            state = look_up(found, customer, day(number))
            assert state is not None
            assert states.names[state] == segment


def test_cutoffs_come_from_the_first_date() -> None:
    rows = [Row(f"c{number}", "", number, 100) for number in range(30)]
    shop, question = shop_of(rows), Question(Fitting(load_scheme("rf12")))
    past = past_at(shop, question, [day(20), day(40)])
    ((_, first), _) = measured_at(past, [day(20), day(40)])
    expected, _ = cutoffs_at(first, question, 2)
    one, two = states_at(past, [day(20), day(40)], "segment")
    assert one.states.cutoffs == two.states.cutoffs
    assert one.states.cutoffs.axes == expected.axes
