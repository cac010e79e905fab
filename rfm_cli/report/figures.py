"""What a report tells: the views of a date, those that look back to an earlier one, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from rfm_cli.history.moves import moves_between, states_at
from rfm_cli.history.past import measured_at
from rfm_cli.model import Past, Scored
from rfm_cli.pipeline import scored_from
from rfm_cli.views import migrate
from rfm_cli.views.against import against_view
from rfm_cli.views.axes import Asking, axis_of
from rfm_cli.views.grid import grid_view
from rfm_cli.views.matrix import matrix_view
from rfm_cli.views.segments import segments_view
from rfm_cli.views.vip import curve, ladder_of, vip_view

HEADS = {
    "segments": "Segments",
    "grid": "RFM grid",
    "tops": "VIPs",
    "engagement": "Recency and engagement",
    "monetary": "Recency and money",
    "went": "Moves between segments",
    "speed": "How fast customers move",
    "watch": "Watch-list",
    "quality": "Data quality",
    "cutoffs": "Cutoffs and scheme",
}
"""The sections in the order of the page, and their headings."""


@dataclass(frozen=True)
class Why:
    """Why a section is missing: a phrase of the catalogue and what stands in it."""

    phrase: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """The reason in English."""
        return self.phrase.format(**self.values)


NO_MONEY = Why("the orders have no amounts")
NO_EVENTS = Why("there is no table of events")


@dataclass(frozen=True)
class Cells:
    """Two axes crossed: their names, the labels of each in order, and the rows of `matrix_view`."""

    axes: tuple[str, str]
    labels: tuple[Sequence[str | None], Sequence[str | None]]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Tops:
    """The buyers by their money: the rows of `vip_view`, its headline, and the Lorenz curve from the top."""

    rows: pl.DataFrame
    headline: Mapping[str, object]
    curve: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Totals:
    """What had added up by a day: customers, buyers, purchases, and money in minor units (None without money)."""

    day: date
    customers: int
    buyers: int
    orders: int
    revenue: int | None


@dataclass(frozen=True)
class Went:
    """Where customers went between two dates: the rows of `rfm migrate` and of its `--flows`, and the directions.

    `own_ruler` says that moves are by other cutoffs than the report.
    """

    first: date
    last: date
    rows: pl.DataFrame
    flows: pl.DataFrame
    directions: Mapping[str, int]
    names: Sequence[str]
    own_ruler: bool = False


@dataclass(frozen=True)
class Speed:
    """How fast: the rows of `rfm migrate --speed`, and the `falls` among them that only waiting causes, with days and
    words (from_segment, to_segment, days, told)."""

    rows: pl.DataFrame
    falls: pl.DataFrame


@dataclass(frozen=True)
class Watch:
    """Who is slipping since a date: the rows of `rfm vip --watch`."""

    since: date
    rows: pl.DataFrame


@dataclass(frozen=True)
class Figures:
    """All of a report. What is None is missing, and `absent` says why, by the name of the section.

    `segments` has the changes of `rfm segments --against` where there is an earlier date. `totals` are of up to three
    days, the latest first: the date of the report, the one it is held against, and one as long before that; empty
    where nothing is told of earlier dates, and under a window, whose sums do not add up.
    """

    scored: Scored
    segments: pl.DataFrame
    grid: pl.DataFrame
    tops: Tops | None = None
    engagement: Cells | None = None
    monetary: Cells | None = None
    totals: Sequence[Totals] = ()
    then: Scored | None = None
    went: Went | None = None
    speed: Speed | None = None
    watch: Watch | None = None
    absent: Mapping[str, Why] = field(default_factory=dict)


def figures_at(scored: Scored, asking: Asking) -> Figures:
    """What is told of the date itself."""
    absent: dict[str, Why] = {}
    if scored.scale is None:
        absent |= dict.fromkeys(("tops", "monetary"), NO_MONEY)
    if scored.shop.events is None:
        absent["engagement"] = NO_EVENTS
    return Figures(
        scored,
        segments_view(scored).rows,
        grid_view(scored).rows,
        None if "tops" in absent else _tops(scored),
        None if "engagement" in absent else _cells(scored, "engagement", asking),
        None if "monetary" in absent else _cells(scored, "monetary", asking),
        absent=absent,
    )


def _tops(scored: Scored) -> Tops:
    view = vip_view(scored)
    return Tops(view.rows, view.meta, curve(ladder_of(scored.frame)))


def _cells(scored: Scored, name: str, asking: Asking) -> Cells:
    """Recency crossed with another axis."""
    axes = [axis_of(scored, one, asking) for one in ("recency", name)]
    return Cells(("recency", name), (axes[0].order, axes[1].order), matrix_view(scored, axes).rows)


def beside_earlier(figures: Figures, past: Past, dates: Sequence[date]) -> Figures:
    """The figures with what had been at earlier dates: `dates` ascend, and end with the one held against and the
    report's own."""
    first, last = dates[-2:]
    measured = dict(measured_at(past, dates))
    totals = () if past.question.window else tuple(_totals(measured[day], day) for day in reversed(dates))
    question = replace(past.question, as_of=first, cutoffs=figures.scored.cutoffs)
    then = scored_from(measured[first], past.shop, question, past.facts, first)
    rows = against_view(figures.scored, then).rows
    return replace(figures, segments=rows, then=then, totals=totals, went=_went(past, first, last, figures.scored))


def _totals(measured: pl.DataFrame, day: date) -> Totals:
    money = int(measured["monetary"].sum()) if "monetary" in measured.columns else None
    buyers = measured.height - measured["recency_days"].null_count()
    return Totals(day, measured.height, buyers, int(measured["frequency"].cast(pl.Int64).sum()), money)


def _went(past: Past, first: date, last: date, scored: Scored) -> Went | None:
    if not past.question.scheme.segments:
        return None
    moves = moves_between(*states_at(past, [first, last], "segment"))
    rows, flows = migrate.matrix_rows(moves), migrate.flow_rows(moves)
    own = moves.states.cutoffs.axes != scored.cutoffs.axes
    return Went(first, last, rows, flows, migrate.directions(moves), moves.states.names, own)
