"""The answers of `rfm select`: the customers, how many they are, each clause, and what changed since a date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rfm_cli.cli.asking import query_of
from rfm_cli.cli.customer_list import say_addresses
from rfm_cli.cli.declare import Pausing
from rfm_cli.cli.teaching import required
from rfm_cli.errors import UsageError
from rfm_cli.notes import note
from rfm_cli.selection.choosing import WHOLE, on_undecided
from rfm_cli.selection.columns import Further, further, further_columns
from rfm_cli.views.select import (
    Chosen,
    Headline,
    Line,
    against_view,
    clauses_view,
    count_view,
    headline_of,
    in_words,
    select_view,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from rich.console import RenderableType

    from rfm_cli.cli.asking import Query
    from rfm_cli.cli.select_options import SelectOptions
    from rfm_cli.cli.session import Session
    from rfm_cli.model import Scored, ScoreRequest
    from rfm_cli.output.look import Look
    from rfm_cli.selection.choosing import Asker
    from rfm_cli.views.view import View

SHOWN = 10
"""The customers that a terminal shows, without `--limit`."""
WHERE_LOST = "no customer is left: --clauses shows where they were lost"


def select_customers(session: Session, expression: str | None, options: SelectOptions) -> Pausing:
    """Answer `rfm select`, with the pause before reading that a job needs."""
    answer = options.answer
    text = required(session, expression)
    rows = next(iter(options.items or ()), None)
    query = query_of(session, text, further(options.with_ or (), rows, options.k))
    columns = query.columns
    request = session.score_request()
    query.check(request.shop)
    if options.against:
        yield from _against(session, query, request, options, columns)
        return
    session.expect(request, query.past(request.shop, request.question))
    yield
    scored = session.score(request)
    asker = query.asker(scored)
    lines: list[Line] = []
    if answer == "clauses":
        chosen, lines = asker.clauses(query.whole)
    else:
        chosen = asker.chosen({WHOLE: query.whole})[WHOLE]
    found = _headline(session, asker, chosen, needed=answer == "count")
    if answer != "undecided":
        session.narrator.say(on_undecided(chosen, "selected", "--undecided lists them"))
    session.narrator.check_strict()
    if answer == "count":
        _deliver_count(session, scored, chosen, found)
    elif answer == "clauses":
        _deliver_clauses(session, scored, chosen, found, lines)
    else:
        if not query.asks_reach():
            say_addresses(session, scored, columns.names())
        _deliver_customers(session, asker, chosen, found, options, columns)


def _deliver_count(session: Session, scored: Scored, chosen: Chosen, found: Headline) -> None:
    """Write how many the customers are."""
    from rfm_cli.output.screens.select import count_screen

    view = count_view(scored, chosen, found)
    session.deliver(view, lambda look: count_screen(scored, view.rows, chosen.text, look=look), scored)


def _deliver_clauses(session: Session, scored: Scored, chosen: Chosen, found: Headline, lines: Sequence[Line]) -> None:
    """Write how many customers meet each clause."""
    from rfm_cli.output.screens.select import clauses_screen

    view = clauses_view(scored, chosen, found, lines)
    session.deliver(view, lambda look: clauses_screen(scored, view.rows, found, look=look), scored)


def _deliver_customers(
    session: Session, asker: Asker, chosen: Chosen, found: Headline, options: SelectOptions, columns: Further
) -> None:
    """Write the customers, or the undecided ones."""
    extra = further_columns(asker, columns)
    session.narrator.check_strict()
    scored = asker.scored
    view = select_view(scored, chosen, found, extra, undecided=bool(options.undecided))
    if not view.rows.height and not options.undecided:
        session.narrator.say([note(WHERE_LOST)])

    def screen(look: Look) -> Sequence[RenderableType]:
        from rfm_cli.output.screens.select import select_screen

        return select_screen(scored, view.rows, chosen.text, found, look=look, limit=options.limit or SHOWN)

    session.deliver(view, screen, scored)


def _headline(session: Session, asker: Asker, chosen: Chosen, *, needed: bool) -> Headline:
    """Return the figures of the answer, and print them where no screen shows them.

    A quiet run whose file has no place for them does not look who is reachable, unless they are `needed`.
    """
    seen = not session.narrator.is_quiet or session.format in ("json", "table", "parquet")
    found = headline_of(asker.scored, chosen, asker.reached() if seen or needed else None)
    if session.format != "table":
        session.narrator.say([note(in_words(asker.scored, chosen, found))])
    return found


def _against(
    session: Session, query: Query, request: ScoreRequest, options: SelectOptions, columns: Further
) -> Pausing:
    """Write who entered, stayed and left since an earlier date, by the cutoffs of that date."""
    from rfm_cli.cli.dates import by_cutoffs_of, dated, day_of
    from rfm_cli.output.screens.select import changes_screen

    shop = request.shop
    if shop.orders is None:
        raise UsageError("--against needs orders", f"{shop.source.kind} has no single orders of other dates")
    request = dated(session, request)
    last, day = request.question.as_of, day_of(session, shop, "--against", options.against)
    if day is None or last is None or day >= last:
        raise UsageError(f"--against {day or options.against} is not before {last}", "give an earlier --against")
    earlier = replace(request, question=replace(request.question, as_of=day))
    session.narrator.say([by_cutoffs_of(day)])
    session.expect(request, earlier)
    yield
    then = session.reader.score(earlier)
    now = session.score(replace(request, question=replace(request.question, cutoffs=then.cutoffs)))
    dates = [_at(session, query, one, columns) for one in (now, then)]
    session.narrator.check_strict()
    view = against_view(dates[0], dates[1])
    _say_changes(session, view, day)
    session.deliver(
        view,
        lambda look: changes_screen(now, view, day, look=look, limit=options.limit or SHOWN),
        now,
        cutoffs_from=day,
    )


def _at(session: Session, query: Query, scored: Scored, columns: Further) -> tuple[Scored, Chosen, pl.DataFrame | None]:
    """Return the scored customers of a date with the chosen of them and the further columns."""
    asker = query.asker(scored)
    chosen = asker.chosen({WHOLE: query.whole})[WHOLE]
    session.narrator.say(on_undecided(chosen, f"selected on {scored.as_of}", ""))
    return scored, chosen, further_columns(asker, columns)


def _say_changes(session: Session, view: View, day: object) -> None:
    """Print how many entered, stayed and left where no screen shows it."""
    if session.format != "table":
        counts = ", ".join(f"{view.meta[name]:,} {name}" for name in ("entered", "stayed", "left"))
        session.narrator.say([note(f"{view.meta['expression']}: {counts} since {day}")])
