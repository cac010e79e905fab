"""What commands that look back need: their dates, the past between them, and the remarks on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from rfm_cli.clock import Window, stepped
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    from rfm_cli.cli.session import Session
    from rfm_cli.history.states import StatesAt
    from rfm_cli.model import Past, Scored, ScoreRequest, Shop
    from rfm_cli.notes import Note

QUARTER = 3
"""The months before its end at which a migration begins, without `--from`."""


def day_of(session: Session, shop: Shop, flag: str, text: str | None) -> date | None:
    """Return the day that a date of the command line means; None for the last day of the orders, or without a date."""
    from zoneinfo import ZoneInfo

    from rfm_cli.cli.settings import time_zone
    from rfm_cli.clock import parse_as_of

    if text is None:
        return None
    clock = text.strip().casefold() in ("today", "yesterday")
    return parse_as_of(text, datetime.now(ZoneInfo(time_zone(session.settings, shop))).date() if clock else None, flag)


def two_dates(session: Session, shop: Shop, begin: str | None, end: str | None) -> tuple[date, date]:
    """Return the dates of `--from` and `--to`: without them a quarter before the end, and the last day of the orders.

    Raises `UsageError` if the first is not before the second.
    """
    from rfm_cli.notes import note

    last = day_of(session, shop, "--to", end or session.settings.text("as_of")) or last_day(session, shop)
    first = day_of(session, shop, "--from", begin) or _quarter_before(last, shop)
    if first >= last:
        raise UsageError(f"--from {first} is not before --to {last}", "give an earlier --from or a later --to")
    if not begin or not end:
        session.narrator.say([note(f"from {first} to {last} (--from, --to)")])
    return first, last


def by_cutoffs_of(day: date) -> Note:
    """Return the remark that one ruler measures two dates, so that a new cutoff moves no customer."""
    from rfm_cli.notes import note

    return note(f"scores of both dates are by the cutoffs of {day}")


def _quarter_before(last: date, shop: Shop) -> date:
    """Return a quarter earlier; in a store the newest snapshot that is not younger, else the oldest."""
    day = stepped(last, Window(months=QUARTER), -1)
    days = shop.source.days
    return max((one for one in days if one <= day), default=days[0]) if days else day


def last_day(session: Session, shop: Shop) -> date:
    """Return the day of the last accepted order row, found in a pass of its own, or of the newest snapshot of a store.

    Prints a warning if a few rows lie long after all others.
    """
    if shop.source.days:
        return shop.source.days[-1]
    from rfm_cli.plausibility.rows import on_stray_end
    from rfm_cli.tables.orders import require_rows

    source, facts = shop.source.read()
    require_rows(facts, source)
    assert facts.last_day is not None
    session.narrator.say(on_stray_end(replace(shop, source=source), facts.last_day))
    return facts.last_day


def dated(session: Session, request: ScoreRequest) -> ScoreRequest:
    """Return a request with its as-of date, which is the last day of the orders if none is given."""
    shop, question = request.shop, request.question
    if question.as_of is not None or not shop.has_history:
        return request
    return replace(request, question=replace(question, as_of=last_day(session, shop)))


def remark_on_past(session: Session, past: Past, states: Sequence[StatesAt]) -> Scored:
    """Print the remarks on a whole past, and hold the run to `--strict`.

    `states` are those of its dates. Returns the customers of the last of them, with VIP marks and without scores.
    """
    from rfm_cli.history.states import remarks_on_past, scored_at, unscored_at
    from rfm_cli.views.cutoffs import explained

    session.narrator.say(remarks_on_past(past, states))
    if session.explain:
        session.narrator.say(explained(scored_at(states[0], past)))
    session.narrator.check_strict()
    return unscored_at(states[-1], past)
