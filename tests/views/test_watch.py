"""The watch-list: customers who slipped, against their scores of each single day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.history.requests import daily_past, past_at
from rfm_cli.history.spells import spells
from rfm_cli.history.states import states_at
from rfm_cli.scores.cutoffs import with_vip
from rfm_cli.views.watch import watch_rows, watched
from tests.shops import DAYS, PEOPLE, ROWS, Person, Row, asked, day, shop_of


@settings(max_examples=20)
@given(ROWS, PEOPLE, st.sampled_from(["rf12", "rfm11"]), st.integers(0, DAYS - 1))
def test_the_watch_list_is_what_daily_scores_show(
    rows: list[Row], people: list[Person], scheme: str, since: int
) -> None:
    question = asked(scheme)
    try:
        past = daily_past(shop_of(rows, people), question, [day(since)], day(DAYS), bought_by=day(since))
    except InputError:
        return
    (then,) = states_at(past, [day(since)], "segment")
    ruler = replace(question, cutoffs=then.states.cutoffs)
    marked = with_vip(then.customers, then.states.cutoffs)
    found = watched(marked, spells(past, then.states), best=0)
    dates = [day(number) for number in range(since, DAYS + 1)]
    daily: dict[str, list[int]] = {}
    for stand in states_at(past_at(shop_of(rows, people), ruler, dates), dates, "segment"):
        for customer, state in stand.customers.select("customer", "state").iter_rows():
            daily.setdefault(customer, []).append(state)
    expected = {}
    for customer, vip, rank in marked.select("customer", "vip", "state").iter_rows():
        states = daily[customer]
        if (vip or rank == 0) and states[-1] > rank:
            run = next(length for length in range(len(states)) if states[-1 - length] <= rank)
            expected[customer] = day(DAYS) - timedelta(days=run - 1)
    assert dict(found.select("customer", "slipped_on").iter_rows()) == expected
    listed = watch_rows(found, past.steps.filter(pl.col("step") == day(since)), then.states, day(DAYS), past.shop.scale)
    assert sorted(listed["customer_id"]) == sorted(expected)
    assert listed["at_stake"].to_list() == sorted(listed["at_stake"], reverse=True)
