"""Engagement as the settings count it, with the warnings on events that do not engage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.cli.question import engagement_settings

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored

OF_EVENTS = ("engagement", "last_event")


def engagement_of(session: Session, scored: Scored, asked: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Return the days over which engagement is counted, and the names and kinds of events that count.

    Where one of the names that are `asked` for needs events, warnings about them are printed, and the run is held to
    `--strict`.
    """
    days, events = engagement_settings(session.settings, scored.as_of)
    if scored.shop.events is not None and any(name in OF_EVENTS for name in asked):
        from rfm_cli.plausibility.events import on_engagement

        session.narrator.say(on_engagement(scored.shop.events, events))
        session.narrator.check_strict()
    return days, events
