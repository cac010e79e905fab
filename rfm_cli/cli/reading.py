"""What has been read: a run by itself reads as it goes; the outputs of a job share one pass over the orders.

A job asks each of its outputs first what it wants (`planning`), reads once as finely as all of them need, and gives
each what it would have read by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from rfm_cli.errors import UnansweredError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.history.past import Past, Wanted
    from rfm_cli.measures.steps import Stretches
    from rfm_cli.model import Question, Scored, Shop, TablePaths
    from rfm_cli.tables.options import ReadOptions


class Planned(BaseException):
    """An output has told what it wants to read."""


class Reading:
    """A run by itself: everything is read when it is asked for."""

    def shop(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """The tables, opened."""
        from rfm_cli.shop import open_shop

        return open_shop(paths, options)

    def scored(self, shop: Shop, question: Question) -> Scored:
        """As `pipeline.score`."""
        from rfm_cli.pipeline import score

        return score(shop, question)

    def past_at(self, shop: Shop, question: Question, dates: Sequence[date]) -> Past:
        """As `history.dated.past_at`."""
        from rfm_cli.history.past import wanted_at

        return self.past(shop, wanted_at(shop, question, dates))

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
        """As `history.dated.daily_past`."""
        from rfm_cli.history.past import wanted_daily

        return self.past(shop, wanted_daily(shop, question, starts, last, ruler=ruler, money=money))

    def watched_past(self, shop: Shop, question: Question, before: date | None, since: date, last: date) -> Past:
        """Read the past that tells who slipped since a day, and on which: steps up to `before` (None: the calendar does
        not go back so far) and `since`, then days."""
        starts = [day for day in (before, since) if day is not None]
        return self.daily_past(shop, question, starts, last, ruler=since)

    def require_sure(self, watched: pl.DataFrame, since: date, last: date) -> None:
        """Nothing, or `UsageError` where what was read cannot tell on which day some of the watched slipped."""

    def past(self, shop: Shop, wanted: Wanted) -> Past:
        """As `history.dated.read_past`."""
        from rfm_cli.history.past import read_past

        return read_past(shop, wanted)


@dataclass
class Pass:
    """What the outputs want of one shop, counted in one way: `scores` and `pasts`; and what the pass has found."""

    shop: Shop
    scores: dict[str, Question] = field(default_factory=dict)
    pasts: dict[str, Wanted] = field(default_factory=dict)
    found: Past | None = None
    stretches: Stretches | None = None


class SharedReading(Reading):
    """The outputs of a job: while it is `planning`, what is asked for is noted, and the output given up."""

    def __init__(self) -> None:
        self.planning = True
        self._shops: dict[str, Shop] = {}
        self._passes: dict[tuple[int, str], Pass] = {}
        self._scored: dict[tuple[int, str], Scored] = {}
        self._pasts: dict[tuple[int, str], Past] = {}

    def shop(self, paths: TablePaths, options: ReadOptions) -> Shop:
        """The tables, which are opened once for all outputs that read them alike."""
        key = repr((paths, options))
        if key not in self._shops:
            self._shops[key] = super().shop(paths, options)
        return self._shops[key]

    def scored(self, shop: Shop, question: Question) -> Scored:
        """Scored customers, from the pass that all outputs share where they lie in it."""
        asked = self._pass(shop, question)
        key = (id(asked), repr(question))
        if self.planning:
            asked.scores[key[1]] = question
            raise Planned
        if key not in self._scored:
            self._scored[key] = self._score(asked, question)
        return self._scored[key]

    def past(self, shop: Shop, wanted: Wanted) -> Past:
        """A past, from the pass that all outputs share where it lies in it."""
        asked = self._pass(shop, wanted.question)
        key = (id(asked), repr(wanted))
        if self.planning:
            asked.pasts[key[1]] = wanted
            raise Planned
        if key not in self._pasts:
            self._pasts[key] = self._told(asked, wanted)
        return self._pasts[key]

    def _pass(self, shop: Shop, question: Question) -> Pass:
        """The pass of a shop as it was opened or as it turned out, for one way of counting."""
        from rfm_cli.pipeline import agreed

        counted = agreed(shop, question)
        way = repr((counted.free_orders or counted.scheme.free_orders, counted.one_a_day))
        known = [*self._shops.values(), *(one.shop for one in self._passes.values())]
        opened = next((one for one in known if _same_tables(one, shop)), shop)
        return self._passes.setdefault((id(opened), way), Pass(opened))

    def _score(self, asked: Pass, question: Question) -> Scored:
        from rfm_cli.history.past import counted_at, wanted_at
        from rfm_cli.pipeline import agreed, scored_customers

        # Without a past to tell, or a date to tell it up to, the pass of a score alone is the faster one.
        if not asked.pasts or question.as_of is None or repr(question) not in asked.scores:
            return super().scored(asked.shop, question)
        past = replace(self._told(asked, wanted_at(asked.shop, question, [question.as_of])), people=None)
        ((_, measured),) = counted_at(past, [question.as_of])
        return scored_customers(measured, past.shop, agreed(asked.shop, question), past.facts, question.as_of)

    def _told(self, asked: Pass, wanted: Wanted) -> Past:
        """What is wanted, of what the pass has found; or from a pass of its own, if nobody foresaw it."""
        from rfm_cli.history.past import past_from, read_past
        from rfm_cli.measures.steps import narrowed

        if asked.found is None:
            self._read(asked)
        assert asked.found is not None
        assert asked.stretches is not None
        if not _holds(asked.stretches, wanted, asked.found.last):
            return read_past(asked.shop, wanted)
        found = narrowed(asked.found.steps, wanted.stretches, wanted.last)
        return past_from(found, asked.found.facts, asked.found.shop, wanted)

    def _read(self, asked: Pass) -> None:
        """Nothing: the orders are read, as finely as all outputs need."""
        from rfm_cli.history.past import Past, read_steps, wanted_at
        from rfm_cli.measures.steps import together
        from rfm_cli.pipeline import agreed, counting_of

        dated = [question for question in asked.scores.values() if question.as_of is not None]
        pasts = [wanted_at(asked.shop, one, [one.as_of]) for one in dated if one.as_of is not None]
        pasts += asked.pasts.values()
        question, last = replace(agreed(asked.shop, pasts[0].question), window=None), max(one.last for one in pasts)
        asked.stretches = together([one.stretches for one in pasts])
        found, facts, shop = read_steps(asked.shop, counting_of(question, last), asked.stretches)
        asked.found = Past(found, last, shop, facts, question)


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


def _same_tables(one: Shop, other: Shop) -> bool:
    """Whether two shops are of the same opened tables: what a pass proves of orders leaves their files as they are."""
    if one.orders is None or other.orders is None:
        return one is other or (
            one.rollup is other.rollup and one.one_row is other.one_row and one.orders is other.orders
        )
    return [file.source.name for file in one.orders.files] == [
        file.source.name for file in other.orders.files
    ] and one.orders.options == other.orders.options


def _holds(found: Stretches, wanted: Wanted, last: date) -> bool:
    """Whether steps in some stretches, up to the day `last`, can be added up to the wanted ones."""
    if wanted.last > last or (wanted.stretches.daily and not found.daily):
        return False
    days_from = (found.ends[-1] if found.ends else date.min) if found.daily else date.max
    if wanted.stretches.daily and (wanted.stretches.ends[-1] if wanted.stretches.ends else date.min) < days_from:
        return False
    return all(end in found.ends or (found.daily and end >= days_from) for end in wanted.stretches.ends)
