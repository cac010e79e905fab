"""How fast the moves of customers are made: `rfm migrate --speed`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import UsageError
from rfm_cli.history.requests import daily_request
from rfm_cli.history.spells import stays, waits
from rfm_cli.history.states import By, States, StatesAt, money_decides, past_of, states_at
from rfm_cli.history.survival import QUANTILES, speeds
from rfm_cli.model import Past, PastRequest, Question, Shop

HORIZONS = (30, 60, 90)


@dataclass(frozen=True)
class Speeds:
    """The rows of speeds, the stays that they come from, and all customers with their states at the first date."""

    rows: pl.DataFrame
    stays: pl.DataFrame
    first: StatesAt


def speed_request(shop: Shop, question: Question, first: date, last: date, by: By = "segment") -> PastRequest:
    """Return the request of a past that shows every stay in a state between two dates.

    Raises `UsageError` under a window, and `UnansweredError` where the source has no single days.
    """
    # The cutoffs are of the first date, and may need its money: a stretch of its own ends there.
    starts = [day for day in (days_before(first, 1), first) if day is not None]
    money = money_decides(by, question.scheme)
    return daily_request(shop, question, starts, last, bought_by=first, money=money, option="--speed")


def speeds_of(
    past: Past,
    first: date,
    by: By = "segment",
    horizons: Sequence[int] = HORIZONS,
    among: pl.DataFrame | None = None,
) -> Speeds:
    """Measure how fast each move is made, from the spells entered since the first date, under its cutoffs.

    The past is that of `speed_request`. With `among` (customer) the spells are those of these customers.
    """
    (then,) = states_at(past, [first], by)
    found = stays(past_of(past, among), then.states, first)
    return Speeds(speed_rows(found, then.states, horizons), found, then)


def parse_horizons(text: str | None) -> tuple[int, ...]:
    """Return the days that `--horizons` lists, in their order, or the usual ones without it."""
    if text is None:
        return HORIZONS
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and 0 < int(part) < 100_000 for part in parts):
        raise UsageError(f"--horizons {text}: not days", "write whole numbers, such as 30,60,90")
    return tuple(dict.fromkeys(int(part) for part in parts))


def speed_rows(stays: pl.DataFrame, states: States, horizons: Sequence[int]) -> pl.DataFrame:
    """Return every move that the stays (of `history.spells.stays`) ended in, from the best state down.

    Columns: from_segment, to_segment, moves, share_{h}d for each horizon (the share of the spells in from_segment that
    have moved to to_segment within h days), p25_days, median_days, p75_days (within how many days that part of
    those who go this way at all has gone). See `history.survival` for the formulas and for open spells.
    """
    found = speeds(stays, horizons)
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    shares = [f"share_{days}d" for days in dict.fromkeys(horizons)]
    return found.select(
        pl.col("moves").cast(pl.Int32),
        *shares,
        *(pl.col(name).cast(pl.Int32) for name in QUANTILES),
        from_segment=names.gather(pl.col("state").cast(pl.UInt32)),
        to_segment=names.gather(pl.col("next").cast(pl.UInt32)),
    ).select("from_segment", "to_segment", "moves", *shares, *QUANTILES)


def falls_by_waiting(rows: pl.DataFrame, states: States) -> pl.DataFrame:
    """Find the ways down whose three quantile days are one, the day on which waiting alone makes the move.

    Columns: from_segment, to_segment, days (in from_segment without a purchase). `rows` are those of `speed_rows`.
    """
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    falls = waits(states).filter(pl.col("next") > pl.col("state"))
    named = falls.select(
        from_segment=names.gather(pl.col("state").cast(pl.UInt32)),
        to_segment=names.gather(pl.col("next").cast(pl.UInt32)),
        days="days",
    )
    # Where a quarter and three quarters have gone on one day, waiting alone made them go.
    alike = rows.filter(pl.col("p25_days") == pl.col("p75_days"))
    both = ["from_segment", "to_segment"]
    return alike.select(*both, days="median_days").join(named, on=[*both, "days"], how="semi", maintain_order="left")


def without_falls(rows: pl.DataFrame, falls: pl.DataFrame) -> pl.DataFrame:
    """Return the rows for people: the quantile days of the `falls`, which people read as sentences, are empty."""
    both = ["from_segment", "to_segment"]
    marked = rows.join(falls.select(*both, waited=pl.lit(value=True)), on=both, how="left", maintain_order="left")
    kept = [pl.when(pl.col("waited").is_null()).then(name).alias(name) for name in QUANTILES]
    return marked.with_columns(kept).drop("waited")
