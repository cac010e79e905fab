"""What has been read: a run by itself reads as it goes; the outputs of a job share one pass over the orders.

A job asks each of its outputs first what it wants (`planning`), reads once as finely as all of them need, and gives
each what it would have read by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from rfm_cli.errors import UnansweredError, UsageError

if TYPE_CHECKING:
    from rfm_cli.history.requests import Reader
    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop, TablePaths
    from rfm_cli.tables.options import ReadOptions


class Planned(BaseException):
    """An output has told what it wants to read."""


class Reading:
    """A run by itself: everything is read when it is asked for."""

    def __init__(self) -> None:
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """What answers the requests."""
        if self._reader is None:
            from rfm_cli.history.requests import Reader

            self._reader = Reader()
        return self._reader

    def shop(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """The tables, opened."""
        return self.reader.open(paths, options)

    def scored(self, shop: Shop, question: Question) -> Scored:
        """As `pipeline.score`."""
        from rfm_cli.model import ScoreRequest

        return self.reader.score(ScoreRequest(shop, question))

    def past_at(self, shop: Shop, question: Question, dates: Sequence[date]) -> Past:
        """As `history.past.past_at`."""
        from rfm_cli.history.past import request_at

        return self.past(request_at(shop, question, dates))

    def daily_past(
        self,
        shop: Shop,
        question: Question,
        starts: Sequence[date],
        last: date,
        *,
        ruler: date | None = None,
        money: bool = True,
    ) -> Past:
        """As `history.past.daily_past`."""
        from rfm_cli.history.past import daily_request

        return self.past(daily_request(shop, question, starts, last, ruler=ruler, money=money))

    def past(self, request: PastRequest) -> Past:
        """As `history.past.read_past`."""
        return self.reader.past(request)


class SharedReading(Reading):
    """The outputs of a job: while it is `planning`, what is asked for is noted, and the output given up."""

    def __init__(self) -> None:
        super().__init__()
        self.planning = True

    def scored(self, shop: Shop, question: Question) -> Scored:
        """Scored customers, from the pass that all outputs share where they lie in it."""
        from rfm_cli.model import ScoreRequest

        if self.planning:
            self.reader.expect([ScoreRequest(shop, question)])
            raise Planned
        return super().scored(shop, question)

    def past(self, request: PastRequest) -> Past:
        """A past, from the pass that all outputs share where it lies in it."""
        if self.planning:
            self.reader.expect([request])
            raise Planned
        return super().past(request)


def shared(reading: Reading, wishes: Sequence[Callable[[Reading], object]]) -> Reading:
    """A reading that answers all the wishes of one output from one pass: that of its job, or one of its own.

    While the job is planning, `Planned` is raised when all wishes are known. A wish that makes no sense, or that
    what is read cannot answer, is no wish: whoever asks for it in earnest hears of it.
    """
    if isinstance(reading, SharedReading) and not reading.planning:
        return reading
    asked = reading if isinstance(reading, SharedReading) else SharedReading()
    for wish in wishes:
        with suppress(Planned, UsageError, UnansweredError):
            wish(asked)
    if asked is reading:
        raise Planned
    asked.planning = False
    return asked
