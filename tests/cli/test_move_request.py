"""What `rfm migrate` is asked for: its dates, where its cutoffs come from, and how far into the past it looks."""

from __future__ import annotations

from datetime import date

import pytest

from rfm_cli.cli.move_request import MoveRequest
from rfm_cli.cli.option_groups import ListOptions, MoveOptions
from rfm_cli.cli.where import Everybody
from rfm_cli.measures.steps import Stretches
from tests.shops import asked, shop_of

FIRST, LAST = date(2024, 1, 31), date(2024, 3, 31)


def requested(options: MoveOptions) -> MoveRequest:
    return MoveRequest(options, ListOptions(), FIRST, LAST, options.kind, Everybody())


@pytest.mark.parametrize(
    ("options", "dates"),
    [
        (MoveOptions(), [FIRST, LAST]),
        (MoveOptions(paths=True), [FIRST, date(2024, 2, 29), LAST]),
        (MoveOptions(every="month"), [FIRST, date(2024, 2, 29), LAST]),
        (MoveOptions(every="30d", paths=True), [FIRST, date(2024, 3, 1), LAST]),
    ],
)
def test_the_dates_are_two_or_a_chain(options: MoveOptions, dates: list[date]) -> None:
    assert requested(options).dates() == dates


def test_the_cutoffs_are_those_of_the_first_date_unless_customers_are_scored_anew() -> None:
    assert requested(MoveOptions()).cutoffs_from == FIRST
    assert requested(MoveOptions(rescore=True)).cutoffs_from == LAST


def test_speed_counts_every_day_and_moves_the_dates_alone() -> None:
    moves = requested(MoveOptions(by="f")).past(shop_of([]), asked())
    assert (moves.first, moves.last, moves.stretches) == (FIRST, LAST, Stretches((FIRST, LAST)))
    speed = requested(MoveOptions(by="f", speed=True)).past(shop_of([]), asked())
    assert (speed.first, speed.last) == (FIRST, LAST)
    assert speed.stretches == Stretches((date(2024, 1, 30), FIRST), daily=True, money=False)
