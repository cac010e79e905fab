"""Segments, the grid and matrices in words: `rfm segments`, `rfm grid`, `rfm matrix`, for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.messages import Figure, Message, SchemeText, Share, Value, message
from rfm_cli.views.bins import DAYS, EVENTS, Bins

if TYPE_CHECKING:
    from rfm_cli.schemes import Bins as SchemeBins

LATE = tuple(Bins(DAYS).labels()[3:])
"""Bins of recency from 91 days on."""
LATER = LATE[1:]
"""Bins of recency from 181 days on."""
EARLY = tuple(Bins(DAYS).labels()[:2])
"""Bins of recency up to 30 days."""
UNENGAGED = Bins(EVENTS).labels()[0]


def on_segments(rows: pl.DataFrame, against: date | None) -> list[Message]:
    """Tell the largest segment, the one that brings most, and the ones that grew and shrank most since `against`."""
    named = rows.drop_nulls("segment")
    if not named["customers"].sum():
        return []
    largest = named.sort("customers", descending=True, maintain_order=True).row(0, named=True)
    lines = [
        message(
            "{segment} is the largest segment: {n|customer|customers}, {share} of all.",
            segment=SchemeText(largest["segment"]),
            n=largest["customers"],
            share=Share(largest["customers_share"]),
        )
    ]
    richest = named.sort("revenue", descending=True, maintain_order=True, nulls_last=True).row(0, named=True)
    part = richest["revenue_share"]
    if part is not None and part > 0:
        segment = SchemeText(richest["segment"])
        lines.append(message("{segment} brings the most revenue: {share}.", segment=segment, share=Share(part)))
    return [*lines, *_grown(named, against)]


def _grown(rows: pl.DataFrame, against: date | None) -> list[Message]:
    if against is None or "customers_change" not in rows.columns:
        return []
    ranked = rows.sort("customers_change", descending=True, maintain_order=True)
    most, least = ranked.row(0, named=True), ranked.row(-1, named=True)
    # A sentence on growth needs one segment that grew and one that shrank.
    if most["customers_change"] <= 0 or least["customers_change"] >= 0:
        return []
    return [
        message(
            "Since {day}, {grown} grew most ({more}) and {shrunk} shrank most ({fewer}).",
            day=against,
            grown=SchemeText(most["segment"]),
            more=signed(most["customers_change"]),
            shrunk=SchemeText(least["segment"]),
            fewer=signed(least["customers_change"]),
        )
    ]


def signed(change: int) -> Figure:
    """Return a difference with its sign.

    >>> signed(1200).text, signed(-3).text, signed(0).text
    ('+1,200', '-3', '0')
    """
    return Figure(f"{change:+,}" if change else "0")


def on_grid(rows: pl.DataFrame, bins: SchemeBins, *, has_money: bool) -> list[Message]:
    """Tell how to read the grid of R and F, and how many buyers are in its best corner and on its left edge."""
    cells = rows.drop_nulls(["r", "f"])
    everybody = customers_in(cells)
    if not everybody:
        return []
    # The best corner is the two best scores of each axis, or the best one of two.
    r, f = (k - 1 if k > 2 else k for k in (bins.r, bins.f))
    best = cells.filter(pl.col("r") >= r, pl.col("f") >= f)
    part = Share(customers_in(best) / everybody)
    longest = Share(customers_in(cells.filter(pl.col("r") == 1)) / everybody)
    corner = message("{share} of the buyers have R of at least {r} and F of at least {f}.", share=part, r=r, f=f)
    if has_money and money_in(cells):
        corner = message(
            "{share} of the buyers have R of at least {r} and F of at least {f}; they brought {money} of the revenue.",
            share=part,
            r=r,
            f=f,
            money=Share(float(money_in(best) / money_in(cells))),
        )
    return [
        message("Further right is a more recent purchase, further up are more purchases."),
        corner,
        message("{share} have the lowest R: they bought longest ago.", share=longest),
    ]


def on_engagement(rows: pl.DataFrame) -> list[Message]:
    """Tell how many customers read and do not buy, and how many buy and do not read."""
    reads = customers_in(rows.filter(pl.col("recency").is_in(LATE), pl.col("engagement") != UNENGAGED))
    buys = customers_in(rows.filter(pl.col("recency").is_in(EARLY), pl.col("engagement") == UNENGAGED))
    lapsed = message(
        "{n|customer|customers} whose last purchase is more than 90 days old engaged with the shop of late: they can "
        "be won back with a message.",
        n=reads,
    )
    silent = message("{n|customer|customers} bought within 30 days and did not engage: reach them another way.", n=buys)
    return [*([lapsed] if reads else []), *([silent] if buys else [])]


def on_monetary(rows: pl.DataFrame, labels: Sequence[str | None], shown: Mapping[str | None, Value]) -> list[Message]:
    """Tell how much money of the highest bin has not been seen for long.

    `labels` are those of the monetary axis, in order, and `shown` has their words.
    """
    # The highest bin is open; without it money has no bins.
    top = next((label for label in reversed(labels) if label and label.endswith("+")), None)
    if top is None:
        return []
    gone = rows.filter(pl.col("recency").is_in(LATER), pl.col("monetary") == top)
    if not customers_in(gone):
        return []
    return [
        message(
            "{n|customer|customers} of those who brought most ({label}): no purchase for more than 180 days, and "
            "{revenue} before that.",
            n=customers_in(gone),
            label=shown[top],
            revenue=money_in(gone),
        )
    ]


def customers_in(rows: pl.DataFrame) -> int:
    """Return the customers of some rows of a view."""
    return int(rows["customers"].sum())


def money_in(rows: pl.DataFrame) -> Decimal:
    """Return the revenue of some rows of a view, 0 without money."""
    total = rows["revenue"].sum()
    return total if isinstance(total, Decimal) else Decimal(0)
