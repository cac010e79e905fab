"""Segments by an attribute, or beside those of another date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rfm_cli.cli.dates import day_of, last_day
from rfm_cli.cli.settings import engagement_of, question_of
from rfm_cli.errors import UsageError
from rfm_cli.views.axes import Asking, axis_of
from rfm_cli.views.segments import against_view, segments_view

if TYPE_CHECKING:
    from rfm_cli.cli.session import Run
    from rfm_cli.model import Scored
    from rfm_cli.views.view import View


def segments_of(run: Run, result: Scored, by: str | None, against: str | None, *, next_steps: bool) -> View:
    """The segments, of each value of an axis or beside those of another date where these were asked for."""
    if against:
        return against_view(result, _other(run, result, against), next_steps=next_steps)
    axis = None
    if by:
        days, events = engagement_of(run.settings, result.as_of)
        axis = axis_of(result, by, Asking(engagement_days=days, engagement_events=events))
    return segments_view(result, axis, next_steps=next_steps)


def _other(run: Run, result: Scored, against: str) -> Scored:
    """The same shop at the other date, scored by the cutoffs of the first."""
    shop = result.shop
    if not shop.has_history:
        raise UsageError("--against needs orders", "a file of one row a customer has no history")
    day = day_of(run, shop, "--against", against) or last_day(run, shop)
    if day == result.as_of:
        raise UsageError(f"--against {day}: that is the date of the answer", "give another date")
    question = question_of(run.settings, shop)
    return run.reading.scored(shop, replace(question, as_of=day, cutoffs=result.cutoffs))
