"""The figures of a report: the views of a date, those that look back to an earlier one, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from rfm_cli.history.requests import measured_at
from rfm_cli.history.states import moves_between, only_those, states_at
from rfm_cli.messages import Message, Value, message
from rfm_cli.model import Past, Scored
from rfm_cli.pipeline import scored_from
from rfm_cli.views import migrate
from rfm_cli.views.axes import AxisSettings, axis_of
from rfm_cli.views.grid import grid_view
from rfm_cli.views.insights.moves import Counts
from rfm_cli.views.insights.segments import customers_in
from rfm_cli.views.matrix import matrix_view
from rfm_cli.views.segments import against_view, segments_view
from rfm_cli.views.vip import VipView, vip_view

HEADS = {
    "segments": message("Segments"),
    "grid": message("RFM grid"),
    "tops": message("VIPs"),
    "engagement": message("Recency and engagement"),
    "monetary": message("Recency and money"),
    "went": message("Moves between segments"),
    "speed": message("How fast customers move"),
    "watch": message("Watch-list"),
    "quality": message("Data quality"),
    "cutoffs": message("Cutoffs and scheme"),
}
"""The sections in the order of the page, and their headings."""


NO_MONEY = message("the orders have no amounts")
NO_EVENTS = message("there is no table of events")


@dataclass(frozen=True)
class CrossedAxes:
    """Two axes crossed: their names, labels in order, the same as shown in any language, the rows of `matrix_view`."""

    axes: tuple[str, str]
    labels: tuple[Sequence[str | None], Sequence[str | None]]
    shown: tuple[Mapping[str | None, Value], Mapping[str | None, Value]]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Totals:
    """The sums up to a day: customers, buyers, purchases, and money in minor units (None without money)."""

    day: date
    customers: int
    buyers: int
    orders: int
    revenue: int | None


@dataclass(frozen=True)
class Went:
    """The moves between two dates: the rows of `rfm migrate` and of its `--flows`, and the directions.

    `best` has the two counts of the best segment where moves are by other cutoffs than the report.
    """

    first: date
    last: date
    rows: pl.DataFrame
    flows: pl.DataFrame
    directions: migrate.Directions
    names: Sequence[str]
    best: Counts | None = None


@dataclass(frozen=True)
class Speed:
    """The rows of `rfm migrate --speed`, and the `falls` among them that only waiting causes.

    `falls` has from_segment, to_segment, days.
    """

    rows: pl.DataFrame
    falls: pl.DataFrame


@dataclass(frozen=True)
class Watch:
    """The customers who slip since a date: the rows of `rfm vip --watch`."""

    since: date
    rows: pl.DataFrame


@dataclass(frozen=True)
class Figures:
    """All of a report. A figure that is None is missing, and `absent` has the reason by the name of the section.

    `segments` has the changes of `rfm segments --against` where there is an earlier date. `totals` are of up to three
    days, the latest first: the date of the report, the earlier one, and one as long before that. It is empty without
    earlier dates, and under a window, whose sums do not add up.
    """

    scored: Scored
    segments: pl.DataFrame
    grid: pl.DataFrame
    tops: VipView | None = None
    engagement: CrossedAxes | None = None
    monetary: CrossedAxes | None = None
    totals: Sequence[Totals] = ()
    then: Scored | None = None
    went: Went | None = None
    speed: Speed | None = None
    watch: Watch | None = None
    absent: Mapping[str, Message] = field(default_factory=dict)


def figures_at(scored: Scored, settings: AxisSettings) -> Figures:
    """Return the figures of the date itself."""
    # Each missing section says why, in its place on the page.
    absent: dict[str, Message] = {}
    if scored.scale is None:
        absent |= dict.fromkeys(("tops", "monetary"), NO_MONEY)
    if scored.shop.events is None:
        absent["engagement"] = NO_EVENTS
    return Figures(
        scored,
        segments_view(scored).rows,
        grid_view(scored).rows,
        None if "tops" in absent else vip_view(scored),
        None if "engagement" in absent else _cells(scored, "engagement", settings),
        None if "monetary" in absent else _cells(scored, "monetary", settings),
        absent=absent,
    )


def _cells(scored: Scored, name: str, settings: AxisSettings) -> CrossedAxes:
    """Return recency crossed with another axis."""
    axes = [axis_of(scored, one, settings) for one in ("recency", name)]
    down, across = (dict(zip(axis.order, axis.shown, strict=True)) for axis in axes)
    return CrossedAxes(
        ("recency", name), (axes[0].order, axes[1].order), (down, across), matrix_view(scored, axes).rows
    )


def beside_earlier(figures: Figures, past: Past, dates: Sequence[date]) -> Figures:
    """Return the figures with those of earlier dates.

    `dates` ascend, and end with the one to compare with and the date of the report.
    """
    first, last = dates[-2:]
    among = figures.scored.frame.select("customer") if figures.scored.where else None
    measured = {day: _those(found, among) for day, found in measured_at(past, dates)}
    # Sums under a window cover other days at each date, so that differences mean nothing.
    totals = () if past.question.window else tuple(_totals(measured[day], day) for day in reversed(dates))
    # Changes are those of customers, not of cutoffs: both dates are scored by the later ones.
    question = replace(past.question, as_of=first, cutoffs=figures.scored.cutoffs)
    then = scored_from(measured[first], past.shop, question, past.facts, first)
    rows = against_view(figures.scored, then).rows
    return replace(figures, segments=rows, then=then, totals=totals, went=_went(past, first, last, figures))


def _those(measured: pl.DataFrame, among: pl.DataFrame | None) -> pl.DataFrame:
    """Return the measured customers who are `among` some (customer), all without them."""
    return measured if among is None else measured.join(among, on="customer", how="semi", maintain_order="left")


def _totals(measured: pl.DataFrame, day: date) -> Totals:
    money = int(measured["monetary"].sum()) if "monetary" in measured.columns else None
    buyers = measured.height - measured["recency_days"].null_count()
    return Totals(day, measured.height, buyers, int(measured["frequency"].cast(pl.Int64).sum()), money)


def _went(past: Past, first: date, last: date, figures: Figures) -> Went | None:
    if not past.question.scheme.segments:
        return None
    among = figures.scored.frame.select("customer") if figures.scored.where else None
    moves = moves_between(*(only_those(one, among) for one in states_at(past, [first, last], "segment")))
    rows, flows = migrate.matrix_rows(moves), migrate.flow_rows(moves)
    names, scored = moves.states.names, figures.scored
    best = None
    # Then the page has two counts of the best segment for one day, and must say why.
    if moves.states.cutoffs.axes != scored.cutoffs.axes and scored.as_of:
        own = customers_in(figures.segments.filter(pl.col("segment") == names[0]))
        best = Counts(names[0], scored.as_of, own, customers_in(rows.filter(pl.col("to_segment") == names[0])))
    return Went(first, last, rows, flows, migrate.directions(moves), names, best)
