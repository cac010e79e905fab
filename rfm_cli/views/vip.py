"""The few buyers who bring most of the money: `rfm vip`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction

import polars as pl

from rfm_cli.errors import CheckFailed, UsageError
from rfm_cli.model import Scored
from rfm_cli.notes import Note, counted, note
from rfm_cli.scores.cutoffs import Vip, value_counts, with_vip
from rfm_cli.tables.money import as_decimal, decimal_of
from rfm_cli.views.view import View, meta_of

FEW_ABLE = 0.05
"""Where less than this part of the buyers can be VIPs, the number of purchases decides and not the money."""
TOP_SHARES = tuple(Decimal(share) for share in ("0.01", "0.05", "0.10", "0.15", "0.20", "0.50", "1"))


@dataclass(frozen=True)
class Ladder:
    """Buyers by their money, the highest first: each amount (minor units), and the buyers and money down to it."""

    amounts: Sequence[int]
    buyers: Sequence[int]
    money: Sequence[int]

    @property
    def total(self) -> int:
        """The money of all buyers in minor units."""
        return self.money[-1] if self.money else 0

    @property
    def count(self) -> int:
        """The number of buyers."""
        return self.buyers[-1] if self.buyers else 0

    def part(self, money: int) -> float | None:
        """Return a part of the buyers' money; None where they brought nothing."""
        return money / self.total if self.total > 0 else None


@dataclass(frozen=True)
class Headline:
    """The figures of the VIPs and the buyers; shares are of the buyers and of their money, None for a share of nothing.

    `others` are customers without a purchase who have money of their own (refunds). `buyers_below_zero` are buyers with
    money below 0. `buyers_with_min_orders` have the purchases that a VIP needs.
    """

    vip_customers: int
    vip_customers_share: float | None
    vip_revenue: Decimal
    vip_revenue_share: float | None
    vip_floor: Decimal | None
    min_orders: int
    gini: float | None
    buyers_revenue: Decimal
    others: int
    others_revenue: Decimal
    buyers_below_zero: int
    below_zero_revenue: Decimal
    buyers_with_min_orders: int


@dataclass(frozen=True, kw_only=True)
class VipView(View):
    """The tops of the buyers, their headline, and the Lorenz curve from the top (parts of buyers, parts of money)."""

    headline: Headline
    curve: Sequence[tuple[float, float]]
    buyers: int


def ladder_of(customers: pl.DataFrame) -> Ladder:
    """Return the ladder of the buyers among scored customers; others have no place on it."""
    bought = customers.filter(pl.col("recency_days").is_not_null())
    counts = value_counts(bought["monetary"]).sort("value", descending=True)
    amount, rows = pl.col("value").cast(pl.Int64), pl.col("rows").cast(pl.Int64)
    steps = counts.select(amount, buyers=rows.cum_sum(), money=(amount * rows).cum_sum())
    return Ladder(*(steps[name].to_list() for name in ("value", "buyers", "money")))


def vip_view(scored: Scored) -> VipView:
    """Return the top 1, 5, 10, 15, 20, 50 and 100 % of the buyers, and the share that set the VIP floor if another.

    Columns: top_share, customers, revenue, revenue_share, smallest_monetary. The money of the ceil(n x share)-th of n
    buyers from the top is the floor; all buyers at or over it are in, ties included. Shares are of buyers' money.
    `meta` has the headline. Raises `UsageError` without money.
    """
    scale = scored.scale
    if scale is None:
        raise UsageError("VIPs need money, and these orders have no amounts", "map them: --map amount=HEADING")
    ladder = ladder_of(scored.frame)
    own = scored.cutoffs.vip.share
    # A share of the user's own gets a row of its own.
    shares = sorted({*TOP_SHARES, *([own] if own else [])})
    lines = [_top(ladder, share) for share in shares] if ladder.count else []
    schema = {
        "top_share": pl.Float64,
        "customers": pl.Int32,
        "revenue": pl.Int64,
        "revenue_share": pl.Float64,
        "smallest_monetary": pl.Int64,
    }
    rows = pl.DataFrame(lines, schema=schema, orient="row")
    money = [as_decimal(pl.col(name), scale).alias(name) for name in ("revenue", "smallest_monetary")]
    found = _headline(scored, ladder)
    return VipView(
        "vip",
        rows.with_columns(money),
        meta_of(scored, **asdict(found)),
        headline=found,
        curve=curve(ladder),
        buyers=ladder.count,
    )


def _top(ladder: Ladder, share: Decimal) -> tuple[object, ...]:
    """Return the row of one share of the buyers."""
    # In fractions: 7 % of 100 buyers is 7, while the product of floats is more.
    wanted = math.ceil(ladder.count * Fraction(share))
    place = next(place for place, buyers in enumerate(ladder.buyers) if buyers >= wanted)
    money = ladder.money[place]
    return float(share), ladder.buyers[place], money, ladder.part(money), ladder.amounts[place]


def _headline(scored: Scored, ladder: Ladder) -> Headline:
    """Return the headline of scored customers with money."""
    bought, scale = pl.col("recency_days").is_not_null(), scored.scale or 0
    vips = scored.frame.filter(pl.col("vip").fill_null(value=False))
    money = int(vips["monetary"].sum())
    inequality, floor, least = gini(ladder), scored.cutoffs.vip.floor, scored.cutoffs.vip.min_orders
    others = scored.frame.filter(~bought, pl.col("monetary") != 0)["monetary"]
    below = scored.frame.filter(bought, pl.col("monetary") < 0)["monetary"]
    return Headline(
        vip_customers=vips.height,
        vip_customers_share=vips.height / ladder.count if ladder.count else None,
        vip_revenue=decimal_of(money, scale),
        vip_revenue_share=ladder.part(money),
        vip_floor=None if floor is None else decimal_of(floor, scale),
        min_orders=least,
        gini=None if inequality is None else float(inequality),
        buyers_revenue=decimal_of(ladder.total, scale),
        others=others.len(),
        others_revenue=decimal_of(int(others.sum()), scale),
        buyers_below_zero=below.len(),
        below_zero_revenue=decimal_of(int(below.sum()), scale),
        buyers_with_min_orders=scored.frame.filter(bought, pl.col("frequency") >= least).height,
    )


def on_vips(view: VipView) -> Iterator[Note]:
    """Remark on buyers with money below 0, which shares and Gini feel, and on too few buyers who can be VIPs."""
    found, buyers = view.headline, view.buyers
    if below := found.buyers_below_zero:
        who = f"{counted(below, 'buyer')} {'has' if below == 1 else 'have'} money below 0"
        shares = ": shares can pass 100 %, and Gini 1" if found.gini is not None else ""
        yield note(f"{who} ({found.below_zero_revenue:,} together){shares}")
    able, least = found.buyers_with_min_orders, found.min_orders
    if least > 1 and able < FEW_ABLE * buyers:
        yield note(
            f"{able:,} of {buyers:,} buyers ({able / buyers:.1%}) have {least:,} purchases or more, "
            "and only they can be VIPs; --min-orders 1 asks for no second order"
        )


def gini(ladder: Ladder) -> Fraction | None:
    """Return the Gini coefficient of buyers' money, exact; None where they brought nothing or less.

    G = sum over the buyers of (2 i - n - 1) x(i) / (n sum of x), with x(i) the i-th smallest of n amounts: half the
    relative mean difference (Gini 1912; in this form Sen, On Economic Inequality, 1973), without the small-sample
    factor n / (n - 1). Buyers of equal money share the mean of their places. Amounts below zero can lift it over 1.

    >>> gini(Ladder([3, 1], [1, 2], [3, 4]))
    Fraction(1, 4)
    """
    if ladder.total <= 0:
        return None
    n, above, weighted = ladder.count, 0, 0
    for amount, buyers in zip(ladder.amounts, ladder.buyers, strict=True):
        # From the top the places run n - above down to n - buyers + 1; twice their mean is the sum of both ends.
        weighted += (buyers - above) * ((n - above) + (n - buyers + 1) - n - 1) * amount
        above = buyers
    return Fraction(weighted, n * ladder.total)


def curve(ladder: Ladder) -> list[tuple[float, float]]:
    """Return the Lorenz curve from the top: parts of the buyers, the biggest first, and the part of the money."""
    if ladder.total <= 0:
        return []
    ends = zip(ladder.buyers, ladder.money, strict=True)
    return [(0.0, 0.0), *((buyers / ladder.count, money / ladder.total) for buyers, money in ends)]


def at_revenue(scored: Scored, wanted: Decimal) -> Scored:
    """Return the same customers with the highest VIP floor at which the VIPs bring that share of the buyers' money.

    The floor goes down over whole groups of equal money; only buyers with enough purchases are VIPs and count.
    Raises `CheckFailed` where the share cannot be reached, with the most there is.
    """
    if scored.scale is None:
        raise UsageError("--revenue needs amounts, and these orders have none")
    vip = scored.cutoffs.vip
    total = ladder_of(scored.frame).total
    able = ladder_of(scored.frame.filter(pl.col("frequency") >= vip.min_orders))
    target = Fraction(wanted) * total
    # Over whole groups of equal money: buyers who brought the same are treated the same.
    place = next((place for place, money in enumerate(able.money) if money >= target), None)
    if total <= 0 or place is None:
        raise _unreached(able, total, wanted, vip.min_orders)
    cutoffs = replace(scored.cutoffs, vip=Vip(able.amounts[place], None, vip.min_orders))
    return replace(scored, cutoffs=cutoffs, frame=with_vip(scored.frame, cutoffs))


def _unreached(able: Ladder, total: int, wanted: Decimal, least: int) -> CheckFailed:
    """Return the error of a share that cannot be reached, with the most there is, rounded down so that it can."""
    bought = f"{least} purchase{'s' if least != 1 else ''}"
    few = f"no VIPs with at least {bought} bring {(100 * wanted).normalize():f} % of the revenue"
    if total <= 0:
        return CheckFailed(f"{few}: the buyers brought nothing")
    # Rounded down, so that asking for this share succeeds.
    tenths = max(able.money, default=0) * 1000 // total
    most = Decimal(max(tenths, 0)).scaleb(-1)
    return CheckFailed(f"{few}: they bring at most {most} %", "ask for less, or lower --min-orders")
