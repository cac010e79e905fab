"""Scored customers, and a condition that only some of them meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.model.question import Question
from rfm_cli.model.shop import Shop
from rfm_cli.notes import Note
from rfm_cli.schemes import Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.tables.order_model import Facts


@dataclass(frozen=True)
class Scored:
    """Scored customers in no order, and all that was learned on the way.

    `frame`: customer, first_order, last_order, recency_days, frequency, monetary (minor units; absent without
    money), r, f, m, rfm, segment, vip. `facts` are of the order rows.
    """

    frame: pl.DataFrame
    as_of: date | None
    scale: int | None
    scheme: Scheme
    cutoffs: Cutoffs
    facts: Facts
    shop: Shop
    notes: tuple[Note, ...] = ()
    new_subscribers: bool = False
    windowed: bool = False
    where: Where | None = None


# By identity, since two series that are compared by == give a series and no truth.
@dataclass(frozen=True, eq=False)
class Where:
    """A condition that only some of the scored customers meet, and a view shows these alone.

    `text` is the condition as one text, `everybody` are all scored customers, `kept` says for each of them, in the
    order of the frame, whether they are shown, and `undecided` counts those who lack a value that decides.
    """

    text: str
    everybody: Scored
    kept: pl.Series
    undecided: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many customers meet the condition, are undecided, and are there at all."""
        return {"customers": int(self.kept.sum()), "undecided": self.undecided, "of": len(self.kept)}


@dataclass(frozen=True)
class ScoreRequest:
    """A request for the scored customers of a shop at the date of a question."""

    shop: Shop
    question: Question
