"""What commands that look back need: two dates, the past between them, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from rfm_cli.clock import Window, stepped
from rfm_cli.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.cli.session import Run
    from rfm_cli.history.moves import StatesAt
    from rfm_cli.model import Past, Question, Scored, Shop

QUARTER = 3
"""Without --from a migration begins so many months before its end."""


def asked_shop(run: Run) -> tuple[Shop, Question]:
    """The opened shop and the question, which makes sense; its date is left to the caller."""
    from rfm_cli.cli.session import shop_of
    from rfm_cli.cli.settings import check_question, question_of

    if run.snapshots:
        from rfm_cli.cli import stored

        stored.check(run)
        return shop_of(run), run.snapshots.question()
    check_question(run.settings)
    shop = shop_of(run)
    if not shop.has_history:
        raise UsageError("moves need orders", "a file of one row a customer has no history")
    return shop, question_of(run.settings, shop)


def day_of(run: Run, shop: Shop, flag: str, text: str | None) -> date | None:
    """The day that a date of the command line means; None for the last day of the orders, or where none is given."""
    from zoneinfo import ZoneInfo

    from rfm_cli.cli.settings import zone
    from rfm_cli.clock import parse_as_of

    if text is None:
        return None
    clock = text.strip().casefold() in ("today", "yesterday")
    return parse_as_of(text, datetime.now(ZoneInfo(zone(run.settings, shop))).date() if clock else None, flag)


def two_dates(run: Run, shop: Shop, begin: str | None, end: str | None) -> tuple[date, date]:
    """The dates of `--from` and `--to`, in this order; a quarter before the end, and the last day of the orders.

    `UsageError` where the first is not before the second.
    """
    from rfm_cli.notes import note

    last = day_of(run, shop, "--to", end or run.settings.text("as_of")) or last_day(run, shop)
    first = day_of(run, shop, "--from", begin) or _quarter_before(last, shop)
    if first >= last:
        raise UsageError(f"--from {first} is not before --to {last}", "give an earlier --from or a later --to")
    if not begin or not end:
        run.narrator.say([note(f"from {first} to {last} (--from, --to)")])
    return first, last


def _quarter_before(last: date, shop: Shop) -> date:
    """A quarter earlier; in a store the newest snapshot that is not younger, else the oldest."""
    day = stepped(last, Window(months=QUARTER), -1)
    days = shop.source.days
    return max((one for one in days if one <= day), default=days[0]) if days else day


def last_day(run: Run, shop: Shop) -> date:
    """Return the day of the last accepted order row, found in a pass of its own, or of the newest snapshot of a store.

    Stray rows at the end are warned about.
    """
    if shop.source.days:
        return shop.source.days[-1]
    from rfm_cli.plausibility.rows import on_stray_end
    from rfm_cli.tables.orders import require_rows

    source, facts = shop.source.read()
    require_rows(facts, source)
    assert facts.last_day is not None
    run.narrator.say(on_stray_end(replace(shop, source=source), facts.last_day))
    return facts.last_day


def history_of(run: Run, result: Scored) -> pl.DataFrame:
    """segment_since and previous_segment by customer_id, from the spells under the cutoffs of the run."""
    from rfm_cli.cli.settings import question_of
    from rfm_cli.history.spells import spells
    from rfm_cli.history.states import states_by
    from rfm_cli.views.history import history_columns

    question = question_of(run.settings, result.shop)
    states = states_by("segment", result.scheme, result.cutoffs, question.new_subscriber)
    if not result.shop.has_history or result.as_of is None:
        raise UsageError("--history needs orders", "a file of one row a customer has no history")
    past = run.reading.daily_past(result.shop, question, [], result.as_of, money=states.by_money)
    return history_columns(spells(past, states), states)


def say_of(run: Run, past: Past, stands: Sequence[StatesAt]) -> Scored:
    """Return the customers of the last stand at its date, with VIP marks but no scores; print the remarks of the run.

    The remarks are of the whole past.
    """
    from rfm_cli import remarks
    from rfm_cli.history.moves import on_cutoffs
    from rfm_cli.model import Scored
    from rfm_cli.plausibility import on_customers
    from rfm_cli.plausibility.rows import on_time_zone
    from rfm_cli.scores.apply import with_vip
    from rfm_cli.views.cutoffs import told

    first, last = stands[0], stands[-1]
    question = replace(past.question, as_of=past.last)
    result = Scored(
        with_vip(last.customers, last.states.cutoffs),
        last.day,
        past.shop.scale,
        question.scheme,
        last.states.cutoffs,
        past.facts,
        past.shop,
        new_subscribers=question.new_subscriber is not None,
        windowed=question.window is not None,
    )
    if past.people is not None:
        run.narrator.say(remarks.on_people(_buyers(past), past.shop))
    run.narrator.say(remarks.on_scoring(past.steps, past.facts, question, past.last))
    run.narrator.say(past.remarks)
    if past.shop.source.days is None:
        once = question.one_a_day
        run.narrator.say(on_customers(past.shop, past.facts, last.customers, past.last, one_a_day=once))
        run.narrator.say(on_time_zone(past.shop, past.facts))
    currencies = remarks.on_currencies(past.shop.orders, past.facts)
    run.narrator.say([*remarks.on_lines(past.shop.orders), *currencies, *on_cutoffs(stands)])
    if run.answer.explain:
        from rfm_cli.history.moves import scored_at

        run.narrator.say(told(scored_at(first, past)))
    run.narrator.check_strict()
    return result


def _buyers(past: Past) -> pl.DataFrame:
    """Find those who have bought by the last day of the past, as measures name them: customer, recency_days."""
    import polars as pl

    bought = past.steps.drop_nulls("last_order").group_by("customer").agg(pl.col("last_order").max())
    return bought.select("customer", recency_days=(pl.lit(past.last) - pl.col("last_order")).dt.total_days())
