"""Segments, the grid, matrices, VIPs and the watch-list in words, for the report and the screens of `rfm vip`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.messages import Figure, Message, SchemeText, Share, Value, message
from rfm_cli.tables.money import decimal_of
from rfm_cli.views.bins import DAYS, EVENTS, Bins

if TYPE_CHECKING:
    from rfm_cli.model import Scored
    from rfm_cli.schemes import Bins as SchemeBins
    from rfm_cli.views.vip import Headline


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


ADVICE = message(
    "Leave VIPs in peace: no discounts and no mass mailings; early access, a personal word, the best service."
)


def headline_messages(found: Headline) -> list[Message]:
    """Return the headline of the VIPs, then who they are, what the buyers and others brought, and Gini."""
    lines = [_part_of_buyers(found)]
    if found.vip_customers:
        lines.append(_members(found))
    if found.others:
        lines.append(
            message(
                "buyers brought {money}; {n|other|others} {rest}",
                money=found.buyers_revenue,
                n=found.others,
                rest=found.others_revenue,
            )
        )
    return [*lines, _gini(found.gini)]


def _part_of_buyers(found: Headline) -> Message:
    if not found.vip_customers or found.vip_customers_share is None:
        return message("no VIPs: no buyer at the floor has {n} purchases", n=found.min_orders)
    part = Share(found.vip_customers_share)
    if found.vip_revenue_share is None:
        return message("{part} of buyers are VIPs", part=part)
    money = Share(found.vip_revenue_share)
    return message("{part} of buyers bring {money} of revenue", part=part, money=money)


def _members(found: Headline) -> Message:
    """Return how many VIPs there are, their money, and what makes one."""
    assert found.vip_floor is not None
    return message(
        "{n|VIP|VIPs} with {money}; a VIP has brought {floor} or more in at least {orders|purchase|purchases}",
        n=found.vip_customers,
        money=found.vip_revenue,
        floor=found.vip_floor,
        orders=found.min_orders,
    )


def _gini(gini: float | None) -> Message:
    if gini is None:
        return message("Gini: none, since the buyers brought nothing")
    return message("Gini {gini} (over buyers)", gini=Figure(f"{gini:.3f}"))


def vip_rule(scored: Scored) -> Message:
    """Return what makes a VIP, as a sentence."""
    vip = scored.cutoffs.vip
    return message(
        "A VIP has brought {floor} and more, with at least {n|purchase|purchases}.",
        floor=decimal_of(vip.floor or 0, scored.scale or 0),
        n=vip.min_orders,
    )


def on_tops(found: Headline, scored: Scored) -> list[Message]:
    """Tell how few buyers bring how much, who counts as a VIP, and how uneven the money is."""
    # Without a floor no buyer is a VIP, and the section shows the table alone.
    if found.vip_customers_share is None or found.vip_revenue_share is None or scored.cutoffs.vip.floor is None:
        return []
    lines = [
        message(
            "{n|VIP|VIPs} ({share} of the buyers): {money} of their revenue.",
            n=found.vip_customers,
            share=Share(found.vip_customers_share),
            money=Share(found.vip_revenue_share),
        ),
        vip_rule(scored),
    ]
    if found.gini is not None:
        gini = Figure(f"{found.gini:.3f}")
        lines.append(message("Gini is {gini}: at 0 all buyers bring the same, at 1 one brings all.", gini=gini))
    return lines


def on_watch(rows: pl.DataFrame, since: date, *, has_money: bool) -> list[Message]:
    """Tell how many customers are slipping, and what they had brought."""
    count = message(
        "{n|customer|customers} who were VIPs or in the best segment on {day} are in lower segments now.",
        n=rows.height,
        day=since,
    )
    if not has_money or not rows.height:
        return [count]
    stake = rows["at_stake"].sum()
    money = stake if isinstance(stake, Decimal) else Decimal(0)
    return [count, message("They had brought {revenue} in the year before that day.", revenue=money)]
