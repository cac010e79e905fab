"""Each picture of the report in plain words: what is to be seen on it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from rfm_cli.messages import Words
from rfm_cli.model import Scored
from rfm_cli.output.text import plain
from rfm_cli.report.cells import label_text, share_text
from rfm_cli.report.figures import Cells, Figures
from rfm_cli.report.headline import signed
from rfm_cli.tables.money import money_text
from rfm_cli.views.bins import DAYS, EVENTS, Bins
from rfm_cli.views.migrate import FEWEST

LATE = tuple(Bins(DAYS).labels()[3:])
"""Bins of recency from 91 days on."""
LATER = LATE[1:]
"""And from 181 days on."""
EARLY = tuple(Bins(DAYS).labels()[:2])
"""And up to 30 days."""
UNENGAGED = Bins(EVENTS).labels()[0]


def segments(figures: Figures, w: Words) -> list[str]:
    """Which segment is the largest, which brings most, and which grew and shrank most."""
    rows = figures.segments.drop_nulls("segment")
    if not figures.scored.scheme.segments or not rows.height or not rows["customers"].sum():
        return []
    largest = rows.sort("customers", descending=True, maintain_order=True).row(0, named=True)
    told = [
        w(
            "{segment} is the largest segment: {customers}, {share} of all.",
            segment=_segment(largest["segment"], w),
            customers=w.plural(largest["customers"], "customer"),
            share=share_text(largest["customers_share"], w),
        )
    ]
    richest = rows.sort("revenue", descending=True, maintain_order=True, nulls_last=True).row(0, named=True)
    if richest["revenue_share"] is not None and richest["revenue_share"] > 0:
        told.append(
            w(
                "{segment} brings the most revenue: {share}.",
                segment=_segment(richest["segment"], w),
                share=share_text(richest["revenue_share"], w),
            )
        )
    return [*told, *_grown(figures, rows, w)]


def _grown(figures: Figures, rows: pl.DataFrame, w: Words) -> list[str]:
    if figures.then is None or figures.then.as_of is None or "customers_change" not in rows.columns:
        return []
    ranked = rows.sort("customers_change", descending=True, maintain_order=True)
    most, least = ranked.row(0, named=True), ranked.row(-1, named=True)
    if most["customers_change"] <= 0 or least["customers_change"] >= 0:
        return []
    return [
        w(
            "Since {day}, {grown} grew most ({more}) and {shrunk} shrank most ({fewer}).",
            day=w.day(figures.then.as_of),
            grown=_segment(most["segment"], w),
            more=signed(most["customers_change"], w),
            shrunk=_segment(least["segment"], w),
            fewer=signed(least["customers_change"], w),
        )
    ]


def grid(figures: Figures, w: Words) -> list[str]:
    """How to read the grid, and how much stands in its best corner and on its left edge."""
    rows = figures.grid.drop_nulls(["r", "f"])
    bins = figures.scored.scheme.bins
    r, f = (k - 1 if k > 2 else k for k in (bins.r, bins.f))
    best = rows.filter(pl.col("r") >= r, pl.col("f") >= f)
    gone = rows.filter(pl.col("r") == 1)
    everybody = _customers(rows)
    if not everybody:
        return []
    told = [w("Further right is a more recent purchase, further up are more purchases.")]
    top = {"share": share_text(_customers(best) / everybody, w), "r": r, "f": f}
    if figures.scored.scale is None or not _money(rows):
        told.append(w("{share} of the buyers have R of at least {r} and F of at least {f}.", **top))
    else:
        money = share_text(float(_money(best) / _money(rows)), w)
        told.append(
            w(
                "{share} of the buyers have R of at least {r} and F of at least {f}; "
                "they brought {money} of the revenue.",
                **top,
                money=money,
            )
        )
    longest = share_text(_customers(gone) / everybody, w)
    return [*told, w("{share} have the lowest R: they bought longest ago.", share=longest)]


def tops(figures: Figures, w: Words) -> list[str]:
    """How few bring how much, who counts as a VIP, and how uneven the money is."""
    assert figures.tops is not None
    found, vip = figures.tops.headline, figures.scored.cutoffs.vip
    if found["vip_revenue_share"] is None or vip.floor is None:
        return []
    told = [
        w(
            "{vips} ({share} of the buyers): {money} of their revenue.",
            vips=w.plural(_whole(found["vip_customers"]), "VIP"),
            share=share_text(found["vip_customers_share"], w),
            money=share_text(found["vip_revenue_share"], w),
        ),
        vip_rule(figures.scored, w),
    ]
    if isinstance(found["gini"], float):
        told.append(
            w(
                "Gini is {gini}: at 0 all buyers bring the same, at 1 one brings all.",
                gini=w.marked(f"{found['gini']:.3f}"),
            )
        )
    return told


def vip_rule(scored: Scored, w: Words) -> str:
    """Who counts as a VIP."""
    vip = scored.cutoffs.vip
    return w(
        "A VIP has brought {floor} and more, with at least {orders}.",
        floor=w.number(Decimal(money_text(vip.floor or 0, scored.scale or 0))),
        orders=w.plural(vip.min_orders, "purchase"),
    )


def engagement(figures: Figures, w: Words) -> list[str]:
    """Who reads and does not buy, and who buys and does not read."""
    assert figures.engagement is not None
    rows = figures.engagement.rows
    reads = _customers(rows.filter(pl.col("recency").is_in(LATE), pl.col("engagement") != UNENGAGED))
    buys = _customers(rows.filter(pl.col("recency").is_in(EARLY), pl.col("engagement") == UNENGAGED))
    lapsed = [
        w(
            "{customers} whose last purchase is more than 90 days old engaged with the shop of late: "
            "they can be won back with a message.",
            customers=w.plural(reads, "customer"),
        )
    ]
    silent = [
        w(
            "{customers} bought within 30 days and did not engage: reach them another way.",
            customers=w.plural(buys, "customer"),
        )
    ]
    return [*(lapsed if reads else []), *(silent if buys else [])]


def monetary(figures: Figures, w: Words) -> list[str]:
    """How much money has not been seen for long."""
    assert figures.monetary is not None
    rows, top = figures.monetary.rows, _highest(figures.monetary)
    if top is None:
        return []
    gone = rows.filter(pl.col("recency").is_in(LATER), pl.col("monetary") == top)
    if not _customers(gone):
        return []
    return [
        w(
            "{customers} of those who brought most ({label}): no purchase for more than 180 days, and {revenue} "
            "before that.",
            customers=w.plural(_customers(gone), "customer"),
            label=label_text(top, w),
            revenue=w.number(_money(gone)),
        )
    ]


def _highest(cells: Cells) -> str | None:
    """The label of the highest bin: the last that ends with a plus."""
    return next((label for label in reversed(cells.labels[1]) if label and label.endswith("+")), None)


def went(figures: Figures, w: Words) -> list[str]:
    """How many rose, stayed and fell, the way up that most of a segment took, and the biggest leak."""
    assert figures.went is not None
    moves = figures.went
    told = [
        *_two_rulers(figures, w),
        w(
            "From {first} to {last}, {up} rose, {same} stayed and {down} fell; new: {new}.",
            first=w.day(moves.first),
            last=w.day(moves.last),
            up=w.plural(moves.directions["up"], "customer"),
            **{name: w.number(moves.directions[name]) for name in ("same", "down", "new")},
        ),
    ]
    place = {name: number for number, name in enumerate(moves.names)}
    rows = moves.rows.filter(pl.col("from_segment").is_in(moves.names), pl.col("customers") > 0)
    up = _way(rows, place, "share_of_from", lambda before, after: after < before)
    down = _way(rows, place, "customers", lambda before, after: after > before)
    if up:
        told.append(
            w(
                "The way up that most of a segment went is from {a} to {b}: {share} of those in it.",
                a=_segment(up["from_segment"], w),
                b=_segment(up["to_segment"], w),
                share=share_text(up["share_of_from"], w),
            )
        )
    if down:
        told.append(
            w(
                "The biggest leak is from {a} to {b}: {customers}.",
                a=_segment(down["from_segment"], w),
                b=_segment(down["to_segment"], w),
                customers=w.plural(down["customers"], "customer"),
            )
        )
    return told


def _two_rulers(figures: Figures, w: Words) -> list[str]:
    """Say why the page has two counts of its best segment for one day, where moves are by other cutoffs."""
    moves, scored = figures.went, figures.scored
    if moves is None or not moves.own_ruler or scored.as_of is None:
        return []
    best = moves.names[0]
    here = _customers(figures.segments.filter(pl.col("segment") == best))
    there = _customers(moves.rows.filter(pl.col("to_segment") == best))
    return [
        w(
            "{here} {segment} by the cutoffs of {last}; {there} by those of {first}, by which moves, speed and the "
            "watch-list count, as `rfm migrate` and `rfm vip --watch` do.",
            segment=_segment(best, w),
            last=w.day(scored.as_of),
            here=w.number(here),
            first=w.day(moves.first),
            there=w.number(there),
        )
    ]


def speed(figures: Figures, w: Words) -> list[str]:
    """Tell the quickest way up, the way down that is made most, and what the figures are of."""
    assert figures.speed is not None
    assert figures.went is not None
    if figures.speed.rows.is_empty():
        return [w("Nobody who entered a segment in this time has left it.")]
    place = {name: number for number, name in enumerate(figures.went.names)}
    rows = figures.speed.rows.with_columns((-pl.col("median_days")).alias("quickness")).drop_nulls("median_days")
    waited = set(figures.speed.falls.select("from_segment", "to_segment").rows())
    told = []
    half_up = "The quickest way up is from {a} to {b}: half of those who go it do so within {days}."
    half_down = "The way down that is gone most is from {a} to {b}: half of them within {days}."
    by_waiting = "The way down that is gone most is from {a} to {b}: it comes after {days} without a purchase."
    for phrase, by, is_wanted in ((half_up, "quickness", _upward), (half_down, "moves", _downward)):
        if way := _way(rows, place, by, is_wanted, "moves"):
            told.append(
                w(
                    by_waiting if (way["from_segment"], way["to_segment"]) in waited else phrase,
                    a=_segment(way["from_segment"], w),
                    b=_segment(way["to_segment"], w),
                    days=w.plural(way["median_days"], "day"),
                )
            )
    if falls := figures.speed.falls.select("from_segment", "to_segment", "told").rows():
        moves = "; ".join(f"{_segment(a, w)} > {_segment(b, w)} {w.said(text)}" for a, b, text in falls)
        told.append(w("Only waiting makes these moves: {moves}.", moves=moves))
    of = "Shares are of stays, and not of customers; days are of those who moved by {day}."
    return [*told, w(of, day=w.day(figures.went.last))]


def _upward(before: int, after: int) -> bool:
    return after < before


def _downward(before: int, after: int) -> bool:
    return after > before


def _way(
    rows: pl.DataFrame,
    place: dict[str, int],
    by: str,
    is_wanted: Callable[[int, int], bool],
    count: str = "customers",
) -> dict[str, Any] | None:
    """The way with the most of something among those wanted; thin ways only where all are."""
    wanted = [
        row for row in rows.iter_rows(named=True) if is_wanted(place[row["from_segment"]], place[row["to_segment"]])
    ]
    thick = [row for row in wanted if row[count] >= FEWEST]
    return max(thick or wanted, key=lambda row: row[by], default=None)


def watch(figures: Figures, w: Words) -> list[str]:
    """How many are slipping, and what is at stake."""
    assert figures.watch is not None
    rows, day = figures.watch.rows, w.day(figures.watch.since)
    told = w(
        "{customers} who were VIPs or in the best segment on {day} stand lower now.",
        customers=w.plural(rows.height, "customer"),
        day=day,
    )
    if figures.scored.scale is None or not rows.height:
        return [told]
    stake = w.number(_money(rows, "at_stake"))
    return [told, w("They had brought {revenue} in the year before that day.", revenue=stake)]


def _customers(rows: pl.DataFrame) -> int:
    return int(rows["customers"].sum())


def _money(rows: pl.DataFrame, name: str = "revenue") -> Decimal:
    total = rows[name].sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def _segment(name: str, w: Words) -> str:
    return plain(w.segment(name))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
