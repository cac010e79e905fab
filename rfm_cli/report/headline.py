"""The headline figures with the change against the previous period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from rfm_cli.messages import Message, Words, message
from rfm_cli.pipeline import counts
from rfm_cli.report.cells import DASH, share_text
from rfm_cli.report.figures import Figures, Totals
from rfm_cli.views.insights.segments import signed


@dataclass(frozen=True)
class Tile:
    """A figure with its name, its change in words, whether it went up (1), down (-1) or neither, and the number."""

    label: str
    value: str
    change: str = ""
    way: int = 0
    number: float | None = None


def tiles(figures: Figures, w: Words) -> list[Tile]:
    """Return customers, buyers, revenue and VIPs; with an earlier date also what the period since brought."""
    return [*_at_date(figures, w), *_period(figures, w)]


def _at_date(figures: Figures, w: Words) -> Iterator[Tile]:
    """Yield the figures of the date itself."""
    result, then = figures.scored, figures.then
    now, before = counts(result), counts(then) if then else {}
    yield _count(w, message("customers"), now["customers"], before.get("customers"), figures)
    yield _count(w, message("buyers"), now["buyers"], before.get("buyers"), figures)
    if result.scale is None or figures.tops is None:
        return
    total = Decimal(int(result.frame["monetary"].sum())).scaleb(-result.scale)
    yield Tile(
        w(message("revenue in the window") if result.windowed else message("revenue to date")),
        w.number(total),
        number=float(total),
    )
    yield _count(w, message("VIPs"), now["vips"], before.get("vips"), figures)
    share = figures.tops.headline.vip_revenue_share
    if share is not None:
        yield Tile(w(message("revenue from VIPs")), share_text(share, w), number=share)


def _count(w: Words, name: Message, now: int, before: int | None, figures: Figures) -> Tile:
    if before is None or figures.then is None or figures.then.as_of is None:
        return Tile(w(name), w.number(now), number=now)
    change = now - before
    text = w(message("{change} since {day}", change=signed(change), day=figures.then.as_of))
    return Tile(w(name), w.number(now), text, (change > 0) - (change < 0), now)


def _period(figures: Figures, w: Words) -> Iterator[Tile]:
    """Yield what the period since the earlier date brought, beside the period before it if the orders reach back."""
    # The period itself, and the one before it to compare with.
    periods = _periods(figures.totals)[:2]
    if not periods:
        return
    scale = figures.scored.scale
    yield _brought(w, message("orders in the period"), [one.orders for one in periods])
    yield _brought(w, message("first-time buyers"), [one.buyers for one in periods])
    if scale is None:
        return
    yield _brought(w, message("revenue in the period"), [_money(one, scale) for one in periods])
    yield _brought(w, message("average order in the period"), [_aov(one, scale) for one in periods])


def _periods(totals: Sequence[Totals]) -> list[Totals]:
    """Return what each period added, the latest first."""
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
    """Return money over purchases of the period, half-even at the scale of the money; None without purchases."""
    if not period.orders:
        return None
    return (_money(period, scale) / period.orders).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)


def _brought(w: Words, name: Message, figures: Sequence[int | Decimal | None]) -> Tile:
    """Return a figure of the period, beside that of the period before it where that is known."""
    now, before = figures[0], figures[1] if len(figures) > 1 else None
    if now is None:
        return Tile(w(name), DASH)
    number = float(now)
    if before is None:
        return Tile(w(name), w.number(now), number=number)
    # A change in percent of nothing, or of a loss, has no meaning.
    if before <= 0:
        text = w(message("{figure} in the period before", figure=before))
        return Tile(w(name), w.number(now), text, number=number)
    part = float(now / before - 1)
    change = share_text(part, w)
    signed_change = f"+{change}" if part > 0 else change
    text = w(message("{change} against {figure} in the period before", change=signed_change, figure=before))
    return Tile(w(name), w.number(now), text, (now > before) - (now < before), number)
