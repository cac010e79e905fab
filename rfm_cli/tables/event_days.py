"""The days of events: the first one of each customer, and the first and last of each name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.tables.events import USABLE, Events
from rfm_cli.tables.read_errors import input_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_DENSE = 1 << 24
"""Whole numbers below are places of an array themselves, which takes half the time of a table of them."""
FEWEST = 1 << 17
"""Places to begin with."""
ROWS = 1 << 17
"""Rows of a block."""
NEVER = 2**31 - 1


def first_days(events: Events) -> pl.DataFrame:
    """Return the day of the first event of each customer, of all events: customer_id (text), day. One pass, once."""
    if "first days" not in events.found:
        with input_errors(events.name):
            found = [_first_days_of(usable_rows(events, place)) for place in range(len(events.frames))]
        first = found[0] if len(found) == 1 else pl.concat(found).group_by("customer_id").agg(pl.col("day").min())
        events.found["first days"] = first
    return events.found["first days"]


def usable_rows(events: Events, place: int) -> pl.LazyFrame:
    """Return the keyed rows of a file that are not left out; where its footer proves that all are, none is looked
    at."""
    frame = events.frames[place]
    return frame if events.whole[place] else frame.filter(USABLE)


def _first_days_of(rows: pl.LazyFrame) -> pl.DataFrame:
    rows = rows.select("key", "day")
    found = _by_places(rows) if rows.collect_schema()["key"] == pl.Int64 else None
    if found is None:
        found = rows.group_by("key").agg(pl.col("day").min()).collect(engine="streaming")
    return found.select(customer_id=pl.col("key").cast(pl.String), day="day")


def _by_places(rows: pl.LazyFrame) -> pl.DataFrame | None:
    """Return the first day of each key, which is its place; None where a key is too large for that, or below zero."""
    import numpy as np  # a score without such events starts sooner

    first: NDArray[np.int32] = np.full(FEWEST, NEVER, np.int32)
    for block in rows.collect_batches(chunk_size=ROWS, maintain_order=False, engine="streaming"):
        keys, days = block["key"].to_numpy(), block["day"].to_physical().to_numpy()
        if not len(keys):
            continue
        most = int(keys.max())
        if most >= MOST_DENSE or int(keys.min()) < 0:
            return None
        if most >= len(first):
            more = np.full(max(2 * len(first), most + 1), NEVER, np.int32)
            more[: len(first)] = first
            first = more
        np.minimum.at(first, keys, days)
    (places,) = np.nonzero(first != NEVER)
    return pl.DataFrame({"key": places, "day": pl.Series(first[places]).cast(pl.Date)})


def name_days(events: Events) -> pl.DataFrame:
    """Return the first and the last day of each name of events, without rows that are left out: event, first, last."""
    if "name days" not in events.found:
        day = pl.col("day")
        found = [
            usable_rows(events, place).group_by("event").agg(first=day.min(), last=day.max())
            for place in range(len(events.frames))
        ]
        trimmed = pl.concat(found).group_by(pl.col("event").str.strip_chars())
        with input_errors(events.name):
            days = trimmed.agg(pl.col("first").min(), pl.col("last").max()).sort("event")
            events.found["name days"] = days.collect(engine="streaming")
    return events.found["name days"]


def end_by(events: Events, day: date) -> bool:
    """Return whether no event lies after a day: by the footers of files, where these prove it."""
    if events.last_days and all(last is not None and last <= day for last in events.last_days):
        return True
    last = name_days(events)["last"].max()
    return not isinstance(last, date) or last <= day
