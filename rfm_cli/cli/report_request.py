"""What `rfm report` is asked for: its dates, and the requests for the past that it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from rfm_cli.errors import UnansweredError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from rfm_cli.cli.session import Session
    from rfm_cli.messages import Message
    from rfm_cli.model import PastRequest, Question, ScoreRequest, Shop

T = TypeVar("T")


@dataclass(frozen=True)
class ReportRequest:
    """The requests and the dates of a report.

    `day` is None for a file of one row per customer without dates, which has no `against`. `before` is as long before
    `against` as that is before the day.
    """

    score: ScoreRequest
    day: date | None = None
    against: date | None = None
    before: date | None = None

    def days(self, since: date) -> list[date]:
        """Return the dates of the report that are not before a day, ascending."""
        return [day for day in (self.before, self.against, self.day) if day is not None and day >= since]

    def past(self, since: date) -> PastRequest | Message:
        """Return the request for the past at the dates, or why there is none."""
        from rfm_cli.history.requests import request_at

        shop, question = self.score.shop, self.score.question
        return tried(question, lambda: request_at(shop, question, self.days(since)))

    def between(self, build: Callable[[Shop, Question, date, date], PastRequest]) -> PastRequest | Message:
        """Return the request that is built for the past between both dates, or why there is none."""
        shop, question, first, last = self.score.shop, self.score.question, self.against, self.day
        assert first is not None
        assert last is not None
        return tried(question, lambda: build(shop, question, first, last))

    def pasts(self) -> list[PastRequest]:
        """Return all requests for the past that can be made."""
        from datetime import date

        from rfm_cli.model import PastRequest
        from rfm_cli.views.speed import speed_request
        from rfm_cli.views.watch import watch_request

        if self.against is None:
            return []
        found = (self.past(date.min), self.between(speed_request), self.between(watch_request))
        return [one for one in found if isinstance(one, PastRequest)]


def report_request(session: Session, text: str | None) -> ReportRequest:
    """Return the request, `text` being the date of `--against`; `UsageError` if the dates make no sense."""
    from rfm_cli.cli.dates import QUARTER, day_of, last_day
    from rfm_cli.clock import Window, days_before, stepped

    score = session.score_request()
    shop, question = score.shop, score.question
    if not shop.has_history:
        if text:
            raise UsageError("--against needs orders", "a file of one row per customer has no history")
        return ReportRequest(score, question.as_of)
    day = question.as_of or last_day(session, shop)
    quarter = Window(months=QUARTER)
    against = day_of(session, shop, "--against", text) or stepped(day, quarter, -1)
    if against >= day:
        raise UsageError(f"--against {against} is not before {day}", "give an earlier --against or a later --as-of")
    before = days_before(against, (day - against).days) if text else stepped(against, quarter, -1)
    score = replace(score, question=replace(question, as_of=day))
    return ReportRequest(score, day, against, before if before != against else None)


def tried(question: Question, read: Callable[[], T]) -> T | Message:
    """Return what is read, or why it cannot be: a window, a roll-up of months, a date that a roll-up cannot answer."""
    from rfm_cli.messages import message

    try:
        return read()
    except UnansweredError:
        return message("the roll-up has no single days, or not the dates")
    except UsageError as error:
        if question.window:
            return message("days cannot be counted under a window")
        return message("{reason}", reason=error.message)
