"""VIPs and the best segment's customers who are slipping: `rfm vip --watch`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import UsageError
from rfm_cli.history.requests import daily_request
from rfm_cli.history.spells import spells
from rfm_cli.history.states import States, StatesAt, past_of, states_at
from rfm_cli.model import Past, PastRequest, Question, Shop
from rfm_cli.scores.cutoffs import with_vip
from rfm_cli.tables.money import as_decimal

STAKE_DAYS = 365
"""What is at stake is the money of this many days before the earlier date."""


@dataclass(frozen=True)
class WatchList:
    """The rows of a watch-list, and all customers with their segments at the earlier date."""

    rows: pl.DataFrame
    then: StatesAt


def watch_request(shop: Shop, question: Question, since: date, last: date) -> PastRequest:
    """Return the request of a past that shows which customers slipped since a day, and on which day each did.

    Raises `UsageError` under a window, and `UnansweredError` where the source has no single days.
    """
    # The calendar may not go back far enough for the year before.
    starts = [day for day in (days_before(since, STAKE_DAYS), since) if day is not None]
    return replace(daily_request(shop, question, starts, last, bought_by=since, option="--watch"), watched=True)


def watch_list(past: Past, since: date, among: pl.DataFrame | None = None) -> WatchList:
    """Find the VIPs and customers of the best segment at `since` who are below their own rank of then.

    The past is that of `watch_request`; segments are those of the cutoffs at `since`. With `among` (customer) only
    these customers are watched. Raises `UsageError` if the past cannot tell on which day some customer slipped.
    """
    (then,) = states_at(past, [since], "segment")
    marked = with_vip(then.customers, then.states.cutoffs)
    # States are numbered from the best, which is 0.
    found = watched(marked, spells(past_of(past, among), then.states), best=0)
    if not past.exact:
        _require_sure(found, past, since)
    stake = past.steps.filter(pl.col("step") == since)
    return WatchList(watch_rows(found, stake, then.states, past.last, past.shop.scale), then)


def _require_sure(found: pl.DataFrame, past: Past, since: date) -> None:
    """Raise `UsageError` if some customer slipped before the last purchase, on a day that two dates cannot tell."""
    bought = past.steps.filter(pl.col("last_order") > since).select("customer", "last_order")
    unsure = found.join(bought, on="customer").filter(pl.col("slipped_on") <= pl.col("last_order"))
    if count := unsure.height:
        raise UsageError(
            f"{count:,} of those watched slipped before their last purchase, on a day that only the orders tell",
            "leave --store out to read the orders",
        )


def watched(then: pl.DataFrame, spells: pl.DataFrame, best: int) -> pl.DataFrame:
    """Return customers who at a date were VIPs or in the best segment, and are now below their rank at that date.

    `then` are the customers of that date (customer, state, vip), `spells` begin with that date. Columns: customer,
    before, after (states), vip (then), slipped_on: the first day of the present run of days in weaker states.
    """
    # VIPs can be in any segment; customers of the best one matter without the mark, too.
    worth = then.filter(pl.col("vip").fill_null(value=False) | (pl.col("state") == best))
    own = spells.join(worth.select("customer", "vip", before="state"), on="customer", how="inner")
    weaker = pl.col("state") > pl.col("before")
    runs = own.group_by("customer").agg(
        pl.col("before", "vip").first(),
        # The spell that has not been left is the present one.
        after=pl.col("state").filter(pl.col("left").is_null()).first(),
        # A run of weaker states begins where the last spell that was not weaker ended.
        slipped_on=pl.col("left").filter(~weaker).max(),
    )
    return runs.filter(pl.col("after") > pl.col("before"))


def watch_rows(
    found: pl.DataFrame, stake: pl.DataFrame, states: States, as_of: date, scale: int | None
) -> pl.DataFrame:
    """Return the watch-list, the most at stake first, then by id.

    Columns: customer_id, from_segment, to_segment, vip (at the earlier date), slipped_on, days_below (that day
    included), at_stake (their `monetary` in `stake`, the 365 days up to the earlier date; null without money).
    """
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    text = pl.col("customer").cast(pl.String)
    # Without amounts the list is in the order of ids.
    money = pl.col("monetary") if scale is not None else pl.lit(0, pl.Int64)
    stakes = stake.select(customer_id=text, at_stake=money)
    joined = found.with_columns(customer_id=text).join(stakes, on="customer_id", how="left")
    ranked = joined.with_columns(pl.col("at_stake").fill_null(0)).sort(
        "at_stake", "customer_id", descending=[True, False]
    )
    shown = pl.lit(None, pl.Decimal(18, 0)) if scale is None else as_decimal(pl.col("at_stake"), scale)
    return ranked.select(
        "customer_id",
        from_segment=names.gather(pl.col("before").cast(pl.UInt32)),
        to_segment=names.gather(pl.col("after").cast(pl.UInt32)),
        vip="vip",
        slipped_on="slipped_on",
        days_below=(pl.lit(as_of) - pl.col("slipped_on")).dt.total_days().cast(pl.Int32) + 1,
        at_stake=shown,
    )
