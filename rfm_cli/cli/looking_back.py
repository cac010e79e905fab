"""Answers from spells that several commands give: who is slipping since a date, and how fast moves are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.history.moves import StatesAt
from rfm_cli.history.states import By
from rfm_cli.model import Past
from rfm_cli.views import speed as speed_view
from rfm_cli.views import watch as watch_view

if TYPE_CHECKING:
    from rfm_cli.cli.reading import Reading
    from rfm_cli.model import Question, Shop


@dataclass(frozen=True)
class Told:
    """An answer with what it was read from: the rows, the past, the states at its first date, and for speeds the
    stays."""

    rows: pl.DataFrame
    past: Past
    ruler: StatesAt
    stays: pl.DataFrame | None = None


def watch_of(reading: Reading, shop: Shop, question: Question, since: date, last: date) -> Told:
    """VIPs and customers of the best segment at `since` who are below their own rank of then, by the ruler of then."""
    past = reading.past(watch_view.watch_request(shop, question, since, last))
    found = watch_view.watch_list(past, since)
    return Told(found.rows, past, found.then)


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
    past = reading.past(speed_view.speed_request(shop, question, first, last, by))
    found = speed_view.speeds_of(past, first, by, horizons)
    return Told(found.rows, past, found.first, found.stays)
