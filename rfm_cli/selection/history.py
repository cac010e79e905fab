"""Since when each customer is in the segment, and which one was before it: from the spells up to the date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError
from rfm_cli.history.requests import daily_request
from rfm_cli.history.spells import spells
from rfm_cli.history.states import money_decides, states_by
from rfm_cli.views.score import history_columns

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.model import Past, PastRequest, Question, Scored, Shop

OF_SPELLS = ("segmentsince", "previoussegment")
"""Folded names of what only spells tell."""


def history_request(shop: Shop, question: Question, option: str = "--history") -> PastRequest:
    """Return the request for the spells of customers up to the date of the question; `option` is what wants them."""
    if not shop.has_history or question.as_of is None:
        raise UsageError(f"{option} needs orders", "a file of one row per customer has no history")
    money = money_decides("segment", question.scheme)
    return daily_request(shop, question, [], question.as_of, money=money, option=option)


def history_of(scored: Scored, past: Past) -> pl.DataFrame:
    """Return segment_since and previous_segment by customer_id, from the spells under the cutoffs of the scores."""
    states = states_by("segment", scored.scheme, scored.cutoffs, past.question.new_subscriber)
    return history_columns(spells(past, states), states)
