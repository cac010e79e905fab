"""VIPs as a terminal shows them: the headline, the tops, the curve, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfm_cli.output.columns import Layout
from rfm_cli.output.curve import Points, lorenz
from rfm_cli.output.look import Look
from rfm_cli.output.screens.customers import below, facts
from rfm_cli.output.table import said, table
from rfm_cli.output.text import percent

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

TOPS = Layout(
    heads={"top_share": "top", "revenue_share": "share", "smallest_monetary": "smallest\nmonetary"},
    bars=("revenue_share",),
    drop=("revenue_share bar", "smallest_monetary"),
    noun="shares",
)
WATCHED = Layout(
    heads={
        "customer_id": "customer",
        "from_segment": "was",
        "to_segment": "is",
        "slipped_on": "slipped on",
        "days_below": "days\nbelow",
        "at_stake": "at stake",
    },
    drop=("monetary", "days_below", "vip"),
    noun="customers",
)
ADVICE = "Leave VIPs in peace: no discounts and no mass mailings; early access, a personal word, the best service."


def vip_screen(
    rows: pl.DataFrame,
    figures: Mapping[str, object],
    points: Points,
    *,
    look: Look,
    header: Sequence[tuple[str, str]],
    footer: Sequence[str],
) -> list[RenderableType]:
    """The headline, the table of tops, Gini and the Lorenz curve, and a line on what to do."""
    buyers, money = figures["vip_customers_share"], figures["vip_revenue_share"]
    mark = (float(str(buyers)), float(str(money))) if buyers and money is not None else None
    chart: list[RenderableType] = ["", *lorenz(points, look=look, mark=mark)] if points else []
    advice: list[RenderableType] = ["", said("", ADVICE, look)] if figures["vip_customers"] else []
    return [
        facts(header, look),
        "",
        said("bold", sentence(figures), look),
        *([said("", _who(figures), look)] if figures["vip_customers"] else []),
        *([said("", _totals(figures), look)] if figures["others"] else []),
        said("", _told_gini(figures["gini"]), look),
        "",
        table(rows, look=look, layout=TOPS),
        *chart,
        *advice,
        *below(footer, look),
    ]


def sentence(figures: Mapping[str, object]) -> str:
    """The headline in words, as in `14.8 % of buyers bring 67.2 % of revenue`."""
    buyers, money = figures["vip_customers_share"], figures["vip_revenue_share"]
    if not figures["vip_customers"]:
        return f"no VIPs: no buyer at the floor has {figures['min_orders']} purchases"
    of_buyers = f"{percent(float(str(buyers)))} of buyers"
    return f"{of_buyers} are VIPs" if money is None else f"{of_buyers} bring {percent(float(str(money)))} of revenue"


def _who(figures: Mapping[str, object]) -> str:
    """How many VIPs there are, with how much money, and what makes one."""
    floor, orders = f"{figures['vip_floor']:,}", figures["min_orders"]
    bought = f"{orders} purchase{'s' if orders != 1 else ''}"
    count = figures["vip_customers"]
    vips = f"{count:,} VIP{'s' if count != 1 else ''} with {figures['vip_revenue']:,}"
    return f"{vips}; a VIP has brought {floor} or more in at least {bought}"


def _totals(figures: Mapping[str, object]) -> str:
    """Return what the buyers brought, and the money of customers without a purchase, which is no part of it."""
    brought = f"buyers brought {figures['buyers_revenue']:,}"
    others = "other" if figures["others"] == 1 else "others"
    return f"{brought}; {figures['others']:,} {others} {figures['others_revenue']:,}"


def _told_gini(gini: object) -> str:
    if gini is None:
        return "Gini: none, since the buyers brought nothing"
    return f"Gini {float(str(gini)):.3f} (over buyers)"
