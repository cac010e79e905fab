"""Keep scored customers as a snapshot: what it needs of the past, and what becomes of it in the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rfm_cli.clock import days_before
from rfm_cli.errors import UnansweredError, UsageError
from rfm_cli.fingerprints import InputRecord
from rfm_cli.measures.steps import Stretches
from rfm_cli.model import PastRequest
from rfm_cli.notes import Note, note, warning
from rfm_cli.pipeline import counting_of
from rfm_cli.snapshots.metadata import CountingOptions, metadata_of
from rfm_cli.snapshots.store import place_of, rows_of, write
from rfm_cli.views.watch import STAKE_DAYS

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.fingerprints import Fingerprint
    from rfm_cli.model import Question, Scored, Shop


def year_request(shop: Shop, question: Question) -> PastRequest | None:
    """Return the request for the last 365 days up to the date of the question, as a stretch of their own.

    None if that year cannot be separated from what came before: without history, under a window, or if the source
    does not have the days at which the year begins and ends.
    """
    day = question.as_of
    if day is None or question.window is not None or not shop.has_history:
        return None
    ends = tuple(end for end in (days_before(day, STAKE_DAYS), day) if end is not None)
    try:
        shop.source.require_dates(ends)
    except UnansweredError:
        return None
    return PastRequest(shop, question, Stretches(ends), day, day)


def counted_by(question: Question, shop: Shop, timezone: str, window: str | None) -> CountingOptions:
    """Return how customers were counted: as the options say, else as a roll-up or the scheme does."""
    own = shop.source.agree(question)
    return CountingOptions(
        timezone=timezone,
        window=window,
        free_orders=counting_of(own, None).free,
        one_order_per="day" if own.one_a_day else None,
        new_subscriber=question.new_subscriber,
    )


def keep(
    folder: Path,
    scored: Scored,
    counted: CountingOptions,
    year: pl.DataFrame | None,
    seen: Sequence[Fingerprint],
    warnings: Sequence[Note],
    *,
    anew: bool = False,
) -> tuple[bool, Note]:
    """Keep the scored customers in the store, and return whether it has them now, and what to print.

    `year` is the money of the 365 days up to the date by customer, None if it is not known. Another snapshot of the
    same date stays, unless this one is to be taken `anew`.
    """
    if scored.as_of is None:
        raise UsageError("a snapshot needs a date, and this file has none", "say it with --as-of")
    inputs = [InputRecord(PurePath(one.path).name, one.bytes, one.sha256) for one in seen]
    rows = rows_of(scored, year)
    place = place_of(folder, scored.as_of)
    fate = write(folder, rows, metadata_of(scored, counted, inputs, warnings), replace=anew)
    if fate == "another is there":
        stays = f"{place}: another snapshot of {scored.as_of} was taken before, and stays"
        return False, warning("snapshot-kept", stays)
    written = f"{rows.height:,} customer{'s' if rows.height != 1 else ''}"
    return True, note(f"{place}: {written if fate == 'written' else 'is there already, just so'}")
