"""The headline figures with the change against the previous period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from rfm_cli.messages import Words
from rfm_cli.pipeline import counts
from rfm_cli.report.cells import DASH, share_text
from rfm_cli.report.figures import Figures, Totals


@dataclass(frozen=True)
class Tile:
    """A figure with its name, what it is held against in words, whether it went up (1), down (-1) or neither; and the
    number itself."""

    label: str
    value: str
    change: str = ""
    way: int = 0
    number: float | None = None


def tiles(figures: Figures, w: Words) -> list[Tile]:
    """Customers, buyers, revenue and VIPs; with an earlier date also what the period since brought."""
    return [*_standing(figures, w), *_period(figures, w)]


def _standing(figures: Figures, w: Words) -> Iterator[Tile]:
    """What there is on the day."""
    result, then = figures.scored, figures.then
    now, before = counts(result), counts(then) if then else {}
    yield _counted(w, "customers", now["customers"], before.get("customers"), figures)
    yield _counted(w, "buyers", now["buyers"], before.get("buyers"), figures)
    if result.scale is None or figures.tops is None:
        return
    total = Decimal(int(result.frame["monetary"].sum())).scaleb(-result.scale)
    yield Tile(
        w("revenue to date") if not result.windowed else w("revenue in the window"),
        w.number(total),
        number=float(total),
    )
    yield _counted(w, "VIPs", now["vips"], before.get("vips"), figures)
    share = figures.tops.headline["vip_revenue_share"]
    if isinstance(share, float):
        yield Tile(w("revenue from VIPs"), share_text(share, w), number=share)


def _counted(w: Words, name: str, now: int, before: int | None, figures: Figures) -> Tile:
    if before is None or figures.then is None or figures.then.as_of is None:
        return Tile(w(name), w.number(now), number=now)
    change = now - before
    told = w("{change} since {day}", change=signed(change, w), day=w.day(figures.then.as_of))
    return Tile(w(name), w.number(now), told, (change > 0) - (change < 0), now)


def signed(change: int | Decimal, w: Words) -> str:
    """A difference with its sign.

    >>> from rfm_cli.messages import words
    >>> signed(1200, words("en")), signed(-3, words("en")), signed(0, words("en"))
    ('+1,200', '-3', '0')
    """
    return f"+{w.number(change)}" if change > 0 else w.number(change)


def _period(figures: Figures, w: Words) -> Iterator[Tile]:
    """What the period since the earlier date brought, beside the one before it where the orders reach back so far."""
    periods = _periods(figures.totals)[:2]
    if not periods:
        return
    scale = figures.scored.scale
    yield _brought(w, "orders in the period", [one.orders for one in periods])
    yield _brought(w, "first-time buyers", [one.buyers for one in periods])
    if scale is None:
        return
    yield _brought(w, "revenue in the period", [_money(one, scale) for one in periods])
    yield _brought(w, "average order in the period", [_aov(one, scale) for one in periods])


def _periods(totals: Sequence[Totals]) -> list[Totals]:
    """What each period added, the latest first."""
    return [
        Totals(
            late.day,
            late.customers - early.customers,
            late.buyers - early.buyers,
            late.orders - early.orders,
            None if late.revenue is None or early.revenue is None else late.revenue - early.revenue,
        )
        for late, early in pairwise(totals)
    ]


def _money(period: Totals, scale: int) -> Decimal:
    return Decimal(period.revenue or 0).scaleb(-scale)


def _aov(period: Totals, scale: int) -> Decimal | None:
    """Money over purchases of the period, half-even at the scale of the money; None without purchases."""
    if not period.orders:
        return None
    return (_money(period, scale) / period.orders).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)


def _brought(w: Words, name: str, figures: Sequence[int | Decimal | None]) -> Tile:
    """A figure of the period, and of the one before it where that is known too."""
    now, before = figures[0], figures[1] if len(figures) > 1 else None
    if now is None:
        return Tile(w(name), DASH)
    number = float(now)
    if before is None:
        return Tile(w(name), w.number(now), number=number)
    if before <= 0:
        told = w("{figure} in the period before", figure=w.number(before))
        return Tile(w(name), w.number(now), told, number=number)
    part = float(now / before - 1)
    change = share_text(part, w)
    told = w(
        "{change} against {figure} in the period before",
        change=f"+{change}" if part > 0 else change,
        figure=w.number(before),
    )
    return Tile(w(name), w.number(now), told, (now > before) - (now < before), number)
