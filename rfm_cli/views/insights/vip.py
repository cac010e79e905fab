"""VIPs and the watch-list in words: `rfm vip`, and their sections of the report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from rfm_cli.messages import Figure, Message, Share, message
from rfm_cli.tables.money import decimal_of

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.model import Scored
    from rfm_cli.views.vip import Headline

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
