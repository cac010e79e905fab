"""The steps of `rfm snapshot` and `rfm diff`, and what a job with `snapshot = true` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.cli import settings
from rfm_cli.cli.customer_list import SHOWN
from rfm_cli.cli.dates import day_of, last_day
from rfm_cli.cli.inputs import inputs_of
from rfm_cli.cli.reading import Reading, shared
from rfm_cli.cli.session import Run, deliver, shop_of
from rfm_cli.cli.stored import store_of
from rfm_cli.clock import days_before
from rfm_cli.errors import InputError, OutputError, UnansweredError, UsageError
from rfm_cli.fingerprints import Fingerprint, InputRecord, change_marks, fingerprints
from rfm_cli.measures.steps import Stretches
from rfm_cli.model import PastRequest
from rfm_cli.notes import note, warning
from rfm_cli.output.screens.customers import DIFF, rows_screen
from rfm_cli.pipeline import counting_of
from rfm_cli.snapshots.metadata import CountingOptions, metadata_of
from rfm_cli.snapshots.source import open_store, require_alike
from rfm_cli.snapshots.store import place_of, read, rows_of, write
from rfm_cli.snapshots.tables import diff_view
from rfm_cli.views.watch import STAKE_DAYS

if TYPE_CHECKING:
    from rfm_cli.model import Past, Question, Scored, Shop


def take(run: Run, *, anew: bool) -> None:
    """Keep the customers of the date in the store; `InputError` where an input changed while it was read."""
    settings.check_question(run.settings)
    folder, shop = store_of(run), shop_of(run)
    files, _ = inputs_of([run.settings])
    before = change_marks(files)
    question = settings.question_of(run.settings, shop)
    if shop.has_history and question.as_of is None:
        question = replace(question, as_of=last_day(run, shop))
    reading = shared(run.reading, wishes(shop, question))
    result = reading.scored(shop, question)
    run.narrator.say(result.notes)
    run.narrator.check_strict()
    seen = fingerprints(files)
    if change_marks(files) != before:
        raise InputError("an input changed while it was read", "take the snapshot when the files are complete")
    if not keep(run, folder, reading, result, seen, anew=anew):
        why = f"{folder}: the snapshot of {result.as_of} was not taken"
        raise OutputError(why, "--replace takes it anew; rfm migrate and rfm diff then tell another past")


def wishes(shop: Shop, question: Question) -> list[Callable[[Reading], object]]:
    """All that a snapshot asks of a reading."""
    told: list[Callable[[Reading], object]] = [lambda reading: reading.scored(shop, question)]
    return [*told, lambda reading: _past(reading, shop, question)] if shop.has_history else told


def _past(reading: Reading, shop: Shop, question: Question) -> Past:
    """The past up to the date, its last 365 days apart; `UsageError` or `UnansweredError` where there is none."""
    day = question.as_of
    if day is None or question.window is not None:
        raise UsageError("no year to tell apart")
    ends = tuple(end for end in (days_before(day, STAKE_DAYS), day) if end is not None)
    shop.source.require_dates(ends)
    return reading.past(PastRequest(shop, question, Stretches(ends), day, day))


def _year(reading: Reading, result: Scored, question: Question) -> pl.DataFrame | None:
    """The money of the 365 days up to the date by customer, None where it is not known."""
    if result.scale is None or not result.shop.has_history:
        return None
    try:
        past = _past(reading, result.shop, question)
    except (UsageError, UnansweredError):
        return None
    return past.steps.filter(pl.col("step") == result.as_of)


def keep(
    run: Run,
    folder: Path,
    reading: Reading,
    result: Scored,
    seen: Sequence[Fingerprint],
    *,
    anew: bool = False,
) -> bool:
    """Whether the store has the snapshot of these customers now; what became of it is said.

    Where it has another of their date that one is let be, unless it is to be taken `anew`.
    """
    if result.as_of is None:
        raise UsageError("a snapshot needs a date, and this file has none", "say it with --as-of")
    question = replace(settings.question_of(run.settings, result.shop), as_of=result.as_of)
    inputs = [InputRecord(PurePath(one.path).name, one.bytes, one.sha256) for one in seen]
    told = metadata_of(result, _counted(run, result, question), inputs, run.narrator.warnings)
    rows = rows_of(result, _year(reading, result, question))
    place = place_of(folder, result.as_of)
    fate = write(folder, rows, told, replace=anew)
    if fate == "another is there":
        stays = f"{place}: another snapshot of {result.as_of} was taken before, and stays"
        run.narrator.say([warning("snapshot-kept", stays)])
    else:
        said = (
            f"{rows.height:,} customer{'s' if rows.height != 1 else ''}"
            if fate == "written"
            else "is there already, just so"
        )
        run.narrator.say([note(f"{place}: {said}")])
    return fate != "another is there"


def _counted(run: Run, result: Scored, question: Question) -> CountingOptions:
    """How customers were counted: what was said, or what a roll-up or the scheme says."""
    own = result.shop.source.agree(question)
    return CountingOptions(
        timezone=settings.zone(run.settings, result.shop),
        window=run.settings.text("window"),
        free_orders=counting_of(own, None).free,
        one_order_per="day" if own.one_a_day else None,
        new_subscriber=question.new_subscriber,
    )


def compare(run: Run, first: str, last: str, *, rescore: bool, limit: int | None) -> None:
    """Who entered, left and moved between the snapshots of two dates."""
    folder = store_of(run)
    shop = open_store(folder)
    dates = [_day(run, shop, text) for text in (first, last)]
    if dates[0] >= dates[1]:
        raise UsageError(f"{dates[0]} is not before {dates[1]}", "give the earlier date first")
    one, other = (read(folder, day) for day in dates)
    axes = one.metadata.scheme.axes
    require_alike(one, other, axes, rescore=rescore, vip=True)
    view = diff_view(one, other)
    names = ("from", "to", "scheme", "entered", "left", "up", "down", "vip")
    facts = [(name, f"{told:,}" if isinstance(told := view.meta[name], int) else str(told)) for name in names]
    deliver(
        run,
        view,
        lambda look: rows_screen(view.rows, look=look, header=facts, layout=DIFF, limit=limit or SHOWN),
    )


def _day(run: Run, shop: Shop, text: str) -> date:
    return day_of(run, shop, "rfm diff", text) or last_day(run, shop)
