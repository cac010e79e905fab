"""How fast customers move: cumulative incidence of each move out of a state, from counts of spells.

Of the spells in one state, t is the days from entry to the move or to the end of what was seen. With n(t) spells
still there on day t (those that end or are cut off on t included) and d(t, j) moves to state j on day t, the share
of spells that will have left for j by day t is

    F(t, j) = sum over u <= t of S(u-) d(u, j) / n(u)
    S(t) = product over u <= t of (1 - sum over j of d(u, j) / n(u))

the estimator of Aalen and Johansen (An empirical transition matrix for non-homogeneous Markov chains based on
censored observations, Scand. J. Statist. 5, 1978) for competing ways out; with one way out it is 1 - S, the estimator
of Kaplan and Meier (1958). A spell that is still open is censored, and at equal times counts as still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

EPSILON = 1e-12
QUANTILES = {"p25_days": 0.25, "median_days": 0.5, "p75_days": 0.75}
DAYS = ("state", "days")


def durations(spells: pl.DataFrame, start: date, last: date) -> pl.DataFrame:
    """Count the spells entered on a day from `start` to `last` by how they ended and after how many days.

    Columns: state, next (null for an open spell), days (of an open spell those up to `last`), spells.
    """
    days = (pl.col("left").fill_null(last) - pl.col("entered")).dt.total_days().cast(pl.Int32)
    entered = spells.lazy().filter(pl.col("entered").is_between(start, last))
    counts = entered.group_by("state", "next", days=days).agg(spells=pl.len().cast(pl.Int64))
    return counts.collect(engine="streaming").sort("state", "next", "days")


def survival(durations: pl.DataFrame) -> pl.DataFrame:
    """Estimate the share of spells that are still there after each number of days (S of the formula above).

    Columns, by state and days ascending: state, days, there (spells at risk), left (moves), before (S(t-)), after
    (S(t)).
    """
    moved = pl.col("next").is_not_null()
    daily = durations.group_by(DAYS).agg(ended=pl.col("spells").sum(), left=pl.col("spells").filter(moved).sum())
    return (
        daily.sort(DAYS)
        .with_columns(there=pl.col("ended").cum_sum(reverse=True).over("state"))
        .with_columns(after=(1.0 - pl.col("left") / pl.col("there")).cum_prod().over("state"))
        .with_columns(before=pl.col("after").shift(1).fill_null(1.0).over("state"))
        .select("state", "days", "there", "left", "before", "after")
    )


def incidence(durations: pl.DataFrame) -> pl.DataFrame:
    """Estimate the share of spells that have moved to each next state after each number of days (F above).

    Columns, by state, next and days ascending: state, next, days, moves (so far), share (so far).
    """
    moves = durations.drop_nulls("next").join(survival(durations), on=DAYS, how="left")
    step = pl.col("before") * pl.col("spells") / pl.col("there")
    return moves.sort("state", "next", "days").select(
        "state",
        "next",
        "days",
        moves=pl.col("spells").cum_sum().over("state", "next"),
        share=step.cum_sum().over("state", "next"),
    )


def speeds(durations: pl.DataFrame, horizons: Sequence[int]) -> pl.DataFrame:
    """Summarize the incidence of each move that was made: one row per state and next state.

    Columns: state, next, moves, share_{h}d for each horizon, and the quantile days. A share is null past the last day
    on which a spell of the state was seen, if some spells were open then. A quantile day is the first day whose
    incidence reaches that part of its last value (less 1e-12).
    """
    made = incidence(durations)
    share, last = pl.col("share"), pl.col("share").last()
    shares = {
        f"share_{days}d": share.filter(pl.col("days") <= days).last().fill_null(0.0) for days in dict.fromkeys(horizons)
    }
    quantiles = {
        name: pl.col("days").filter(share >= part * last - EPSILON).first() for name, part in QUANTILES.items()
    }
    found = made.group_by("state", "next", maintain_order=True).agg(moves=pl.col("moves").last(), **shares, **quantiles)
    ends = survival(durations).group_by("state").agg(seen=pl.col("days").max(), open=pl.col("after").last() > EPSILON)
    known = {
        name: pl.when(pl.col("open") & (pl.col("seen") < days)).then(None).otherwise(name)
        for name, days in zip(shares, dict.fromkeys(horizons), strict=True)
    }
    return found.join(ends, on="state", how="left").with_columns(**known).drop("seen", "open").sort("state", "next")


def mean_stays(durations: pl.DataFrame, days: int) -> pl.DataFrame:
    """Estimate the mean stay in each state within `days` days: state, stay (days), spells.

    It is the area under S up to `days`, the restricted mean survival time; past the last day seen S stays as it was.
    """
    curve = survival(durations).filter(pl.col("days") < days)
    until = pl.col("days").shift(-1).over("state").fill_null(days)
    # Before the first day of the table no spell has ended, and S is 1.
    stays = (
        curve.with_columns(until=until)
        .group_by("state", maintain_order=True)
        .agg(stay=pl.col("days").first() + (pl.col("after") * (pl.col("until") - pl.col("days"))).sum())
    )
    counts = durations.group_by("state").agg(pl.col("spells").sum())
    return counts.join(stays, on="state", how="left").with_columns(pl.col("stay").fill_null(float(days))).sort("state")
