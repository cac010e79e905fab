"""The requests of a report: its dates, and the reason where one of them cannot be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rfm_cli.cli.report_request import ReportRequest, tried
from rfm_cli.clock import Window
from rfm_cli.errors import UnansweredError, UsageError
from rfm_cli.messages import words
from rfm_cli.model import PastRequest, ScoreRequest
from tests.shops import asked, shop_of

DAY, AGAINST, BEFORE = date(2024, 3, 31), date(2023, 12, 31), date(2023, 9, 30)
SCORE = ScoreRequest(shop_of([]), asked())


def test_the_dates_are_those_since_a_day_ascending() -> None:
    request = ReportRequest(SCORE, DAY, AGAINST, BEFORE)
    assert request.days(date.min) == [BEFORE, AGAINST, DAY]
    assert request.days(AGAINST) == [AGAINST, DAY]
    assert ReportRequest(SCORE, DAY).days(date.min) == [DAY]


def test_a_report_asks_for_three_pasts_and_for_none_without_an_earlier_date() -> None:
    found = ReportRequest(SCORE, DAY, AGAINST, BEFORE).pasts()
    assert [(one.first, one.last) for one in found] == [(BEFORE, DAY), (AGAINST, DAY), (AGAINST, DAY)]
    assert ReportRequest(SCORE, DAY).pasts() == []


def test_under_a_window_the_days_cannot_be_counted() -> None:
    windowed = replace(SCORE, question=replace(asked(), window=Window(days=30)))
    request = ReportRequest(windowed, DAY, AGAINST, BEFORE)
    assert [isinstance(one, PastRequest) for one in request.pasts()] == [True]


def test_a_reason_takes_the_place_of_what_cannot_be_read() -> None:
    def fail(error: UsageError) -> None:
        raise error

    en = words("en")
    assert tried(asked(), lambda: 3) == 3
    unanswered = tried(asked(), lambda: fail(UnansweredError("no days")))
    assert en(unanswered) == "the roll-up has no single days, or not the dates"
    assert en(tried(asked(), lambda: fail(UsageError("too old")))) == "too old"
    windowed = replace(asked(), window=Window(days=30))
    assert en(tried(windowed, lambda: fail(UsageError("too old")))) == "days cannot be counted under a window"
