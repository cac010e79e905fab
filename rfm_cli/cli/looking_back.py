"""Answers from spells that several commands give: who is slipping since a date, and how fast moves are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.history.moves import Stand, stands
from rfm_cli.history.past import Past
from rfm_cli.history.spells import spells, stays
from rfm_cli.history.states import By, told_by_money
from rfm_cli.scores.apply import with_vip
from rfm_cli.views import speed as speed_view
from rfm_cli.views import watch as watch_view

if TYPE_CHECKING:
    from rfm_cli.cli.reading import Reading
    from rfm_cli.model import Question, Shop


@dataclass(frozen=True)
class Told:
    """An answer with what it was read from: the rows, the past, where everybody stood at its ruler's date, and for
    speeds the stays."""

    rows: pl.DataFrame
    past: Past
    ruler: Stand
    stays: pl.DataFrame | None = None


def watch_of(reading: Reading, shop: Shop, question: Question, since: date, last: date) -> Told:
    """VIPs and customers of the best segment at `since` who are below their own rank of then, by the ruler of then."""
    before = days_before(since, watch_view.STAKE_DAYS)
    past = reading.watched_past(shop, question, before, since, last)
    (then,) = stands(past, [since], "segment")
    marked = with_vip(then.customers, then.states.cutoffs)
    found = watch_view.watched(marked, spells(past, then.states), best=0)
    reading.require_sure(found, since, last)
    stake = past.steps.filter(pl.col("step") == since)
    return Told(watch_view.watch_rows(found, stake, then.states, last, past.shop.scale), past, then)


def speed_of(
    reading: Reading,
    shop: Shop,
    question: Question,
    between: tuple[date, date],
    by: By = "segment",
    horizons: Sequence[int] = speed_view.HORIZONS,
) -> Told:
    """How fast each move is made, from the spells entered between two dates, by the ruler of the first."""
    first, last = between
    # The cutoffs are of that day, and may need its money.
    starts = [day for day in (days_before(first, 1), first) if day is not None]
    money = told_by_money(by, question.scheme)
    past = reading.daily_past(shop, question, starts, last, ruler=first, money=money)
    (ruler,) = stands(past, [first], by)
    found = stays(past, ruler.states, first)
    return Told(speed_view.speed_rows(found, ruler.states, horizons), past, ruler, found)
